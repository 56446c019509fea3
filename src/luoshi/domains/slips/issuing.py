"""Writing a slip with its lines, its number, its event and the notice to the unit.

Called by the actions inside their transaction, after rights and reasons were checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max

from luoshi.core.actor import Actor
from luoshi.core.beijing import end_of_day, local_day
from luoshi.core.errors import NotAllowed, WrongState
from luoshi.domains.slips.models import Slip, SlipLine, SlipState
from luoshi.domains.slips.pressing import Pressed
from luoshi.domains.slips.proposals import Owed
from luoshi.domains.slips.rules import Level, Rules, calendar_of
from luoshi.domains.slips.sight import issues
from luoshi.domains.slips.telling import tell_unit
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.ledger.actions import record
from luoshi.kernel.org.models import Unit
from luoshi.kernel.org.queries import unit_get


def issuing(actor: Actor, rules: Rules) -> Rules:
    """Return rules to who issues under them. Raises: NotAllowed, WrongState (slot not bound)."""
    require_right(actor, "slip.issue")
    if not rules.organ:
        raise WrongState(f"“{rules.title}”的发出单位还没有对应的单位，请系统管理员在业务包中对应。")
    if not issues(actor, rules.organ):
        organ = unit_get(rules.organ)
        raise NotAllowed(f"“{rules.title}”由{organ.title}发出，您当前的岗位不能办理。")
    return rules


def slip_write(
    actor: Actor,
    rules: Rules,
    level: Level,
    unit: Unit,
    owed: Sequence[Owed] | Sequence[Pressed],
    now: datetime,
    *,
    text: str,
    former: Slip | None = None,
) -> Slip:
    """Write a slip about some things of one unit.

    Ledger: ``slip.issued`` with its lines.
    """
    slip = slip_numbered(actor, rules, level, unit, now)
    due = calendar_of(rules).add_workdays(local_day(now), level.reply)
    slip.reply_by, slip.reply_provisional = end_of_day(due.date), due.provisional
    slip.text, slip.former, slip.state = text, former, SlipState.ISSUED
    slip.save()
    lines = [_line(slip, level, each) for each in owed]
    data = told(slip) | {"reply_by": slip.reply_by, "obligations": len(lines)}
    if lines and lines[0].item is not None:
        data |= {"items": [line.item.number for line in lines if line.item is not None], "obligations": 0}
    if former is not None:
        data["former"] = str(former)
    record(slip, "slip.issued", by=actor.by, at=now, rows=lines, data=data)
    day = due.date
    tell_unit(
        slip, "issued", f"{slip.organ_title}发来{slip}，请于{day.month}月{day.day}日前回复。", actor, now
    )
    return slip


def slip_numbered(actor: Actor, rules: Rules, level: Level, unit: Unit, now: datetime) -> Slip:
    """Return a slip with the next number of its word and year, not saved yet. The number lock is held."""
    year = local_day(now).year
    taken = Slip.objects.filter(level_title=level.title, year=year).order_by()
    newest = taken.aggregate(newest=Max("number"))["newest"]
    return Slip(
        definition_id=rules.definition_id,
        rules_ref=rules.ref,
        level=level.key,
        level_title=level.title,
        tone=level.tone,
        year=year,
        number=(newest or 0) + 1,
        unit=unit,
        unit_code=unit.code,
        unit_title=unit.title,
        organ_code=rules.organ,
        organ_title=unit_get(rules.organ).title,
        issued_at=now,
        issued_by_account=actor.account_id,
        issued_by_post=actor.post_code,
    )


def _line(slip: Slip, level: Level, each: Owed | Pressed) -> SlipLine:
    about: dict[str, object] = {"obligation": each.obligation} if isinstance(each, Owed) else {}
    if isinstance(each, Pressed):
        about = {"item": each.item, "cause": each.cause}
    return SlipLine.objects.create(
        slip=slip,
        level=level.key,
        owed_by=each.owed_by,
        overdue_days=each.days,
        returned=bool(each.returned),
        **about,
    )


def told(slip: Slip) -> dict[str, object]:
    """Return what every event of a slip tells."""
    return {"number": str(slip), "unit": slip.unit_code, "level": slip.level}


def slip_followed(former: Slip, slip: Slip, actor: Actor, now: datetime) -> None:
    """Mark a slip as followed by one of the next level.

    Ledger: ``slip.escalated``.
    """
    former.state = SlipState.ESCALATED
    former.save()
    record(former, "slip.escalated", by=actor.by, at=now, data=told(former) | {"next": str(slip)})
