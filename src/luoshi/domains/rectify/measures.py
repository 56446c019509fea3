"""Measures under a problem, listed by the unit that rectifies it or by the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, Invalid, WrongState
from luoshi.domains.rectify.types import MEASURE, PROBLEM, require_type
from luoshi.kernel.items.actions import item_born, merged_check, require_seen
from luoshi.kernel.items.given import Given, given_read, needs_check
from luoshi.kernel.items.models import Item
from luoshi.kernel.items.policy import require_holder, standing_of
from luoshi.kernel.items.schema import CREATE, DUTY_PREFIX, Holder
from luoshi.kernel.items.sight import item_locked
from luoshi.kernel.items.steps import open_duties
from luoshi.kernel.items.types import LEAD, ItemType, type_def

MOST = 20
LISTED_IN = frozenset({"new", "plan", "doing"})
VERIFY = "verify"
OWNER = Holder("duty", LEAD, "", "整改责任单位")


@dataclass(frozen=True, slots=True)
class MeasureGiven:
    """One measure. ``lead``, ``verify``: codes of units, those of the problem when left out."""

    title: str
    standard: str
    due_on: date
    kind: str = ""
    lead: str = ""
    verify: str = ""
    co: Sequence[str] = field(default_factory=tuple)


@transaction.atomic
def measures_add(
    *, actor: Actor, problem_id: int, measures: Sequence[MeasureGiven], now: datetime
) -> list[Item]:
    """List measures under a problem that is not yet before its verifier; all of them or none.

    Raises: NotFound, NotAllowed (neither the unit in charge nor the desk), WrongState, Incomplete (none
    given, something blank), Invalid (more than 20, a date past the problem's, who verifies itself).
    Ledger: ``item.created`` for each, with the problem it serves.
    """
    problem = item_locked(problem_id)
    require_seen(actor, problem)
    require_type(problem, PROBLEM)
    duties = open_duties([problem.pk])[problem.pk]
    kind = type_def(MEASURE)
    create = kind.moves[CREATE]
    require_holder(actor, (OWNER, *create.by), standing_of(kind, duties, local_day(now)), "列出整改措施")
    merged_check(problem)
    require(problem.state in LISTED_IN, "本问题已申请销号或已结束，不能再列措施。", WrongState)
    require(measures, "请至少写一条措施。", Incomplete)
    require(len(measures) <= MOST, f"一次最多列 {MOST} 条措施，请分次登记。", Invalid)
    held = {row.role: row.unit_code for row in duties}
    return [_born(actor, kind, problem, each, held, now) for each in measures]


def _born(
    actor: Actor, kind: ItemType, problem: Item, each: MeasureGiven, held: dict[str, str], now: datetime
) -> Item:
    lead, verify = each.lead or held.get(LEAD, ""), each.verify or held.get(VERIFY, "")
    if lead == verify:
        raise Invalid(
            f"措施“{each.title}”的责任单位与核查单位相同，请由另一单位核查。",
            fields={f"{DUTY_PREFIX}{VERIFY}": "核查单位不得是责任单位。"},
        )
    limit = problem.values.get("due_on")
    if limit and each.due_on.isoformat() > limit:
        told = f"完成期限不得晚于问题的整改期限 {limit}。"
        raise Invalid(f"措施“{each.title}”：{told}", fields={"due_on": told})
    given = Given(
        title=each.title,
        values={
            "kind": each.kind or problem.values.get("kind"),
            "standard": each.standard,
            "due_on": each.due_on,
        },
        duties={LEAD: [lead], VERIFY: [verify], **({"co": each.co} if each.co else {})},
    )
    create = kind.moves[CREATE]
    if not each.title.strip():
        raise Incomplete("请填写措施内容。", fields={"title": "请填写措施内容。"})
    read = given_read(kind, {*create.need, *create.may, "title"}, given)
    needs_check(kind, create.need, read, values={}, private=(), duties=(), unproved={})
    return item_born(actor=actor, kind=kind, read=read, now=now, parents=[problem])
