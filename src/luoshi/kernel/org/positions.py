"""Where units stand on a day: the tree in order, the facts packs select by, those above and those below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from luoshi.kernel.org.models import MAIN_TREE, UnitClosure, UnitLink
from luoshi.kernel.org.places import holding

BRANCH_DEPTH = 1
_Named = tuple[int, str, str, str, str]


@dataclass(frozen=True, slots=True)
class UnitNode:
    """One unit in its place: ``depth`` 0 at the top, ``parent_id`` None there."""

    id: int
    code: str
    title: str
    short: str
    kind: str
    depth: int
    parent_id: int | None
    children_count: int


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What a pack may select a unit by; a text is empty where there is no such unit.

    ``branch``: code of the unit at depth 1 *above* it, so a branch does not belong to itself. ``parent``:
    code of the unit directly above.
    """

    id: int
    code: str
    kind: str
    branch: str
    parent: str


def unit_tree(on: date, tree: str = MAIN_TREE) -> list[UnitNode]:
    """Return the tree of a day: each unit before those below it, siblings by sort and code. One query."""
    rows = _places(on, tree).values_list(
        "parent_id", "unit_id", "unit__code", "unit__title", "unit__short", "unit__kind"
    )
    below: dict[int | None, list[_Named]] = defaultdict(list)
    for above_id, unit_id, code, title, short, kind in rows:
        below[above_id].append((unit_id, code, title, short, kind))
    nodes: list[UnitNode] = []
    todo: list[tuple[int | None, int, _Named]] = [(None, 0, row) for row in reversed(below[None])]
    while todo:
        parent_id, depth, row = todo.pop()
        children = below.get(row[0], [])
        nodes.append(UnitNode(*row, depth, parent_id, len(children)))
        todo += [(row[0], depth + 1, child) for child in reversed(children)]
    return nodes


def unit_facts(on: date, tree: str = MAIN_TREE) -> list[UnitFacts]:
    """Return the facts of every unit in the tree on a day, in tree order. One query."""
    facts: list[UnitFacts] = []
    above: list[str] = []
    for node in unit_tree(on, tree):
        del above[node.depth :]
        branch = above[BRANCH_DEPTH] if len(above) > BRANCH_DEPTH else ""
        facts.append(UnitFacts(node.id, node.code, node.kind, branch, above[-1] if above else ""))
        above.append(node.code)
    return facts


def branch_of(unit_id: int, on: date, tree: str = MAIN_TREE) -> str:
    """Return the code of the unit at depth 1 above a unit on a day, empty when there is none. One query."""
    chain = ancestor_chain(unit_id, on, tree)
    return chain[-1 - BRANCH_DEPTH][0] if len(chain) > BRANCH_DEPTH else ""


def ancestor_chain(unit_id: int, on: date, tree: str = MAIN_TREE) -> list[tuple[str, int]]:
    """Return (code, id) of those above a unit on a day, nearest first, without the unit. One query."""
    return ancestor_chains([unit_id], on, tree)[unit_id]


def ancestor_chains(
    unit_ids: Collection[int], on: date, tree: str = MAIN_TREE
) -> dict[int, list[tuple[str, int]]]:
    """Return ``ancestor_chain`` of many units by id; empty for one at the top or in no place. One query."""
    chains: dict[int, list[tuple[str, int]]] = {unit_id: [] for unit_id in unit_ids}
    rows = UnitClosure.objects.filter(
        holding(on), tree__code=tree, unit_id__in=set(unit_ids), depth__gt=0
    ).order_by("unit_id", "depth")
    for unit_id, code, ancestor_id in rows.values_list("unit_id", "ancestor__code", "ancestor_id"):
        chains[unit_id].append((code, ancestor_id))
    return chains


def descendant_ids(unit_id: int, on: date, tree: str = MAIN_TREE) -> set[int]:
    """Return the ids of a unit and all below it on a day; empty when it has no place. One query."""
    rows = UnitClosure.objects.filter(holding(on), tree__code=tree, ancestor_id=unit_id)
    return set(rows.order_by("unit_id").values_list("unit_id", flat=True))


def _places(on: date, tree: str) -> QuerySet[UnitLink]:
    return UnitLink.objects.filter(holding(on), tree__code=tree).order_by("unit__sort", "unit__code")
