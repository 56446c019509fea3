"""Counts and rates of obligations: one SQL for each question, whatever the number of rows.

The base of rates is what fell due by T and was not excused. An obligation that was returned in time falls due
again with its mend-by time. A rate over nothing is None, shown as a dash, never 0 or 100.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from django.db.models import Count, F, FilteredRelation, Q, QuerySet, Window
from django.db.models.functions import Coalesce, RowNumber

from luoshi.core.actor import Actor
from luoshi.core.formulas import percent, rounded
from luoshi.kernel.filings.models import Answer, Decision, FilingFact, Obligation
from luoshi.kernel.filings.sight import obligations_visible

DAY_MS = Decimal(86_400_000)
Key = tuple[int | str, ...]


class By(StrEnum):
    """What is counted apart. Kind, branch and parent are those of the opening day."""

    ALL = "all"
    UNIT = "unit"
    PERIOD = "period"
    UNIT_PERIOD = "unit_period"
    KIND = "kind"
    BRANCH = "branch"
    PARENT = "parent"


_COLUMNS: dict[By, tuple[str, ...]] = {
    By.ALL: (),
    By.UNIT: ("unit_id",),
    By.PERIOD: ("period_code",),
    By.UNIT_PERIOD: ("unit_id", "period_code"),
    By.KIND: ("unit_kind",),
    By.BRANCH: ("unit_branch",),
    By.PARENT: ("unit_parent",),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which obligations are counted: of one form or all, with a period inside ``start`` … ``end``."""

    form_ref: str | None = None
    start: date | None = None
    end: date | None = None

    @property
    def condition(self) -> Q:
        """Return the condition, on obligations as on facts."""
        found = Q()
        if self.form_ref is not None:
            found &= Q(form_ref=self.form_ref)
        if self.start is not None:
            found &= Q(period_start__gte=self.start)
        if self.end is not None:
            found &= Q(period_end__lte=self.end)
        return found


EVERYTHING = Asked()


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of obligations, which add up over units and periods.

    ``opened`` = ``filed`` + ``nil`` + ``excused`` + waiting; ``due`` = ``on_time`` + ``late`` + ``missing``.
    ``returned``: sent back at least once; ``reviewed``: decided on at least once; ``passed``: accepted at
    the first review.
    """

    opened: int = 0
    filed: int = 0
    nil: int = 0
    excused: int = 0
    due: int = 0
    on_time: int = 0
    late: int = 0
    missing: int = 0
    returned: int = 0
    reviewed: int = 0
    passed: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*map(sum, zip(astuple(self), astuple(other), strict=True)))

    @property
    def waiting(self) -> int:
        """Return how many are not answered."""
        return self.opened - self.filed - self.nil - self.excused

    @property
    def on_time_rate(self) -> Decimal | None:
        """Return the percentage of what fell due that was answered in time."""
        return _rate(self.on_time, self.due)

    @property
    def late_rate(self) -> Decimal | None:
        """Return the percentage of what fell due that was answered late."""
        return _rate(self.late, self.due)

    @property
    def missing_rate(self) -> Decimal | None:
        """Return the percentage of what fell due that is not answered."""
        return _rate(self.missing, self.due)

    @property
    def nil_rate(self) -> Decimal | None:
        """Return the percentage of nil returns among what was answered."""
        return _rate(self.nil, self.filed + self.nil)

    @property
    def first_pass_rate(self) -> Decimal | None:
        """Return the percentage accepted at the first review of what was reviewed.

        What the reviewer has not looked at yet counts neither way: that delay is not the filler's.
        """
        return _rate(self.passed, self.reviewed)


def counts(actor: Actor, *, by: By, at: datetime, asked: Asked = EVERYTHING) -> dict[Key, Counts]:
    """Count the obligations in the actor's sight by (), (unit id,), (period,), … as ``by`` says.

    ``at``: what was due by then counts as due; answers are those of now. One query besides those of sight.
    """
    return counts_of(_owed(actor, asked), by=by, at=at)


def counts_of(owed: QuerySet[Obligation], *, by: By, at: datetime) -> dict[Key, Counts]:
    """Count ``owed`` as ``counts`` does. One query."""
    answered = Q(answer__in=[Answer.FILED, Answer.NIL])
    missing = Q(answer=Answer.NONE, owed_by__lt=at)
    fell_due = answered & Q(due_at__lt=at)
    in_time = Q(newest__submitted_at__lte=Coalesce("newest__mend_by", "due_at"))
    figures = {
        "opened": Q(),
        "filed": Q(answer=Answer.FILED),
        "nil": Q(answer=Answer.NIL),
        "excused": Q(answer=Answer.EXCUSED),
        "due": fell_due | missing,
        "on_time": fell_due & in_time,
        "late": fell_due & ~in_time,
        "missing": missing,
        "returned": Q(returns__gt=0),
        "reviewed": Q(first__isnull=False),
        "passed": Q(first__decision=Decision.ACCEPT),
    }
    columns = _COLUMNS[by]
    rows = (
        owed.select_related(None)
        .order_by()
        .annotate(
            newest=FilteredRelation("filings", condition=Q(filings__version=F("current_version"))),
            first=FilteredRelation("reviews", condition=Q(reviews__round=1)),
        )
        .alias(owed_by=Coalesce("mend_by", "due_at"))
    )
    totals = {name: Count("pk", filter=condition) for name, condition in figures.items()}
    if not columns:
        return {(): Counts(**rows.aggregate(**totals))}
    found = rows.values(*columns).annotate(**totals).order_by(*columns)
    return {
        tuple(row[name] for name in columns): Counts(**{name: row[name] for name in figures}) for row in found
    }


def median_days_before_due(actor: Actor, *, by: By, asked: Asked = EVERYTHING) -> dict[Key, Decimal]:
    """Return how many days before due answers came in, the median; below 0 when most were late.

    One digit, half up. Answers to what is never due are left out, and keys without any. One query besides
    those of sight.
    """
    columns = _COLUMNS[by]
    facts = FilingFact.objects.filter(asked.condition, to_ms__isnull=True, due_ms__isnull=False)
    apart = [F(name) for name in columns] or None
    ahead = F("due_ms") - F("submitted_ms")
    middle = (
        facts.filter(obligation_id__in=_owed(actor, asked).values("pk"))
        .annotate(
            ahead=ahead,
            twice=Window(RowNumber(), partition_by=apart, order_by=[ahead.asc(), F("pk").asc()]) * 2,
            many=Window(Count("pk"), partition_by=apart),
        )
        .filter(twice__gte=F("many"), twice__lte=F("many") + 2)
        .order_by(*columns, "ahead")
    )
    found: dict[Key, list[int]] = {}
    for *key, ms in middle.values_list(*columns, "ahead"):
        found.setdefault(tuple(key), []).append(ms)
    return {key: rounded(Decimal(sum(pair)) / len(pair) / DAY_MS, 1) for key, pair in found.items()}


def _owed(actor: Actor, asked: Asked) -> QuerySet[Obligation]:
    return obligations_visible(actor).filter(asked.condition).select_related(None).order_by()


def _rate(part: int, whole: int) -> Decimal | None:
    return percent(part, whole) if whole else None
