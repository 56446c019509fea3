"""The lights of many obligations, read in one query."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from luoshi.core.actor import Actor
from luoshi.core.errors import NotFound
from luoshi.core.lights import Light, Owed, light
from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.filings.models import Answer, Decision, Obligation
from luoshi.kernel.filings.sight import obligations_visible

CALENDAR = "cn"


@dataclass(frozen=True, slots=True)
class Lit:
    """One obligation with its light. ``version``: the newest one, 0 when nothing was ever filed."""

    obligation_id: int
    unit_id: int
    period_code: str
    answer: str
    version: int
    due_at: datetime | None
    light: Light


def lit(owed: QuerySet[Obligation], now: datetime) -> Iterator[Lit]:
    """Yield every obligation of ``owed`` with its light at ``now``, by unit and period. Two queries."""
    newest = Q(current_version=0) | Q(filings__version=F("current_version"))
    rows = (
        owed.filter(newest)
        .select_related(None)
        .order_by("unit_id", "period_start", "pk")
        .values_list(
            "pk",
            "unit_id",
            "period_code",
            "answer",
            "current_version",
            "due_at",
            "mend_by",
            "filings__submitted_at",
            "filings__mend_by",
            "filings__review__decision",
            "filings__review__at",
        )
    )
    calendar = calendar_or_weekdays()
    for pk, unit_id, period, answer, version, due_at, mend_by, given_at, given_until, decision, at in rows:
        answered = answer != Answer.NONE
        times = Owed(
            answer=answer,
            owed_by=(given_until if answered else mend_by) or due_at,
            submitted_at=given_at if answered else None,
            returned_at=at if decision == Decision.RETURN and not answered else None,
        )
        yield Lit(pk, unit_id, period, answer, version, due_at, light(times, now=now, calendar=calendar))


def lights_of(
    actor: Actor, form_ref: str, unit_ids: Collection[int], periods: Collection[str], now: datetime
) -> dict[int, Light]:
    """Return the light of each obligation of a form for some units and periods, by its id. Few queries."""
    owed = obligations_visible(actor).filter(form_ref=form_ref, unit_id__in=unit_ids, period_code__in=periods)
    return {each.obligation_id: each.light for each in lit(owed, now)}


def calendar_or_weekdays() -> WorkCalendar:
    """Return the working calendar; Monday to Friday where none is installed."""
    try:
        return work_calendar(CALENDAR)
    except NotFound:
        return WorkCalendar(CALENDAR, {}, frozenset())
