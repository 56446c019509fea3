"""What a form costs those who fill it in a year, before anybody is asked to fill it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from luoshi.core.beijing import local_day
from luoshi.core.formulas import rounded
from luoshi.core.periods import Period, PeriodKind, periods_between
from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.calendars.queries import work_calendar_or_plain
from luoshi.kernel.definitions.fields import LAST_MONTH
from luoshi.kernel.elements.sources import sources_of
from luoshi.kernel.filings.registered import (
    Registered,
    audience_of,
    body_filled_by_units,
    forms_in_use,
)
from luoshi.kernel.filings.windows import Window, dates_of, window_of
from luoshi.kernel.org.positions import UnitFacts, unit_facts

TIMES: Mapping[str, int] = {"month": 12, "quarter": 4, "half": 2, "year": 1}
CLUSTER_WORKDAYS = 3
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class DueDay:
    """One due date of a form. ``units``: how many of the units asked about owe it."""

    day: date
    form_ref: str
    form_title: str
    period: Period
    units: int
    provisional: bool


@dataclass(frozen=True, slots=True)
class Cluster:
    """A due date of the form, and the due dates of others within three working days for the same units."""

    due: DueDay
    others: tuple[DueDay, ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a form costs in a year.

    ``units`` are addressed, by ``kinds`` (kind of unit → how many). ``times``: rounds a year; 1 when
    ``by_hand``, and everything is then said of one opening. ``filings`` a year: one a unit and round, or one
    a round when somebody files for all (not ``by_units``). Of the ``fields`` of a filing ``known`` are held
    for every unit from another form, or computed from records; ``typed_cells`` and ``known_cells`` count
    fields over all filings of a year. ``minutes`` a filing; None when the admission does not say.
    ``calendar``: every due date of the coming year, of this form and of the others of its units.
    """

    units: int
    kinds: tuple[tuple[str, int], ...]
    by_units: bool
    times: int
    by_hand: bool
    filings: int
    fields: int
    known: int
    typed_cells: int
    known_cells: int
    minutes: int | None
    clusters: tuple[Cluster, ...]
    calendar: tuple[DueDay, ...]

    @property
    def hours(self) -> Decimal | None:
        """Return the hours of all filings of a year, one decimal, half up."""
        return None if self.minutes is None else hours_of(self.filings * self.minutes)

    @property
    def unit_hours(self) -> Decimal | None:
        """Return the hours of one unit in a year; of the one who files when the units do not."""
        return None if self.minutes is None else hours_of(self.times * self.minutes)

    @property
    def typed_percent(self) -> Decimal | None:
        """Return the share of fields typed by hand; None without any."""
        whole = self.typed_cells + self.known_cells
        return rounded(Decimal(100 * self.typed_cells) / whole, 1) if whole else None


def hours_of(minutes: int) -> Decimal:
    """Return minutes as hours with one decimal, half up.

    >>> hours_of(2520), hours_of(15)
    (Decimal('42.0'), Decimal('0.3'))
    """
    return rounded(Decimal(minutes) / 60, 1)


def cost_of(body: Mapping[str, Any], *, on: date, ref: str = "") -> Cost:
    """Return what a form costs from a day on.

    ``body``: as a pack writes a form, maybe incomplete. ``ref``: the form itself when it is installed; only
    forms older than it are then taken to have asked first.
    The queries of ``forms_registered``, one more and one for each calendar.
    Raises: ExpressionInvalid for an audience, ValueError for a window that cannot be read.
    """
    return cost_among(body, unit_facts(on), forms_in_use(on), on=on, ref=ref)


def cost_among(
    body: Mapping[str, Any],
    facts: list[UnitFacts],
    in_use: Iterable[Registered],
    *,
    on: date,
    ref: str = "",
    by_units: bool | None = None,
    dated: bool = True,
) -> Cost:
    """Return ``cost_of`` with what was read already. One query for each calendar; none unless ``dated``."""
    audience = audience_of(str(body.get("to") or ""), facts)
    in_use = list(in_use)
    own = next((each for each in in_use if each.form.ref == ref), None)
    others = [each for each in in_use if each.form.ref != ref and each.by_units and each.audience & audience]
    if by_units is None:
        by_units = own.by_units if own else body_filled_by_units(body)
    kind = str(body.get("period") or "")
    times = TIMES.get(kind, 1)
    filings = (len(audience) if by_units else 1 if audience else 0) * times
    fields = list(body.get("fields") or ())
    asked_first = [each for each in others if own is None or _older(each, own)]
    computed = sources_of({field.get("element") or "" for field in fields})
    known_units = [
        (
            len(audience)
            if field.get("element") in computed
            else _held_units(field, kind, audience, asked_first)
        )
        if by_units
        else 0
        for field in fields
    ]
    # What a unit keeps from round to round is typed in the first one only.
    known_cells = sum(
        len(audience) * (times - 1)
        if by_units and field.get("keep") and units < len(audience)
        else units * times
        for field, units in zip(fields, known_units, strict=True)
    )
    dues, theirs = _dues(body, audience, others, on, ref) if dated else ([], [])
    minutes = (body.get("admission") or {}).get("minutes")
    return Cost(
        units=len(audience),
        kinds=_kinds(audience, facts),
        by_units=by_units,
        times=times,
        by_hand=kind not in TIMES,
        filings=filings,
        fields=len(fields),
        known=sum(1 for units in known_units if audience and units == len(audience)),
        typed_cells=filings * len(fields) - known_cells,
        known_cells=known_cells,
        minutes=minutes if isinstance(minutes, int) else None,
        clusters=tuple(_clusters(body, dues, theirs)) if by_units else (),
        calendar=tuple(sorted([*dues, *theirs], key=lambda due: (due.day, due.form_ref, due.period.code))),
    )


def _older(other: Registered, own: Registered) -> bool:
    return (other.since, other.form.ref) < (own.since, own.form.ref)


def _held_units(
    field: Mapping[str, Any], kind: str, audience: frozenset[int], asked_first: Iterable[Registered]
) -> int:
    """Count the units of which the element of a field is held already: from a form of like periods, or of
    months when the field takes the value of the last month.
    """
    element = field.get("element")
    kinds = {kind, PeriodKind.MONTH.value} if field.get("from") == LAST_MONTH else {kind}
    known: set[int] = set()
    for other in asked_first if element else ():
        asks = any(theirs.get("element") == element for theirs in other.form.body["fields"])
        if asks and other.form.period_kind.value in kinds:
            known |= other.audience & audience
    return len(known)


def _kinds(audience: frozenset[int], facts: Iterable[UnitFacts]) -> tuple[tuple[str, int], ...]:
    counted: dict[str, int] = {}
    for each in facts:
        if each.id in audience:
            counted[each.kind] = counted.get(each.kind, 0) + 1
    return tuple(counted.items())


def _dues(
    body: Mapping[str, Any], audience: frozenset[int], others: Iterable[Registered], on: date, ref: str
) -> tuple[list[DueDay], list[DueDay]]:
    """Return the due days of the coming year: of the form, and of the others for the same units."""
    calendars: dict[str, WorkCalendar] = {}

    def days(window: Window | None, kind: str, form: tuple[str, str], units: int) -> list[DueDay]:
        if window is None or kind not in TIMES:
            return []
        if window.calendar not in calendars:
            calendars[window.calendar] = work_calendar_or_plain(window.calendar)
        return _due_days(window, PeriodKind(kind), calendars[window.calendar], form, units, on)

    title = str(body.get("title") or "")
    own = days(window_of(body.get("window")), str(body.get("period") or ""), (ref, title), len(audience))
    theirs = [
        due
        for each in others
        for due in days(
            each.form.window,
            each.form.period_kind.value,
            (each.form.ref, each.form.title),
            len(each.audience & audience),
        )
    ]
    return own, theirs


def _due_days(
    window: Window, kind: PeriodKind, calendar: WorkCalendar, form: tuple[str, str], units: int, on: date
) -> list[DueDay]:
    # A due day lies at most this far from its period, as in ``periods_opening``.
    reach = timedelta(days=2 * abs(window.due.amount) + 2 * abs(window.open.amount) + 30)
    found = []
    for period in periods_between(kind, on - reach, on + YEAR + reach):
        dates = dates_of(window, period, calendar)
        day = local_day(dates.due_at)
        if on <= day < on + YEAR:
            found.append(DueDay(day, *form, period, units, dates.provisional))
    return found


def _clusters(body: Mapping[str, Any], own: list[DueDay], others: list[DueDay]) -> Iterable[Cluster]:
    window = window_of(body.get("window"))
    calendar = work_calendar_or_plain(window.calendar) if window and own and others else None
    for due in own if calendar else ():
        assert calendar is not None
        near = [each for each in others if workdays_apart(calendar, due.day, each.day) <= CLUSTER_WORKDAYS]
        if near:
            yield Cluster(due, tuple(sorted(near, key=lambda each: (each.day, each.form_ref))))


def workdays_apart(calendar: WorkCalendar, one: date, other: date) -> int:
    """Return how many working days lie between two days, the later one counted."""
    return calendar.workdays_between(min(one, other), max(one, other))
