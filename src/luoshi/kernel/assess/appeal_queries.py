"""Lists of appeals, and how units moved from round to round."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.errors import NotFound
from luoshi.core.periods import Period, parse_period
from luoshi.kernel.access.policy import can
from luoshi.kernel.assess.appeals import may_appeal, may_decide
from luoshi.kernel.assess.models import Appeal, Round, Sheet
from luoshi.kernel.assess.sight import (
    appeal_visible,
    appeals_visible,
    own_units,
    rounds_visible,
    sheets_visible,
)
from luoshi.kernel.definitions.queries import Def, definition, definitions_by_ids

__all__ = [
    "OUTCOMES",
    "STATES",
    "AppealView",
    "History",
    "Place",
    "appeal_view",
    "appeal_visible",
    "appeals_found",
    "appeals_of",
    "appeals_to_decide",
    "history_of",
    "may_appeal",
    "may_decide",
    "may_withdraw",
    "own_sheet",
]
STATES: dict[str, str] = dict(Appeal.State.choices)
OUTCOMES: dict[str, str] = {
    state.value: str(state.label)
    for state in (Appeal.State.UPHELD, Appeal.State.PARTLY, Appeal.State.REJECTED)
}
MOST_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class AppealView:
    """An appeal as lists show it; ``late``: not decided, or decided, after its day."""

    appeal: Appeal
    scheme: str
    period: Period
    late: bool

    @property
    def state_title(self) -> str:
        """Return the state in words."""
        return STATES[self.appeal.state]


@dataclass(frozen=True, slots=True)
class Place:
    """What a unit got in a round. ``moved``: places up (positive) or down since the round before it."""

    sheet: Sheet
    moved: int | None


@dataclass(frozen=True, slots=True)
class History:
    """A scheme's published rounds, the oldest first; each unit's place in them, None where it had none."""

    scheme: Def
    rounds: tuple[tuple[Round, Period], ...]
    units: tuple[tuple[str, str, tuple[Place | None, ...]], ...]


def appeals_found(actor: Actor, now: datetime, *, state: str = "", text: str = "") -> list[AppealView]:
    """Return the appeals in sight, the newest first. ``text``: in the unit's or the criterion's title."""
    found = appeals_visible(actor)
    if state in STATES:
        found = found.filter(state=state)
    if text:
        found = found.filter(Q(unit__title__icontains=text) | Q(title__icontains=text))
    return _views(found, now)


def appeals_of(actor: Actor, scored: Round, now: datetime) -> list[AppealView]:
    """Return the appeals of one round in sight, the newest first."""
    return _views(appeals_visible(actor).filter(round=scored), now)


def appeals_to_decide(actor: Actor, now: datetime) -> list[AppealView]:
    """Return the open appeals that the actor may decide, the most pressing first. No query for others."""
    if not can(actor, "appeal.decide"):
        return []
    waiting = appeals_visible(actor).filter(state=Appeal.State.OPEN).order_by("due_on", "id")
    return _views([each for each in waiting if may_decide(actor, each)], now)


def appeal_view(actor: Actor, appeal_id: int, now: datetime) -> AppealView:
    """Return one appeal as lists show it. Raises: NotFound."""
    return _views([appeal_visible(actor, appeal_id)], now)[0]


def may_withdraw(actor: Actor, appeal: Appeal) -> bool:
    """Say whether the actor may take an appeal back."""
    return appeal.state == Appeal.State.OPEN and appeal.unit_id in own_units(actor)


def own_sheet(actor: Actor, scored: Round) -> Sheet | None:
    """Return the sheet of the actor's own unit in a round."""
    return sheets_visible(actor, scored.pk).filter(unit_id__in=own_units(actor)).first()


def history_of(actor: Actor, scheme_ref: str) -> History:
    """Return how units moved over the newest 12 published rounds of a scheme; corrected ones are left out.

    Four queries, however many units.
    Raises: NotFound (no such scheme, or nothing published that the actor may see).
    """
    scheme = definition("scheme", scheme_ref)
    published = rounds_visible(actor).filter(scheme_ref=scheme_ref, state=Round.State.PUBLISHED)
    rounds = list(published.exclude(superseded_by__state=Round.State.PUBLISHED)[:MOST_ROUNDS])[::-1]
    if not rounds:
        raise NotFound("该方案还没有已发布的轮次。")
    places: dict[int, dict[int, Sheet]] = {}
    titles: dict[int, tuple[str, str]] = {}
    sheets = (
        Sheet.objects.filter(round__in=rounds).select_related("unit").order_by("group", "unit__sort", "seq")
    )
    for sheet in sheets:
        places.setdefault(sheet.unit_id, {})[sheet.round_id] = sheet
        titles[sheet.unit_id] = (sheet.group_title, sheet.unit.title)
    return History(
        scheme,
        tuple((each, parse_period(each.period_code)) for each in rounds),
        tuple((*titles[unit], _moves(rounds, found)) for unit, found in places.items()),
    )


def _moves(rounds: Sequence[Round], found: dict[int, Sheet]) -> tuple[Place | None, ...]:
    places: list[Place | None] = []
    before: int | None = None
    for each in rounds:
        sheet = found.get(each.pk)
        if sheet is None:
            places.append(None)
            before = None
            continue
        moved = None if before is None or sheet.rank is None else before - sheet.rank
        places.append(Place(sheet, moved))
        before = sheet.rank
    return tuple(places)


def _views(appeals: Iterable[Appeal], now: datetime) -> list[AppealView]:
    listed = list(appeals)
    schemes = definitions_by_ids({each.round.definition_id for each in listed})
    return [
        AppealView(
            each,
            schemes[each.round.definition_id].title,
            parse_period(each.round.period_code),
            each.due_on < local_day(each.decided_at or now),
        )
        for each in listed
    ]
