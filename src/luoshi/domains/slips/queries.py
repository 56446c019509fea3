"""Reading slips. Whether a reply is late is derived here; the number of queries does not grow with rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.periods import Period, parse_period
from luoshi.domains.slips.actions import OPEN
from luoshi.domains.slips.models import Slip, SlipLine, SlipReply, SlipState
from luoshi.domains.slips.pressing import OWING, Pressed, pressed
from luoshi.domains.slips.proposals import Proposal, proposals
from luoshi.domains.slips.rules import Rules, rules_all
from luoshi.domains.slips.sight import acts_for, issues, slip_visible, slips_visible, took_part
from luoshi.kernel.access.policy import can
from luoshi.kernel.filings.forms import form_by_id
from luoshi.kernel.filings.sight import units_answered

__all__ = [
    "STATES",
    "LineView",
    "SlipView",
    "lines_of",
    "may_act",
    "proposed",
    "replies_of",
    "rules_issued",
    "slip_counts",
    "slip_view",
    "slip_visible",
    "item_pressed",
    "items_pressed",
    "slips_found",
    "slips_of_item",
    "slips_of_obligation",
    "slips_open",
    "slips_waiting",
]

STATES: dict[str, str] = {value: str(label) for value, label in SlipState.choices}
OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class LineView:
    """One obligation or item of a slip. ``answered``: whether it has been answered, or reported, since.

    ``period``: of an obligation; an item has its number in ``number`` instead.
    """

    obligation_id: int | None
    item_id: int | None
    form_title: str
    number: str
    period: Period | None
    owed_by: datetime
    overdue_days: int
    returned: bool
    answered: bool


@dataclass(frozen=True, slots=True)
class SlipView:
    """One slip. ``replied_at``: when the head first signed a reply. ``timing``: "waiting", "overdue" (no
    signed reply in time), "late" or "on_time"; empty for a cancelling or cancelled slip."""

    slip: Slip
    replied_at: datetime | None
    lines: int
    timing: str

    @property
    def state_title(self) -> str:
        """Return the state in words."""
        return STATES[self.slip.state]


def slips_found(
    actor: Actor, now: datetime, *, level: str = "", state: str = "", text: str = "", year: str = ""
) -> list[SlipView]:
    """Return the slips in sight, the newest first.

    ``level``: a level's title; ``state``: a state, or "overdue" for replies owed past their time; ``text``:
    in the unit's name or code or the number.
    """
    rows = slips_visible(actor)
    if level:
        rows = rows.filter(level_title=level)
    if year:
        rows = rows.filter(year=int(year) if year.isascii() and year.isdigit() else 0)
    if state == OVERDUE:
        rows = rows.filter(state__in=OPEN)
    elif state:
        rows = rows.filter(state=state)
    views = _views(rows, now)
    if state == OVERDUE:
        views = [view for view in views if view.timing == OVERDUE]
    return [view for view in views if _says(view.slip, text.strip())]


def slip_view(slip: Slip, now: datetime) -> SlipView:
    """Return one slip that the caller has seen."""
    return _views(Slip.objects.filter(pk=slip.pk).order_by("pk"), now)[0]


def slips_of_obligation(actor: Actor, obligation_id: int, now: datetime) -> list[SlipView]:
    """Return the slips in sight about one obligation, the newest first."""
    about = SlipLine.objects.filter(obligation_id=obligation_id).order_by().values("slip_id")
    return _views(slips_visible(actor).filter(pk__in=about), now)


def slip_counts(actor: Actor, item_ids: Iterable[int]) -> dict[int, int]:
    """Return item → how many slips in sight are about it, cancelled ones left out. One query."""
    lines = SlipLine.objects.filter(item_id__in=list(item_ids), standing=True, slip__in=slips_visible(actor))
    counted = lines.order_by().values("item_id").annotate(n=Count("pk"))
    return {row["item_id"]: row["n"] for row in counted}


def slips_open(actor: Actor, now: datetime) -> list[SlipView]:
    """Return the slips in sight that are neither accepted, escalated nor cancelled, the newest first."""
    return _views(slips_visible(actor).filter(state__in=OPEN), now)


def slips_waiting(actor: Actor, now: datetime) -> list[SlipView]:
    """Return the slips on which the actor is to act next, the first due first."""
    wanted = Q(pk__in=[])
    if actor.unit_id is not None:
        own = Q(unit_id__in=units_answered([actor.unit_id], local_day(now)))
        if can(actor, "slip.reply"):
            wanted |= own & Q(state=SlipState.ISSUED)
        if can(actor, "slip.sign"):
            wanted |= own & Q(state=SlipState.REPLIED)
        if can(actor, "slip.issue"):
            wanted |= Q(organ_code=actor.unit_code, state=SlipState.SIGNED)
    rows = slips_visible(actor).filter(wanted)
    return sorted(_views(rows, now), key=lambda view: (view.slip.reply_by or now, view.slip.pk))


def rules_issued(actor: Actor) -> list[Rules]:
    """Return the rules under which the actor issues slips."""
    return [rules for rules in rules_all() if issues(actor, rules.organ)] if can(actor, "slip.issue") else []


def items_pressed(actor: Actor, now: datetime) -> list[tuple[Rules, list[Pressed]]]:
    """Return the items that the actor should issue a slip about, rules by rules that are about items."""
    return [(rules, pressed(rules, now)) for rules in rules_issued(actor) if rules.items]


def item_pressed(actor: Actor, item_id: int, now: datetime) -> tuple[Rules, Pressed] | None:
    """Return the slip that the actor should issue about one item now, with its rules."""
    for rules in rules_issued(actor):
        for due in pressed(rules, now, [item_id]):
            return rules, due
    return None


def proposed(actor: Actor, now: datetime) -> list[tuple[Rules, list[Proposal]]]:
    """Return what the actor should issue, rules by rules."""
    return [(rules, proposals(rules, now)) for rules in rules_issued(actor) if rules.forms]


def lines_of(slip: Slip) -> list[LineView]:
    """Return what a slip is about, in the order of the letter."""
    return [_line(row) for row in slip.lines.select_related("obligation", "item").order_by("owed_by", "id")]


def _line(row: SlipLine) -> LineView:
    owed, item = row.obligation, row.item
    if owed is not None:
        title, answered = form_by_id(owed.definition_id).title, owed.answer != "none"
    else:
        assert item is not None  # the database holds that it is one of the two
        title, answered = item.title, item.stage not in OWING
    return LineView(
        obligation_id=row.obligation_id,
        item_id=row.item_id,
        form_title=title,
        number=item.number if item is not None else "",
        period=parse_period(owed.period_code) if owed is not None else None,
        owed_by=row.owed_by,
        overdue_days=row.overdue_days,
        returned=row.returned,
        answered=answered,
    )


def slips_of_item(actor: Actor, item_id: int, now: datetime) -> list[SlipView]:
    """Return the slips in sight about one item, the newest first."""
    about = SlipLine.objects.filter(item_id=item_id).order_by().values("slip_id")
    return _views(slips_visible(actor).filter(pk__in=about), now)


def replies_of(slip: Slip) -> list[SlipReply]:
    """Return the versions of the reply, the newest first."""
    return list(slip.replies.order_by("-version").prefetch_related("files__revision"))


def may_act(actor: Actor, slip: Slip, now: datetime) -> dict[str, bool]:
    """Return which steps a page offers; the actions judge again."""
    today = local_day(now)
    office = issues(actor, slip.organ_code)
    live = slip.state in (*OPEN, SlipState.ACCEPTED)
    apart = office and not took_part(actor, slip)
    return {
        "reply": slip.state in (SlipState.ISSUED, SlipState.REPLIED)
        and acts_for(actor, "slip.reply", slip, today),
        "signs": acts_for(actor, "slip.sign", slip, today),
        "sign": slip.state == SlipState.REPLIED and acts_for(actor, "slip.sign", slip, today),
        "decide": apart and slip.state == SlipState.SIGNED,
        "escalate": office and live,
        "cancel": apart and live,
    }


def _views(rows: QuerySet[Slip], now: datetime) -> list[SlipView]:
    slips = list(rows)
    ids = [slip.pk for slip in slips]
    signed = SlipReply.objects.filter(slip_id__in=ids).order_by().values("slip_id")
    first = dict(signed.annotate(at=Min("signed_at")).values_list("slip_id", "at"))
    counted = SlipLine.objects.filter(slip_id__in=ids).order_by().values("slip_id")
    lines: dict[int, int] = defaultdict(int, counted.annotate(n=Count("pk")).values_list("slip_id", "n"))
    return [
        SlipView(slip, first.get(slip.pk), lines[slip.pk], _timing(slip, first.get(slip.pk), now))
        for slip in slips
    ]


def _timing(slip: Slip, replied_at: datetime | None, now: datetime) -> str:
    if slip.reply_by is None or slip.state == SlipState.CANCELLED:
        return ""
    if replied_at is not None:
        return "late" if replied_at > slip.reply_by else "on_time"
    return OVERDUE if now > slip.reply_by else "waiting"


def _says(slip: Slip, text: str) -> bool:
    said: Iterable[str] = (slip.unit_title, slip.unit_code, str(slip))
    return not text or any(text in part for part in said)
