"""The unit's steps on a slip: reply, and the head's signature."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, NotAllowed, WrongState
from luoshi.domains.slips.models import Slip, SlipReply, SlipState
from luoshi.domains.slips.sight import acts_for, slip_locked
from luoshi.domains.slips.telling import tell_head, tell_organ
from luoshi.domains.slips.texts import short
from luoshi.kernel.ledger.actions import record


@transaction.atomic
def slip_reply(*, actor: Actor, slip_id: int, text: str, now: datetime) -> SlipReply:
    """Write the unit's reply; until it is signed it may be written anew. The head's own is signed at once.

    Raises: NotFound, NotAllowed (of another unit), WrongState (signed already, done, followed or cancelled),
    Incomplete, Invalid (text).
    Ledger: ``slip.replied`` or, for the head, ``slip.signed``, with the reply.
    """
    slip = slip_locked(actor, slip_id)
    if not acts_for(actor, "slip.reply", slip, local_day(now)):
        raise NotAllowed(f"督办单由{slip.unit_title}的填报员或负责人回复，您当前的岗位不能回复。")
    if slip.state not in (SlipState.ISSUED, SlipState.REPLIED):
        raise WrongState(f"该督办单{slip.get_state_display()}，不能再回复。")
    text = short(text)
    if not text:
        raise Incomplete("请写明办理情况。", fields={"text": "请写明办理情况和未按期报送的原因。"})
    signs = acts_for(actor, "slip.sign", slip, local_day(now))
    reply = SlipReply(
        slip=slip,
        version=slip.replies.count() + 1,
        text=text,
        at=now,
        by_account=actor.account_id,
        by_post=actor.post_code,
        by_unit=actor.unit_code,
    )
    return _signed(slip, reply, actor, now) if signs else _replied(slip, reply, actor, now)


@transaction.atomic
def slip_sign(*, actor: Actor, slip_id: int, now: datetime) -> SlipReply:
    """Sign the unit's reply; from then on it is before the office.

    Raises: NotFound, NotAllowed (not the head), WrongState (no reply waits to be signed).
    Ledger: ``slip.signed`` with the reply.
    """
    slip = slip_locked(actor, slip_id)
    if not acts_for(actor, "slip.sign", slip, local_day(now)):
        raise NotAllowed(f"回复由{slip.unit_title}的负责人签批，您当前的岗位不能签批。")
    if slip.state != SlipState.REPLIED:
        raise WrongState("没有待签批的回复。")
    return _signed(slip, slip.replies.order_by("-version")[0], actor, now)


def _replied(slip: Slip, reply: SlipReply, actor: Actor, now: datetime) -> SlipReply:
    reply.save()
    slip.state = SlipState.REPLIED
    _recorded(slip, reply, "slip.replied", actor, now)
    tell_head(slip, f"replied:{reply.version}", f"{slip}的回复待您签批。", actor, now)
    return reply


def _signed(slip: Slip, reply: SlipReply, actor: Actor, now: datetime) -> SlipReply:
    reply.signed_at = now
    reply.signed_by_account, reply.signed_by_post = actor.account_id, actor.post_code
    reply.save()
    slip.state = SlipState.SIGNED
    _recorded(slip, reply, "slip.signed", actor, now)
    tell_organ(slip, f"signed:{reply.version}", f"{slip.unit_title}已回复{slip}，待认可。", actor, now)
    return reply


def _recorded(slip: Slip, reply: SlipReply, kind: str, actor: Actor, now: datetime) -> None:
    slip.save()
    data = {"number": str(slip), "unit": slip.unit_code, "level": slip.level, "version": reply.version}
    record(slip, kind, by=actor.by, at=now, rows=[reply], data=data)
