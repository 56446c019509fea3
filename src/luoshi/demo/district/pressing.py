"""How the office of the sample presses late units: once a week, level by level, and what the units reply."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from luoshi.core.beijing import local_day
from luoshi.core.workdays import WorkCalendar
from luoshi.demo.district.habits import random_of
from luoshi.demo.district.people import CLERK, HEAD, Staff
from luoshi.demo.district.words import PRESSED_NOTES, PRESSED_REPLIES
from luoshi.domains.slips.actions import slip_accept, slip_escalate, slips_issue
from luoshi.domains.slips.models import Slip, SlipState
from luoshi.domains.slips.proposals import first_level, proposals
from luoshi.domains.slips.replying import slip_reply, slip_sign
from luoshi.domains.slips.rules import rules_get

RULES = "zeren.filing"
WEDNESDAY = 2
ISSUED_AT, REPLIED_AT, SIGNED_AT, ACCEPTED_AT = 10 * 60, 16 * 60, 17 * 60 + 20, 15 * 60 + 40
SILENT = 8  # one slip in so many is left unanswered
REPLY_DAYS = (1, 2, 3, 3, 4, 5, 7)
Act = Callable[[datetime], None]


class Pressing:
    """Plans a round for every week; replies plan themselves."""

    def __init__(
        self,
        staff: Staff,
        post: str,
        calendar: WorkCalendar,
        at: Callable[[date, int, Act], None],
    ) -> None:
        self.staff = staff
        self.post = post
        self.calendar = calendar
        self.at = at

    def plan(self, first: date, last: date) -> None:
        """Plan a round for each Wednesday of the time."""
        day = first + timedelta(days=(WEDNESDAY - first.weekday()) % 7)
        while day <= last:
            if self.calendar.is_workday(day):
                self.at(day, ISSUED_AT, self._round)
            day += timedelta(days=7)

    def _round(self, now: datetime) -> None:
        office = self.staff.at(self.post, local_day(now))
        rules = rules_get(RULES)
        higher = [each.former for each in proposals(rules, now) if each.former is not None]
        for former in higher:
            said = PRESSED_NOTES[0] if former.former_id is None else PRESSED_NOTES[1]
            self._answered(slip_escalate(actor=office, slip_id=former.pk, text=said, now=now))
        units = [each.unit.pk for each in first_level(rules, now)]
        if units:
            for slip in slips_issue(actor=office, rules_ref=RULES, unit_ids=units, now=now):
                self._answered(slip)

    def _answered(self, slip: Slip) -> None:
        """Plan what the unit does with a slip."""
        draw = random_of("slip", slip.unit_code, slip.level, slip.issued_at.date())
        if draw.randrange(SILENT) == 0:
            return
        text = draw.choice(PRESSED_REPLIES)
        day = self.calendar.add_workdays(local_day(slip.issued_at), draw.choice(REPLY_DAYS)).date
        minute = REPLIED_AT + draw.randrange(40)
        self.at(day, minute, lambda now: self._replied(slip, text, now))

    def _replied(self, slip: Slip, text: str, now: datetime) -> None:
        slip.refresh_from_db(fields=["state"])
        if slip.state != SlipState.ISSUED:
            return
        day = local_day(now)
        slip_reply(actor=self.staff.actor(slip.unit_code, CLERK, day), slip_id=slip.pk, text=text, now=now)
        self.at(day, SIGNED_AT, lambda moment: self._signed(slip, moment))

    def _signed(self, slip: Slip, now: datetime) -> None:
        head = self.staff.actor(slip.unit_code, HEAD, local_day(now))
        slip_sign(actor=head, slip_id=slip.pk, now=now)
        day = self.calendar.add_workdays(local_day(now), 2).date
        self.at(day, ACCEPTED_AT, lambda moment: self._accepted(slip, moment))

    def _accepted(self, slip: Slip, now: datetime) -> None:
        slip.refresh_from_db(fields=["state"])
        if slip.state == SlipState.SIGNED:
            office = self.staff.at(self.post, local_day(now))
            slip_accept(actor=office, slip_id=slip.pk, now=now)
