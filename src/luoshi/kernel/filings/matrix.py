"""One form as unit × period: the page of units asked for, and the totals of all that match."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from luoshi.core.actor import Actor
from luoshi.core.lights import Light
from luoshi.core.periods import Period, parse_period
from luoshi.kernel.filings.forms import Form, form_def
from luoshi.kernel.filings.lighting import lit
from luoshi.kernel.filings.models import Answer, Obligation
from luoshi.kernel.filings.sight import obligations_visible
from luoshi.kernel.filings.statistics import Asked, By, Counts, counts_of
from luoshi.kernel.org.models import Unit

PER_PAGE = 200
SHOWN_PERIODS = 24
MOST_PERIODS = 60


class Only(StrEnum):
    """Which units are shown: those with at least one obligation that is so, in the periods asked for."""

    WAITING = "waiting"
    MISSING = "missing"
    LATE = "late"
    RETURNED = "returned"
    NIL = "nil"
    EXCUSED = "excused"


@dataclass(frozen=True, slots=True)
class MatrixAsked:
    """Which part of a matrix is shown.

    ``text``: part of a unit's code, name or alias. ``branch``: the group it stood in on the opening day.
    ``start`` … ``end``: periods inside these days; without them the newest ``SHOWN_PERIODS``.
    """

    text: str = ""
    branch: str = ""
    only: Only | None = None
    start: date | None = None
    end: date | None = None


NO_FILTER = MatrixAsked()


@dataclass(frozen=True, slots=True)
class Cell:
    """One obligation. ``due``: whether it ever falls due; ``version``: the newest, 0 when none was filed."""

    obligation_id: int
    answer: str
    light: Light
    due: bool
    version: int


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One unit; ``cells`` stand in the order of the periods, None where the unit owed nothing.

    ``branch``: the group it stood in when the newest of these was opened.
    """

    unit: Unit
    branch: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A form as unit × period, one page of units.

    ``totals`` (one for each period shown) and ``counts`` are over all units that match, not only this page.
    """

    form: Form
    periods: tuple[Period, ...]
    rows: tuple[MatrixRow, ...]
    totals: tuple[Counts, ...]
    counts: Counts
    page: int
    pages: int
    units: int


def matrix(
    actor: Actor,
    form_ref: str,
    *,
    now: datetime,
    asked: MatrixAsked = NO_FILTER,
    page: int = 1,
    per_page: int = PER_PAGE,
) -> Matrix:
    """Return a form as unit × period for the units in sight that ``asked`` lets through, oldest first.

    At most ``MOST_PERIODS`` periods, the newest ones. A page beyond the last gives the last.
    The number of queries does not depend on the number of rows. Raises: NotFound (no such form).
    """
    form = form_def(form_ref)
    owed = _owed(actor, form_ref, asked)
    periods = _periods(owed, MOST_PERIODS if asked.start or asked.end else SHOWN_PERIODS)
    owed = owed.filter(period_code__in=[period.code for period in periods])
    if asked.only is not None:
        found = owed.filter(_is(asked.only, now))
        owed = owed.filter(unit_id__in=found.order_by().values("unit_id"))
    ordered = owed.order_by("unit__sort", "unit__code", "unit_id").values_list("unit_id", flat=True)
    unit_ids = list(ordered.distinct())
    pages = max(1, -(-len(unit_ids) // per_page))
    page = min(max(1, page), pages)
    by_period = counts_of(owed, by=By.PERIOD, at=now)
    totals = tuple(by_period.get((period.code,), Counts()) for period in periods)
    return Matrix(
        form=form,
        periods=tuple(periods),
        rows=_rows(owed, unit_ids[(page - 1) * per_page : page * per_page], periods, now),
        totals=totals,
        counts=sum(totals, Counts()),
        page=page,
        pages=pages,
        units=len(unit_ids),
    )


def matrix_years(actor: Actor, form_ref: str) -> list[int]:
    """Return the years in which periods of a form end, newest first. One query."""
    owed = obligations_visible(actor).filter(form_ref=form_ref).order_by()
    return sorted({end.year for end in owed.values_list("period_end", flat=True).distinct()}, reverse=True)


def groups_of(actor: Actor, form_ref: str | None = None) -> list[tuple[str, str]]:
    """Return (code, name) of every group that units owing something in sight stood in, by code."""
    owed = obligations_visible(actor).exclude(unit_branch="")
    if form_ref is not None:
        owed = owed.filter(form_ref=form_ref)
    codes = sorted(set(owed.order_by().values_list("unit_branch", flat=True).distinct()))
    titles = dict(Unit.objects.filter(code__in=codes).order_by("id").values_list("code", "title"))
    return [(code, titles.get(code, code)) for code in codes]


def _owed(actor: Actor, form_ref: str, asked: MatrixAsked) -> QuerySet[Obligation]:
    owed = obligations_visible(actor).filter(Asked(form_ref, asked.start, asked.end).condition)
    if asked.branch:
        owed = owed.filter(unit_branch=asked.branch)
    if text := asked.text.strip():
        owed = owed.filter(unit_id__in=_units_named(text))
    return owed


def _periods(owed: QuerySet[Obligation], most: int) -> list[Period]:
    codes = owed.order_by("-period_start", "-period_code").values_list("period_code", flat=True).distinct()
    return [parse_period(code) for code in reversed(list(codes[:most]))]


def _is(only: Only, now: datetime) -> Q:
    """Return the condition of one obligation being so at ``now``."""
    match only:
        case Only.NIL | Only.EXCUSED:
            return Q(answer=only.value)
        case Only.RETURNED:
            return Q(returns__gt=0)
        case Only.WAITING:
            return Q(answer=Answer.NONE)
        case Only.MISSING:
            overdue = Q(mend_by__lt=now) | Q(mend_by__isnull=True, due_at__lt=now)
            return Q(answer=Answer.NONE) & overdue
        case Only.LATE:
            answered = Q(answer__in=[Answer.FILED, Answer.NIL], filings__version=F("current_version"))
            return answered & Q(filings__submitted_at__gt=Coalesce("filings__mend_by", "due_at"))


def _units_named(text: str) -> QuerySet[Unit, int]:
    named = (
        Q(code__icontains=text)
        | Q(title__contains=text)
        | Q(short__contains=text)
        | Q(aliases__text__contains=text)
    )
    return Unit.objects.filter(named).order_by().values_list("pk", flat=True)


def _rows(
    owed: QuerySet[Obligation], unit_ids: Sequence[int], periods: Sequence[Period], now: datetime
) -> tuple[MatrixRow, ...]:
    cells = {
        (each.unit_id, each.period_code): Cell(
            each.obligation_id, each.answer, each.light, each.due_at is not None, each.version
        )
        for each in lit(owed.filter(unit_id__in=unit_ids), now)
    }
    units = Unit.objects.in_bulk(list(unit_ids))
    newest = owed.filter(unit_id__in=unit_ids).order_by("period_start", "pk")
    branches = dict(newest.values_list("unit_id", "unit_branch"))
    return tuple(
        MatrixRow(
            units[unit_id],
            branches[unit_id],
            tuple(cells.get((unit_id, period.code)) for period in periods),
        )
        for unit_id in unit_ids
    )
