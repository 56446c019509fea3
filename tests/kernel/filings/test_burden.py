"""Burden is counted in forms, fields, due dates and notices, and mirrored on those who issue the forms."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.core.actor import SYSTEM, SYSTEM_ACTOR
from luoshi.core.errors import Invalid
from luoshi.core.periods import parse_period
from luoshi.kernel.definitions.actions import Entry, pack_version_add
from luoshi.kernel.elements.queries import known
from luoshi.kernel.filings.actions import obligation_excuse_direct, obligations_open
from luoshi.kernel.filings.burden import NOTHING, Load, burden, burden_by_form, saved_named
from luoshi.kernel.filings.mirror import issued_by, issuers
from luoshi.kernel.filings.models import Filing, Obligation
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.org.models import Unit
from tests.harness.times import NOW
from tests.kernel.filings.helpers import ADMISSION, WINDOW, form_body
from tests.kernel.filings.loop import Cast, loop_world, opened, owed, player, submit, submit_nil
from tests.kernel.org.helpers import grow

pytestmark = pytest.mark.django_db
YEAR = {"first": date(2020, 1, 1), "last": date(2020, 12, 31)}
OWN = {"fill": "clerk", "sign": "none", "review": "none"}
DECEMBER = 202012


def extra_form(key: str = "weekly", **given) -> str:
    """Issue another monthly form of unit A to the streets, for December."""
    fields = [{"key": "n", "title": "件数", "type": "int", "unit": "件", "element": "E01"}]
    body = form_body(
        title="另表", flow=OWN, window=WINDOW, fields=fields, rules=[], admission=ADMISSION | {"minutes": 30}
    )
    pack_version_add(
        by=SYSTEM,
        pack=f"x{key}",
        version=1,
        title="另包",
        content_hash=f"{key:0>64}",
        entries=[Entry("form", key, body | given)],
        bindings={"owner": ("unit", "A")},
        now=NOW,
    )
    return f"x{key}.{key}"


def issue(ref: str, period: str = "2020-12") -> None:
    obligations_open(actor=SYSTEM_ACTOR, form_ref=ref, period=parse_period(period), now=NOW)


def load(cast: Cast, code: str = "S1", month: int = DECEMBER) -> Load:
    return burden(cast.office, **YEAR).get((Unit.objects.get(code=code).pk, month), NOTHING)


def test_what_was_issued_answered_and_typed_counts_for_the_month_its_period_ends():
    cast = loop_world()
    opened()
    assert load(cast) == Load(issued=1, minutes=10)
    submit(cast.clerk)
    assert load(cast) == Load(issued=1, answered=1, given=2, minutes=10)
    assert (load(cast).typed, load(cast, "S2")) == (2, Load(issued=1, minutes=10))
    assert burden(cast.office, first=date(2021, 1, 1), last=date(2021, 12, 31)) == {}


def test_minutes_a_filler_reports_are_kept_beside_the_estimate():
    cast = loop_world()
    opened()
    for text in ("x", "0", "6001", "-5", "1.5", "１２", "00001" + "9" * 15, "1" * 5000):
        with pytest.raises(Invalid, match="1 至 6000") as refused:
            submit(cast.clerk, minutes=text)
        assert set(refused.value.fields) == {"minutes.spent"}
    assert submit(cast.clerk, minutes=" 25 ").minutes_spent == 25
    assert submit(cast.other, owed("S2")).minutes_spent is None
    assert (load(cast).minutes, load(cast).reported, load(cast).reports) == (10, 25, 1)
    assert (load(cast, "S2").reported, load(cast, "S2").reports) == (0, 0)
    assert verify_ledger().ok


def test_excused_and_nil_weigh_less():
    cast = loop_world()
    opened()
    submit_nil(cast.clerk)
    obligation_excuse_direct(actor=cast.office, obligation_id=owed("S2").pk, reason="已撤并", now=NOW)
    assert load(cast) == Load(issued=1, answered=1, minutes=10)
    assert load(cast, "S2") == NOTHING


def test_a_value_known_from_another_form_is_saved_and_named():
    cast = loop_world()
    opened()
    submit(cast.clerk)
    ref = extra_form()
    issue(ref)
    row = Obligation.objects.get(form_ref=ref, unit_code="S1")
    submit(cast.clerk, row, values={"n": "10"}, shown={"n": "10"}, same=frozenset({"n"}))
    assert Filing.objects.get(obligation=row).sources == {"n": "held"}
    found = load(cast)
    assert (found.given, found.saved, found.typed) == (3, 1, 2)
    assert found.saved_percent == Decimal("33.3")
    (named,) = saved_named(cast.office, row.unit_id, **YEAR)
    assert (named.form_title, named.title, named.period.code) == ("另表", "件数", "2020-12")
    assert named.words.startswith("2020年12月履责月报")


def test_due_dates_within_three_working_days_of_one_another_are_counted_for_their_unit():
    cast = loop_world()
    opened()
    # The first is due ten working days after December; these thirteen and fourteen, the latter to S2 alone.
    issue(extra_form("near", window={**WINDOW, "due": "end + 13 workday"}, to="unit.code == 'S1'"))
    issue(extra_form("far", window={**WINDOW, "due": "end + 14 workday"}, to="unit.code == 'S2'"))
    assert [load(cast, code).clustered for code in ("S1", "S2", "S3")] == [2, 0, 0]


def test_two_forms_due_on_one_day_are_clustered():
    cast = loop_world()
    opened()
    issue(extra_form())
    assert load(cast).clustered == 2


def test_statistics_tables_and_forms_without_a_period_inside_burden_no_unit():
    cast = loop_world()
    issue(extra_form(flow={"fill": "desk", "sign": "none", "review": "none"}))
    assert burden(cast.office, **YEAR) == {}
    assert issuers(cast.office, **YEAR) == []


def test_a_clerk_sees_the_own_unit_only():
    cast = loop_world()
    opened()
    assert {unit for unit, _ in burden(cast.clerk, **YEAR)} == {Unit.objects.get(code="S1").pk}
    assert burden(player("nobody", "S3"), **YEAR) == {}


def test_issuers_are_ranked_by_the_minutes_they_cause():
    cast = loop_world()
    opened()
    issue(extra_form())
    first, second = issuers(cast.office, **YEAR)
    assert (first.rank, first.title, first.forms, first.units) == (1, "单位A", ("另表",), 3)
    assert (first.load.issued, first.load.minutes, first.load.hours) == (3, 90, Decimal("1.5"))
    assert (second.rank, second.title, second.load.minutes) == (2, "单位P1", 30)


def test_equal_issuers_share_a_rank():
    cast = loop_world()
    opened()
    issue(extra_form(admission=ADMISSION))
    assert [each.rank for each in issuers(cast.office, **YEAR)] == [1, 1]


def test_forms_of_one_unit_the_heaviest_first():
    cast = loop_world()
    opened()
    issue(extra_form())
    found = burden_by_form(cast.office, Unit.objects.get(code="S1").pk, **YEAR)
    assert [(each.title, each.load.minutes) for each in found] == [("另表", 30), ("履责月报", 10)]


def test_own_issued_forms_are_a_source_of_elements_beside_the_year_before():
    loop_world()
    opened()
    owner = Unit.objects.get(code="P1")
    found = known(["JF01", "JF02"], owner.pk, "2020-H2")
    assert (found["JF01"].value, found["JF02"].value) == ("1", "30")
    assert found["JF01"].words == "本单位自发报表 1 张，上年同期 0 张（负担统计）"
    assert known(["JF02"], owner.pk, "2021-H1")["JF02"].value == "0"
    assert issued_by("S1", **YEAR).forms == 0


def queries_of(cast: Cast) -> int:
    with CaptureQueriesContext(connection) as asked:
        burden(cast.office, **YEAR)
        issuers(cast.office, **YEAR)
    return len(asked)


def test_queries_do_not_grow_with_units_forms_or_rows():
    cast = loop_world()
    opened()
    issue(extra_form())
    few = queries_of(cast)
    for each in range(20):
        grow(f"S1{each}", "B", kind="street")
    for key in ("a", "b", "c"):
        issue(extra_form(key))
    assert queries_of(cast) == few <= 25
