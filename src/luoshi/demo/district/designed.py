"""A form made as in the browser: designed by a department, admitted by the office, filed by streets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from luoshi.core.actor import SYSTEM_ACTOR
from luoshi.core.beijing import local_day
from luoshi.core.periods import Period, PeriodKind, periods_between
from luoshi.core.workdays import WorkCalendar
from luoshi.demo.district.acts import typed_knowing
from luoshi.demo.district.habits import random_of
from luoshi.demo.district.people import CLERK, HEAD, Staff
from luoshi.demo.district.sheets import Sheet
from luoshi.domains.admission.actions import proposal_admit, proposal_ask, proposal_begin
from luoshi.domains.admission.design import blank_design
from luoshi.kernel.filings.actions import (
    filing_sign,
    filing_submit,
    filings_accept_batch,
    form_renew_ask,
    form_renew_decide,
    form_stop,
    obligations_open,
)
from luoshi.kernel.filings.entries import Typed
from luoshi.kernel.filings.forms import form_def
from luoshi.kernel.filings.models import Obligation
from luoshi.kernel.filings.windows import dates_of

Act = Callable[[datetime], None]
WAITING = 3
"""Of so many streets one files on the last day but one."""
ADMIT_REPLY = "同意。原有纸质表同时停用。"
RENEW_REASON = "区级维修计划按月从本表取数，明年仍须填报。"
RENEW_REPLY = "同意。明年底前核对一次是否仍须按月报。"
STOP_REASON = "与街道公共设施巡检月报多处相同，更换计划改从巡检月报取数；5月这一期照常报完。"


class Designed:
    """Plans the life of one form on the clock of the year."""

    def __init__(
        self,
        sheet: Sheet,
        staff: Staff,
        posts: tuple[str, str],
        calendar: WorkCalendar,
        until: datetime,
        at: Callable[[date, int, Act], None],
    ) -> None:
        self.sheet = sheet
        self.staff = staff
        self.owner, self.office = posts
        self.calendar = calendar
        self.until = until
        self.at = at
        self._asked_id = 0
        at(sheet.asked_on, 10 * 60, self._asked)
        at(sheet.admitted_on, 15 * 60, self._admitted)
        if sheet.renewed:
            at(sheet.renewed[0], 10 * 60, self._renewal_asked)
            at(sheet.renewed[1], 15 * 60, self._renewed)
        if sheet.stopped:
            at(sheet.stopped, 9 * 60, self._stopped)

    def _asked(self, now: datetime) -> None:
        sheet, actor, blank = self.sheet, self.staff.at(self.owner, local_day(now)), blank_design()
        design = replace(
            blank,
            texts={**blank.texts, **sheet.texts},
            picks={"groups": ("JD",)},
            fields=sheet.fields,
            rules=sheet.rules,
            last=len(sheet.fields),
        )
        draft = proposal_begin(actor=actor, now=now)
        self._asked_id = proposal_ask(actor=actor, draft_id=draft.pk, rev=0, design=design, now=now).pk

    def _admitted(self, now: datetime) -> None:
        office = self.staff.at(self.office, local_day(now))
        proposal_admit(actor=office, proposal_id=self._asked_id, reply=ADMIT_REPLY, now=now)
        window = form_def(self.sheet.ref).window
        assert window is not None
        for period in periods_between(PeriodKind.MONTH, local_day(now), local_day(self.until)):
            day = dates_of(window, period, self.calendar).open_on
            if self.sheet.stopped is None or day < self.sheet.stopped:
                self.at(day, 7 * 60 + 5, self._opening(period))

    def _renewal_asked(self, now: datetime) -> None:
        assert self.sheet.renewed is not None
        self._asked_id = form_renew_ask(
            actor=self.staff.at(self.owner, local_day(now)),
            form_ref=self.sheet.ref,
            until=self.sheet.renewed[2],
            basis=self.sheet.texts["basis"],
            reason=RENEW_REASON,
            now=now,
        ).pk

    def _renewed(self, now: datetime) -> None:
        office = self.staff.at(self.office, local_day(now))
        form_renew_decide(actor=office, standing_id=self._asked_id, approve=True, reply=RENEW_REPLY, now=now)

    def _stopped(self, now: datetime) -> None:
        owner = self.staff.at(self.owner, local_day(now))
        form_stop(actor=owner, form_ref=self.sheet.ref, reason=STOP_REASON, now=now)

    def _opening(self, period: Period) -> Act:
        def opened(now: datetime) -> None:
            ref = self.sheet.ref
            obligations_open(actor=SYSTEM_ACTOR, form_ref=ref, period=period, now=now)
            rows = Obligation.objects.filter(form_ref=ref, period_code=period.code).order_by("unit_code")
            for number, row in enumerate(rows):
                chance = random_of("patrol", ref, row.unit_code, period.code)
                late = number % WAITING == (0 if self.sheet.stopped else 1)
                days = 9 if late else chance.randint(self.sheet.first_day, 7)
                day = self.calendar.add_workdays(period.end, days).date
                minute = chance.randint(8 * 60 + 40, 16 * 60)
                self.at(day, minute, self._filing(row.pk, row.unit_code, period))
            last = self.calendar.add_workdays(period.end, 10).date
            self.at(last, 16 * 60 + 30, self._review(period))

        return opened

    def _filing(self, obligation_id: int, unit: str, period: Period) -> Act:
        def filed(now: datetime) -> None:
            clerk, head = (self.staff.actor(unit, duty, local_day(now)) for duty in (CLERK, HEAD))
            typed = typed_knowing(obligation_id, Typed(values=self.sheet.values(unit, period)))
            filing = filing_submit(actor=clerk, obligation_id=obligation_id, rev=0, typed=typed, now=now)
            filing_sign(actor=head, filing_id=filing.pk, now=now)

        return filed

    def _review(self, period: Period) -> Act:
        def reviewed(now: datetime) -> None:
            rows = Obligation.objects.filter(form_ref=self.sheet.ref, period_code=period.code)
            signed = rows.filter(filings__state="signed").order_by("unit_code")
            ids = list(signed.values_list("filings__id", flat=True))
            if ids:
                reviewer = self.staff.at(self.owner, local_day(now))
                filings_accept_batch(actor=reviewer, filing_ids=ids, now=now)

        return reviewed
