"""Putting units into dated trees and keeping the closure rows equal to the links. Called by actions only.

Whoever changes places holds the lock of the tree: two moves at once could otherwise close a circle.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Max, Q, QuerySet

from luoshi.core.errors import Invalid, NotFound, WrongState
from luoshi.kernel.org.models import Unit, UnitClosure, UnitLink, UnitTree
from luoshi.kernel.org.names import some
from luoshi.kernel.org.tree import FOREVER, Link, Reach, closure_of

# Closure rows grow with units × depth; no administration is deeper, and a long chain would fill the disk.
DEEPEST = 20


def tree_locked(code: str) -> UnitTree:
    """Return the tree, locked until the transaction ends. Raises: NotFound."""
    tree = UnitTree.objects.select_for_update().filter(code=code).first()
    if tree is None:
        raise NotFound(f"没有编码为“{code}”的机构树，请先建立。")
    return tree


def lasting(day: date, prefix: str = "") -> Q:
    """Return the condition that a dated row still holds on ``day`` or begins later."""
    return Q(**{f"{prefix}to_on__isnull": True}) | Q(**{f"{prefix}to_on__gt": day})


def holding(day: date, prefix: str = "") -> Q:
    """Return the condition that a dated row holds on ``day``."""
    return Q(**{f"{prefix}from_on__lte": day}) & lasting(day, prefix)


def parent_fit(tree: UnitTree, parent: Unit, on: date) -> None:
    """Refuse a parent that does not stand in the tree from ``on`` onwards without end.

    Raises: Invalid naming the day from which, or until which, the parent stands there.
    """
    links = list(UnitLink.objects.filter(tree=tree, unit=parent).order_by("from_on"))
    if not links:
        message = f"上级单位“{parent.title}”不在“{tree.title}”中，请另选上级单位。"
    elif parent.closed_on is not None:
        message = f"上级单位“{parent.title}”已于{parent.closed_on:%Y-%m-%d}撤销，请另选上级单位。"
    elif on < links[0].from_on:
        message = f"上级单位“{parent.title}”{links[0].from_on:%Y-%m-%d}才设立，日期不得早于该日。"
    else:
        return
    raise Invalid(message, fields={"parent_code": message})


def circle_free(tree: UnitTree, unit: Unit, parent: Unit, on: date) -> None:
    """Refuse a parent that stands below the unit on ``on`` or later. Raises: Invalid."""
    below = UnitClosure.objects.filter(lasting(on), tree=tree, ancestor=unit, unit=parent)
    if unit == parent or below.exists():
        message = f"“{parent.title}”是“{unit.title}”自己或其下级，不能作为它的上级单位。"
        raise Invalid(message, fields={"parent_code": message})


def depth_fit(tree: UnitTree, unit: Unit | None, parent: Unit, on: date) -> None:
    """Refuse a place so deep that the tree would have more than ``DEEPEST`` levels. Raises: Invalid."""
    above = UnitClosure.objects.filter(lasting(on), tree=tree, unit=parent).aggregate(most=Max("depth"))
    below = UnitClosure.objects.filter(lasting(on), tree=tree, ancestor=unit).aggregate(most=Max("depth"))
    levels = (above["most"] or 0) + 1 + (below["most"] or 0) + 1
    if levels > DEEPEST:
        message = f"机构树最多{DEEPEST}级，放在“{parent.title}”之下将有{levels}级。"
        raise Invalid(message, fields={"parent_code": message})


def placed(tree: UnitTree, unit: Unit, parent: Unit | None, on: date) -> list[UnitLink]:
    """Put the unit under ``parent`` from ``on``; return the links written, which the caller records.

    On the very day a place begins it is corrected in place; earlier days are never rewritten.
    Raises: WrongState when ``on`` lies before the newest place or nothing would change.
    """
    last = UnitLink.objects.filter(tree=tree, unit=unit).order_by("-from_on").first()
    if last is not None:
        _movable(last, unit, parent, on)
    if last is not None and last.from_on == on:
        last.parent = parent
        last.save()
        written = [last]
    else:
        written = [] if last is None else [_ended(last, on)]
        written.append(UnitLink.objects.create(tree=tree, unit=unit, parent=parent, from_on=on))
    closure_refresh(tree, _from_here_down(tree, unit, on))
    return written


def lifted(tree: UnitTree, unit: Unit, on: date) -> UnitLink | None:
    """End the unit's place in the tree on ``on``; return the link ended, None when it has no place there.

    Raises: WrongState while others stand below it on that day or later, or when its newest place begins
    later.
    """
    last = UnitLink.objects.filter(tree=tree, unit=unit, to_on__isnull=True).order_by("-from_on").first()
    if last is None:
        return None
    below = UnitLink.objects.filter(lasting(on), tree=tree, parent=unit).select_related("unit")
    names = sorted({link.unit.title for link in below.order_by("unit_id")})
    if names:
        raise WrongState(f"“{unit.title}”还有下级单位（{some(names)}），请先调整其隶属关系。")
    if on <= last.from_on:
        raise WrongState(f"“{unit.title}”最近一次隶属调整在{last.from_on:%Y-%m-%d}，撤销日期应晚于该日。")
    ended = _ended(last, on)
    closure_refresh(tree, {unit.pk})
    return ended


def closure_refresh(tree: UnitTree, unit_ids: Collection[int]) -> None:
    """Make the closure rows of these units follow from the links again; rows that agree are left alone.

    The closure rows of everybody outside ``unit_ids`` must be right already. Six queries, however many units.
    """
    rows = UnitClosure.objects.filter(tree=tree, unit_id__in=unit_ids).order_by("id")
    have = {_reach(row): row.pk for row in rows}
    want = closure_of(_links_above(tree, unit_ids, have), unit_ids)
    UnitClosure.objects.filter(pk__in=[pk for reach, pk in have.items() if reach not in want]).delete()
    UnitClosure.objects.bulk_create(_row(tree, reach) for reach in sorted(want) if reach not in have)


def links_of_tree(tree: UnitTree) -> list[Link]:
    """Return every link of the tree as plain values."""
    return _plain(UnitLink.objects.filter(tree=tree))


def _links_above(tree: UnitTree, unit_ids: Collection[int], have: Collection[Reach]) -> list[Link]:
    """Return the links of these units and of everybody above them, now or before."""
    own = UnitLink.objects.filter(tree=tree, unit_id__in=unit_ids, parent__isnull=False)
    parents = set(own.order_by("id").values_list("parent_id", flat=True))
    above = UnitClosure.objects.filter(tree=tree, unit_id__in=parents).order_by("id")
    needed = {*unit_ids, *parents, *above.values_list("ancestor_id", flat=True)}
    needed |= {reach.ancestor for reach in have}
    return _plain(UnitLink.objects.filter(tree=tree, unit_id__in=needed))


def _plain(links: QuerySet[UnitLink]) -> list[Link]:
    values = links.order_by("unit_id", "from_on").values_list("unit_id", "from_on", "to_on", "parent_id")
    return [Link(unit, from_on, to_on or FOREVER, parent) for unit, from_on, to_on, parent in values]


def _movable(last: UnitLink, unit: Unit, parent: Unit | None, on: date) -> None:
    if on < last.from_on:
        raise WrongState(
            f"“{unit.title}”自{last.from_on:%Y-%m-%d}起的隶属关系已经登记，调整日期不得早于该日。"
        )
    if last.parent_id == (parent.pk if parent else None):
        above = f"隶属于“{parent.title}”" if parent else "是最上级单位"
        raise WrongState(f"“{unit.title}”已{above}，无需调整。")


def _ended(link: UnitLink, on: date) -> UnitLink:
    link.to_on = on
    link.save()
    return link


def _from_here_down(tree: UnitTree, unit: Unit, on: date) -> set[int]:
    below = UnitClosure.objects.filter(lasting(on), tree=tree, ancestor=unit).order_by("id")
    return {unit.pk, *below.values_list("unit_id", flat=True)}


def _reach(row: UnitClosure) -> Reach:
    return Reach(row.unit_id, row.ancestor_id, row.depth, row.from_on, row.to_on or FOREVER)


def _row(tree: UnitTree, reach: Reach) -> UnitClosure:
    to_on = None if reach.to_on == FOREVER else reach.to_on
    return UnitClosure(
        tree=tree,
        ancestor_id=reach.ancestor,
        unit_id=reach.unit,
        depth=reach.depth,
        from_on=reach.from_on,
        to_on=to_on,
    )
