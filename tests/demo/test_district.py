"""The district of the sample: its year of filings is honest, uneven, and alive on its last day."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import transaction

from luoshi.core.beijing import local_day
from luoshi.core.periods import parse_period
from luoshi.demo.build import LEAD, Credential, build
from luoshi.demo.cast import FILERS, SAMPLE_START
from luoshi.demo.district.habits import Outcome, plan_of, values_of
from luoshi.demo.district.people import post_of
from luoshi.demo.district.places import FULL, GROUPS, MERGER, RENAMING, SMALL
from luoshi.domains.duties.held import held_on
from luoshi.kernel.access.actions import signin_check
from luoshi.kernel.access.models import Account
from luoshi.kernel.access.queries import actor_of
from luoshi.kernel.definitions.table_rows import rows_of
from luoshi.kernel.elements.models import HeldValue
from luoshi.kernel.evidence.queries import revision_content
from luoshi.kernel.filings.flows import Step
from luoshi.kernel.filings.forms import form_by_id
from luoshi.kernel.filings.models import (
    Answer,
    Draft,
    Filing,
    FilingFact,
    FormStanding,
    How,
    Obligation,
    Review,
    State,
)
from luoshi.kernel.filings.offers import offers_of
from luoshi.kernel.filings.queries import my_open_work
from luoshi.kernel.filings.statistics import Asked, By, Counts, counts
from luoshi.kernel.filings.ticks import windows_open
from luoshi.kernel.ledger.queries import position
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.org.models import Unit

pytestmark = pytest.mark.django_db
MONTHLY, QUARTERLY = "zeren.monthly", "zeren.quarterly"


@pytest.fixture(scope="module")
def year(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[list[Credential]]:
    """Build the small district for this module and roll it back."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        yield build(now=SAMPLE_START, tell=lambda line: None, scale=SMALL)
        transaction.set_rollback(True)


def owed(form: str = MONTHLY):
    return Obligation.objects.filter(form_ref=form)


def test_full_scale_has_85_units_in_six_groups():
    assert [len(group.titles) for group in GROUPS] == [14, 12, 26, 8, 9, 16]
    codes = [code for _, code, _ in FULL.units()]
    titles = [title for _, _, title in FULL.units()]
    assert len(set(codes)) == len(set(titles)) == 85
    assert {MERGER.code, MERGER.into, RENAMING.code} <= {code for _, code, _ in SMALL.units()} < set(codes)


def test_quarters_come_with_lists_of_what_was_done_and_rows_of_what_is_stuck(year):
    filed = Filing.objects.filter(obligation__form_ref=QUARTERLY, nil=False).order_by("id")
    proven = [each for each in filed if each.evidence.exists()]
    assert 0 < len(proven) < len(filed)
    for filing in proven:
        (link,) = filing.evidence.order_by("id")
        lines = revision_content(link.revision).decode("utf-8-sig").splitlines()
        assert len(lines) == 1 + int(filing.values["done"])
        assert link.revision.occurred_on == filing.obligation.period_end
    stuck = {len(rows_of(each.values["matters"])) for each in filed if each.state == State.ACCEPTED}
    wanted = {int(each.values["stuck"]) for each in filed if each.state == State.ACCEPTED}
    assert stuck == wanted and max(stuck) > 0


def test_ledger_verifies(year):
    verdict = verify_ledger()
    assert verdict.ok and verdict.events == position() > 600


def test_months_open_for_every_unit_that_stood_on_the_opening_day(year):
    counts = Counter(owed().values_list("period_code", flat=True))
    assert counts == {"2023-02": 12, "2023-03": 11, "2023-04": 11, "2023-05": 11}
    assert owed(QUARTERLY).count() == 11


def test_worker_finds_nothing_left_to_open(year):
    assert windows_open(SAMPLE_START) == 0


def test_answers_add_up_to_what_was_opened(year):
    answers = Counter(owed().values_list("answer", flat=True))
    assert sum(answers.values()) == 45
    in_force = Filing.objects.filter(
        obligation__form_ref=MONTHLY, state__in=(State.SUBMITTED, State.SIGNED, State.ACCEPTED)
    )
    assert in_force.count() == answers[Answer.FILED] + answers[Answer.NIL]
    assert Review.objects.filter(obligation__form_ref=MONTHLY, decision="return").count() == sum(
        owed().values_list("returns", flat=True)
    )


def test_statistics_of_the_office_agree_with_the_rows(year):
    """Groups and periods add up to the whole; no rate leaves 0 to 100."""
    office = actor_of(Account.objects.get(username="ducha"), None, SAMPLE_START.date())
    asked = Asked(form_ref=MONTHLY)
    whole = counts(office, by=By.ALL, at=SAMPLE_START, asked=asked)[()]
    assert (whole.opened, whole.due) == (45, whole.on_time + whole.late + whole.missing)
    assert whole.filed == owed().filter(answer=Answer.FILED).count()
    for by in (By.BRANCH, By.PERIOD, By.UNIT):
        parts = counts(office, by=by, at=SAMPLE_START, asked=asked)
        assert sum(parts.values(), Counts()) == whole
        rates = [rate for part in parts.values() if (rate := part.on_time_rate) is not None]
        assert rates and all(0 <= rate <= 100 for rate in rates)
    assert len(counts(office, by=By.BRANCH, at=SAMPLE_START, asked=asked)) == len(GROUPS)


def test_every_answer_was_given_signed_and_reviewed_by_three_accounts(year):
    accepted = Filing.objects.filter(state=State.ACCEPTED, obligation__form_ref__startswith="zeren.")
    assert accepted.count() > 30
    for filing in accepted.select_related("review"):
        hands = {filing.submitted_by_account, filing.signed_by_account, filing.review.by_account}
        assert len(hands) == 3
        assert filing.submitted_at < filing.signed_at < filing.review.at


def test_nothing_happens_in_the_hour_of_the_tables_or_later(year):
    last = Filing.objects.filter(obligation__form_ref__startswith="zeren.").latest("submitted_at")
    assert last.submitted_at < SAMPLE_START - LEAD


def test_last_month_is_under_way(year):
    """Before its due day some answers wait for head or reviewer, some are yet to come."""
    may = owed().filter(period_code="2023-05")
    assert all(SAMPLE_START < each.due_at < SAMPLE_START + timedelta(days=3) for each in may)
    answers = Counter(may.values_list("answer", flat=True))
    assert answers[Answer.NONE] and answers[Answer.FILED]
    waiting = Filing.objects.filter(obligation__in=may, state__in=(State.SUBMITTED, State.SIGNED))
    assert waiting.exists()


def test_each_of_the_cast_finds_open_work_on_the_first_morning(year):
    steps = {}
    for username in ("songjian", "fuze", "zeren"):
        actor = actor_of(Account.objects.get(username=username), None, SAMPLE_START.date())
        steps[username] = {work.step for work in my_open_work(actor, SAMPLE_START)}
    assert steps == {"songjian": {Step.FILL}, "fuze": {Step.SIGN}, "zeren": {Step.REVIEW}}
    draft = Draft.objects.get(
        obligation__form_ref=MONTHLY, obligation__unit_code="JD01", obligation__period_code="2023-05"
    )
    assert draft.values["items"] and "work" not in draft.values


def test_everybody_who_may_sign_in_can(year):
    for each in year:
        account = signin_check(
            username=each.username, password=each.password, now=SAMPLE_START, source="127.0.0.1"
        )
        assert not account.must_change_password


def test_unit_that_was_merged_owes_nothing_more_and_its_successor_answers_what_it_left(year):
    closed = Unit.objects.get(code=MERGER.code)
    assert (closed.closed_on, closed.successor.code) == (MERGER.on, MERGER.into)
    assert set(owed().filter(unit=closed).values_list("period_code", flat=True)) == {"2023-02"}
    left = Filing.objects.get(obligation__unit=closed, obligation__form_ref=MONTHLY, state=State.ACCEPTED)
    assert local_day(left.submitted_at) >= MERGER.on
    assert left.submitted_by_post == post_of(MERGER.into, "clerk")


def test_unit_that_was_renamed_keeps_its_code_and_answers_to_the_former_name(year):
    renamed = Unit.objects.get(code=RENAMING.code)
    assert renamed.title == RENAMING.title
    assert list(renamed.aliases.values_list("text", flat=True)) == ["区城市环境局"]


def test_quarter_holds_the_items_that_the_last_month_holds(year):
    held = dict(
        HeldValue.objects.filter(element="LZ01", period_code="2023-03").values_list("unit__code", "value")
    )
    for filing in Filing.objects.filter(obligation__form_ref=QUARTERLY, state=State.ACCEPTED, nil=False):
        assert held.get(filing.obligation.unit_code, filing.values["items"]) == filing.values["items"]


def test_accounts_of_the_units_wait_for_a_password(year):
    signing_in = {each.username for each in year}
    accounts = Account.objects.exclude(username__in=signing_in)
    assert accounts.count() == 23 and not any(account.has_usable_password() for account in accounts)
    assert {player.username for player in FILERS} <= signing_in


def test_facts_are_of_the_answers_in_force(year):
    current = FilingFact.objects.filter(form_ref=MONTHLY, to_ms=None)
    assert current.count() == owed().filter(answer__in=(Answer.FILED, Answer.NIL)).count()


def test_drafts_stand_only_where_something_is_still_to_be_done(year):
    assert not Draft.objects.filter(obligation__filings__state=State.ACCEPTED).exists()


def test_a_unit_files_the_same_whatever_else_is_built():
    """Plans and values hang on seed, unit and period alone: drawn again, in another order, they are equal."""
    month = parse_period("2022-11")
    codes = [code for _, code, _ in FULL.units()]
    forth = [(plan_of(MONTHLY, code, month), values_of(code, month)) for code in codes]
    back = [(plan_of(MONTHLY, code, month), values_of(code, month)) for code in reversed(codes)]
    assert forth == back[::-1]
    assert len({json.dumps(values) for _, values in forth}) > 80


def test_values_keep_the_rules_of_the_form():
    for code in [code for _, code, _ in FULL.units()]:
        for month in ("2022-06", "2022-12", "2023-05"):
            values = values_of(code, parse_period(month))
            found, fixed, overdue = (int(values[key]) for key in ("found", "fixed", "overdue"))
            assert 0 <= overdue <= found - fixed and 0 <= fixed <= found
            assert int(values["answered"]) <= int(values["appeals"])


def test_a_year_is_uneven():
    """At full scale some are excused, missing, nil, late, returned, even twice; most are on time."""
    months = [f"2022-{month:02}" for month in range(6, 13)] + [f"2023-{month:02}" for month in range(1, 6)]
    plans = [plan_of(MONTHLY, code, parse_period(month)) for _, code, _ in FULL.units() for month in months]
    outcomes = Counter(plan.outcome for plan in plans)
    assert all(outcomes[outcome] > 4 for outcome in Outcome)
    assert outcomes[Outcome.FILED] > 0.85 * len(plans)
    assert 0.02 < sum(plan.late_days > 0 for plan in plans) / len(plans) < 0.1
    returns = Counter(plan.returns for plan in plans)
    assert returns[1] > 40 and returns[2] > 5


def test_a_form_made_in_the_browser_is_filed_by_the_streets(year):
    """Designed and admitted by two accounts; the streets file, the owner reviews."""
    patrol = owed("local.x001")
    assert Counter(patrol.values_list("period_code", flat=True)) == {
        "2023-03": 2,
        "2023-04": 2,
        "2023-05": 2,
    }
    accepted = Filing.objects.filter(obligation__in=patrol, state=State.ACCEPTED)
    assert accepted.count() == 4
    assert set(accepted.values_list("review__by_unit", flat=True)) <= {"ZF01"}


def test_one_form_is_renewed_and_another_stopped_and_what_both_ask_is_typed_once(year):
    decided = FormStanding.objects.order_by("form_ref").values_list("form_ref", "kind", "state")
    assert list(decided) == [("local.x001", "renew", "granted"), ("local.x002", "stop", "granted")]
    doubled = owed("local.x002")
    assert set(doubled.values_list("period_code", flat=True)) == {"2023-03", "2023-04", "2023-05"}
    sources = Filing.objects.filter(obligation__in=doubled).values_list("sources", flat=True)
    assert sum(each.get("f1") == How.HELD for each in sources) >= 2
    left = doubled.filter(period_code="2023-05", unit_code="JD01")
    assert left.get().answer == Answer.NONE
    offers = offers_of(form_by_id(left.get().definition_id), list(left))[left.get().pk]
    assert set(offers) == {"f1"}


def test_units_hold_the_lists_that_were_published_in_the_year(year):
    """Common, shared and own items on the last day; in May the item still had its first limit."""
    jd01 = Unit.objects.get(code="JD01").pk
    held, before = held_on(jd01, SAMPLE_START.date()), held_on(jd01, date(2023, 5, 31))
    assert held is not None and before is not None
    kinds = Counter((item.list_code, item.kind) for item in held.items)
    assert kinds == {("gx", "common"): 16, ("jd", "own"): 4, ("jd01", "own"): 2, ("fm", "negative"): 8}
    due = {
        when: next(i.due for i in each.items if i.code == "A09") for when, each in ((1, before), (2, held))
    }
    assert due == {1: "event + 30 day", 2: "event + 20 day"}


def test_forms_of_the_lists_are_filed_by_their_own_rhythm(year):
    rows = Obligation.objects.filter(form_ref__startswith="lists.")
    counts = Counter(rows.values_list("form_ref", "period_code"))
    assert counts == {
        ("lists.plan", "2023"): 12,
        ("lists.quarter", "2023-Q1"): 11,
        ("lists.half", "2023-H1"): 11,
    }
    filed = rows.filter(answer=Answer.FILED).exclude(form_ref="lists.half")
    assert 18 <= filed.count() <= 23
