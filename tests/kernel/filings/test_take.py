"""Taking a kept upload: filings, events, facts and held values in one transaction, once."""

from __future__ import annotations

import uuid

import pytest

from luoshi.core.errors import Invalid, NotAllowed, NotFound
from luoshi.core.periods import parse_period
from luoshi.kernel.elements.queries import held
from luoshi.kernel.filings.actions import draft_drop, draft_keep, draft_preview, filings_take
from luoshi.kernel.filings.facts import facts_check
from luoshi.kernel.filings.models import Filing, FilingFact, ImportBatch, ImportDraft, Obligation
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from tests.harness.times import NOW
from tests.kernel.filings.helpers import (
    CLEAN,
    DATED,
    DECEMBER,
    DESK,
    FORM,
    HEAD,
    OFFICE,
    OTHER_DESK,
    TEMPLATE,
    csv,
    filed,
    opened,
    snapshot,
    take,
    world,
)

pytestmark = pytest.mark.django_db


def keep(rows, *, actor=DESK, name="一月.csv", period=DECEMBER):
    return draft_keep(
        actor=actor,
        form_ref=FORM,
        import_ref=TEMPLATE,
        period=period,
        name=name,
        content=csv(rows),
        now=NOW,
    )


def test_taking_files_every_row_with_event_fact_and_held_value():
    units = world()
    opened()
    batch = take()
    assert (batch.rows_taken, batch.rows_left) == (4, 0)
    obligation = filed("S1")
    assert (obligation.answer, obligation.current_version) == ("filed", 1)
    filing = obligation.filings.get()
    assert filing.values == {
        "cases": "10",
        "overdue": "1",
        "rate": "98.06",
        "kind": "finance",
        "remark": None,
    }
    assert (filing.source_batch_id, filing.source_row, filing.submitted_at) == (batch.pk, 2, NOW)
    assert (filing.submitted_by_account, filing.submitted_by_post) == (7, "desk")
    event = events_of("obligation", obligation.pk)[-1]
    assert event.kind == "filing.taken"
    assert event.data == {"batch": batch.pk, "form": FORM, "period": "2020-12", "unit": "S1", "version": 1}
    assert {(row[0], row[1]) for row in event.after} == {("obligation", obligation.pk), ("filing", filing.pk)}
    fact = FilingFact.objects.get(filing_id=filing.pk)
    assert (fact.i01, fact.i02, fact.i03, fact.c01, fact.month) == (10, 1, 9806, "finance", 202012)
    assert (fact.unit_branch, fact.unit_parent, fact.to_ms) == ("A", "A", None)
    assert held("E02", units["S1"].pk, "2020-12").value == "98.06"
    assert held("E02", units["S2"].pk, "2020-12") is None
    (batch_event,) = events_of("import_batch", batch.pk)
    assert (batch_event.kind, batch_event.data["rows_taken"]) == ("batch.taken", 4)
    assert "表.csv" not in batch_event.body
    assert verify_ledger().ok and facts_check().ok
    assert not ImportDraft.objects.exists()


def test_only_clean_takes_the_clean_rows_when_asked_for():
    world()
    opened()
    rows = [CLEAN[0], ("S2", 5, 0, 103, None), ("S9", 1, 0, 5, None)]
    before = snapshot()
    draft = keep(rows)
    with pytest.raises(Invalid, match="有 2 行存在问题，请改正后重新上传，或选择只导入无误的 1 行"):
        filings_take(actor=DESK, draft_token=draft.token, only_clean=False, now=NOW)
    assert snapshot() == before
    batch = filings_take(actor=DESK, draft_token=draft.token, only_clean=True, now=NOW)
    assert (batch.rows_taken, batch.rows_left) == (1, 2)
    assert list(Obligation.objects.filter(answer="filed").values_list("unit_code", flat=True)) == ["S1"]
    assert verify_ledger().ok


def test_taking_twice_has_one_effect():
    world()
    opened()
    draft = keep(CLEAN)
    first = filings_take(actor=DESK, draft_token=draft.token, only_clean=False, now=NOW)
    before = snapshot()
    assert filings_take(actor=DESK, draft_token=str(draft.token), only_clean=False, now=NOW) == first
    assert snapshot() == before


def test_a_file_that_became_faulty_after_the_preview_is_not_taken():
    world()
    opened()
    draft = keep(CLEAN)
    assert draft_preview(actor=DESK, draft_token=draft.token, now=NOW).clean == 4
    take(CLEAN[:1])
    before = snapshot()
    with pytest.raises(Invalid, match="有 1 行存在问题"):
        filings_take(actor=DESK, draft_token=draft.token, only_clean=False, now=NOW)
    assert snapshot() == before


def test_rows_of_many_periods_in_one_file():
    world()
    opened()
    opened(parse_period("2020-11"))
    rows = [("S1", "2020-12", 1, 0, 5, None), ("S1", "2020-11", 2, 0, 5, None)]
    take(rows, template=DATED, period=None, head=("单位", "月份", *HEAD[1:]))
    found = Filing.objects.select_related("obligation").order_by("obligation__period_code")
    assert [(each.obligation.period_code, each.values["cases"]) for each in found] == [
        ("2020-11", "2"),
        ("2020-12", "1"),
    ]


def test_refusals_change_nothing():
    world()
    opened()
    draft = keep(CLEAN)
    empty = keep([("S9", 1, 0, 5, None)])
    before = snapshot()
    with pytest.raises(NotFound):
        filings_take(actor=OTHER_DESK, draft_token=draft.token, only_clean=False, now=NOW)
    with pytest.raises(NotFound, match="凭据无效"):
        filings_take(actor=DESK, draft_token="x", only_clean=False, now=NOW)
    with pytest.raises(NotFound, match="不存在"):
        filings_take(actor=DESK, draft_token=uuid.uuid4(), only_clean=False, now=NOW)
    with pytest.raises(Invalid, match="没有可以导入的行"):
        filings_take(actor=DESK, draft_token=empty.token, only_clean=True, now=NOW)
    assert snapshot() == before
    assert ImportDraft.objects.count() == 2


def test_a_table_with_a_faulty_head_is_refused_even_clean_only():
    world()
    opened()
    draft = draft_keep(
        actor=DESK,
        form_ref=FORM,
        import_ref=TEMPLATE,
        period=DECEMBER,
        name="表.csv",
        content=csv([("S1", 1)], ("单位", "件数")),
        now=NOW,
    )
    with pytest.raises(Invalid, match="缺少“超期”列"):
        filings_take(actor=DESK, draft_token=draft.token, only_clean=True, now=NOW)
    assert not ImportBatch.objects.exists()


def test_only_who_fills_the_form_may_upload():
    world()
    opened()
    with pytest.raises(NotAllowed, match="导入填报数据"):
        keep(CLEAN, actor=OFFICE)
    with pytest.raises(NotAllowed, match="由岗位 desk 填报"):
        keep(CLEAN, actor=OTHER_DESK)
    with pytest.raises(Invalid, match="表.exe"):
        keep(CLEAN, name="表.exe")
    assert not ImportDraft.objects.exists()


def test_dropping_forgets_the_upload():
    world()
    opened()
    draft = keep(CLEAN)
    with pytest.raises(NotFound):
        draft_drop(actor=OTHER_DESK, draft_token=draft.token)
    draft_drop(actor=DESK, draft_token=draft.token)
    assert not ImportDraft.objects.exists()
    with pytest.raises(NotFound, match="已取消"):
        draft_preview(actor=DESK, draft_token=draft.token, now=NOW)
