"""More time for a clock: asked for before it runs out, decided by somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, Invalid, NotFound, SamePerson, WrongState
from luoshi.core.timing import Extended, Unit
from luoshi.core.timing.scales import HOUR_MS, ticks_words
from luoshi.kernel.items.actions import require_seen
from luoshi.kernel.items.clock_models import Answer, ClockExtension, ItemClock
from luoshi.kernel.items.clock_rows import clock_of
from luoshi.kernel.items.clock_steps import Changed, ClockChange, rule_of
from luoshi.kernel.items.models import Item, ItemDuty
from luoshi.kernel.items.notices import extension_tell
from luoshi.kernel.items.policy import may, require_holder, standing_of
from luoshi.kernel.items.schema import Holder
from luoshi.kernel.items.schema_clocks import ClockRule, Extend
from luoshi.kernel.items.sight import item_locked
from luoshi.kernel.items.steps import open_duties
from luoshi.kernel.items.telling import Told
from luoshi.kernel.items.types import LEAD, type_by_id
from luoshi.kernel.ledger.actions import record
from luoshi.kernel.notify.recipients import To, filler, holder

LONGEST_REASON = 500
LEADING = Holder("duty", LEAD, "", "主办单位")
NO_CLOCK = "没有这项时限，或您无权查看。"


@transaction.atomic
def extension_ask(*, actor: Actor, clock_id: int, number: int, reason: str, now: datetime) -> ClockExtension:
    """Ask for more time, as the unit that leads the item. ``number``: in the unit of the clock.

    Raises: NotFound, NotAllowed, Incomplete (no reason), Invalid (beyond what the rule grants), WrongState
    (no extension by the rule, not running, past due, asked already).
    Ledger: ``item.extension_asked``.
    """
    row, item = _clock_locked(clock_id)
    kind = type_by_id(item.definition_id)
    standing = standing_of(kind, open_duties([item.pk])[item.pk], local_day(now))
    if not may(actor, [LEADING], standing):
        require_seen(actor, item)
    rule = rule_of(row)
    require_holder(actor, [LEADING], standing, "申请延期")
    extend = _granted(row, rule, now)
    reason = reason.strip()
    require(reason, "请写明延期理由。", Incomplete)
    require(len(reason) <= LONGEST_REASON, f"理由不得超过 {LONGEST_REASON} 字。", Invalid)
    ticks = _ticks(row, extend, number)
    extension = ClockExtension.objects.create(
        clock=row,
        ticks=ticks,
        reason=reason,
        asked_at=now,
        asked_by_account=actor.account_id,
        asked_by_post=actor.post_code,
        asked_by_unit=actor.unit_code,
    )
    data = {"clock": row.key, "round": row.round, "ticks": ticks, "due": row.due_at}
    record(item, "item.extension_asked", by=actor.by, at=now, rows=[extension], data=data)
    told = Told(open_duties([item.pk]), now)
    asked = f"{actor.unit_title}申请将{row_title(rule)}延长 {ticks_words(ticks, Unit(row.unit))}，请批复。"
    to = told.to(item, extend.by)
    extension_tell(item, key=f"{extension.pk}:asked", text=asked, to=to, actor=actor, now=now)
    return extension


@transaction.atomic
def extension_decide(
    *, actor: Actor, extension_id: int, approve: bool, note: str, now: datetime
) -> ClockExtension:
    """Approve a request for more time, or refuse it with the reason.

    Raises: NotFound, NotAllowed, SamePerson, Incomplete (refused without a reason), Invalid, WrongState
    (decided already; approved although the clock ran out or is over: that would cure nothing).
    Ledger: ``item.extension_decided`` with the due moments before and after.
    """
    clock_id = ClockExtension.objects.filter(pk=extension_id).values_list("clock_id", flat=True).first()
    row, item = _clock_locked(clock_id or 0)
    extension = ClockExtension.objects.get(pk=extension_id)
    kind, rule = type_by_id(item.definition_id), rule_of(row)
    standing = standing_of(kind, open_duties([item.pk])[item.pk], local_day(now))
    by = rule.extend.by if rule is not None and rule.extend is not None else ()
    if not may(actor, by, standing):
        require_seen(actor, item)
    require_holder(actor, by, standing, "批复延期")
    own = extension.asked_by_account == actor.account_id
    require(not own, "延期由本人申请，不能由本人批复，请由其他人员办理。", SamePerson)
    answered = f"该申请{extension.get_answer_display()}，不能再批复。"
    require(extension.answer == Answer.ASKED, answered, WrongState)
    note = note.strip()
    require(approve or note, "不予批准的，请写明理由。", Incomplete)
    require(len(note) <= LONGEST_REASON, f"批复意见不得超过 {LONGEST_REASON} 字。", Invalid)
    change = ClockChange(row, rule, Changed())
    if approve:
        _open_check(row, now)
        change.apply(Extended(now, extension.ticks), "extended")
        change.write(item, now)
    extension.answer = Answer.APPROVED if approve else Answer.REFUSED
    extension.decided_at, extension.note = now, note
    extension.decided_by_account = actor.account_id
    extension.decided_by_post, extension.decided_by_unit = actor.post_code, actor.unit_code
    extension.save()
    data = {"answer": extension.answer, "clock": row.key, "round": row.round, "due": [change.was, row.due_at]}
    rows = [extension, *change.changed.rows]
    record(item, "item.extension_decided", by=actor.by, at=now, rows=rows, data=data)
    answered = "已同意延期。" if approve else "延期未获批准，请按原期限办理。"
    to = _askers(extension, standing.duties)
    extension_tell(item, key=f"{extension.pk}:decided", text=answered, to=to, actor=actor, now=now)
    return extension


def row_title(rule: ClockRule | None) -> str:
    """Return what a clock is called."""
    return rule.title if rule is not None else "时限"


def _askers(extension: ClockExtension, duties: Sequence[ItemDuty]) -> list[To]:
    """Return whom the answer is for: the post that asked, else whoever fills in for the lead."""
    leads = [duty.unit_id for duty in duties if duty.role == LEAD]
    if not leads:
        return []
    post = extension.asked_by_post
    return [holder(post, leads[0], "申请岗位") if post else filler(leads[0])]


def _clock_locked(clock_id: int) -> tuple[ItemClock, Item]:
    """Return a clock and its item, which is locked. Raises: NotFound."""
    item_id = ItemClock.objects.filter(pk=clock_id).values_list("item_id", flat=True).first()
    if item_id is None:
        raise NotFound(NO_CLOCK)
    item = item_locked(item_id)
    return ItemClock.objects.get(pk=clock_id), item


def _open_check(row: ItemClock, now: datetime) -> None:
    clock = clock_of(row).settled(now)
    require(clock.open, "该时限已经结束，不需要延期。", WrongState)
    due = clock.due
    if due is not None and now > due:
        day = timezone.localtime(due).strftime("%Y-%m-%d %H:%M")
        raise WrongState(f"该时限已于 {day} 届满，逾期后延期不能补正。请尽快办结，并在办理说明中写明原因。")


def _granted(row: ItemClock, rule: ClockRule | None, now: datetime) -> Extend:
    """Return what the rule grants, when more can be asked for now."""
    extend = rule.extend if rule is not None else None
    if extend is None:
        raise WrongState("按本业务规定，该时限不得延期。")
    _open_check(row, now)
    asked = ClockExtension.objects.filter(clock=row)
    if asked.filter(answer=Answer.ASKED).exists():
        raise WrongState("该时限已有一项延期申请待批准，请等候批复。")
    done = asked.filter(answer=Answer.APPROVED).count()
    require(done < extend.most, f"该时限至多延期 {extend.most} 次，已延 {done} 次。", WrongState)
    return extend


def _ticks(row: ItemClock, extend: Extend, number: int) -> int:
    unit = Unit(row.unit)
    ticks = number if unit.daily else number * HOUR_MS
    left = extend.upto.ticks - row.extended
    if not 0 < ticks <= left:
        told = f"延期应为 1 至 {ticks_words(left, unit)}，现填 {number}。"
        if row.extended:
            told += f"本时限累计至多延长 {extend.upto}，已延 {ticks_words(row.extended, unit)}。"
        raise Invalid(told, fields={"number": told})
    return ticks
