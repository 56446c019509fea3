"""Small organisations for tests, made through the actions so that their ledger is honest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from luoshi.core.actor import SYSTEM
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.org.actions import person_create, tree_create, unit_create
from luoshi.kernel.org.models import Unit, UnitClosure, UnitLink, UnitTree
from luoshi.kernel.org.places import links_of_tree
from luoshi.kernel.org.tree import FOREVER, Reach, closure_of
from tests.harness.times import NOW

DAY = date(2020, 1, 1)


def grow(code: str, parent: str | None = None, *, on: date = DAY, now: datetime = NOW, **given) -> Unit:
    """Set up one unit; its name is 单位 and its code unless given."""
    facts = {"title": f"单位{code}", "kind": "dept"} | given
    return unit_create(by=SYSTEM, code=code, parent_code=parent, on=on, now=now, **facts)


def district(streets: Iterable[str] = ("S1", "S2")) -> UnitTree:
    """Plant the main tree: district D, branches A and B, the streets under A."""
    tree = tree_create(by=SYSTEM, now=NOW)
    grow("D", kind="district")
    grow("A", "D", kind="group")
    grow("B", "D", kind="group")
    for code in streets:
        grow(code, "A", kind="street")
    return tree


def person(name: str = "林晓岚"):
    return person_create(by=SYSTEM, name=name, now=NOW)


def stored_closure(tree: UnitTree) -> set[Reach]:
    """Return the closure rows of the tree as plain values."""
    return {
        Reach(row.unit_id, row.ancestor_id, row.depth, row.from_on, row.to_on or FOREVER)
        for row in UnitClosure.objects.filter(tree=tree).order_by("id")
    }


def closure_is_right(tree: UnitTree) -> bool:
    """Say whether the stored closure rows are exactly those that follow from the links."""
    return stored_closure(tree) == closure_of(links_of_tree(tree))


def snapshot() -> tuple:
    """Return everything an action on units could have changed."""
    units = list(Unit.objects.order_by("id").values())
    links = list(UnitLink.objects.order_by("id").values())
    closure = list(UnitClosure.objects.order_by("id").values())
    events = [[event.kind for event in events_of("unit", unit["id"])] for unit in units]
    return units, links, closure, events
