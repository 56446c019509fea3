"""How far a unit is with what it holds: the light of an obligation, the value records give, what is next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.lights import Light
from luoshi.core.periods import Period, PeriodKind, parse_period, period_of, periods_between
from luoshi.core.rhythm import PERIODS, due_next
from luoshi.core.workdays import WorkCalendar
from luoshi.domains.duties.held import HeldItem, HeldList
from luoshi.kernel.definitions.queries import definitions_of
from luoshi.kernel.elements.queries import Known, known
from luoshi.kernel.elements.sources import sources_of
from luoshi.kernel.filings.forms import Form, forms_of
from luoshi.kernel.filings.lighting import calendar_or_weekdays, lit
from luoshi.kernel.filings.models import Answer, Obligation
from luoshi.kernel.filings.sight import obligations_visible
from luoshi.kernel.filings.windows import dates_of

AHEAD = timedelta(days=800)
BEHIND = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one item is. ``how``: form, element or plain.

    ``obligation_id`` and ``light`` are of the obligation that waits, else of the newest one; ``next_due`` of
    what is not answered yet. ``value`` and ``words`` are what records give; ``enabled``: whether any records
    stand behind the element.
    """

    how: str
    light: Light | None = None
    obligation_id: int | None = None
    answer: str = ""
    period: Period | None = None
    next_due: date | None = None
    value: str = ""
    words: str = ""
    enabled: bool = True


def standings(actor: Actor, held: HeldList, now: datetime) -> dict[int, Standing]:
    """Return how far a unit is with each item it holds, by item id.

    Few queries, and those of each registered source among the elements.
    """
    today = local_day(now)
    calendar = calendar_or_weekdays()
    refs = {item.form_ref for item in held.items if item.form_ref}
    forms = {form.ref: form for form in forms_of(definitions_of("form")) if form.ref in refs}
    owed = obligations_visible(actor).filter(unit_id=held.unit_id, form_ref__in=refs)
    rows: dict[str, list[Obligation]] = defaultdict(list)
    for row in owed:
        rows[row.form_ref].append(row)
    lights = {each.obligation_id: each.light for each in lit(owed, now)}
    values = _values(held, today)
    found = {}
    for item in held.items:
        if item.form_ref:
            form = forms.get(item.form_ref)
            found[item.item_id] = _by_form(item, form, rows[item.form_ref], lights, today, calendar)
        elif item.element:
            found[item.item_id] = _by_records(item, values, today, calendar)
        else:
            found[item.item_id] = Standing("plain", next_due=_limit(item, today, calendar))
    return found


def open_lights(actor: Actor, form_refs: Collection[str], now: datetime) -> dict[int, dict[Light, int]]:
    """Return how many unanswered obligations of some forms show which light, by unit. Few queries."""
    owed = obligations_visible(actor).filter(form_ref__in=form_refs, answer=Answer.NONE)
    found: dict[int, dict[Light, int]] = defaultdict(lambda: defaultdict(int))
    for each in lit(owed, now):
        found[each.unit_id][each.light] += 1
    return found


def _by_form(
    item: HeldItem,
    form: Form | None,
    rows: list[Obligation],
    lights: Mapping[int, Light],
    today: date,
    calendar: WorkCalendar,
) -> Standing:
    waiting = [row for row in rows if row.answer == Answer.NONE]
    shown = min(waiting, key=_first_due, default=max(rows, key=lambda row: row.period_start, default=None))
    if shown is None:
        return Standing("form", next_due=_form_due(item, form, {}, today, calendar))
    if shown.answer == Answer.NONE and shown.due_at is not None:
        due: date | None = local_day(shown.mend_by or shown.due_at)
    else:
        due = _form_due(item, form, {row.period_code for row in rows}, today, calendar)
    return Standing(
        "form",
        light=lights.get(shown.pk),
        obligation_id=shown.pk,
        answer=shown.answer,
        period=parse_period(shown.period_code),
        next_due=due,
    )


def _first_due(row: Obligation) -> tuple[bool, date]:
    return row.due_at is None, row.period_end if row.due_at is None else local_day(row.due_at)


def _form_due(
    item: HeldItem, form: Form | None, opened: Collection[str], today: date, calendar: WorkCalendar
) -> date | None:
    """Return the due day of the first period that is not opened yet and not over before the list began."""
    if form is None or form.window is None or form.period_kind in (PeriodKind.NODE, PeriodKind.RANGE):
        return None
    for period in periods_between(form.period_kind, max(item.since, today - BEHIND), today + AHEAD):
        if period.code in opened:
            continue
        due = local_day(dates_of(form.window, period, calendar).due_at)
        if due >= today:
            return due
    return None


def _limit(item: HeldItem, today: date, calendar: WorkCalendar) -> date | None:
    return due_next(item.frequency, item.due, since=item.since, on=today, calendar=calendar)


def period_shown(frequency: str, today: date) -> Period:
    """Return the period whose records stand for an item: the last whole one, for events the present year."""
    kind = PERIODS.get(frequency)
    return period_of(kind, today).previous() if kind else period_of(PeriodKind.YEAR, today)


def _values(held: HeldList, today: date) -> dict[tuple[str, str], Known]:
    asked: dict[str, set[str]] = defaultdict(set)
    for item in held.items:
        if item.element:
            asked[period_shown(item.frequency, today).code].add(item.element)
    return {
        (element, code): value
        for code, elements in asked.items()
        for element, value in known(elements, held.unit_id, code).items()
    }


def _by_records(
    item: HeldItem, values: Mapping[tuple[str, str], Known], today: date, calendar: WorkCalendar
) -> Standing:
    period = period_shown(item.frequency, today)
    due = _limit(item, today, calendar)
    told = values.get((item.element, period.code))
    if told is not None:
        return Standing("element", period=period, next_due=due, value=told.value, words=told.words)
    enabled = bool(sources_of([item.element]))
    words = "暂无记录" if enabled else "该业务未启用，暂无记录"
    return Standing("element", period=period, next_due=due, words=words, enabled=enabled)
