"""Preview, appeals and decisions: who sees what, who decides, and when a round may be published."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from luoshi.core.actor import Actor
from luoshi.core.errors import (
    Frozen,
    Incomplete,
    Invalid,
    NotAllowed,
    NotFound,
    SamePerson,
    WrongState,
)
from luoshi.core.periods import parse_period
from luoshi.kernel.assess.actions import round_compute, round_preview, round_publish
from luoshi.kernel.assess.appeals import appeal_decide, appeal_file, appeal_withdraw, may_appeal, may_decide
from luoshi.kernel.assess.models import Appeal, Round, Sheet
from luoshi.kernel.assess.queries import line_explained
from luoshi.kernel.assess.sight import appeals_visible, rounds_visible, sheets_visible
from luoshi.kernel.filings.actions import filing_correct
from luoshi.kernel.filings.models import Obligation
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.notify.models import Notice
from tests.district import District
from tests.kernel.access.helpers import actor_with
from tests.previewing import preview_installed

pytestmark = pytest.mark.django_db
SCHEME, PERIOD = "bulletins.panjin", parse_period("2023-01..2023-04")
WHY = "按时反馈率取值与本单位台账不符，请核对。"


@pytest.fixture
def previewing(district: District, tmp_path: Path) -> District:
    preview_installed(district, tmp_path)
    return district


@pytest.fixture
def office(previewing: District) -> Actor:
    return previewing.actor("ducha")


@pytest.fixture
def trial(office: Actor, previewing: District) -> Round:
    return round_compute(actor=office, scheme_ref=SCHEME, period=PERIOD, now=previewing.now)


@pytest.fixture
def previewed(office: Actor, trial: Round, previewing: District) -> Round:
    return round_preview(actor=office, round_id=trial.pk, now=previewing.now)


@pytest.fixture
def clerk(previewing: District) -> Actor:
    return previewing.actor("dawa")


@pytest.fixture
def other(previewing: District) -> Actor:
    """A second holder of the office's rights, who did not score."""
    return actor_with("office", "SQDC", None)


def filed(clerk: Actor, previewed: Round, now: datetime, key: str = "feedback") -> Appeal:
    return appeal_file(actor=clerk, round_id=previewed.pk, key=key, reason=WHY, now=now)


def after(previewed: Round, previewing: District) -> datetime:
    until = previewed.appeal_until
    assert until is not None
    return previewing.now + timedelta(days=(until - previewing.now.date()).days + 1)


class TestPreview:
    def test_five_working_days_are_open_and_everyone_concerned_is_told(self, previewed, previewing):
        assert (previewed.state, str(previewed.appeal_until)) == ("preview", "2023-06-19")
        notices = Notice.objects.filter(topic="assess")
        assert notices.count() == previewed.sheets.count() > 1
        assert "2023-06-19" in notices.order_by("id").first().text
        assert [event.kind for event in events_of("round", previewed.pk)] == [
            "round.computed",
            "round.previewed",
        ]
        assert verify_ledger().ok

    def test_a_unit_sees_its_own_sheet_and_no_other(self, previewed, clerk, previewing):
        assert {sheet.unit.code for sheet in sheets_visible(clerk, previewed.pk)} == {"PJ01"}
        foreign = previewed.sheets.exclude(unit__code="PJ01").order_by("seq").first()
        with pytest.raises(NotFound):
            line_explained(clerk, foreign.lines.order_by("seq").first().pk, previewing.now)
        own = previewed.sheets.get(unit__code="PJ01")
        assert line_explained(clerk, own.lines.order_by("seq").first().pk, previewing.now).sheet == own
        auditor = previewing.actor("shenji")
        assert sheets_visible(auditor, previewed.pk).count() == previewed.sheets.count()
        desk = previewing.actor("tongji")
        assert previewed not in rounds_visible(desk)

    def test_a_trial_is_not_shown_before(self, trial, clerk):
        assert trial not in rounds_visible(clerk)

    def test_it_cannot_be_computed_or_published_meanwhile(self, previewed, office, previewing):
        with pytest.raises(WrongState, match="得分不再变动"):
            round_compute(actor=office, scheme_ref=SCHEME, period=PERIOD, now=previewing.now)
        with pytest.raises(WrongState, match="申诉期至 2023-06-19 止"):
            round_publish(actor=office, round_id=previewed.pk, now=previewing.now)
        with pytest.raises(WrongState, match="已预告"):
            round_preview(actor=office, round_id=previewed.pk, now=previewing.now)

    def test_a_scheme_with_preview_is_not_published_without(self, trial, office, previewing):
        with pytest.raises(WrongState, match="请先预告"):
            round_publish(actor=office, round_id=trial.pk, now=previewing.now + timedelta(days=30))

    def test_a_scheme_without_has_none(self, previewing, office):
        trial = round_compute(
            actor=office, scheme_ref="bulletins.nantong", period=parse_period("2017-08"), now=previewing.now
        )
        with pytest.raises(WrongState, match="没有规定预告"):
            round_preview(actor=office, round_id=trial.pk, now=previewing.now)

    def test_what_was_previewed_is_published_though_records_changed(self, previewed, office, previewing):
        corrected(previewing, "双台子区", previewing.now + timedelta(hours=1))
        before = list(Sheet.objects.filter(round=previewed).order_by("seq").values_list("unit_id", "total"))
        published = round_publish(actor=office, round_id=previewed.pk, now=after(previewed, previewing))
        assert list(published.sheets.order_by("seq").values_list("unit_id", "total")) == before
        with pytest.raises(Frozen):
            round_publish(actor=office, round_id=published.pk, now=after(previewed, previewing))


def corrected(district: District, unit_title: str, now: datetime) -> None:
    found = Obligation.objects.get(form_ref=SCHEME, unit__title=unit_title, period_code=PERIOD.code)
    values = {**found.filings.get(version=found.current_version).values, "satisfied_rate": "99.01"}
    filing_correct(
        actor=district.actor("tongji"),
        obligation_id=found.pk,
        values=values,
        reason="核对原始工单后更正",
        now=now,
    )


class TestAppeal:
    def test_it_names_criterion_and_points_and_has_a_day(self, previewed, clerk, previewing):
        appeal = filed(clerk, previewed, previewing.now)
        assert (appeal.title, appeal.state, str(appeal.due_on)) == ("按时反馈率", "open", "2023-06-27")
        assert appeal.stated.endswith(" 分")
        assert [event.kind for event in events_of("appeal", appeal.pk)] == ["appeal.filed"]
        assert verify_ledger().ok

    def test_refusals(self, previewed, clerk, previewing, office):
        now = previewing.now
        for reason, error in (("", Incomplete), ("不服", Invalid), ("字" * 2001, Invalid)):
            with pytest.raises(error):
                appeal_file(actor=clerk, round_id=previewed.pk, key="", reason=reason, now=now)
        with pytest.raises(NotFound, match="没有这个考核项"):
            filed(clerk, previewed, now, key="nothing")
        with pytest.raises(NotAllowed):
            filed(office, previewed, now)
        with pytest.raises(WrongState, match="已于 2023-06-19 截止"):
            filed(clerk, previewed, after(previewed, previewing))
        stranger = actor_with("clerk", "NT01", "NT01")
        with pytest.raises(NotFound):
            filed(stranger, previewed, now)
        assert not Appeal.objects.exists()

    def test_one_open_for_a_criterion_until_it_is_withdrawn(self, previewed, clerk, previewing):
        appeal = filed(clerk, previewed, previewing.now)
        with pytest.raises(WrongState, match="待复核的申诉"):
            filed(clerk, previewed, previewing.now)
        appeal_withdraw(actor=clerk, appeal_id=appeal.pk, now=previewing.now)
        filed(clerk, previewed, previewing.now)
        assert appeals_visible(clerk).count() == 2
        assert not appeals_visible(actor_with("clerk", "PJ02", "PJ02")).exists()


class TestDecision:
    def test_who_scored_does_not_decide(self, previewed, clerk, office, other, previewing):
        appeal = filed(clerk, previewed, previewing.now)
        with pytest.raises(SamePerson, match="复核须由其他人办理"):
            decided(office, appeal, previewing.now)
        with pytest.raises(NotAllowed):
            decided(clerk, appeal, previewing.now)
        assert not may_decide(office, appeal) and may_decide(other, appeal) and not may_decide(clerk, appeal)
        assert may_appeal(clerk, previewed, previewing.now)
        assert not may_appeal(office, previewed, previewing.now)
        own = actor_with("office", "PJ01", None)
        with pytest.raises(SamePerson, match="其他单位"):
            decided(own, appeal, previewing.now)
        ended = decided(other, appeal, previewing.now)
        assert (ended.state, ended.decision) == ("rejected", "经核对工单系统，取值无误。")
        with pytest.raises(WrongState, match="已办结"):
            decided(other, appeal, previewing.now)
        assert Notice.objects.filter(topic="assess", text__contains="不予采纳").count() == 1

    def test_publication_waits_for_it(self, previewed, clerk, office, other, previewing):
        appeal = filed(clerk, previewed, previewing.now)
        later = after(previewed, previewing)
        with pytest.raises(WrongState, match="尚有 1 件申诉"):
            round_publish(actor=office, round_id=previewed.pk, now=later)
        decided(other, appeal, later)
        assert round_publish(actor=office, round_id=previewed.pk, now=later).state == "published"

    def test_an_upheld_one_asks_for_a_new_trial_and_a_new_preview(
        self, previewed, clerk, office, other, previewing
    ):
        now = previewing.now
        appeal = filed(clerk, previewed, now)
        with pytest.raises(WrongState, match="请先复核"):
            round_compute(actor=office, scheme_ref=SCHEME, period=PERIOD, now=now)
        soon = now + timedelta(minutes=5)
        decided(other, appeal, soon, outcome="upheld")
        with pytest.raises(WrongState, match="已被采纳"):
            round_publish(actor=office, round_id=previewed.pk, now=after(previewed, previewing))
        corrected(previewing, "大洼区", soon)
        again = round_compute(actor=office, scheme_ref=SCHEME, period=PERIOD, now=soon + timedelta(minutes=5))
        assert (again.pk, again.state, again.appeal_until) == (previewed.pk, "draft", None)
        with pytest.raises(WrongState, match="请先预告"):
            round_publish(actor=office, round_id=again.pk, now=after(previewed, previewing))
        once_more = round_preview(actor=office, round_id=again.pk, now=soon + timedelta(minutes=6))
        assert once_more.state == "preview" and verify_ledger().ok


def decided(actor: Actor, appeal: Appeal, now: datetime, outcome: str = "rejected") -> Appeal:
    return appeal_decide(
        actor=actor, appeal_id=appeal.pk, outcome=outcome, decision="经核对工单系统，取值无误。", now=now
    )


def test_decisions_have_an_outcome_and_reasons(previewed, clerk, other, previewing):
    appeal = filed(clerk, previewed, previewing.now)
    for outcome, decision, error in (("open", "理由说明" * 5, Incomplete), ("upheld", "", Incomplete)):
        with pytest.raises(error):
            appeal_decide(
                actor=other, appeal_id=appeal.pk, outcome=outcome, decision=decision, now=previewing.now
            )


def test_grades_are_on_the_sheets_with_their_reason(previewed):
    sheets = list(previewed.sheets.order_by("seq"))
    quota = len(sheets) * 30 // 100
    assert [sheet.grade_title for sheet in sheets].count("优秀") <= quota
    assert all(sheet.grade and sheet.steps[-1].startswith("等次：") for sheet in sheets)
