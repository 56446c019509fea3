"""What keeps a move from being taken although state and role fit: apart, max, within, after, when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Q

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import SamePerson, WrongState
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.items.models import Item, ItemMove
from luoshi.kernel.items.schema import TODAY, Stage
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
    _after(move, item, now)
    for key, level in move.apart:
        _apart(kind, item, move, key, level, actor)
    if kind.states[move.end].stage is Stage.DONE:
        _closed_by_another(item, move, actor)


def when_check(kind: ItemType, move: Move, values: Mapping[str, str | None], now: datetime) -> None:
    """Refuse a move that is none of this item's. ``values``: its fields with those just given.

    Raises: WrongState with what the pack says to that.
    """
    if move.when is not None and not fits(kind, move, values, now):
        raise WrongState(f"本件不能{move.title}：{move.say}")


def fits(kind: ItemType, move: Move, values: Mapping[str, str | None], now: datetime) -> bool:
    """Say whether a move is one of an item with these values."""
    if move.when is None:
        return True
    env = {key: field.typed(values.get(key)) for key, field in kind.fields.items() if not field.pii}
    return move.when.value({**env, TODAY: local_day(now).isoformat()}) is True


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


def _after(move: Move, item: Item, now: datetime) -> None:
    rule = move.after
    if rule is None:
        return
    amount = rule.amount or int(item.values.get(rule.field) or 0)
    passed = _passed(rule.unit, item.entered_at, now)
    require(
        passed > amount if rule.unit != "hour" else passed >= amount,
        f"进入本状态须满 {amount} {UNITS[rule.unit]}才能“{move.title}”，"
        f"本件于 {local_day(item.entered_at):%Y-%m-%d} 进入，还没有满。",
        WrongState,
    )


def _passed(unit: str, since: datetime, now: datetime) -> int:
    """Return how many whole hours, days or working days lie between; the day of entering is day 0."""
    match unit:
        case "hour":
            return int((now - since) / timedelta(hours=1))
        case "calendar_day":
            return (local_day(now) - local_day(since)).days
        case _:
            return work_calendar(CALENDAR).workdays_between(local_day(since), local_day(now))


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
