"""What one form knows another need not ask: offered, confirmed or changed, and how each value came about."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.core.errors import Incomplete, Invalid
from luoshi.kernel.elements import sources
from luoshi.kernel.elements.sources import Source, SourceValue
from luoshi.kernel.filings.actions import filing_accept, filing_correct, filing_return, filing_sign
from luoshi.kernel.filings.entries import Typed
from luoshi.kernel.filings.forms import form_by_id
from luoshi.kernel.filings.models import Draft, Filing, Obligation
from luoshi.kernel.filings.offers import offers_of
from luoshi.kernel.filings.reviewing import ReturnItem
from luoshi.kernel.filings.sharing import Saved, contradictions, saved_fields
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from tests.kernel.filings.loop import IN_TIME, later, snapshot
from tests.kernel.filings.shared import MONTHLY, NEXT, fills, offered, open_form, owes, shared_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return shared_world()


def through(cast, filing):
    """Sign a version and have it accepted."""
    filing_sign(actor=cast.head, filing_id=filing.pk, now=IN_TIME)
    filing_accept(actor=cast.reviewer, filing_id=filing.pk, now=IN_TIME)


def back(cast, filing):
    """Sign a version and have it returned."""
    filing_sign(actor=cast.head, filing_id=filing.pk, now=IN_TIME)
    filing_return(
        actor=cast.reviewer, filing_id=filing.pk, items=[ReturnItem("", "wrong", "请核对")], now=IN_TIME
    )


def test_a_value_asked_by_two_forms_of_a_period_is_typed_once(cast):
    assert offered("roll") == {}
    monthly = fills(cast.clerk, "monthly", MONTHLY)
    assert monthly.sources == {"cases": "typed", "staff": "typed", "area": "typed"}
    offer = offered("roll")["open"]
    assert (offer.value, offer.words) == ("12", "2020年12月履责月报，1月15日")
    assert offer.target == ("filing", monthly.pk)
    roll = fills(cast.clerk, "roll", {"text": "平稳"}, same=["open"])
    assert roll.values == {"open": "12", "text": "平稳"}
    assert roll.sources == {"open": "held", "text": "typed"}
    assert roll.offered == {"open": {"value": "12", "words": offer.words, "target": ["filing", monthly.pk]}}
    assert (roll.fields_given, roll.fields_saved) == (2, 1)
    event = events_of("obligation", owes("roll").pk)[-1]
    assert event.kind == "filing.submitted" and verify_ledger().ok


def test_the_quarter_takes_the_value_of_its_last_month_only_where_the_field_says_so(cast):
    fills(cast.clerk, "monthly", MONTHLY)
    assert {key: offer.value for key, offer in offered("quarterly").items()} == {"cases": "12"}
    quarter = fills(cast.clerk, "quarterly", {"cases": "12", "done": "3"}, same=["cases"])
    assert quarter.sources == {"cases": "held", "done": "typed"}


def test_a_known_value_must_be_confirmed_or_changed(cast):
    fills(cast.clerk, "monthly", MONTHLY)
    before = snapshot()
    with pytest.raises(Incomplete, match="台账在办数：请核对已有数据后再提交") as refusal:
        fills(cast.clerk, "roll", {"open": "12"})
    assert refusal.value.fields == {"open": "请核对已有数据：无变化的勾选“无变化”，有变化的请改写。"}
    assert snapshot() == before
    with pytest.raises(Incomplete) as unlike:
        fills(cast.clerk, "roll", {"open": "13"}, same=["open"])
    assert unlike.value.fields["open"].startswith("勾选了“无变化”，填的却与已有的 12 不同")
    assert snapshot() == before
    changed = fills(cast.clerk, "roll", {"open": "13"})
    assert (changed.values["open"], changed.sources["open"]) == ("13", "changed")
    assert changed.offered["open"]["value"] == "12"


def test_what_was_confirmed_and_is_known_otherwise_by_now_must_be_looked_at_again(cast):
    monthly = fills(cast.clerk, "monthly", MONTHLY)
    shown = {"open": "12"}
    back(cast, monthly)
    with pytest.raises(Incomplete, match="台账在办数") as gone:
        fills(cast.clerk, "roll", {}, shown=shown, same=["open"])
    assert "已撤回，请核实后填写" in gone.value.fields["open"]
    fills(cast.clerk, "monthly", MONTHLY | {"cases": "14"})
    with pytest.raises(Incomplete) as other:
        fills(cast.clerk, "roll", {}, shown=shown, same=["open"])
    assert other.value.fields["open"].startswith("已有数据现为 14（来自2020年12月履责月报")
    assert not Filing.objects.filter(obligation=owes("roll")).exists()


def test_what_the_page_had_not_shown_was_typed(cast):
    fills(cast.clerk, "monthly", MONTHLY)
    roll = fills(cast.clerk, "roll", {"open": "12"}, shown={})
    assert roll.sources["open"] == "typed" and roll.offered["open"]["value"] == "12"


def test_fields_that_keep_are_offered_the_value_of_the_period_before(cast):
    fills(cast.clerk, "monthly", MONTHLY)
    open_form("monthly", NEXT, now=later(days=14))
    found = offered("monthly", NEXT)
    assert {key: (each.value, each.words, each.before) for key, each in found.items()} == {
        "staff": ("8", "2020年12月本表", True)
    }
    january = fills(cast.clerk, "monthly", {"cases": "5"}, period=NEXT, same=["staff"], now=later(days=14))
    assert january.sources == {"cases": "typed", "staff": "held"}


def test_what_a_registered_source_computes_comes_first(cast, monkeypatch):
    def read(unit_id, period):
        return SourceValue("9", f"{period.title}事项台账 9 条") if period.code == "2020-12" else None

    monkeypatch.setitem(sources._sources, "E01", Source("E01", "在办件数", read))
    fills(cast.clerk, "roll", {"open": "12"}, shown={})
    assert (offered("monthly")["cases"].value, offered("monthly")["cases"].words) == (
        "9",
        "2020年12月事项台账 9 条",
    )
    monthly = fills(cast.clerk, "monthly", MONTHLY | {"cases": ""}, same=["cases"])
    assert (monthly.values["cases"], monthly.sources["cases"]) == ("9", "computed")
    assert monthly.fields_saved == 1


def test_a_value_that_does_not_fit_the_field_is_not_offered(cast, monkeypatch):
    monkeypatch.setitem(sources._sources, "E02", Source("E02", "办结", lambda *_: SourceValue("51", "记录")))
    assert "done" not in offered("quarterly")


def test_clearing_what_was_known_is_a_change(cast, monkeypatch):
    monkeypatch.setitem(sources._sources, "E03", Source("E03", "面积", lambda *_: SourceValue("4", "名录")))
    monthly = fills(cast.clerk, "monthly", MONTHLY | {"area": ""})
    assert (monthly.values["area"], monthly.sources["area"]) == (None, "changed")


def test_after_a_return_the_other_form_still_holds_the_value(cast):
    monthly = fills(cast.clerk, "monthly", MONTHLY)
    fills(cast.clerk, "roll", {"open": "12"}, same=["open"])
    back(cast, monthly)
    offer = offered("monthly")["cases"]
    assert (offer.value, offer.words) == ("12", "2020年12月台账表，1月15日")


def test_a_correction_keeps_how_the_other_values_came(cast):
    fills(cast.clerk, "monthly", MONTHLY)
    roll = fills(cast.clerk, "roll", {"open": "12", "text": "平稳"}, same=["open"])
    through(cast, roll)
    given = {"actor": cast.clerk, "obligation_id": owes("roll").pk, "now": IN_TIME}
    second = filing_correct(values={"text": "有反复"}, reason="补充", **given)
    assert second.sources == {"open": "held", "text": "typed"}
    through(cast, second)
    third = filing_correct(values={"open": "11"}, reason="更正", **given)
    assert third.sources == {"open": "changed", "text": "typed"} and third.offered == roll.offered
    assert verify_ledger().ok


def test_confirming_a_field_the_form_does_not_have_is_refused(cast):
    with pytest.raises(Invalid, match="没有字段：nothing"):
        fills(cast.clerk, "roll", {"open": "1"}, same=["nothing"])


def test_a_contradiction_is_seen_from_both_forms(cast):
    monthly = fills(cast.clerk, "monthly", MONTHLY)
    assert contradictions(monthly) == []
    roll = fills(cast.clerk, "roll", {"open": "13"})
    quarter = fills(cast.clerk, "quarterly", {"cases": "12", "done": "1"})
    seen = contradictions(Filing.objects.get(pk=roll.pk))
    assert {(each.title, each.here, each.there) for each in seen} == {("台账在办数", "13", "12")}
    assert [(each.form_title, each.period_title) for each in seen] == [
        ("履责月报", "2020年12月"),
        ("责任季报", "2020年第四季度"),
    ]
    assert {(each.form_title, each.there) for each in contradictions(monthly)} == {("台账表", "13")}
    assert {(each.form_title, each.there) for each in contradictions(quarter)} == {("台账表", "13")}
    back(cast, roll)
    assert contradictions(monthly) == []


def test_saved_fields_count_by_unit_and_month(cast):
    fills(cast.clerk, "monthly", MONTHLY)
    fills(cast.clerk, "roll", {"text": "平稳"}, same=["open"])
    fills(cast.clerk, "quarterly", {"done": "1"}, same=["cases"])
    unit = owes("roll").unit_id
    assert saved_fields([unit], [202012, 202101]) == {(unit, 202012): Saved(given=7, saved=2)}


def test_queries_for_offers_do_not_grow_with_units(cast):
    form = form_by_id(owes("quarterly").definition_id)
    fills(cast.clerk, "monthly", MONTHLY)
    owed = list(Obligation.objects.filter(form_ref="shared.quarterly").order_by("id"))
    with CaptureQueriesContext(connection) as one:
        offers_of(form, owed[:1])
    with CaptureQueriesContext(connection) as all_of_them:
        offers_of(form, owed)
    assert len(owed) == 3 and len(one) == len(all_of_them) <= 3


def test_what_was_shown_and_confirmed_is_not_kept_in_a_draft(cast):
    fills(cast.clerk, "monthly", MONTHLY)
    fills(cast.clerk, "roll", {"text": "平稳"}, same=["open"])
    draft = Draft.objects.get(obligation=owes("roll"))
    assert draft.values == {"text": "平稳"} and Typed(draft.values).texts() == {"text": "平稳"}
