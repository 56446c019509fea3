"""Signing by three persons, what moves with the last signature, and supplements afterwards."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import NotAllowed, NotFound, SamePerson, WrongState
from luoshi.domains.handover.models import Handover, HandoverSign, HandoverSupplement, Side, State
from luoshi.domains.handover.sight import handover_locked, side_of
from luoshi.domains.handover.telling import tell
from luoshi.domains.handover.texts import short
from luoshi.kernel.items.held import duties_pass, watches_pass
from luoshi.kernel.ledger.actions import record
from luoshi.kernel.org.models import Appointment
from luoshi.kernel.org.places import holding

PARTIES = (Side.GIVER, Side.TAKER)


@transaction.atomic
def handover_sign(*, actor: Actor, handover_id: int, now: datetime) -> Handover:
    """Sign on the own side; the witness last. With the third signature the duties are the successor's.

    Duties point at posts: who holds the post holds them. So the successor must hold the post that goes on;
    where that is another post, the duties of items that name the old one pass to it. Items that the giver
    watched come on the successor's watch list.
    Raises: NotFound, NotAllowed (an onlooker), WrongState (not checked yet, signed already, the parties have
    not signed, the successor does not hold the post), SamePerson (an account on two sides).
    Ledger: ``handover.part_signed`` or ``handover.signed`` with the signature; ``item.duties_set`` where
    duties pass.
    """
    handover = handover_locked(actor, handover_id)
    side = side_of(actor, handover, local_day(now))
    if side is None:
        raise NotAllowed("交接书由移交人、接收人和监交人签字，您不是其中一方。")
    require(handover.state == State.CHECKED, "清单逐项核对完才能签字。", WrongState)
    signs = {row.side: row for row in handover.signs.order_by("id")}
    require(side not in signs, "您已签字，无须再签。", WrongState)
    assert actor.person_id is not None
    apart = all(
        row.account != actor.account_id and row.person_id != actor.person_id for row in signs.values()
    )
    require(apart, "移交人、接收人、监交人必须是不同的人，您已在另一方签字。", SamePerson)
    if side is Side.WITNESS:
        require(
            all(each in signs for each in PARTIES), "请移交人、接收人先签字，监交人最后签字。", WrongState
        )
        _require_held(handover, now)
    sign = HandoverSign.objects.create(
        handover=handover,
        side=side,
        person_id=actor.person_id,
        account=actor.account_id,
        post=actor.post_code,
        at=now,
    )
    last = side is Side.WITNESS
    if last:
        handover.state, handover.signed_at = State.SIGNED, now
        _pass_on(handover, {**signs, side: sign}, actor, now)
    handover.save()
    data = {"number": str(handover), "side": side.value}
    kind = "handover.signed" if last else "handover.part_signed"
    record(handover, kind, by=actor.by, at=now, rows=[sign], data=data)
    if last:
        tell(handover, "signed", f"{handover}已签字，交接完成。", actor, now)
    return handover


@transaction.atomic
def supplement_add(*, actor: Actor, handover_id: int, text: str, now: datetime) -> HandoverSupplement:
    """Put on record what was found out after the signing; what was signed stays as it is.

    Raises: NotFound, NotAllowed, WrongState, Incomplete, Invalid. Ledger: ``handover.supplemented``.
    """
    handover = handover_locked(actor, handover_id)
    side = side_of(actor, handover, local_day(now))
    if side not in PARTIES:
        raise NotAllowed("补充交接由移交人或接收人提出。")
    require(handover.state == State.SIGNED, "尚未签字，请直接在清单中补列。", WrongState)
    newest = handover.supplements.aggregate(newest=Max("number"))["newest"]
    supplement = HandoverSupplement.objects.create(
        handover=handover,
        number=(newest or 0) + 1,
        side=side,
        text=short(text, must="请写明补充或更正的内容。"),
        at=now,
        by_account=actor.account_id,
    )
    data = {"number": str(handover), "side": side.value}
    record(handover, "handover.supplemented", by=actor.by, at=now, rows=[supplement], data=data)
    tell(handover, f"supplement:{supplement.number}", f"{handover}有补充交接待确认。", actor, now)
    return supplement


@transaction.atomic
def supplement_confirm(
    *, actor: Actor, handover_id: int, supplement_id: int, now: datetime
) -> HandoverSupplement:
    """Confirm a supplement, by the other side.

    Raises: NotFound, NotAllowed, SamePerson, WrongState. Ledger: ``handover.supplement_confirmed``.
    """
    handover = handover_locked(actor, handover_id)
    supplement = handover.supplements.filter(pk=supplement_id).order_by("id").first()
    if supplement is None:
        raise NotFound("没有这份补充交接。")
    side = side_of(actor, handover, local_day(now))
    require(side in PARTIES, "补充交接由另一方确认。", NotAllowed)
    own = side == supplement.side or actor.account_id == supplement.by_account
    require(not own, "自己提出的补充交接由另一方确认。", SamePerson)
    require(supplement.confirmed_at is None, "这份补充交接已经确认。", WrongState)
    supplement.confirmed_at, supplement.confirmed_by_account = now, actor.account_id
    supplement.save()
    data = {"number": str(handover), "row": supplement.number}
    record(handover, "handover.supplement_confirmed", by=actor.by, at=now, rows=[supplement], data=data)
    return supplement


def _require_held(handover: Handover, now: datetime) -> None:
    held = Appointment.objects.filter(
        holding(local_day(now)), post_id=handover.to_post_id, person_id=handover.taker_id or 0
    )
    message = f"接收人还没有任“{handover.to_post.title}”，请先在单位管理中登记任职（可登记为代理），再签字。"
    require(held.exists(), message, WrongState)


def _pass_on(handover: Handover, signs: dict[str, HandoverSign], actor: Actor, now: datetime) -> None:
    """Let duties that name the old post, and watch lists, go to the successor."""
    lines = handover.lines.filter(kind="item").order_by("ref")
    ids = [ref for ref in lines.values_list("ref", flat=True) if ref is not None]
    if handover.to_post_id != handover.post_id:
        for item_id in ids:
            duties_pass(
                actor=actor,
                item_id=item_id,
                from_post=handover.post,
                to_post=handover.to_post,
                now=now,
            )
    giver, taker = signs[Side.GIVER].account, signs[Side.TAKER].account
    watches_pass(from_account=giver, to_account=taker, item_ids=ids, now=now)
