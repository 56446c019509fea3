"""Correcting: a new version with a reason, the old one kept; refusals change nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from luoshi.core.errors import Frozen, Incomplete, Invalid, NotAllowed, NotFound, WrongState
from luoshi.kernel.elements.queries import held
from luoshi.kernel.filings.actions import filing_correct
from luoshi.kernel.filings.facts import facts_check
from luoshi.kernel.filings.models import FilingFact, Obligation
from luoshi.kernel.filings.queries import filing_versions
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.rows import milliseconds
from luoshi.kernel.ledger.verify import verify_ledger
from tests.harness.times import NOW
from tests.kernel.filings.helpers import (
    CLEAN,
    DESK,
    OFFICE,
    OTHER_DESK,
    desk_over,
    filed,
    opened,
    snapshot,
    take,
    world,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def correct(code="S1", *, actor=DESK, reason="核对原表", now=LATER, **values):
    return filing_correct(actor=actor, obligation_id=filed(code).pk, values=values, reason=reason, now=now)


def test_a_correction_is_a_new_version_and_the_old_one_stays():
    units = world()
    opened()
    take()
    filing = correct(cases="12", rate="")
    obligation = filed("S1")
    assert (obligation.current_version, filing.version, filing.note) == (2, 2, "核对原表")
    assert filing.values == {"cases": "12", "overdue": "1", "rate": None, "kind": "finance", "remark": None}
    newest, oldest = filing_versions(obligation)
    assert (newest.current, oldest.current, oldest.state) == (True, False, "superseded")
    assert oldest.values[0][1] == "10"
    event = events_of("obligation", obligation.pk)[-1]
    assert (event.kind, event.data["fields"], event.data["version"]) == (
        "filing.corrected",
        ["cases", "rate"],
        2,
    )
    assert "核对原表" not in event.body
    assert {row[1] for row in event.after if row[0] == "filing"} == {newest.id, oldest.id}
    assert held("E01", units["S1"].pk, "2020-12").value == "12"
    assert held("E02", units["S1"].pk, "2020-12") is None
    assert verify_ledger().ok


def test_facts_keep_when_each_version_counted():
    world()
    opened()
    take()
    correct(cases="12")
    old, new = FilingFact.objects.filter(obligation_id=filed("S1").pk).order_by("from_ms")
    assert (old.i01, old.from_ms, old.to_ms) == (10, milliseconds(NOW), milliseconds(LATER))
    assert (new.i01, new.from_ms, new.to_ms) == (12, milliseconds(LATER), None)
    assert facts_check().ok


def test_refusals_change_nothing():
    units = world()
    opened()
    take(CLEAN[:2])
    before = snapshot()
    cases = [
        (NotAllowed, "更正填报数据", lambda: correct(actor=OFFICE, cases="12")),
        (NotAllowed, "由岗位 desk 填报", lambda: correct(actor=OTHER_DESK, cases="12")),
        (NotFound, "没有这条应报", lambda: correct("S1", actor=desk_over(units["S2"]), cases="12")),
        (
            NotFound,
            "没有这条应报",
            lambda: filing_correct(actor=DESK, obligation_id=0, values={}, reason="x", now=LATER),
        ),
        (WrongState, "尚未填报", lambda: correct("S3", cases="12")),
        (Incomplete, "说明更正理由", lambda: correct(reason=" ", cases="12")),
        (Invalid, "不得超过 500 字", lambda: correct(reason="长" * 501, cases="12")),
        (Invalid, "没有字段：casses", lambda: correct(casses="12")),
        (Invalid, "没有可更正的内容", lambda: correct(cases="10.0")),
        (Invalid, "件数：应为数字", lambda: correct(cases="十二")),
        (Invalid, "超期不得大于件数", lambda: correct(overdue="11")),
    ]
    for error, message, act in cases:
        with pytest.raises(error, match=message):
            act()
        assert snapshot() == before, message


def test_a_refused_value_is_named_beside_its_field():
    world()
    opened()
    take()
    with pytest.raises(Invalid) as refusal:
        correct(cases="", rate="101")
    assert refusal.value.fields == {
        "cases": "此项必填，请填写件数。",
        "rate": "百分率应在 0 至 100 之间，现为 101，请核对原表。",
    }


def test_after_a_hard_lock_nothing_is_corrected():
    world()
    opened()
    take()
    Obligation.objects.filter(unit_code="S1").update(lock_at=NOW, lock_mode="hard")
    before = snapshot()
    with pytest.raises(Frozen, match="已锁定"):
        correct(cases="12")
    assert snapshot() == before
    assert correct(cases="12", now=NOW).version == 2
