"""What ``kernel.discuss`` asks of this app: who sees an item, who comments on it, who hears of a comment."""

from __future__ import annotations

from datetime import datetime

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.kernel.definitions.queries import packs_by_target
from luoshi.kernel.discuss.hooks import SubjectKind, register_subject
from luoshi.kernel.items.notices import comment_tell
from luoshi.kernel.items.private import may_reveal
from luoshi.kernel.items.sight import item_visible
from luoshi.kernel.items.steps import open_duties
from luoshi.kernel.org.succession import units_answered

WHO = "经办本件的岗位和责任单位"


def register() -> None:
    """Let items be commented on."""
    register_subject(SubjectKind("item", item_visible_check, may_comment, WHO, comment_tell))


def item_visible_check(actor: Actor, item_id: int) -> None:
    """Refuse an item out of sight. Raises: NotFound."""
    item_visible(actor, item_id)


def may_comment(actor: Actor, item_id: int, now: datetime) -> bool:
    """Say whether the actor handles an item, holds a duty of it, or is bound to its pack by a slot."""
    item = item_visible(actor, item_id)
    duties = open_duties([item.pk])[item.pk]
    units = units_answered([actor.unit_id], local_day(now)) if actor.unit_id is not None else ()
    if any(row.unit_id == actor.unit_id or row.unit_id in units for row in duties):
        return True
    pack = item.type_ref.partition(".")[0]
    return pack in packs_by_target(actor.post_code, actor.unit_code) or may_reveal(actor, item, duties, now)
