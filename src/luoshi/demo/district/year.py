"""A year of filings: every act at its own moment, in order of time, by the same actions as users take."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import count

from luoshi.core.actor import SYSTEM, SYSTEM_ACTOR
from luoshi.core.beijing import LOCAL, local_day
from luoshi.core.periods import Period, parse_period, periods_between
from luoshi.core.workdays import WorkCalendar
from luoshi.demo.district.acts import Acts, Job
from luoshi.demo.district.asking import questions_planned
from luoshi.demo.district.designed import Designed
from luoshi.demo.district.habits import Outcome, plan_of, random_of
from luoshi.demo.district.people import Staff, merged
from luoshi.demo.district.places import MERGER, RENAMING, Scale
from luoshi.demo.district.pressing import Pressing
from luoshi.demo.district.reminded import DIGEST_AT, SCANNED_AT, gathered, reminded
from luoshi.demo.district.sheets import SHEETS
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.filings.actions import obligations_open
from luoshi.kernel.filings.forms import Form, form_def
from luoshi.kernel.filings.models import Obligation
from luoshi.kernel.filings.windows import dates_of
from luoshi.kernel.org.actions import unit_rename

FORMS = ("zeren.monthly", "zeren.quarterly")
OPENED_AT = 7 * 60
REVIEWED_AT = 15 * 60
REVIEW_DAYS = (1, 3)  # Tuesdays and Thursdays
Act = Callable[[datetime], None]


class Year:
    """Runs the acts of the year up to a moment. Acts plan further acts; those after the end never happen."""

    def __init__(
        self,
        scale: Scale,
        reviewer_post: str,
        patrol_posts: tuple[str, str],
        until: datetime,
        tell: Callable[[str], None],
    ) -> None:
        self.until = until
        self.tell = tell
        self.calendar: WorkCalendar = work_calendar("cn")
        self.staff = Staff()
        self.acts = Acts(self.staff, reviewer_post)
        self._waiting: list[tuple[datetime, int, Act]] = []
        self._numbers = count()
        self._review_planned = False
        for ref in FORMS:
            self._windows(form_def(ref), scale)
        self._mornings(scale)
        codes = {code for _, code, _ in scale.units()}
        if MERGER.code in codes:
            self.at(MERGER.on, 8 * 60, lambda now: merged(MERGER, self.staff, now))
        if RENAMING.code in codes:
            self.at(RENAMING.on, 9 * 60, _renamed)
        for sheet in SHEETS:
            Designed(sheet, self.staff, patrol_posts, self.calendar, until, self.at)

        days = (self._first_opening(scale), local_day(until))
        Pressing(self.staff, reviewer_post, self.calendar, self.at).plan(*days)
        units = [code for _, code, _ in scale.units()]
        questions_planned(units, self.staff, reviewer_post, self.calendar, self.at, days)

    def run(self) -> None:
        """Let everything happen that is planned before the end."""
        while self._waiting:
            moment, _, act = heapq.heappop(self._waiting)
            act(moment)

    def at(self, day: date, minute: int, act: Act) -> None:
        """Plan an act for a minute of a day; after the end of the year it is dropped."""
        moment = datetime.combine(day, time(), tzinfo=LOCAL) + timedelta(minutes=minute)
        if moment < self.until:
            heapq.heappush(self._waiting, (moment, next(self._numbers), act))

    def _mornings(self, scale: Scale) -> None:
        """Plan the reminders of every working day."""
        day = self.later(scale.begins, 1)
        while day <= local_day(self.until):
            self.at(day, SCANNED_AT, reminded)
            self.at(day, DIGEST_AT, gathered)
            day = self.later(day, 1)

    def _windows(self, form: Form, scale: Scale) -> None:
        assert form.window is not None
        first = parse_period(scale.first_month)
        for period in periods_between(form.period_kind, first.start, local_day(self.until)):
            day = dates_of(form.window, period, self.calendar).open_on
            self.at(day, OPENED_AT, self._opening(form, period))

    def _first_opening(self, scale: Scale) -> date:
        window = form_def(FORMS[0]).window
        assert window is not None
        return dates_of(window, parse_period(scale.first_month), self.calendar).open_on

    def _opening(self, form: Form, period: Period) -> Act:
        def opened(now: datetime) -> None:
            number = obligations_open(actor=SYSTEM_ACTOR, form_ref=form.ref, period=period, now=now)
            self.tell(f"{form.title}：{period.title}，{number} 个单位")
            rows = Obligation.objects.filter(form_ref=form.ref, period_code=period.code)
            for row in rows.order_by("unit__sort", "unit__code"):
                assert row.due_at is not None
                plan = plan_of(form.ref, row.unit_code, period)
                self._planned(Job(row.pk, form.ref, row.unit_code, period, plan, row.due_at))

        return opened

    def _planned(self, job: Job) -> None:
        """Plan the first steps of one obligation."""
        plan, due = job.plan, local_day(job.due_at)
        day = self.later(job.period.end, plan.day)
        if plan.late_days:
            day = self.later(due, plan.late_days)
        if plan.excuse_first or plan.outcome is Outcome.EXCUSED:
            asked = self.later(job.period.end, 1)
            self.at(asked, plan.minute - 10, lambda now: self.acts.excuse_asked(job, now))
            approve = plan.outcome is Outcome.EXCUSED
            self.at(
                self.later(asked, 2),
                REVIEWED_AT + 20,
                lambda now: self.acts.excuse_decided(job, now, approve=approve),
            )
            day = max(day, self.later(asked, 3))
        if plan.drafted:
            before = self.later(job.period.end, max(1, plan.day - 2))
            self.at(min(before, day), plan.minute - 15, lambda now: self.acts.drafted(job, now))
        if plan.outcome in (Outcome.FILED, Outcome.NIL):
            self.at(day, plan.minute, lambda now: self._submitted(job, now))

    def _submitted(self, job: Job, now: datetime) -> None:
        self.acts.submitted(job, now)
        if job.plan.withdrawn and not job.withdrawn:
            minute = self._minute(now)
            self.at(local_day(now), minute + 6, lambda moment: self.acts.withdrawn(job, moment))
            self.at(local_day(now), minute + 14, lambda moment: self._submitted(job, moment))
            return
        minute = random_of("sign", job.unit, job.period.code, job.version).randint(17 * 60, 17 * 60 + 40)
        day = self.later(local_day(now), job.plan.sign_days)
        self.at(day, minute, lambda moment: self._signed(job, moment))

    def _signed(self, job: Job, now: datetime) -> None:
        self.acts.signed(job, now)
        if not self._review_planned:
            self._review_planned = True
            self.at(self._review_day(local_day(now)), REVIEWED_AT, self._reviewed)

    def _reviewed(self, now: datetime) -> None:
        self._review_planned = False
        for job in self.acts.reviewed(now):
            days = job.plan.mend_days[job.returned - 1]
            self._mended(job, self.later(local_day(now), days))

    def _mended(self, job: Job, day: date) -> None:
        self.at(day, job.plan.minute, lambda now: self._submitted(job, now))

    def _review_day(self, day: date) -> date:
        day = self.later(day, 1)
        while day.weekday() not in REVIEW_DAYS:
            day = self.later(day, 1)
        return day

    def later(self, day: date, workdays: int) -> date:
        """Return the day so many working days after another."""
        return self.calendar.add_workdays(day, workdays).date

    def _minute(self, moment: datetime) -> int:
        local = moment.astimezone(LOCAL)
        return local.hour * 60 + local.minute


def _renamed(now: datetime) -> None:
    unit_rename(by=SYSTEM, code=RENAMING.code, title=RENAMING.title, now=now)
