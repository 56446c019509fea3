"""The unit's steps on a slip: reply, and the head's signature."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, Invalid, NotAllowed, WrongState
from luoshi.domains.slips.models import Slip, SlipReply, SlipReplyFile, SlipState
from luoshi.domains.slips.sight import acts_for, slip_locked
from luoshi.domains.slips.telling import tell_head, tell_organ
from luoshi.domains.slips.texts import short
from luoshi.kernel.evidence.actions import Proof, evidence_add
from luoshi.kernel.ledger.actions import record

OWNER = "slip"
MOST_FILES = 3


@transaction.atomic
def slip_reply(
    *, actor: Actor, slip_id: int, text: str, now: datetime, proofs: Sequence[Proof] = ()
) -> SlipReply:
    """Write the unit's reply; until it is signed it may be written anew. The head's own is signed at once.

    ``proofs``: files that prove what it says, at most 3.
    Raises: NotFound, NotAllowed (of another unit), WrongState (signed already, done, followed or cancelled),
    Incomplete, Invalid (text, a file).
    Ledger: ``slip.replied`` or, for the head, ``slip.signed``, with the reply; ``evidence.added`` for files.
    """
    slip = slip_locked(actor, slip_id)
    if not acts_for(actor, "slip.reply", slip, local_day(now)):
        raise NotAllowed(f"督办单由{slip.unit_title}的填报员或负责人回复，您当前的岗位不能回复。")
    if slip.state not in (SlipState.ISSUED, SlipState.REPLIED):
        raise WrongState(f"该督办单{slip.get_state_display()}，不能再回复。")
    text = short(text)
    if not text:
        raise Incomplete("请写明办理情况。", fields={"text": "请写明办理情况和未按期报送的原因。"})
    require(len(proofs) <= MOST_FILES, f"一份回复最多附 {MOST_FILES} 份佐证。", Invalid)
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
    made = _signed(slip, reply, actor, now, proofs) if signs else _replied(slip, reply, actor, now, proofs)
    return made


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


def _replied(slip: Slip, reply: SlipReply, actor: Actor, now: datetime, proofs: Sequence[Proof]) -> SlipReply:
    reply.save()
    files = _files(slip, reply, proofs, actor, now)
    slip.state = SlipState.REPLIED
    _recorded(slip, reply, "slip.replied", actor, now, files)
    tell_head(slip, f"replied:{reply.version}", f"{slip}的回复待您签批。", actor, now)
    return reply


def _signed(
    slip: Slip, reply: SlipReply, actor: Actor, now: datetime, proofs: Sequence[Proof] = ()
) -> SlipReply:
    reply.signed_at = now
    reply.signed_by_account, reply.signed_by_post = actor.account_id, actor.post_code
    reply.save()
    files = _files(slip, reply, proofs, actor, now)
    slip.state = SlipState.SIGNED
    _recorded(slip, reply, "slip.signed", actor, now, files)
    tell_organ(slip, f"signed:{reply.version}", f"{slip.unit_title}已回复{slip}，待认可。", actor, now)
    return reply


def _files(
    slip: Slip, reply: SlipReply, proofs: Sequence[Proof], actor: Actor, now: datetime
) -> list[SlipReplyFile]:
    made = []
    for proof in proofs:
        revision = evidence_add(actor=actor, owner=OWNER, unit_id=slip.unit_id, proof=proof, now=now)
        made.append(SlipReplyFile.objects.create(reply=reply, revision=revision))
    return made


def _recorded(
    slip: Slip,
    reply: SlipReply,
    kind: str,
    actor: Actor,
    now: datetime,
    files: Sequence[SlipReplyFile],
) -> None:
    slip.save()
    data = {"number": str(slip), "unit": slip.unit_code, "level": slip.level, "version": reply.version}
    record(slip, kind, by=actor.by, at=now, rows=[reply, *files], data=data)
