"""Telling people of items: whose turn it is, who follows one, who decides on more time and who asked for it.

Nobody is told of what he did himself. Texts hold number, title and state; notes and comments do not leave it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.kernel.items.models import Item, ItemDuty, ItemMove, ItemWatch
from luoshi.kernel.items.policy import may, standing_of
from luoshi.kernel.items.schema import ENDED, Holder
from luoshi.kernel.items.telling import Told
from luoshi.kernel.items.types import ItemType
from luoshi.kernel.notify.actions import Draft, Target, notices_send
from luoshi.kernel.notify.recipients import To, holder
from luoshi.kernel.org.models import Post

MOVED, WATCHED, EXTENSION = "item.moved", "item.watched", "item.extension"
SUBJECT = "item"
DUTY_TITLE = "责任单位"


def step_tell(
    kind: ItemType, item: Item, row: ItemMove, duties: Sequence[ItemDuty], *, actor: Actor, now: datetime
) -> None:
    """Tell who is to go on after a step, who was given a duty by it, and who follows the item.

    Ledger: ``notice.sent`` for each of the two; none where nobody is to be told.
    """
    told = Told({item.pk: duties}, now)
    done = kind.moves[row.move].title if row.move in kind.moves else "修改"
    text = f"{item.number} {item.title}：已办“{done}”，现为“{kind.states[item.state].title}”"
    to = (*_next(kind, item, row, duties, told, actor, now), *_given(item, row, duties, told))
    target = Target(SUBJECT, item.pk, told.unit(item.pk))
    drafts = [
        Draft(f"{MOVED}:{item.pk}:{row.number}", MOVED, f"{text}，请办理。", target, to),
        Draft(
            f"{WATCHED}:{item.pk}:{row.number}",
            WATCHED,
            f"{text}。",
            target,
            watchers([item.pk], but=actor.account_id).get(item.pk, ()),
        ),
    ]
    notices_send(by=actor, drafts=[draft for draft in drafts if draft.to], now=now)


def comment_tell(actor: Actor, item_id: int, comment_id: int, now: datetime) -> None:
    """Tell who follows an item that a comment was written on it. Ledger: ``notice.sent``."""
    to = watchers([item_id], but=actor.account_id).get(item_id, ())
    item = Item.objects.get(pk=item_id)
    text = f"{item.number} {item.title}：{actor.unit_title or '系统'}写了意见，请查看。"
    draft = Draft(f"{WATCHED}:{item_id}:c{comment_id}", WATCHED, text, Target(SUBJECT, item_id), to)
    notices_send(by=actor, drafts=[draft] if to else [], now=now)


def extension_tell(
    item: Item, *, key: str, text: str, to: Collection[To], actor: Actor, now: datetime
) -> None:
    """Tell of a request for more time or of the answer. Ledger: ``notice.sent``."""
    said = f"{item.number} {item.title}：{text}"
    draft = Draft(f"{EXTENSION}:{key}", EXTENSION, said, Target(SUBJECT, item.pk), tuple(to))
    notices_send(by=actor, drafts=[draft] if to else [], now=now)


def watchers(item_ids: Collection[int], *, but: int = 0) -> Mapping[int, tuple[To, ...]]:
    """Return by item the posts that follow it, all but those of one account. Two queries at most."""
    rows = ItemWatch.objects.filter(item_id__in=item_ids).exclude(account_id=but).exclude(post_code="")
    found = list(rows.order_by("id").values_list("item_id", "post_code"))
    if not found:
        return {}
    posts = Post.objects.filter(code__in={code for _, code in found}).order_by("id")
    units = dict(posts.values_list("code", "unit_id"))
    told: dict[int, list[To]] = defaultdict(list)
    for item_id, code in found:
        if code in units:
            told[item_id].append(holder(code, units[code], "关注人"))
    return {item_id: tuple(dict.fromkeys(each)) for item_id, each in told.items()}


def _next(
    kind: ItemType,
    item: Item,
    row: ItemMove,
    duties: Sequence[ItemDuty],
    told: Told,
    actor: Actor,
    now: datetime,
) -> tuple[To, ...]:
    """Return whose turn it is in a state just entered; nobody where the actor goes on himself."""
    if row.from_state == row.to_state or kind.states[item.state].stage in ENDED:
        return ()
    holders = [each for move in kind.moves_from(item.state) for each in move.by]
    if may(actor, holders, standing_of(kind, duties, local_day(now))):
        return ()
    return told.to(item, holders)


def _given(item: Item, row: ItemMove, duties: Sequence[ItemDuty], told: Told) -> tuple[To, ...]:
    """Return who holds a duty that the step gave."""
    roles = dict.fromkeys(duty.role for duty in duties if duty.from_step == row.number)
    return told.to(item, [Holder("duty", role, "", DUTY_TITLE) for role in roles])
