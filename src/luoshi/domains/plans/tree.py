"""The tree of a plan for a page: branches with their sums, the measures of open branches. Ten queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from luoshi.domains.plans.figures import known_by_figures
from luoshi.domains.plans.models import Level, Plan, PlanNode
from luoshi.domains.plans.progress import Leaf, Tally, Timing, standing_of
from luoshi.domains.plans.sums import leads_of, tallies_of
from luoshi.domains.plans.writing import co_words
from luoshi.kernel.items.models import ItemClock

LONGEST_OPEN = 500
PER_PAGE = 200
COLUMNS = (
    *("id", "parent_id", "code", "title", "weight", "lead_id", "lead__title", "leader", "due_on", "lasting"),
    *("handed_on", "item_id", "item__stage", "item__state", "said_percent", "said_on"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page asks for. ``opened``: codes of open branches, None for the first one; ``every``: all.

    ``until``: (first day, last day) of the planned date.
    """

    opened: frozenset[str] | None = None
    every: bool = False
    unit_id: int | None = None
    standing: str = ""
    text: str = ""
    until: tuple[date, date] | None = None
    page: int = 1

    @property
    def filtered(self) -> bool:
        """Say whether anything is asked of single measures."""
        return bool(self.unit_id or self.standing or self.text or self.until)


@dataclass(slots=True)
class Branch:
    """An aspect or requirement with its sums. ``open``: what is below it is shown."""

    id: int
    code: str
    title: str
    level: int
    parent_id: int | None
    tally: Tally = field(default_factory=Tally)
    open: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tree: a branch, or a measure with the units that help."""

    branch: Branch | None
    leaf: Leaf | None
    co: str = ""


@dataclass(frozen=True, slots=True)
class Tree:
    """What a page shows. ``found``: measures the filter finds; ``counts``: (aspects, requirements)."""

    rows: tuple[Row, ...]
    total: Tally
    counts: tuple[int, int]
    found: int
    pages: int
    page: int
    opened: frozenset[str]


def tree_of(plan: Plan, asked: Asked, now: datetime) -> Tree:
    """Return the tree as a page asks for it."""
    branches = branches_of(plan)
    total = _summed(branches, tallies_of(plan, now))
    levels = [branch.level for branch in branches.values()]
    counts = (levels.count(Level.ASPECT), levels.count(Level.REQUIREMENT))
    if asked.filtered:
        helped = _helped(plan, asked.unit_id)
        hits = [leaf for leaf in leaves_of(plan, now) if _fits(leaf, asked, helped)]
        found, pages = len(hits), max(1, -(-len(hits) // PER_PAGE))
        page = min(max(1, asked.page), pages)
        hits = hits[(page - 1) * PER_PAGE : page * PER_PAGE]
        rows = _rows(plan, branches, hits, every=False)
        return Tree(rows, total, counts, found, pages, page, frozenset())
    opened = _opened(branches, asked, total.measures)
    for branch in branches.values():
        branch.open = branch.code in opened
    shown = {branch.id for branch in branches.values() if _shown(branches, branch.id)}
    leaves = leaves_of(plan, now, parent_ids=shown) if shown else []
    return Tree(_rows(plan, branches, leaves, every=True), total, counts, total.measures, 1, 1, opened)


def _summed(branches: Mapping[int, Branch], tallies: Mapping[int, Tally]) -> Tally:
    """Hand the sums of requirements to their branches and up; return those of the plan."""
    total = Tally()
    for branch_id, tally in tallies.items():
        branch = branches[branch_id]
        branch.tally = tally
        if branch.parent_id is not None:
            branches[branch.parent_id].tally.absorb(tally)
        total.absorb(tally)
    return total


def branches_of(plan: Plan) -> dict[int, Branch]:
    """Return the live aspects and requirements of a plan by id, in order. One query."""
    rows = PlanNode.objects.filter(plan=plan, level__lt=Level.MEASURE, ended_on=None).order_by("sort")
    return {row[0]: Branch(*row) for row in rows.values_list("id", "code", "title", "level", "parent_id")}


def leaves_of(plan: Plan, now: datetime, *, parent_ids: Collection[int] | None = None) -> list[Leaf]:
    """Return the live measures of a plan, or of some requirements, in order, as they stand now.

    Three queries, more for figures.
    """
    rows = PlanNode.objects.filter(plan=plan, level=Level.MEASURE, ended_on=None)
    if parent_ids is not None:
        rows = rows.filter(parent_id__in=parent_ids)
    clocks = ItemClock.objects.filter(item__in=rows.order_by().values("item_id"), key="due")
    bound = rows.exclude(indicator="").order_by("id").values_list("id", "lead_id", "indicator", "target")
    known = known_by_figures(plan, bound, now)
    return leaves_read(rows.order_by("sort").values_list(*COLUMNS), timings_of(clocks), now, known)


def timings_of(clocks: QuerySet[ItemClock]) -> dict[int, Timing]:
    """Return item id → the newest round of the clock of its date. One query."""
    rows = clocks.order_by("item_id", "round")
    return {
        item_id: Timing(due, bound, stopped)
        for item_id, due, bound, stopped in rows.values_list("item_id", "due_at", "bound_at", "stopped_at")
    }


def leaves_read(
    rows: Iterable[tuple[Any, ...]],
    timings: Mapping[int, Timing],
    now: datetime,
    known: Mapping[int, Decimal] | None = None,
) -> list[Leaf]:
    """Return measures from their columns, in the order of ``COLUMNS``. ``known``: percents by figures."""
    known = known or {}
    found = []
    for id_, parent_id, code, title, weight, lead_id, lead, leader, due_on, lasting, *rest in rows:
        handed_on, item_id, stage, state, said_percent, said_on = rest
        timing = timings.get(item_id)
        found.append(
            Leaf(
                id=id_,
                parent_id=parent_id,
                code=code,
                title=title,
                weight=weight,
                lead_id=lead_id,
                lead=lead or "",
                leader=leader,
                due_on=due_on,
                lasting=lasting,
                handed_on=handed_on,
                item_id=item_id,
                stage=stage or "",
                state=state or "",
                said_percent=said_percent,
                said_on=said_on,
                timing=timing,
                standing=standing_of(stage or "", state or "", timing, now),
                known=Decimal(100) if stage == "done" else known.get(id_),
            )
        )
    return found


def _opened(branches: Mapping[int, Branch], asked: Asked, leaves: int) -> frozenset[str]:
    if asked.every and leaves <= LONGEST_OPEN:
        return frozenset(branch.code for branch in branches.values())
    if asked.opened is not None:
        return asked.opened
    first = next(iter(branches.values()), None)
    if first is None:
        return frozenset()
    second = next((each.code for each in branches.values() if each.parent_id == first.id), first.code)
    return frozenset({first.code, second})


def _shown(branches: Mapping[int, Branch], parent_id: int) -> bool:
    demand = branches[parent_id]
    return demand.open and (demand.parent_id is None or branches[demand.parent_id].open)


def _rows(
    plan: Plan, branches: Mapping[int, Branch], leaves: Sequence[Leaf], *, every: bool
) -> tuple[Row, ...]:
    """Return branches with the measures below them; not ``every``: only those that hold one of them."""
    helping = co_words(leaf.id for leaf in leaves)
    by_parent: dict[int, list[Leaf]] = defaultdict(list)
    for leaf in leaves:
        by_parent[leaf.parent_id].append(leaf)
    holding = set(by_parent) | {branches[each].parent_id for each in by_parent}
    found: list[Row] = []
    for branch in branches.values():
        above = branches.get(branch.parent_id or 0)
        shown = (above is None or above.open) if every else branch.id in holding
        if shown:
            found.append(Row(branch, None))
            found += [Row(None, leaf, helping.get(leaf.id, "")) for leaf in by_parent.get(branch.id, ())]
    shown_branches = [row.branch for row in found if row.branch is not None]
    leads = leads_of(plan, [branch.id for branch in shown_branches if branch.parent_id is not None])
    for branch in shown_branches:
        branch.tally.leads = leads.get(branch.id, set())
    return tuple(found)


def _helped(plan: Plan, unit_id: int | None) -> set[int]:
    if unit_id is None:
        return set()
    rows = PlanNode.objects.filter(plan=plan, cos__unit_id=unit_id).order_by()
    return set(rows.values_list("id", flat=True))


def _fits(leaf: Leaf, asked: Asked, helped: set[int]) -> bool:
    if asked.unit_id and leaf.lead_id != asked.unit_id and leaf.id not in helped:
        return False
    if asked.standing and leaf.standing != asked.standing:
        return False
    if asked.until and not (leaf.due_on and asked.until[0] <= leaf.due_on <= asked.until[1]):
        return False
    return not asked.text or asked.text in leaf.title or leaf.code == asked.text
