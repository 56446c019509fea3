"""What filing costs: for each unit and month, and mirrored on those who issue the forms (基层减负).

Counted are forms, fields, due dates and notices, never persons, sign-ins, clicks or hours online. A row
counts for the month in which its period ends. Minutes are those of the admission of a form, times what was
issued: an estimate that judges nobody. Statistics tables, filed by one post for all, burden no unit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import astuple, dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db.models import (
    Case,
    Count,
    F,
    FilteredRelation,
    IntegerField,
    Max,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from luoshi.core.actor import Actor
from luoshi.core.beijing import LOCAL, local_day
from luoshi.core.errors import NotFound
from luoshi.core.formulas import rounded
from luoshi.core.periods import Period, PeriodKind, parse_period, periods_between
from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.access.queries import units_in_sight
from luoshi.kernel.calendars.queries import work_calendar_or_plain
from luoshi.kernel.definitions.queries import Def, definitions_by_ids
from luoshi.kernel.filings.cost import CLUSTER_WORKDAYS, hours_of, workdays_apart
from luoshi.kernel.filings.flows import flows_of
from luoshi.kernel.filings.models import SAVED, Answer, Filing, Obligation
from luoshi.kernel.filings.registered import filled_by_units
from luoshi.kernel.filings.sight import LATEST, obligations_visible, units_answered
from luoshi.kernel.filings.standing import admission_of
from luoshi.kernel.notify.models import Message
from luoshi.kernel.org.models import Unit

DEFAULT_CALENDAR = "cn"
Key = tuple[int, int]
"""Unit id and month (year × 100 + month)."""


@dataclass(frozen=True, slots=True)
class Load:
    """What fell on a unit, or came from an issuer; it adds up over units and months.

    ``issued``: obligations opened, without those excused. ``answered`` of them are filed or nil. Of the
    ``given`` values in force ``saved`` needed no typing. ``minutes``: by admission, of what was issued.
    ``reported``: minutes that fillers said it took, in ``reports`` of the filings in force.
    ``clustered``: issued ones due within three working days of another one of the same unit. ``notices``:
    messages received.
    """

    issued: int = 0
    answered: int = 0
    given: int = 0
    saved: int = 0
    minutes: int = 0
    reported: int = 0
    reports: int = 0
    clustered: int = 0
    notices: int = 0

    def __add__(self, other: Load) -> Load:
        return Load(*map(sum, zip(astuple(self), astuple(other), strict=True)))

    @property
    def typed(self) -> int:
        """Return the values typed by hand."""
        return self.given - self.saved

    @property
    def hours(self) -> Decimal:
        """Return the hours by admission, one decimal, half up."""
        return hours_of(self.minutes)

    @property
    def saved_percent(self) -> Decimal | None:
        """Return the share of values that needed no typing; None when nothing was filed."""
        return rounded(Decimal(100 * self.saved) / self.given, 1) if self.given else None


NOTHING = Load()


@dataclass(frozen=True, slots=True)
class SavedField:
    """One value that needed no typing: which field of which form, and where it was known from."""

    form_title: str
    period: Period
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class UnitLoad:
    """One unit with its load by month (year × 100 + month); months without anything are left out."""

    unit: Unit
    months: Mapping[int, Load]

    @property
    def total(self) -> Load:
        """Return the load of all months."""
        return sum(self.months.values(), NOTHING)


@dataclass(frozen=True, slots=True)
class FormLoad:
    """What one form asked of one unit in the time."""

    form_ref: str
    title: str
    load: Load


def months_of(first: date, last: date) -> list[int]:
    """Return the months from the one of a day to that of another, as year × 100 + month.

    >>> months_of(date(2022, 12, 31), date(2023, 2, 1))
    [202212, 202301, 202302]
    """
    return [period.month_int for period in periods_between(PeriodKind.MONTH, first, last)]


def burden(actor: Actor, *, first: date, last: date) -> dict[Key, Load]:
    """Return the load of each unit in the actor's sight by (unit id, month), for periods ending in a time.

    Queries: those of sight, and ten. Units and months without anything are left out.
    """
    owed = owed_in(actor, first, last)
    forms = forms_of_units(owed)
    found: dict[Key, Load] = defaultdict(Load)
    rows = loads_summed(owed, forms, "unit_id", "period_end")
    for unit_id, day, *numbers in rows:
        found[unit_id, _month(day)] += Load(*numbers)
    for key in _clustered(owed, forms):
        found[key] += Load(clustered=1)
    for key, count in _notices(actor, first, last).items():
        found[key] += Load(notices=count)
    return dict(found)


def burden_rows(actor: Actor, *, first: date, last: date) -> list[UnitLoad]:
    """Return ``burden`` by unit, in the order of units. One query more."""
    found: dict[int, dict[int, Load]] = defaultdict(dict)
    for (unit_id, month), load in burden(actor, first=first, last=last).items():
        found[unit_id][month] = load
    units = Unit.objects.filter(pk__in=found).order_by("sort", "code")
    return [UnitLoad(unit, found[unit.pk]) for unit in units]


def unit_in_sight(actor: Actor, code: str) -> Unit:
    """Return a unit whose burden the actor may see. Raises: NotFound, also when it is out of sight."""
    unit = Unit.objects.filter(code=code).order_by("id").first()
    if unit is None or unit.pk not in units_answered(units_in_sight(actor, LATEST), LATEST):
        raise NotFound("没有这个单位，或您无权查看它的负担。")
    return unit


def years_with_filings(actor: Actor) -> list[int]:
    """Return the years in which periods in sight end, newest first. One query and those of sight."""
    ends = obligations_visible(actor).select_related(None).order_by()
    found = ends.aggregate(first=Min("period_end"), last=Max("period_end"))
    return [] if found["last"] is None else list(range(found["last"].year, found["first"].year - 1, -1))


def burden_by_form(actor: Actor, unit_id: int, *, first: date, last: date) -> list[FormLoad]:
    """Return what each form asked of one unit, the most minutes first. The caller has checked the sight."""
    owed = owed_in(actor, first, last).filter(unit_id=unit_id)
    forms = forms_of_units(owed)
    loads: dict[str, Load] = defaultdict(Load)
    for definition_id, *numbers in loads_summed(owed, forms, "definition_id"):
        loads[forms[definition_id].ref] += Load(*numbers)
    titles = {form.ref: form.title for form in forms.values()}
    ordered = sorted(loads, key=lambda ref: (-loads[ref].minutes, ref))
    return [FormLoad(ref, titles[ref], loads[ref]) for ref in ordered]


def saved_named(actor: Actor, unit_id: int, *, first: date, last: date) -> list[SavedField]:
    """Return every value of a unit that was not typed again, newest first, with where it was known from.

    The caller has checked the sight. Three queries and those of sight.
    """
    owed = owed_in(actor, first, last).filter(unit_id=unit_id)
    filings = list(
        Filing.objects.filter(
            obligation__in=owed, version=F("obligation__current_version"), fields_saved__gt=0
        )
        .select_related("obligation")
        .order_by("-obligation__period_end", "obligation__form_ref", "id")
    )
    forms = definitions_by_ids({each.obligation.definition_id for each in filings})
    return [
        SavedField(
            form_title=form.title,
            period=parse_period(filing.obligation.period_code),
            title=field["title"],
            words=(filing.offered or {}).get(field["key"], {}).get("words", ""),
        )
        for filing in filings
        for form in [forms[filing.obligation.definition_id]]
        for field in form.body["fields"]
        if (filing.sources or {}).get(field["key"]) in SAVED
    ]


def owed_in(actor: Actor, first: date, last: date) -> QuerySet[Obligation]:
    """Return the obligations in sight whose period ends in a time, without those excused."""
    seen = obligations_visible(actor).filter(period_end__range=(first, last))
    return seen.exclude(answer=Answer.EXCUSED).select_related(None).order_by()


def forms_of_units(owed: QuerySet[Obligation]) -> dict[int, Def]:
    """Return the forms of obligations that the units fill themselves, by definition. Five queries."""
    ids = set(owed.values_list("definition_id", flat=True).distinct())
    flows = flows_of(ids)
    return definitions_by_ids({row_id for row_id in ids if filled_by_units(flows[row_id].fill)})


def loads_summed(owed: QuerySet[Obligation], forms: Mapping[int, Def], *keys: str) -> list[tuple[Any, ...]]:
    """Return the keys and the first seven numbers of a ``Load``, added up by the database. One query."""
    known = [(row_id, admission_of(form.body)) for row_id, form in forms.items()]
    minutes = Case(
        *(When(definition_id=row_id, then=Value(found.minutes)) for row_id, found in known if found),
        default=Value(0),
        output_field=IntegerField(),
    )
    newest = FilteredRelation("filings", condition=Q(filings__version=F("current_version")))
    rows = (
        owed.filter(definition_id__in=forms)
        .annotate(newest=newest)
        .order_by()
        .values(*keys)
        .annotate(
            issued=Count("pk"),
            answered=Count("pk", filter=~Q(answer=Answer.NONE)),
            given=Coalesce(Sum("newest__fields_given", filter=~Q(answer=Answer.NONE)), 0),
            saved=Coalesce(Sum("newest__fields_saved", filter=~Q(answer=Answer.NONE)), 0),
            spent=Coalesce(Sum(minutes), 0),
            reported=Coalesce(Sum("newest__minutes_spent", filter=~Q(answer=Answer.NONE)), 0),
            reports=Count("newest__minutes_spent", filter=~Q(answer=Answer.NONE)),
        )
        .order_by(*keys)
    )
    return list(
        rows.values_list(*keys, "issued", "answered", "given", "saved", "spent", "reported", "reports")
    )


def _clustered(owed: QuerySet[Obligation], forms: Collection[int]) -> list[Key]:
    """Return (unit id, month) of each obligation due within three working days of another of its unit.

    Two queries; only rows of due days that lie near one another are read.
    """
    timed = owed.filter(definition_id__in=forms, due_at__isnull=False)
    slots = sorted(timed.values_list("due_at", "form_ref", "period_code").distinct())
    dues = [due for due, *_ in slots if due is not None]
    calendar = work_calendar_or_plain(DEFAULT_CALENDAR)
    # In order of time only neighbours can be the nearest.
    near = {due for pair in pairwise(dues) if _apart(calendar, *pair) <= CLUSTER_WORKDAYS for due in pair}
    rows = timed.filter(due_at__in=near).order_by("unit_id", "due_at", "id")
    of_unit: dict[int, list[tuple[datetime, date]]] = defaultdict(list)
    for unit_id, due_at, period_end in rows.values_list("unit_id", "due_at", "period_end"):
        if due_at is not None:
            of_unit[unit_id].append((due_at, period_end))
    return [
        (unit_id, _month(period_end))
        for unit_id, dues in of_unit.items()
        for place, (due, period_end) in enumerate(dues)
        if any(
            _apart(calendar, due, other) <= CLUSTER_WORKDAYS
            for other, _ in (*dues[max(0, place - 1) : place], *dues[place + 1 : place + 2])
        )
    ]


def _apart(calendar: WorkCalendar, one: datetime, other: datetime) -> int:
    return workdays_apart(calendar, local_day(one), local_day(other))


def _notices(actor: Actor, first: date, last: date) -> dict[Key, int]:
    """Return how many notices the posts of each unit in sight got in each month. Two queries."""
    received = {
        f"m{period.month_int}": Count(
            "pk", filter=Q(made_at__gte=_begin(period.start), made_at__lt=_next(period))
        )
        for period in periods_between(PeriodKind.MONTH, first, last)
    }
    rows = Message.objects.filter(
        made_at__gte=_begin(first.replace(day=1)), post__unit_id__in=units_in_sight(actor, LATEST)
    )
    counted = rows.values("post__unit_id").annotate(**received).order_by("post__unit_id")
    return {
        (unit_id, int(name[1:])): count
        for unit_id, *counts in counted.values_list("post__unit_id", *received)
        for name, count in zip(received, counts, strict=True)
        if count
    }


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=LOCAL)


def _next(period: Period) -> datetime:
    return _begin(period.end + timedelta(days=1))


def _month(day: date) -> int:
    return day.year * 100 + day.month
