"""Each step of each obligation is sent once; after an outage the newest missed one only."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.core.actor import SYSTEM
from luoshi.core.clock import FixedClock
from luoshi.core.lights import Light
from luoshi.core.periods import parse_period
from luoshi.kernel.filings.models import Obligation
from luoshi.kernel.filings.queries import By, counts, my_open_work
from luoshi.kernel.filings.reminding import reminders_send
from luoshi.kernel.filings.submitting import filing_withdraw
from luoshi.kernel.filings.ticks import TICKS
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.notify.models import Message, Notice, Skip
from luoshi.kernel.org.actions import appointment_end, unit_close
from luoshi.kernel.org.models import Appointment
from luoshi.worker.registry import Tick
from luoshi.worker.runner import Runner
from tests.harness.times import SHANGHAI
from tests.kernel.filings.loop import Cast, loop_world, opened, owed, returned, signed, submit
from tests.kernel.org.helpers import grow

pytestmark = pytest.mark.django_db


def at(text: str, clock: str = "09:00") -> datetime:
    return datetime.fromisoformat(f"2021-{text}T{clock}:00+08:00")


def sent(unit: str = "S1") -> list[tuple[str, str, str]]:
    """Return (step, level, post told) of every message about a unit's obligation, in order."""
    rows = Message.objects.filter(notice__unit__code=unit).order_by("notice_id", "id")
    return list(rows.values_list("notice__step", "notice__level", "post__code"))


def skips(unit: str = "S1") -> list[tuple[str, str]]:
    """Return (step, reason) of every skip about a unit's obligation, in order of the steps."""
    rows = Skip.objects.filter(notice__unit__code=unit).order_by("notice__step_at", "id")
    return list(rows.values_list("notice__step", "reason"))


def december() -> Cast:
    """Open December 2020 on its day, due 2021-01-15; the rule is in force since then."""
    cast = loop_world()
    opened()
    return cast


def january() -> Cast:
    """Open January 2021: due on 02-18, after the Spring Festival; steps on 02-05, 02-08, 02-18 and 02-19."""
    cast = loop_world()
    opened(parse_period("2021-01"), at("01-25"))
    return cast


def test_every_step_goes_out_on_its_day_and_once():
    january()
    for day in ("02-04", "02-05", "02-06", "02-07", "02-08", "02-09", "02-18", "02-19", "02-20", "03-20"):
        for _ in range(2):
            reminders_send(at(day))
    assert sent() == [
        ("due-5w", "blue", "clerk"),
        ("due-5w", "blue", "colleague"),
        ("due-3w", "yellow", "clerk"),
        ("due-3w", "yellow", "colleague"),
        ("due-3w", "yellow", "head"),
        ("due", "yellow", "clerk"),
        ("due", "yellow", "colleague"),
        ("due", "yellow", "head"),
        ("due+1w", "red", "head"),
        ("due+1w", "red", "reviewer"),
    ]
    assert skips() == [("due+1w", "unset")]
    days = Notice.objects.filter(unit__code="S1").order_by("id").values_list("step_at", flat=True)
    told = [f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}" for moment in days]
    assert told == ["02-05 08:30", "02-08 08:30", "02-18 08:30", "02-19 08:30"]
    assert verify_ledger().ok


def test_nothing_goes_out_before_the_hour():
    january()
    reminders_send(at("02-18", "08:29"))
    assert "due" not in [step for step, _, _ in sent()]
    reminders_send(at("02-18", "08:30"))
    assert "due" in [step for step, _, _ in sent()]


def test_who_answered_is_left_alone():
    cast = january()
    submit(cast.clerk, owed(period="2021-01"), now=at("02-01"))
    reminders_send(at("02-20"))
    assert [step for step, _, _ in sent()] == [] and [step for step, _, _ in sent("S2")] != []


def test_after_an_outage_the_overdue_are_right_and_only_the_newest_missed_step_is_sent(monkeypatch):
    monkeypatch.setattr("luoshi.worker.runner.close_old_connections", lambda: None)
    cast = january()
    reminders_send(at("02-05"))
    stopped = Notice.objects.count()
    now = at("02-22")
    # Nothing ran for seventeen days: the overdue list needs no scheduler.
    assert counts(cast.office, by=By.ALL, at=now)[()].missing == 3
    assert {work.light for work in my_open_work(cast.clerk, now)} == {Light.RED}
    ticks = [Tick(*entry) for entry in TICKS if entry[0] == "filings.reminders_send"]
    runner = Runner(ticks, clock=FixedClock(now))
    assert runner.turn() == ["filings.reminders_send"]
    runner.close()
    late = Notice.objects.filter(made_at=now, unit__code="S1").order_by("step_at")
    assert [(notice.step, notice.messages.count()) for notice in late] == [
        ("due-3w", 0),
        ("due", 0),
        ("due+1w", 2),
    ]
    assert skips()[:2] == [("due-3w", "older"), ("due", "older")]
    assert [event.kind for event in events_of("notice", late[0].pk)] == ["notice.skipped"]
    assert Notice.objects.count() == stopped + 3 * 3
    again = Runner(ticks, clock=FixedClock(now + timedelta(hours=1)))
    again.turn()
    again.close()
    assert Notice.objects.count() == stopped + 3 * 3
    assert verify_ledger().ok


def test_a_step_from_before_the_rule_is_never_sent():
    december()
    # Installed on 01-15 at 08:00: the steps of 01-08 and 01-12 lay before it.
    reminders_send(at("01-15"))
    assert {step for step, _, _ in sent()} == {"due"} and skips() == []


def test_a_return_is_told_and_again_when_nobody_answers():
    cast = december()
    returned(cast, signed(cast), now=at("01-15", "10:00"))
    reminders_send(at("01-15", "10:05"))
    assert [row for row in sent() if row[0] == "returned"] == [
        ("returned", "yellow", "clerk"),
        ("returned", "yellow", "colleague"),
    ]
    # Three working days before the new day lay at 08:30 of this one, when the version still stood.
    assert skips() == [("due-3w", "answered")]
    assert "被退回，请于 1月20日 前补正" in Notice.objects.get(unit__code="S1", step="returned").text
    reminders_send(at("01-20"))
    assert [step for step, _, post in sent() if post == "head"] == ["returned+3w"]


def test_mending_in_time_is_not_overdue_and_the_new_day_has_its_own_steps():
    cast = december()
    returned(cast, signed(cast), now=at("01-15", "10:00"))
    for day in ("01-15", "01-18", "01-19", "01-20", "01-21", "01-22"):
        reminders_send(at(day, "11:00"))
    # On the new day two steps fall on one moment: it is said once.
    assert list(dict.fromkeys(step for step, _, _ in sent())) == ["returned", "returned+3w", "due+1w"]
    assert Notice.objects.filter(unit__code="S2", step="due+1w", made_at=at("01-18", "11:00")).exists()
    assert not Notice.objects.filter(unit__code="S1", step="due+1w", made_at__lt=at("01-21")).exists()


def test_the_reviewer_is_told_of_own_delay():
    cast = december()
    signed(cast)
    reminders_send(at("01-19"))
    assert sent() == []
    reminders_send(at("01-20"))
    assert sent() == [("review+3w", "yellow", "reviewer")]
    assert "报送后 3 个工作日未审核" in Notice.objects.get(unit__code="S1").text


def test_what_is_withdrawn_past_due_is_told_at_once():
    cast = december()
    filing = submit(cast.clerk)
    reminders_send(at("01-19"))
    filing_withdraw(actor=cast.clerk, filing_id=filing.pk, now=at("01-19", "10:00"))
    reminders_send(at("01-19", "10:05"))
    assert {step for step, _, _ in sent()} == {"due+1w"}
    assert skips() == [("due", "answered"), ("due+1w", "unset")]


def test_the_successor_of_a_closed_unit_is_told():
    december()
    row = Appointment.objects.get(post__code="other")
    appointment_end(by=SYSTEM, appointment_id=row.pk, to_on=at("01-16").date(), now=at("01-15"))
    unit_close(by=SYSTEM, code="S2", on=at("01-16").date(), successor_code="S1", now=at("01-15"))
    reminders_send(at("01-18"))
    assert [row for row in sent("S2") if row[0] == "due+1w"][0][2] == "head"


def test_texts_say_how_matters_stand_when_they_are_sent():
    january()
    reminders_send(at("02-08"))
    reminders_send(at("02-18"))
    reminders_send(at("03-01"))
    told = Notice.objects.filter(unit__code="S1", messages__isnull=False).distinct()
    texts = list(told.order_by("step_at").values_list("text", flat=True))
    lead = "单位S1：《履责月报》（2021年1月）"
    assert texts == [
        lead + "将于 2月18日 截止，尚未报送。",
        lead + "今日截止，尚未报送。",
        lead + "已于 2月18日 截止，逾期 8 个工作日，尚未报送。",
    ]


def test_an_obligation_without_due_day_has_no_steps_of_it():
    december()
    Obligation.objects.update(due_at=None)
    reminders_send(at("02-20"))
    assert not Notice.objects.exists()


def test_the_number_of_queries_does_not_grow_with_obligations():
    def queries(day: str, notices: int) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert reminders_send(at(day)) == notices
        return len(caught)

    january()
    few = queries("02-05", 3)
    for number in range(30):
        grow(f"T{number}", "A", kind="street")
    opened(parse_period("2021-02"), at("02-22"))
    # The three of January miss three steps, the 33 of February come to the first.
    many = queries("03-08", 9 + 33)
    assert many <= few + 4
    assert queries("03-08", 0) < few
