"""One form made as in the browser: designed by a department, admitted by the office, filed by streets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from luoshi.core.actor import SYSTEM_ACTOR
from luoshi.core.beijing import local_day
from luoshi.core.periods import Period, PeriodKind, periods_between
from luoshi.core.workdays import WorkCalendar
from luoshi.demo.district.habits import random_of
from luoshi.demo.district.people import CLERK, HEAD, Staff
from luoshi.domains.admission.actions import proposal_admit, proposal_ask, proposal_begin
from luoshi.domains.admission.design import FieldDesign, RuleDesign, blank_design
from luoshi.kernel.filings.actions import (
    filing_sign,
    filing_submit,
    filings_accept_batch,
    obligations_open,
)
from luoshi.kernel.filings.entries import Typed
from luoshi.kernel.filings.forms import form_def
from luoshi.kernel.filings.models import Obligation
from luoshi.kernel.filings.windows import dates_of

Act = Callable[[datetime], None]
ASKED_ON, ADMITTED_ON = date(2023, 3, 2), date(2023, 3, 6)
REF = "local.x001"
WAITING = 3
"""Of so many streets one files on the last day but one."""
FIELDS = (
    FieldDesign("f1", "巡检处数", unit="处", least="0", help="本月到场巡检的公共设施"),
    FieldDesign("f2", "发现损坏", unit="处", least="0"),
    FieldDesign("f3", "已修复", unit="处", least="0", help="本月发现的损坏中，月末已修复的"),
    FieldDesign("f4", "损坏最多的类别", "choice", options="道路\n路灯\n井盖\n护栏"),
    FieldDesign("f5", "需区级协调事项", "text", required=""),
)
RULES = (RuleDesign("f2", "le", "f1"), RuleDesign("f3", "le", "f2"))
TEXTS = {
    "title": "街道公共设施巡检月报",
    "basis": "年度公共设施巡检工作方案",
    "source": "街道设施巡检台账",
    "minutes": "8",
    "until": "2024-12-31",
    "note": "代替原有的三张纸质巡检表，只留五项，由街道每月报一次。",
}


class Patrol:
    """Plans the life of the form on the clock of the year."""

    def __init__(
        self,
        staff: Staff,
        posts: tuple[str, str],
        calendar: WorkCalendar,
        until: datetime,
        at: Callable[[date, int, Act], None],
    ) -> None:
        self.staff = staff
        self.owner, self.office = posts
        self.calendar = calendar
        self.until = until
        self.at = at
        self.proposal = 0
        at(ASKED_ON, 10 * 60, self._asked)
        at(ADMITTED_ON, 15 * 60, self._admitted)

    def _asked(self, now: datetime) -> None:
        actor = self.staff.at(self.owner, local_day(now))
        blank = blank_design()
        design = replace(
            blank,
            texts={**blank.texts, **TEXTS},
            picks={"groups": ("JD",)},
            fields=FIELDS,
            rules=RULES,
            last=len(FIELDS),
        )
        draft = proposal_begin(actor=actor, now=now)
        self.proposal = proposal_ask(actor=actor, draft_id=draft.pk, rev=0, design=design, now=now).pk

    def _admitted(self, now: datetime) -> None:
        office = self.staff.at(self.office, local_day(now))
        reply = "同意。原有纸质表同时停用。"
        proposal_admit(actor=office, proposal_id=self.proposal, reply=reply, now=now)
        window = form_def(REF).window
        assert window is not None
        for period in periods_between(PeriodKind.MONTH, local_day(now), local_day(self.until)):
            self.at(dates_of(window, period, self.calendar).open_on, 7 * 60 + 5, self._opening(period))

    def _opening(self, period: Period) -> Act:
        def opened(now: datetime) -> None:
            obligations_open(actor=SYSTEM_ACTOR, form_ref=REF, period=period, now=now)
            rows = Obligation.objects.filter(form_ref=REF, period_code=period.code).order_by("unit_code")
            for number, row in enumerate(rows):
                chance = random_of("patrol", row.unit_code, period.code)
                days = 9 if number % WAITING == 0 else chance.randint(2, 7)
                day = self.calendar.add_workdays(period.end, days).date
                self.at(
                    day, chance.randint(8 * 60 + 40, 16 * 60), self._filing(row.pk, row.unit_code, period)
                )
            last = self.calendar.add_workdays(period.end, 10).date
            self.at(last, 16 * 60 + 30, self._review(period))

        return opened

    def _filing(self, obligation_id: int, unit: str, period: Period) -> Act:
        def filed(now: datetime) -> None:
            clerk, head = (self.staff.actor(unit, duty, local_day(now)) for duty in (CLERK, HEAD))
            typed = Typed(values=_values(unit, period))
            filing = filing_submit(actor=clerk, obligation_id=obligation_id, rev=0, typed=typed, now=now)
            filing_sign(actor=head, filing_id=filing.pk, now=now)

        return filed

    def _review(self, period: Period) -> Act:
        def reviewed(now: datetime) -> None:
            rows = Obligation.objects.filter(form_ref=REF, period_code=period.code, filings__state="signed")
            ids = list(rows.order_by("unit_code").values_list("filings__id", flat=True))
            if ids:
                reviewer = self.staff.at(self.owner, local_day(now))
                filings_accept_batch(actor=reviewer, filing_ids=ids, now=now)

        return reviewed


def _values(unit: str, period: Period) -> dict[str, str]:
    chance = random_of("patrol values", unit, period.code)
    seen = chance.randint(60, 140)
    broken = chance.randint(3, 18)
    mended = broken - chance.randint(0, min(3, broken))
    kind = chance.choice(("道路", "路灯", "井盖", "护栏"))
    return {"f1": str(seen), "f2": str(broken), "f3": str(mended), "f4": kind, "f5": ""}
