"""What keeps a move from being taken although state and role fit: apart, max, within."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import SamePerson, WrongState
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.items.models import Item, ItemMove
from luoshi.kernel.items.schema import Stage
from luoshi.kernel.items.types import ItemType, Move

CALENDAR = "cn"
UNITS = {"workday": "个工作日", "calendar_day": "日", "hour": "小时"}


def guards_check(kind: ItemType, item: Item, move: Move, actor: Actor, now: datetime) -> None:
    """Refuse a move that was taken too often, too late, or by who took the one it is apart from.

    Whoever brought an item to be verified never closes it, whatever the pack names.
    Raises: WrongState, SamePerson. One query for ``apart``, one for ``within`` in working days, one to close.
    """
    taken = item.counts.get(move.key, 0)
    if move.most is not None and taken >= move.most:
        raise WrongState(f"“{move.title}”至多 {move.most} 次，本件已办 {taken} 次，请改办其他动作。")
    within_check(move, item, now)
    for key, level in move.apart:
        _apart(kind, item, move, key, level, actor)
    if kind.states[move.end].stage is Stage.DONE:
        _closed_by_another(item, move, actor)


def _apart(kind: ItemType, item: Item, move: Move, key: str, level: str, actor: Actor) -> None:
    """Compare by account, whatever post it acts in; for ``unit`` by the unit besides."""
    same = Q(by_account=actor.account_id)
    if level == "unit" and actor.unit_code:
        same |= Q(by_unit=actor.unit_code)
    since = ItemMove.objects.filter(item=item, move=key, number__gte=item.since_step)
    if since.filter(same).exists():
        other = "本人" if level == "person" else "本人或本单位"
        title = kind.moves[key].title if key in kind.moves else key
        raise SamePerson(f"本件由{other}“{title}”，不能再由{other}“{move.title}”，请由其他人员办理。")


def _closed_by_another(item: Item, move: Move, actor: Actor) -> None:
    """Refuse who reported the item himself, by whatever move: an upgrade may have named moves anew."""
    since = ItemMove.objects.filter(item=item, number__gte=item.since_step, by_account=actor.account_id)
    if since.filter(to_stage=Stage.VERIFYING).exclude(from_stage=Stage.VERIFYING).exists():
        raise SamePerson(f"本件由本人报请核查，不能再由本人“{move.title}”，请由其他人员办理。")


def within_check(move: Move, item: Item, now: datetime) -> None:
    """Refuse a move that comes too long after its state was entered. Raises: WrongState."""
    rule = move.within
    if rule is None:
        return
    since, today = local_day(item.entered_at), local_day(now)
    match rule.unit:
        case "hour":
            late = now - item.entered_at > timedelta(hours=rule.amount)
        case "calendar_day":
            late = (today - since).days > rule.amount
        case _:
            late = work_calendar(CALENDAR).workdays_between(since, today) > rule.amount
    require(
        not late,
        f"“{move.title}”应在进入本状态后 {rule.amount} {UNITS[rule.unit]}内办理，"
        f"本件于 {since:%Y-%m-%d} 进入，已经超过。如仍有问题，请另行登记并关联本件。",
        WrongState,
    )
