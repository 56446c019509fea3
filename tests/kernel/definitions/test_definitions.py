"""Definitions: written once, read by kind and pack.key, never changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from luoshi.core.actor import By
from luoshi.core.canonical import sha256_hex
from luoshi.core.errors import Duplicate, NotFound, WrongState
from luoshi.kernel.definitions.actions import (
    Entry,
    pack_slots_bind,
    pack_version_add,
    pack_version_retire,
)
from luoshi.kernel.definitions.models import Definition, PackVersion
from luoshi.kernel.definitions.queries import (
    definition,
    definition_by_id,
    definitions_in,
    definitions_named,
    definitions_of,
    pack_in_force,
    pack_versions,
    slot_target,
    slots_of,
)
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from tests.harness.times import NOW

pytestmark = pytest.mark.django_db
BY = By(1, "admin", "u1")


def add(version: int = 1, content: str = "", pack: str = "p", **bodies: dict) -> PackVersion:
    """Put a pack version with forms into force."""
    forms = bodies or {"a": {"title": "甲表", "weight": "0.4"}, "b": {"title": "乙表"}}
    return pack_version_add(
        by=BY,
        pack=pack,
        version=version,
        title="样例",
        content_hash=sha256_hex((content or f"{pack}{version}").encode()),
        entries=[
            Entry("pack", pack, {"title": "样例"}),
            *(Entry("form", key, body) for key, body in forms.items()),
        ],
        bindings={"organ": ("unit", "U1"), "desk": ("post", "P1")},
        now=NOW,
    )


def test_a_definition_is_read_by_kind_and_reference():
    root = add()
    found = definition("form", "p.a")
    assert (found.ref, found.pack, found.key, found.kind, found.title) == ("p.a", "p", "a", "form", "甲表")
    assert found.body == {"title": "甲表", "weight": "0.4"}
    assert (found.pack_version_id, found.pack_version) == (root.pk, 1)
    assert found.body_hash == sha256_hex('{"title":"甲表","weight":"0.4"}'.encode())
    assert definition_by_id(found.id) == found


def test_the_newest_version_counts_and_older_ones_stay_readable():
    add(1)
    add(2, a={"title": "新表"})
    assert definition("form", "p.a").title == "新表"
    assert definition("form", "p.a", 1).title == "甲表"
    with pytest.raises(NotFound, match="没有表单“p.b”"):
        definition("form", "p.b")
    assert definition("form", "p.b", 1).title == "乙表"
    assert [(row.version, row.newest) for row in pack_versions("p")] == [(2, True), (1, False)]


def test_a_missing_definition_names_the_nearest():
    add()
    with pytest.raises(NotFound, match="是否想写 p.a？"):
        definition("form", "p.aa")
    with pytest.raises(NotFound, match="luoshi pack install"):
        definition("scheme", "q.zzz")
    with pytest.raises(NotFound, match="第 7 版中"):
        definition("form", "p.a", 7)
    with pytest.raises(NotFound):
        definition_by_id(0)


def test_several_come_in_one_query_a_pack_in_the_order_asked(django_assert_num_queries):
    add()
    add(2, a={"title": "新表"}, b={"title": "乙表"})
    add(pack="q")
    with django_assert_num_queries(2):
        found = definitions_named("form", ["q.b", "p.b", "p.a"], {"p": 1})
    assert [(ref, each.title, each.pack_version) for ref, each in found.items()] == [
        ("q.b", "乙表", 1),
        ("p.b", "乙表", 1),
        ("p.a", "甲表", 1),
    ]
    with pytest.raises(NotFound, match="第 1 版中没有表单“p.aa”.*是否想写 p.a？"):
        definitions_named("form", ["q.b", "p.aa"], {"p": 1})


def test_a_kind_that_no_pack_has_is_a_programming_fault():
    for call in (definitions_of, lambda kind: definition(kind, "p.a")):
        with pytest.raises(ValueError, match="forms"):
            call("forms")


def test_definitions_of_a_kind_come_by_pack_in_the_order_of_the_file():
    add(pack="z")
    add(pack="a", b={"title": "乙"}, a={"title": "甲"})
    assert [found.ref for found in definitions_of("form")] == ["a.b", "a.a", "z.a", "z.b"]
    assert [found.ref for found in definitions_of("form", "z")] == ["z.a", "z.b"]
    newest = pack_versions("a")[0].id
    assert [found.kind for found in definitions_in(newest)] == ["pack", "form", "form"]
    assert [found.ref for found in definitions_in(newest, "form")] == ["a.b", "a.a"]


def test_retiring_gives_force_back_to_the_version_before():
    add(1)
    newest = add(2, a={"title": "新表"})
    later = NOW + timedelta(days=1)
    pack_version_retire(by=BY, pack_version_id=newest.pk, now=later)
    assert definition("form", "p.a").title == "甲表"
    assert definition("form", "p.a", 2).title == "新表"
    standing = pack_in_force("p")
    assert standing is not None and standing.version == 1
    with pytest.raises(WrongState, match="已经停用"):
        pack_version_retire(by=BY, pack_version_id=newest.pk, now=later)
    assert [event.kind for event in events_of("pack_version", newest.pk)] == [
        "pack.installed",
        "pack.retired",
    ]


@pytest.mark.parametrize(
    ("version", "content", "says"),
    [(2, "two", "无需再装"), (2, "new", "请提高 version"), (3, "two", "不能只换版本号"), (1, "new", "更旧")],
)
def test_version_and_content_go_together(version, content, says):
    add(2, "two")
    with pytest.raises(Duplicate, match=says):
        add(version, content)
    assert PackVersion.objects.count() == 1 and Definition.objects.count() == 3


def test_slots_are_bound_once_for_all_versions_and_can_be_bound_anew():
    root = add(1)
    assert slot_target("p", "organ") == slot_target("p", "@organ") == ("unit", "U1")
    assert pack_slots_bind(by=BY, pack_version_id=root.pk, bindings={"organ": ("unit", "U2")}, now=NOW) == 1
    assert pack_slots_bind(by=BY, pack_version_id=root.pk, bindings={"organ": ("unit", "U2")}, now=NOW) == 0
    assert [(each.slot, each.target) for each in slots_of("p")] == [("desk", "P1"), ("organ", "U2")]
    assert [event.kind for event in events_of("pack_version", root.pk)] == ["pack.installed", "pack.bound"]
    with pytest.raises(NotFound, match="--bind other=代码"):
        slot_target("p", "other")


def test_installing_is_one_event_that_covers_every_row():
    root = add()
    (event,) = events_of("pack_version", root.pk)
    assert sorted(row_type for row_type, *_ in event.after) == [
        "definition", "definition", "definition", "pack_version", "slot_binding", "slot_binding",
    ]  # fmt: skip
    assert event.data["version"] == 1 and event.data["definitions"] == 3
    assert verify_ledger().ok


def test_the_database_holds_one_definition_for_each_key():
    root = add()
    with pytest.raises(IntegrityError), transaction.atomic():
        Definition.objects.create(pack_version=root, kind="form", key="a", body="{}", body_hash="0" * 64)
