"""How the light of an obligation looks on a page: the class of its cell and its word."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import F, Q

from luoshi.core.actor import Actor
from luoshi.core.errors import NotFound
from luoshi.core.lights import LOOKS, Light, Owed, light
from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.filings.queries import obligations_visible

CALENDAR = "cn"
TONES: Mapping[Light, str] = {
    Light.WHITE: "todo",
    Light.BLUE: "near",
    Light.YELLOW: "warn",
    Light.RED: "miss",
    Light.GREEN: "ok",
    Light.GREEN_LATE: "late",
    Light.EXCUSED: "void",
}
LEGEND = [(TONES[each], LOOKS[each].word) for each in Light]
NOTHING_DUE = {"none": "待报", "filed": "已报"}


def look_of(shown: Light) -> tuple[str, str]:
    """Return (class, word) of a light.

    >>> look_of(Light.RED)
    ('miss', '逾期')
    """
    return TONES[shown], LOOKS[shown].word


def cell_look(shown: Light, answer: str, due: bool) -> tuple[str, str]:
    """Return (class, word) of an obligation: a nil return says so, and where nothing is due nothing is late.

    >>> cell_look(Light.GREEN_LATE, "nil", True), cell_look(Light.GREEN, "filed", False)
    (('late', '零报告'), ('ok', '已报'))
    """
    tone, word = look_of(shown)
    if answer == "nil":
        return tone, "零报告"
    return tone, word if due else NOTHING_DUE.get(answer, word)


def lights_of(
    actor: Actor, form_ref: str, unit_ids: Collection[int], periods: Collection[str], now: datetime
) -> dict[int, Light]:
    """Return the light of each obligation of a form for some units and periods, by its id. Few queries."""
    newest = Q(current_version=0) | Q(filings__version=F("current_version"))
    rows = (
        obligations_visible(actor)
        .filter(newest, form_ref=form_ref, unit_id__in=unit_ids, period_code__in=periods)
        .order_by()
        .values_list(
            "pk",
            "answer",
            "due_at",
            "mend_by",
            "filings__submitted_at",
            "filings__mend_by",
            "filings__review__decision",
            "filings__review__at",
        )
    )
    calendar = _calendar()
    found = {}
    for pk, answer, due_at, mend_by, given_at, given_until, decision, decided_at in rows:
        answered = answer != "none"
        owed = Owed(
            answer=answer,
            owed_by=(given_until if answered else mend_by) or due_at,
            submitted_at=given_at if answered else None,
            returned_at=decided_at if decision == "return" and not answered else None,
        )
        found[pk] = light(owed, now=now, calendar=calendar)
    return found


def _calendar() -> WorkCalendar:
    """Return the working calendar; Monday to Friday where none is installed."""
    try:
        return work_calendar(CALENDAR)
    except NotFound:
        return WorkCalendar(CALENDAR, {}, frozenset())
