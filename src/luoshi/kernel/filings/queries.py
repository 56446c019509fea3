"""Reading forms, obligations and filings, each limited to the units the actor may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce

from luoshi.core.actor import Actor
from luoshi.core.periods import Period, parse_period
from luoshi.kernel.access.policy import can, can_everywhere
from luoshi.kernel.definitions.queries import definitions_of
from luoshi.kernel.filings.forms import Form, form_by_id, form_def, forms_of
from luoshi.kernel.filings.heads import Template, template_from
from luoshi.kernel.filings.models import (
    Answer,
    Filing,
    ImportBatch,
    ImportDraft,
    Obligation,
)
from luoshi.kernel.filings.sight import filing_visible, obligation_visible, obligations_visible
from luoshi.kernel.filings.statistics import By, Counts, counts, median_days_before_due
from luoshi.kernel.filings.versions import (
    DraftView,
    FiledRow,
    FilingView,
    ReviewView,
    draft_of,
    filed_rows,
    filing_versions,
)
from luoshi.kernel.filings.work import (
    FieldChange,
    OpenWork,
    filing_diff,
    my_open_work,
    review_queue,
    version_before,
)
from luoshi.kernel.org.models import Unit

__all__ = [
    "By",
    "Cell",
    "Counts",
    "DraftView",
    "FieldChange",
    "FiledRow",
    "FilingView",
    "FormCard",
    "Matrix",
    "MatrixRow",
    "OpenWork",
    "Progress",
    "ReviewView",
    "batches_visible",
    "counts",
    "draft_of",
    "drafts_of",
    "filed_rows",
    "filing_diff",
    "filing_versions",
    "filing_visible",
    "form_by_id",
    "form_def",
    "forms_visible",
    "matrix",
    "median_days_before_due",
    "my_open_work",
    "obligation_visible",
    "obligations_visible",
    "progress",
    "review_queue",
    "templates_of",
    "timing_of",
    "version_before",
]

PER_PAGE = 50
MOST_PERIODS = 24
TIMINGS = {"on_time": "按时", "late": "迟报", "pending": "待报", "missing": "逾期未报", "excused": "免报"}


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of obligations: ``opened`` = ``filed`` + ``nil`` + ``excused`` + ``waiting``.

    ``late`` of the answered and ``missing`` of the waiting are past their due time.
    """

    opened: int
    filed: int
    nil: int
    excused: int
    late: int
    missing: int

    @property
    def waiting(self) -> int:
        """Return how many are not answered yet."""
        return self.opened - self.filed - self.nil - self.excused

    @property
    def base(self) -> int:
        """Return the base of rates: opened without excused."""
        return self.opened - self.excused


@dataclass(frozen=True, slots=True)
class FormCard:
    """A form with how far it has come among the units in sight; ``newest`` is the latest period opened."""

    form: Form
    opened: int
    answered: int
    units: int
    newest: Period | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One obligation in the matrix. ``timing``: a key of ``TIMINGS``."""

    obligation_id: int
    period_code: str
    answer: str
    answer_title: str
    timing: str
    timing_title: str
    version: int
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One unit; ``cells`` stand in the order of the periods, None where the unit owed nothing."""

    unit: Unit
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A form as unit × period, one page of units.

    ``counts`` is over all units that match, not only this page.
    """

    form: Form
    periods: tuple[Period, ...]
    rows: tuple[MatrixRow, ...]
    counts: Progress
    page: int
    pages: int
    units: int


def forms_visible(actor: Actor) -> list[FormCard]:
    """Return every form in force with its counts among the units in sight.

    Query count does not grow with rows.
    """
    if not can(actor, "filing.view"):
        return []
    counted: dict[str, Any] = {
        row["form_ref"]: row
        for row in obligations_visible(actor)
        .order_by()
        .values("form_ref")
        .annotate(
            opened=Count("pk"),
            answered=Count("pk", filter=~Q(answer=Answer.NONE)),
            units=Count("unit_id", distinct=True),
            newest=Max("period_end"),
        )
    }
    newest = _codes_ending(actor, {ref: row["newest"] for ref, row in counted.items()})
    cards = []
    for form in forms_of(definitions_of("form")):
        row = counted.get(form.ref, {})
        cards.append(
            FormCard(
                form=form,
                opened=row.get("opened", 0),
                answered=row.get("answered", 0),
                units=row.get("units", 0),
                newest=parse_period(newest[form.ref]) if form.ref in newest else None,
            )
        )
    return cards


def _codes_ending(actor: Actor, ends: Mapping[str, date]) -> dict[str, str]:
    asked = Q(pk__in=[])
    for ref, end in ends.items():
        asked |= Q(form_ref=ref, period_end=end)
    rows = obligations_visible(actor).filter(asked).order_by().values("form_ref")
    return dict(rows.annotate(code=Min("period_code")).values_list("form_ref", "code"))


def templates_of(form_ref: str) -> list[Template]:
    """Return the import templates of a form."""
    pack = form_ref.partition(".")[0]
    templates = map(template_from, definitions_of("import", pack))
    return [each for each in templates if each.form_ref == form_ref]


def matrix(
    actor: Actor, form_ref: str, *, now: datetime, text: str = "", page: int = 1, per_page: int = PER_PAGE
) -> Matrix:
    """Return a form as unit × period for the units in sight whose code, name or alias contains ``text``.

    The newest 24 periods are shown, oldest first. A page beyond the last gives the last.
    The number of queries does not depend on the number of rows. Raises: NotFound (no such form).
    """
    form = form_def(form_ref)
    owed = obligations_visible(actor).filter(form_ref=form_ref)
    if text.strip():
        owed = owed.filter(unit_id__in=_units_named(text.strip()))
    codes = owed.order_by("-period_start", "-period_code").values_list("period_code", flat=True).distinct()
    periods = [parse_period(code) for code in reversed(list(codes[:MOST_PERIODS]))]
    unit_ids = list(owed.order_by("unit__sort", "unit__code").values_list("unit_id", flat=True).distinct())
    pages = max(1, -(-len(unit_ids) // per_page))
    page = min(max(1, page), pages)
    shown = unit_ids[(page - 1) * per_page : page * per_page]
    return Matrix(
        form=form,
        periods=tuple(periods),
        rows=_matrix_rows(owed, shown, periods, now),
        counts=progress(owed, now),
        page=page,
        pages=pages,
        units=len(unit_ids),
    )


def _units_named(text: str) -> QuerySet[Unit, int]:
    named = (
        Q(code__icontains=text)
        | Q(title__contains=text)
        | Q(short__contains=text)
        | Q(aliases__text__contains=text)
    )
    return Unit.objects.filter(named).order_by().values_list("pk", flat=True)


def _matrix_rows(
    owed: QuerySet[Obligation], unit_ids: Sequence[int], periods: Sequence[Period], now: datetime
) -> tuple[MatrixRow, ...]:
    cells: dict[tuple[int, str], Cell] = {}
    rows = owed.filter(unit_id__in=unit_ids, period_code__in=[period.code for period in periods])
    current = Q(current_version=0) | Q(filings__version=F("current_version"))
    newest = rows.filter(current).annotate(
        submitted=F("filings__submitted_at"), granted=F("filings__mend_by")
    )
    for row in newest.order_by("unit_id", "period_start"):
        granted = row.mend_by if row.answer == Answer.NONE else row.granted
        timing = timing_of(row.answer, granted or row.due_at, row.submitted, now)
        cells[row.unit_id, row.period_code] = Cell(
            obligation_id=row.pk,
            period_code=row.period_code,
            answer=row.answer,
            answer_title=Answer(row.answer).label,
            timing=timing,
            timing_title=TIMINGS[timing],
            version=row.current_version,
            due_at=row.due_at,
        )
    units = Unit.objects.in_bulk(list(unit_ids))
    return tuple(
        MatrixRow(units[unit_id], tuple(cells.get((unit_id, period.code)) for period in periods))
        for unit_id in unit_ids
    )


def timing_of(answer: str, due_at: datetime | None, submitted_at: datetime | None, now: datetime) -> str:
    """Return the timing of an obligation: derived from due and submission, never stored.

    ``due_at``: in its place the mend-by time where a return gave one. ``submitted_at``: of the newest
    version, which does not count when it no longer answers.

    >>> from datetime import UTC, datetime
    >>> due, before, after = (datetime(2023, 2, day, tzinfo=UTC) for day in (10, 9, 11))
    >>> [timing_of("filed", due, before, after), timing_of("filed", due, after, after)]
    ['on_time', 'late']
    >>> [timing_of("none", due, None, now) for now in (before, after)], timing_of("none", None, None, after)
    (['pending', 'missing'], 'pending')
    """
    if answer == Answer.EXCUSED:
        return "excused"
    moment = now if answer == Answer.NONE or submitted_at is None else submitted_at
    past = due_at is not None and moment > due_at
    if answer == Answer.NONE:
        return "missing" if past else "pending"
    return "late" if past else "on_time"


def progress(owed: QuerySet[Obligation], now: datetime) -> Progress:
    """Count obligations by answer and timing. Two queries."""
    counted = (
        owed.order_by()
        .alias(owed_by=Coalesce("mend_by", "due_at"))
        .aggregate(
            opened=Count("pk"),
            filed=Count("pk", filter=Q(answer=Answer.FILED)),
            nil=Count("pk", filter=Q(answer=Answer.NIL)),
            excused=Count("pk", filter=Q(answer=Answer.EXCUSED)),
            missing=Count("pk", filter=Q(answer=Answer.NONE, owed_by__lt=now)),
        )
    )
    late = Filing.objects.filter(
        obligation__in=owed.order_by().values("pk"),
        obligation__answer__in=[Answer.FILED, Answer.NIL],
        version=F("obligation__current_version"),
        submitted_at__gt=Coalesce("mend_by", "obligation__due_at"),
    )
    return Progress(**counted, late=late.count())


def batches_visible(actor: Actor, form_ref: str) -> QuerySet[ImportBatch]:
    """Return the import batches of a form, newest first: all for who imports or opens for every unit.

    A batch names its file and counts rows of many units; others find their own ones.
    """
    found = ImportBatch.objects.filter(form_ref=form_ref).order_by("-taken_at", "-id")
    if can_everywhere(actor, "filing.import") or can_everywhere(actor, "period.open"):
        return found
    return found.filter(taken_by_account=actor.account_id)


def drafts_of(actor: Actor) -> QuerySet[ImportDraft]:
    """Return the actor's own uploads that were neither taken nor dropped, newest first."""
    return ImportDraft.objects.filter(account_id=actor.account_id).order_by("-created_at", "-id")
