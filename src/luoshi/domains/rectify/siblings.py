"""举一反三: what was found at one unit is looked for at its likes, with a date, and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, Invalid, WrongState
from luoshi.domains.rectify.types import PROBLEM, SIBLING, require_type
from luoshi.kernel.items.actions import (
    creating_check,
    item_born,
    item_create,
    item_move,
    merged_check,
    require_seen,
)
from luoshi.kernel.items.given import Given, given_read
from luoshi.kernel.items.models import Item, ItemDuty, ItemLink, ItemParent, LinkKind
from luoshi.kernel.items.schema import CREATE, ENDED, Stage
from luoshi.kernel.items.sight import item_locked
from luoshi.kernel.items.steps import open_duties
from luoshi.kernel.items.types import LEAD, type_def
from luoshi.kernel.ledger.actions import record
from luoshi.kernel.org.models import MAIN_TREE, Unit, UnitClosure
from luoshi.kernel.org.queries import units_on

MOST = 100
ASKED, VOID = "asked", "void"


@dataclass(frozen=True, slots=True)
class Asked:
    """One unit that was asked. ``overdue``: it has not answered and its date is past."""

    item: Item
    unit: str
    unit_title: str
    due_on: date
    overdue: bool
    found: str
    found_count: int
    checked: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far a sibling check has come: counts over the units asked, those withdrawn left out."""

    rows: tuple[Asked, ...]

    @property
    def asked(self) -> int:
        """How many units were asked."""
        return len(self.rows)

    @property
    def answered(self) -> int:
        """How many have answered."""
        return sum(row.item.state != ASKED for row in self.rows)

    @property
    def found(self) -> int:
        """How many found the same."""
        return sum(row.item.state != ASKED and row.found == "found" for row in self.rows)

    @property
    def none_found(self) -> int:
        """How many answered that they found nothing."""
        return sum(row.item.state != ASKED and row.found == "none" for row in self.rows)

    @property
    def overdue(self) -> int:
        """How many have not answered in time so far."""
        return sum(row.overdue for row in self.rows)


def siblings_of(problem: Item, on: date) -> list[Unit]:
    """Return the units like the one in charge: of its kind and branch, itself left out. Three queries."""
    duty = ItemDuty.objects.filter(item=problem, role=LEAD, to_step=None).order_by("id").first()
    if duty is None:
        return []
    alike = units_on(on).filter(kind=duty.unit_kind).exclude(pk=duty.unit_id)
    if duty.unit_branch:
        below = UnitClosure.objects.filter(
            tree__code=MAIN_TREE, ancestor__code=duty.unit_branch, from_on__lte=on
        )
        below = below.exclude(to_on__lte=on).order_by()
        alike = alike.filter(pk__in=below.values("unit_id"))
    return list(alike)


@transaction.atomic
def sibling_ask(
    *, actor: Actor, problem_id: int, units: Sequence[str], scope: str, due_on: date, now: datetime
) -> list[Item]:
    """Ask units like the one in charge to look for the same problem, each by a date.

    A unit that was asked already and whose task stands is passed over.
    Raises: NotFound, NotAllowed (the desk's), WrongState (the problem is void), Incomplete (no unit, no
    scope), Invalid (a unit of another kind or branch, the unit in charge, a past date, more than 100).
    Ledger: ``item.created`` for each task, with the problem it serves.
    """
    problem = item_locked(problem_id)
    require_seen(actor, problem)
    require_type(problem, PROBLEM)
    kind = type_def(SIBLING)
    creating_check(actor, kind, now)
    merged_check(problem)
    require(Stage(problem.stage) is not Stage.VOID, "本问题已作废，不必举一反三。", WrongState)
    today = local_day(now)
    wanted = list(dict.fromkeys(units))
    require(wanted, "请至少选一个单位。", Incomplete)
    require(len(wanted) <= MOST, f"一次最多布置 {MOST} 个单位。", Invalid)
    require(due_on >= today, "答复期限不得早于今天。", Invalid)
    known = {unit.code: unit for unit in siblings_of(problem, today)}
    strange = [code for code in wanted if code not in known]
    told = f"{'、'.join(strange[:3])} 不是同类单位：举一反三只布置给同类别、同分支的单位。"
    require(not strange, told, Invalid)
    asked = {row.unit for row in coverage_of(problem, today).rows}
    made = []
    for code in wanted:
        if code in asked:
            continue
        given = Given(
            title=f"排查同类问题：{problem.title}"[:200],
            values={"scope": scope, "due_on": due_on},
            duties={LEAD: [code]},
        )
        read = given_read(kind, {*kind.moves[CREATE].need, "title"}, given)
        require(read.values.get("scope"), "请写明排查要求。", Incomplete)
        made.append(item_born(actor=actor, kind=kind, read=read, now=now, parents=[problem]))
    require(made, "所选单位都已布置过，无需重复布置。", Invalid)
    return made


@transaction.atomic
def sibling_withdraw(*, actor: Actor, problem_id: int, note: str, now: datetime) -> list[Item]:
    """Take a whole sibling check back, while nobody has answered.

    Raises: NotFound, NotAllowed, WrongState (somebody answered, nothing was asked), Incomplete (no note).
    Ledger: ``item.moved`` for each task.
    """
    problem = item_locked(problem_id)
    require_seen(actor, problem)
    require_type(problem, PROBLEM)
    creating_check(actor, type_def(SIBLING), now)
    rows = coverage_of(problem, local_day(now)).rows
    acted = [row.unit_title for row in rows if row.item.state != ASKED]
    require(not acted, f"{'、'.join(acted[:3])}已经答复，不能整体撤回；未答复的可逐件撤回。", WrongState)
    require(rows, "本问题没有布置举一反三。", WrongState)
    given = Given(note=note)
    return [
        item_move(actor=actor, item_id=row.item.pk, move="withdraw", given=given, now=now).item
        for row in rows
    ]


@transaction.atomic
def sibling_found(*, actor: Actor, task_id: int, given: Given, now: datetime) -> Item:
    """Register a problem that a sibling check found; it names the task it came from and shares its batch.

    Raises: NotFound, NotAllowed (the desk's), WrongState (the unit did not report any), Incomplete, Invalid.
    Ledger: ``item.created`` and ``item.linked`` on the new problem, ``item.placed`` when there is a batch.
    """
    task = item_locked(task_id)
    require_seen(actor, task)
    require_type(task, SIBLING)
    if task.values.get("found") != "found" or task.state == VOID:
        raise WrongState("该单位没有报告发现同类问题，不能由此登记问题。")
    problem = item_create(actor=actor, type_ref=PROBLEM, given=given, now=now)
    link = ItemLink.objects.create(item=problem, other=task, kind=LinkKind.FOLLOWS)
    data = {"type": problem.type_ref, "number": problem.number}
    linked = data | {"links": [LinkKind.FOLLOWS.value, task.number]}
    record(problem, "item.linked", by=actor.by, at=now, rows=[link], data=linked)
    above = ItemParent.objects.filter(item__in=ItemParent.objects.filter(item=task).values("parent"))
    rows = [
        ItemParent.objects.create(item=problem, parent_id=batch_id)
        for batch_id in above.order_by("id").values_list("parent_id", flat=True)
    ]
    if rows:
        record(problem, "item.placed", by=actor.by, at=now, rows=rows, data=data)
    return problem


def coverage_of(problem: Item, on: date) -> Coverage:
    """Return who was asked about a problem and what came of it. Two queries."""
    tasks = Item.objects.filter(type_ref=SIBLING, parents__parent=problem).exclude(state=VOID)
    found = list(tasks.order_by("number"))
    leads = {
        item_id: next(row for row in rows if row.role == LEAD)
        for item_id, rows in open_duties([task.pk for task in found]).items()
    }
    return Coverage(
        tuple(
            Asked(
                item=task,
                unit=leads[task.pk].unit_code,
                unit_title=leads[task.pk].unit.title,
                due_on=date.fromisoformat(str(task.values["due_on"])),
                overdue=Stage(task.stage) not in ENDED
                and task.state == ASKED
                and str(task.values["due_on"]) < on.isoformat(),
                found=str(task.values.get("found") or ""),
                found_count=int(task.values.get("found_count") or 0),
                checked=int(task.values.get("checked") or 0),
            )
            for task in found
        )
    )
