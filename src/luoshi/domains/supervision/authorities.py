"""Who may supervise: recording and ending authorities, and asking whether one holds on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, Invalid, NotFound, WrongState
from luoshi.domains.supervision.models import Authority, Standing
from luoshi.kernel.access.policy import can, require_right
from luoshi.kernel.ledger.actions import record
from luoshi.kernel.org.models import Unit

RIGHT = "supervision.authorise"
TEXTS: Mapping[str, tuple[str, int]] = {
    "granted_by": ("授权机关", 100),
    "paper": ("授权文号", 100),
    "matter": ("督查事项", 200),
    "scope": ("对象范围", 200),
    "duty": ("职责", 200),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """An authority as typed. ``until_on`` None: no last day, for a body only."""

    unit_code: str
    standing: str
    granted_by: str
    paper: str
    matter: str
    scope: str
    duty: str
    from_on: date | None
    until_on: date | None = None


@transaction.atomic
def authority_grant(*, actor: Actor, grant: Grant, now: datetime) -> Authority:
    """Record who was authorised to supervise what, whom, by which document and until when (条例第 6、7 条).

    Raises: NotAllowed, Incomplete, Invalid naming each thing that lacks or does not fit.
    Ledger: ``supervision_authority.granted``.
    """
    require_right(actor, RIGHT)
    unit = Unit.objects.filter(code=grant.unit_code).order_by("id").first()
    faults: dict[str, str] = {}
    if unit is None:
        faults["unit"] = "请从名录中选择单位。"
    if grant.standing not in Standing.values:
        faults["standing"] = "请选择督查机构或指定部门。"
    for key, (title, most) in TEXTS.items():
        text = getattr(grant, key).strip()
        if not text:
            faults[key] = f"请填写{title}。"
        elif len(text) > most:
            faults[key] = f"{title}不得超过 {most} 字，现有 {len(text)} 字。"
    if grant.from_on is None:
        faults["from_on"] = "请填写起始日期。"
    elif grant.until_on is not None and grant.until_on < grant.from_on:
        faults["until_on"] = "截止日期不得早于起始日期。"
    if grant.standing == Standing.DESIGNATED and grant.until_on is None:
        faults["until_on"] = "指定部门的授权须写明截止日期。"
    if faults or unit is None or grant.from_on is None:
        raise Incomplete(" ".join(faults.values()), fields=faults)
    authority = Authority.objects.create(
        unit=unit,
        unit_code=unit.code,
        unit_title=unit.title,
        standing=grant.standing,
        from_on=grant.from_on,
        until_on=grant.until_on,
        recorded_at=now,
        recorded_by_account=actor.account_id,
        **{key: getattr(grant, key).strip() for key in TEXTS},
    )
    data = {"unit": unit.code, "standing": grant.standing, "from": grant.from_on, "until": grant.until_on}
    record(authority, "supervision_authority.granted", by=actor.by, at=now, data=data)
    return authority


@transaction.atomic
def authority_end(*, actor: Actor, authority_id: int, reason: str, now: datetime) -> Authority:
    """End an authority today, before its time; what was begun under it stays as it is.

    Raises: NotFound, NotAllowed, Incomplete, Invalid (reason), WrongState (over already).
    Ledger: ``supervision_authority.ended``.
    """
    require_right(actor, RIGHT)
    found = Authority.objects.select_for_update().filter(pk=authority_id).order_by("id").first()
    if found is None:
        raise NotFound("没有这条督查授权，或您无权查看。")
    today, reason = local_day(now), reason.strip()
    require(holds(found, today), "该授权已经终止或到期。", WrongState)
    require(reason, "请写明终止理由。", Incomplete)
    require(len(reason) <= 200, "理由不得超过 200 字。", Invalid)
    found.ended_on, found.end_reason = today, reason
    found.save()
    record(found, "supervision_authority.ended", by=actor.by, at=now, data={"unit": found.unit_code})
    return found


def holds(authority: Authority, on: date) -> bool:
    """Say whether an authority holds on a day."""
    over = authority.ended_on is not None and authority.ended_on <= on
    past = authority.until_on is not None and authority.until_on < on
    return authority.from_on <= on and not over and not past


def authorities_holding(unit_code: str, on: date) -> QuerySet[Authority]:
    """Return the authorities of a unit that hold on a day, the newest first."""
    rows = Authority.objects.filter(unit_code=unit_code, from_on__lte=on).order_by("-from_on", "-id")
    return rows.filter(Q(until_on=None) | Q(until_on__gte=on)).filter(Q(ended_on=None) | Q(ended_on__gt=on))


def authorities_visible(actor: Actor) -> QuerySet[Authority]:
    """Return every authority, the newest first: who may inspect is for those inspected to know."""
    rows = Authority.objects.order_by("-from_on", "-id")
    return rows if can(actor, "supervision.view") else rows.none()
