"""Freezing: only published scores, once, by the office; afterwards not a character changes."""

from __future__ import annotations

import pytest

from luoshi.core.errors import Duplicate, Invalid, NotAllowed, WrongState
from luoshi.core.periods import parse_period
from luoshi.demo.build import PACK
from luoshi.kernel.assess.actions import round_compute, round_publish
from luoshi.kernel.documents.docx import render_docx
from luoshi.kernel.filings.actions import draft_keep, filing_correct, filings_take
from luoshi.kernel.filings.models import Obligation
from luoshi.kernel.indicators.models import Figure
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.reports.actions import report_freeze
from luoshi.kernel.reports.models import Issue
from luoshi.kernel.reports.queries import issue_compared, issue_view, issues_visible, report_view
from tests.district import District

pytestmark = pytest.mark.django_db
PANJIN, PERIOD = "bulletins.panjin", parse_period("2023-01..2023-04")
LOSSES = parse_period("2021-07..2023-01")


def issue_of(ref: str) -> Issue:
    return Issue.objects.get(report_ref=ref)


def snapshot() -> list[list[tuple[object, ...]]]:
    return [list(model.objects.order_by("pk").values_list()) for model in (Issue, Figure)]


def correct_panjin(district: District) -> None:
    found = Obligation.objects.get(form_ref=PANJIN, unit__title="双台子区", period_code=PERIOD.code)
    values = {**found.filings.get(version=found.current_version).values, "satisfied_rate": "99.01"}
    filing_correct(
        actor=district.actor("tongji"),
        obligation_id=found.pk,
        values=values,
        reason="核对原始工单后更正",
        now=district.now,
    )


def test_frozen_report_is_recorded_with_every_figure(district: District):
    issue = issue_of(PANJIN)
    (event,) = events_of("issue", issue.pk)
    assert event.kind == "report.frozen" and event.data["hash"] == issue.document_hash
    figures = Figure.objects.filter(owner_type="issue", owner_id=issue.pk).count()
    assert figures and len([row for row in event.after if row[0] == "figure"]) == figures


def test_report_is_not_frozen_twice(district: District):
    before = snapshot()
    with pytest.raises(Duplicate, match="更正"):
        report_freeze(actor=district.actor("ducha"), report_ref=PANJIN, period=PERIOD, now=district.now)
    assert snapshot() == before


def test_only_the_office_freezes(district: District):
    before = snapshot()
    for username in ("tongji", "dawa", "guanli", "shenji"):
        with pytest.raises(NotAllowed):
            report_freeze(
                actor=district.actor(username),
                report_ref="bulletins.lianyungang",
                period=LOSSES,
                now=district.now,
            )
    assert snapshot() == before


def test_number_that_is_too_long_is_refused_beside_its_field(district: District):
    with pytest.raises(Invalid) as refusal:
        report_freeze(
            actor=district.actor("ducha"),
            report_ref="bulletins.lianyungang",
            period=LOSSES,
            number="字" * 61,
            now=district.now,
        )
    assert "number" in refusal.value.fields


def test_number_is_printed_as_given(district: District):
    issue = report_freeze(
        actor=district.actor("ducha"),
        report_ref="bulletins.lianyungang",
        period=LOSSES,
        number=" 示热〔2023〕7号 ",
        now=district.now,
    )
    head = issue_view(issue).document.head
    assert head is not None and head.number == "示热〔2023〕7号"


def test_empty_period_is_not_frozen(district: District):
    with pytest.raises(WrongState, match="没有填报数据"):
        report_freeze(
            actor=district.actor("ducha"),
            report_ref=PANJIN,
            period=parse_period("2022-01..2022-04"),
            now=district.now,
        )


def test_scores_that_are_not_published_are_not_issued(district: District):
    waiting, desk = parse_period("2023-05..2023-06"), district.actor("tongji")
    draft = draft_keep(
        actor=desk,
        form_ref=PANJIN,
        import_ref=PANJIN,
        period=waiting,
        name="panjin.csv",
        content=(PACK / "fixtures" / "panjin.csv").read_bytes(),
        now=district.now,
    )
    filings_take(actor=desk, draft_token=draft.token, only_clean=False, now=district.now)
    before = snapshot()
    with pytest.raises(WrongState, match="2023年5—6月的考核轮次尚未发布"):
        report_freeze(actor=district.actor("ducha"), report_ref=PANJIN, period=waiting, now=district.now)
    assert snapshot() == before


def test_corrected_records_leave_the_issue_as_it_was_and_both_values_are_shown(district: District):
    issue = issue_of(PANJIN)
    before, printed = snapshot(), render_docx(issue_view(issue).document)
    office = district.actor("ducha")
    assert issue_compared(office, issue, district.now) == ()
    correct_panjin(district)
    assert snapshot() == before and render_docx(issue_view(issue).document) == printed
    compared = issue_compared(office, issue, district.now)
    changes = {(change.title, change.published, change.present) for change in compared}
    assert ("满意率", "97.81%", "98.64%") in changes


def test_present_figures_are_not_shown_to_a_clerk_before_they_are_issued(district: District):
    with pytest.raises(NotAllowed):
        issue_compared(district.actor("dawa"), issue_of(PANJIN), district.now)


def test_correction_is_a_new_issue_that_names_the_old(district: District):
    issue, office = issue_of(PANJIN), district.actor("ducha")
    correct_panjin(district)
    trial = round_compute(actor=office, scheme_ref=PANJIN, period=PERIOD, now=district.now)
    round_publish(actor=office, round_id=trial.pk, now=district.now)
    corrected = report_freeze(
        actor=office, report_ref=PANJIN, period=PERIOD, now=district.now, correcting=True
    )
    assert corrected.supersedes == issue and issue_compared(office, corrected, district.now) == ()
    view = report_view(office, PANJIN, PERIOD, district.now)
    assert view.issue == corrected


def test_correction_that_changes_nothing_is_refused(district: District):
    before = snapshot()
    with pytest.raises(WrongState, match="无需更正"):
        report_freeze(
            actor=district.actor("ducha"), report_ref=PANJIN, period=PERIOD, now=district.now, correcting=True
        )
    assert snapshot() == before


def test_list_of_issues_costs_one_query(district: District, django_assert_num_queries):
    clerk = district.actor("dawa")
    with django_assert_num_queries(1):
        assert {issue.report_ref for issue in issues_visible(clerk)} == {
            "bulletins.nantong",
            PANJIN,
            "bulletins.changzhou",
        }
