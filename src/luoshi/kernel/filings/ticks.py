"""Periodic scans of filings: windows open, reminders go out, on their day or as soon as a worker runs."""

from __future__ import annotations

import logging
from datetime import date, datetime

from luoshi.core.actor import SYSTEM_ACTOR
from luoshi.core.beijing import local_day
from luoshi.core.errors import Refusal
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.definitions.queries import definitions_of, first_installed
from luoshi.kernel.filings.actions import obligations_open
from luoshi.kernel.filings.forms import Form, forms_of
from luoshi.kernel.filings.models import Obligation
from luoshi.kernel.filings.reminding import reminders_send
from luoshi.kernel.filings.standing import Standing, standings_of
from luoshi.kernel.filings.windows import dates_of, periods_opening

EVERY = 300

log = logging.getLogger("luoshi.filings")


def windows_open(now: datetime) -> int:
    """Open every period of every form in force whose scheduled day has come; return how many obligations.

    A period that has obligations already is left as it is: units set up later, even with an earlier day, owe
    nothing for it. One missed while no worker ran opens late, but for the units of its scheduled day. Periods
    whose day lay before the form was first installed, or when it was not registered, stopped or had run out,
    are not opened. Each period is one transaction; a form
    that cannot be opened is logged, tried again at the next run and keeps no other from opening.
    """
    opened = 0
    since = {ref: local_day(first) for ref, first in first_installed("form").items()}
    forms = forms_of(definitions_of("form"))
    standings = standings_of(forms)
    for form in forms:
        try:
            opened += _form_open(form, standings[form.ref], since[form.ref], now)
        except Refusal as refusal:
            log.warning("form %s: no window opened: %s", form.ref, refusal.code)
    return opened


def _form_open(form: Form, standing: Standing, since: date, now: datetime) -> int:
    today = local_day(now)
    if form.window is None or standing.lacking or standing.stopped_since(today):
        return 0
    calendar = work_calendar(form.window.calendar)
    scheduled = periods_opening(form.window, form.period_kind, since, today, calendar)
    due = [
        period
        for period in scheduled
        if standing.admitted_on(dates_of(form.window, period, calendar).open_on)
    ]
    opened_before = Obligation.objects.filter(
        form_ref=form.ref, period_code__in=[period.code for period in due]
    )
    known = set(opened_before.order_by().values_list("period_code", flat=True).distinct())
    opened = 0
    for period in due:
        if period.code in known:
            continue
        try:
            opened += obligations_open(actor=SYSTEM_ACTOR, form_ref=form.ref, period=period, now=now)
        except Refusal as refusal:
            log.warning("form %s, period %s: not opened: %s", form.ref, period.code, refusal.code)
    return opened


TICKS = [
    ("filings.windows_open", EVERY, windows_open),
    ("filings.reminders_send", EVERY, reminders_send),
]
