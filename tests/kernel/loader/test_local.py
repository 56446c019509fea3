"""The district's own pack: every change is a whole pack that passed the check, and no form is ever lost."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luoshi.core.actor import SYSTEM_ACTOR, Actor, Grant
from luoshi.core.errors import (
    Incomplete,
    Invalid,
    NotAllowed,
    NotFound,
    Stale,
    WrongState,
)
from luoshi.core.periods import parse_period
from luoshi.kernel.definitions.models import Definition, PackText, PackVersion, SlotBinding
from luoshi.kernel.definitions.queries import definition, pack_in_force, slot_target
from luoshi.kernel.filings.actions import obligations_open
from luoshi.kernel.ledger.models import Event
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.loader.actions import pack_install, pack_retire
from luoshi.kernel.loader.emit import pack_text
from luoshi.kernel.loader.local import (
    LocalForm,
    local_form_faults,
    local_form_put,
    local_form_remove,
    local_forms_put,
    local_text,
)
from luoshi.kernel.loader.nodes import Faults
from luoshi.kernel.loader.strict_yaml import read_yaml
from tests.harness.times import NOW
from tests.kernel.org.helpers import district, grow

pytestmark = pytest.mark.django_db
OFFICE = Actor(account_id=7, post_code="office", unit_code="D", roles=frozenset({Grant("office")}))
CLERK = Actor(account_id=8, post_code="clerk", unit_code="S1", roles=frozenset({Grant("clerk")}))
REASON = "年度报表清理后准入"


@pytest.fixture(autouse=True)
def units() -> None:
    district(("S1", "S2"))
    grow("P1", "B", kind="dept")


def body(title: str = "设施巡检月报", **other: Any) -> dict[str, Any]:
    return {
        "title": title,
        "period": "range",
        "to": "unit.kind == 'street'",
        "window": "none",
        "flow": {"fill": "clerk", "sign": "head", "review": "owner"},
        "nil": {"need": ["note"]},
        "admission": {"basis": "工作方案", "until": "2021-12-31", "minutes": 10},
        "fields": [
            {"key": "f1", "title": "巡检处数", "type": "int", "min": 0, "fact": True},
            {"key": "f2", "title": "完好率", "type": "percent:2", "max": Decimal("99.5")},
            {"key": "f3", "title": "类别", "type": "vocab:patrol_f3"},
        ],
        "rules": [],
    } | other


def form(key: str = "patrol", *, stands: str = "", **other: Any) -> LocalForm:
    return LocalForm(key, body(**other), "P1", {f"{key}_f3": {"o1": "道路", "o2": "路灯"}}, stands)


def renamed(key: str, **other: Any) -> LocalForm:
    fields = body()["fields"]
    fields[2]["type"] = f"vocab:{key}_f3"
    return form(key, fields=fields, **other)


def put(each: LocalForm, actor: Actor = OFFICE, reason: str = REASON) -> PackVersion:
    return local_form_put(actor=actor, form=each, reason=reason, now=NOW)


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (PackVersion, Definition, SlotBinding, PackText, Event))


def test_a_form_becomes_a_version_of_the_pack_with_its_text():
    root = put(form())
    found = definition("form", "local.patrol")
    assert (root.pack, root.version, found.title) == ("local", 1, "设施巡检月报")
    assert found.body["fields"][1]["max"] == "99.5"
    assert slot_target("local", found.body["admission"]["owner"].removeprefix("unit:")) == ("unit", "P1")
    row, text = local_text()
    assert row.version == 1 and "设施巡检月报" in text
    (event,) = events_of("pack_version", root.pk)
    assert event.kind == "pack.installed" and REASON not in str(event.body)
    assert verify_ledger().ok


def test_older_versions_and_other_forms_stay():
    put(form())
    put(renamed("trees", title="树木月报"))
    first = definition("form", "local.patrol")
    put(form(title="设施巡检月报（改）", stands=first.body_hash))
    assert definition("form", "local.trees").title == "树木月报"
    assert definition("form", "local.patrol").title == "设施巡检月报（改）"
    assert definition("form", "local.patrol", 1).title == "设施巡检月报"
    assert len(definition("form", "local.patrol").body["admission"]["owner"]) > 7
    assert SlotBinding.objects.filter(pack="local").count() == 1, "one owner has one slot"


def test_who_has_no_right_to_admit_writes_nothing():
    before = counts()
    with pytest.raises(NotAllowed, match="决定报表准入"):
        put(form(), CLERK)
    with pytest.raises(NotAllowed):
        local_form_remove(actor=CLERK, key="patrol", reason=REASON, now=NOW)
    with pytest.raises(Incomplete, match="理由"):
        put(form(), reason=" ")
    with pytest.raises(Invalid, match="太长"):
        put(form(), reason="长" * 501)
    with pytest.raises(NotFound):
        put(LocalForm("patrol", body(), "NOWHERE", form().vocab))
    assert counts() == before


def test_two_who_saw_the_same_version_do_not_overwrite_each_other():
    put(form())
    seen = definition("form", "local.patrol").body_hash
    put(form(title="甲改", stands=seen))
    before = counts()
    with pytest.raises(Stale, match="已被他人改动"):
        put(form(title="乙改", stands=seen))
    with pytest.raises(Stale):
        put(form(title="另起"))
    assert counts() == before and definition("form", "local.patrol").title == "甲改"


def test_what_changes_nothing_makes_no_version():
    put(form())
    before = counts()
    assert put(form(stands=definition("form", "local.patrol").body_hash)).version == 1
    assert counts() == before


def test_every_fault_is_told_beside_its_field():
    broken = form(
        title="",
        admission={"basis": "", "until": "2021-02-30", "minutes": 0},
        to="unit.kid == 'street'",
        fields=[
            {"key": "f1", "title": "巡检处数", "type": "int", "min": 5, "max": 1},
            {"key": "f2", "title": "巡检处数", "type": "text"},
            {"key": "f3", "title": "类别", "type": "vocab:patrol_f3"},
        ],
        rules=[{"must": "f3 == f9", "say": "不对"}],
    )
    broken.vocab["patrol_f3"].update({"o1": "同名", "o2": "同名"})  # type: ignore[attr-defined]
    faults = local_form_faults(broken)
    assert set(faults) == {
        "title",
        "admission.basis",
        "admission.until",
        "admission.minutes",
        "to",
        "fields[0].min",
        "fields[1].title",
        "fields[2].options",
        "rules[0].must",
    }
    before = counts()
    with pytest.raises(Invalid, match="9 处需要改正") as refused:
        put(broken)
    assert refused.value.fields == faults and counts() == before
    assert local_form_faults(form()) == {}


@pytest.mark.parametrize(
    "text",
    [
        "甲: 乙 # 丙",
        '"}, {key: evil',
        "- 列\n第二行",
        "&a *a !!python/object:os.system",
        "null",
        "2021-01-15",
        "<script>alert(1)</script>",
        "零宽\ufeff与\u2028分行\x85",
        "反斜\\杠'引号'",
        "0.10",
    ],
)
def test_no_text_escapes_from_its_place(text):
    put(form(source=text))
    assert definition("form", "local.patrol").body["source"] == text
    assert list(definition("form", "local.patrol").body["fields"][0]) == [
        *definition("form", "local.patrol").body["fields"][1]
    ]


SCALARS = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=30)
DECIMALS = st.decimals(-1000, 1000, places=3)
TREES = st.recursive(
    SCALARS | DECIMALS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True), inner, max_size=4)
    ),
    max_leaves=12,
)


def settled(value: Any) -> Any:
    """Whole decimals are written, and read back, as integers."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value.normalize()
    if isinstance(value, dict):
        return {key: settled(part) for key, part in value.items()}
    return [settled(part) for part in value] if isinstance(value, list) else value


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True), TREES, min_size=1, max_size=4))
def test_what_is_written_is_read_back_as_the_very_same(plain):
    faults = Faults()
    root = read_yaml(pack_text(plain).encode(), "pack.yaml", faults)
    assert not faults, faults.listed()
    assert root is not None and settled(root.plain()) == settled(plain)


def test_several_forms_are_one_version_and_faults_name_their_form():
    root = local_forms_put(actor=OFFICE, forms=[form(), renamed("trees")], reason=REASON, now=NOW)
    assert root.version == 1 and definition("form", "local.trees").key == "trees"
    with pytest.raises(Invalid) as refused:
        forms = [renamed("a1"), renamed("a2", title="")]
        local_forms_put(actor=OFFICE, forms=forms, reason=REASON, now=NOW)
    assert set(refused.value.fields) == {"a2.title"}


def test_a_form_never_opened_can_be_taken_out_and_put_in_again():
    put(form())
    put(renamed("trees"))
    local_form_remove(actor=OFFICE, key="patrol", reason=REASON, now=NOW)
    with pytest.raises(NotFound):
        definition("form", "local.patrol")
    assert [each.key for each in Definition.objects.filter(kind="vocab", pack_version__version=3)] == [
        "trees_f3"
    ]
    with pytest.raises(NotFound, match="没有表单“patrol”"):
        local_form_remove(actor=OFFICE, key="patrol", reason=REASON, now=NOW)
    assert put(form()).version == 4, "the same forms as in version 2 are still a new version"


def test_a_form_that_was_opened_stays():
    put(form())
    obligations_open(
        actor=SYSTEM_ACTOR, form_ref="local.patrol", period=parse_period("2020-11..2020-12"), now=NOW
    )
    before = counts()
    with pytest.raises(WrongState, match="改为停用"):
        local_form_remove(actor=OFFICE, key="patrol", reason=REASON, now=NOW)
    assert counts() == before


def test_the_pack_goes_to_another_place_and_is_written_on_there(tmp_path: Path, capsys):
    with pytest.raises(CommandError, match="没有业务包可以下载"):
        call_command("pack", "export", "local")
    put(form())
    put(renamed("trees"))
    call_command("pack", "export", "local", "--out", str(tmp_path))
    told = capsys.readouterr().out
    assert "--bind u_p1=P1" in told
    old = pack_in_force("local")
    for model in (PackText, SlotBinding, Definition, PackVersion):
        model.objects.all().delete()
    path = tmp_path / "local"
    pack_install(actor=SYSTEM_ACTOR, path=path, bindings={"u_p1": "P1"}, now=NOW)
    assert pack_in_force("local").content_hash == old.content_hash
    put(renamed("roads"))
    assert {each.key for each in Definition.objects.filter(kind="form", pack_version__version=3)} == {
        "patrol",
        "trees",
        "roads",
    }
    (path / "notes.csv").write_text("说明\n", encoding="utf-8")
    with pytest.raises(Invalid, match="只含 pack.yaml"):
        pack_install(actor=SYSTEM_ACTOR, path=path, now=NOW)


def test_after_a_retired_version_the_next_number_follows():
    put(form())
    put(renamed("trees"))
    pack_retire(actor=SYSTEM_ACTOR, pack="local", now=NOW)
    assert put(renamed("roads")).version == 3
    assert definition("form", "local.patrol").title == "设施巡检月报"
