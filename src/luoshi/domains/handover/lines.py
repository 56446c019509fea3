"""The lines of a handover: added and explained by who leaves, accepted one by one by who takes over."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, Invalid, NotFound, WrongState
from luoshi.domains.handover.models import Answer, Handover, HandoverLine, Side, State
from luoshi.domains.handover.packaging import TYPED, package_refresh
from luoshi.domains.handover.sight import handover_locked, require_side
from luoshi.domains.handover.telling import tell
from luoshi.domains.handover.texts import short
from luoshi.kernel.ledger.actions import record

LONGEST_TITLE = 300
MOST_TYPED = 200


@transaction.atomic
def package_renew(*, actor: Actor, handover_id: int, now: datetime) -> int:
    """Bring the live lists up to this moment; return how many lines changed.

    Raises: NotFound, NotAllowed, WrongState. Ledger: ``handover.refreshed`` where anything changed.
    """
    handover = _preparing(actor, handover_id, "更新清单", now)
    written, removed = package_refresh(handover, now)
    if written or removed:
        data = {"number": str(handover), "rows": len(written) + len(removed)}
        record(handover, "handover.refreshed", by=actor.by, at=now, rows=written, removed=removed, data=data)
    return len(written) + len(removed)


@transaction.atomic
def line_add(
    *, actor: Actor, handover_id: int, source: str, title: str, now: datetime, note: str = ""
) -> HandoverLine:
    """Write in what no record holds: keys, contracts, open questions, risks.

    Raises: NotFound, NotAllowed, WrongState, Incomplete, Invalid. Ledger: ``handover.line_added``.
    """
    handover = _preparing(actor, handover_id, "补列事项", now)
    if source not in TYPED:
        message = f"请选择种类：{'、'.join(TYPED.values())}。"
        raise Invalid(message, fields={"source": message})
    typed = handover.lines.filter(ref=None).count()
    require(typed < MOST_TYPED, f"手工补列最多 {MOST_TYPED} 项，请合并同类事项。", Invalid)
    title = short(title, field="title", must="请写明交接内容。", longest=LONGEST_TITLE)
    line = HandoverLine.objects.create(
        handover=handover, source=source, title=title, giver_note=short(note, field="note")
    )
    record(handover, "handover.line_added", by=actor.by, at=now, rows=[line], data={"number": str(handover)})
    return line


@transaction.atomic
def line_remove(*, actor: Actor, handover_id: int, line_id: int, now: datetime) -> None:
    """Take out a line written in by hand; what comes from records stays.

    Raises: NotFound, NotAllowed, WrongState. Ledger: ``handover.line_removed``.
    """
    handover = _preparing(actor, handover_id, "删去事项", now)
    line = _line(handover, line_id)
    require(line.ref is None, "由平台记录生成的事项不能删去；办结后更新清单即不再列出。", WrongState)
    removed = [(line.ledger_type, line.pk)]
    line.delete()
    data = {"number": str(handover)}
    record(handover, "handover.line_removed", by=actor.by, at=now, removed=removed, data=data)


@transaction.atomic
def line_note(*, actor: Actor, handover_id: int, line_id: int, note: str, now: datetime) -> HandoverLine:
    """Explain a line to who takes over. Raises: NotFound, NotAllowed, WrongState, Invalid.

    Ledger: ``handover.line_noted``.
    """
    handover = _preparing(actor, handover_id, "说明事项", now)
    line = _line(handover, line_id)
    line.giver_note = short(note, field="note")
    line.save()
    record(handover, "handover.line_noted", by=actor.by, at=now, rows=[line], data={"number": str(handover)})
    return line


@transaction.atomic
def handover_offer(*, actor: Actor, handover_id: int, now: datetime) -> Handover:
    """Hand the package to the successor; it is brought up to this moment and stays so.

    What is overdue has to be explained first.
    Raises: NotFound, NotAllowed, WrongState, Incomplete (no successor, an overdue line without a word).
    Ledger: ``handover.offered`` with the lines that changed.
    """
    handover = _preparing(actor, handover_id, "提交核对", now)
    require(handover.taker_id, "接收人尚未确定，请发通知的办公室先确定接收人。", Incomplete)
    written, removed = package_refresh(handover, now)
    overdue = handover.lines.filter(due_on__lt=local_day(now), giver_note="").order_by("id")
    names = [line.number or line.title for line in overdue[:5]]
    require(not names, f"逾期事项须写明情况后才能提交：{'、'.join(names)}。", Incomplete)
    handover.state, handover.offered_at = State.OFFERED, now
    handover.save()
    data = {"number": str(handover), "rows": handover.lines.count()}
    record(handover, "handover.offered", by=actor.by, at=now, rows=written, removed=removed, data=data)
    tell(handover, f"offered:{handover.ver}", f"{handover}的清单请接收人逐项核对。", actor, now)
    return handover


@transaction.atomic
def handover_return(*, actor: Actor, handover_id: int, reason: str, now: datetime) -> Handover:
    """Give the package back to be completed, by the successor before anybody signed.

    Raises: NotFound, NotAllowed, WrongState, Incomplete, Invalid. Ledger: ``handover.returned``.
    """
    handover = handover_locked(actor, handover_id)
    require_side(actor, handover, Side.TAKER, local_day(now), "退回补充")
    able = handover.state in (State.OFFERED, State.CHECKED) and not handover.signs.exists()
    require(able, "只有待核对、尚无人签字的清单可以退回。", WrongState)
    handover.reason = short(reason, must="请写明要补充什么。")
    handover.state = State.PREPARING
    handover.save()
    record(handover, "handover.returned", by=actor.by, at=now, data={"number": str(handover)})
    tell(handover, f"returned:{handover.ver}", f"{handover}的清单已退回补充。", actor, now)
    return handover


@transaction.atomic
def lines_answer(
    *, actor: Actor, handover_id: int, line_ids: list[int], answer: str, now: datetime, note: str = ""
) -> Handover:
    """Accept lines, or dispute one with the reason; when none is left, the handover can be signed.

    Raises: NotFound (a line of another handover), NotAllowed, WrongState, Incomplete (no line, a dispute
    without a word), Invalid. Ledger: ``handover.answered`` with the lines.
    """
    handover = handover_locked(actor, handover_id)
    require_side(actor, handover, Side.TAKER, local_day(now), "核对事项")
    able = handover.state in (State.OFFERED, State.CHECKED) and not handover.signs.exists()
    require(able, f"本交接{handover.get_state_display()}，不能再核对。", WrongState)
    require(line_ids, "请先勾选要核对的事项。", Incomplete)
    if answer not in (Answer.ACCEPTED, Answer.DISPUTED):
        raise Invalid("请选择接收或有异议。", fields={"answer": "请选择接收或有异议。"})
    note = short(note, field="note", must="有异议的，请写明理由。" if answer == Answer.DISPUTED else "")
    lines = list(handover.lines.filter(pk__in=line_ids).order_by("id"))
    if len(lines) != len(set(line_ids)):
        raise NotFound("所选事项不在本次交接中，请刷新页面。")
    for line in lines:
        line.answer, line.taker_note, line.answered_at = answer, note, now
        line.save()
    left = handover.lines.filter(answer=Answer.NONE).exists()
    handover.state = State.OFFERED if left else State.CHECKED
    handover.save()
    data = {"number": str(handover), "rows": len(lines), "answer": answer}
    record(handover, "handover.answered", by=actor.by, at=now, rows=lines, data=data)
    return handover


def _preparing(actor: Actor, handover_id: int, doing: str, now: datetime) -> Handover:
    """Return a handover that is being prepared, locked, to who leaves."""
    handover = handover_locked(actor, handover_id)
    require_side(actor, handover, Side.GIVER, local_day(now), doing)
    message = f"本交接{handover.get_state_display()}，清单不能再改；签字后的更正请用补充交接。"
    require(handover.state == State.PREPARING, message, WrongState)
    return handover


def _line(handover: Handover, line_id: int) -> HandoverLine:
    line = handover.lines.filter(pk=line_id).order_by("id").first()
    if line is None:
        raise NotFound("没有这项交接事项，请刷新页面。")
    return line
