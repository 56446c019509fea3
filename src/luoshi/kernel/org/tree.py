"""Dated trees as plain values: from links (who stands directly under whom, when) to closure rows.

A span holds from its first day up to but without its last; an open end is ``FOREVER``. Nothing here reads or
writes a table, so the arithmetic can be tested against a day-by-day recomputation.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

FOREVER = date.max


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """One unit's place for a time: under ``parent``, or at the top when that is None."""

    unit: int
    from_on: date
    to_on: date
    parent: int | None


@dataclass(frozen=True, slots=True, order=True)
class Reach:
    """``ancestor`` stood ``depth`` levels above ``unit`` on every day of the span; depth 0 is the unit."""

    unit: int
    ancestor: int
    depth: int
    from_on: date
    to_on: date


class TreeBroken(ValueError):
    """The links contradict one another: a unit is its own ancestor. A fault of data, never of a user."""


def closure_of(links: Iterable[Link], units: Collection[int] | None = None) -> set[Reach]:
    """Return the closure rows of ``units`` (default: all), each span as long as the links allow.

    ``links``: all links of one tree; those of one unit do not overlap.
    Raises: TreeBroken for a circle, and for a parent that stands nowhere while somebody stands under it.
    """
    places: dict[int, list[Link]] = {}
    for link in sorted(links):
        places.setdefault(link.unit, []).append(link)
    wanted = places if units is None else units
    return {reach for unit in wanted for reach in _joined(_climb(unit, places))}


def _climb(unit: int, places: Mapping[int, list[Link]]) -> Iterator[Reach]:
    """Give the rows of one unit, walking upward link by link; spans are split wherever a link changes."""
    todo = [(link, 0, link.from_on, link.to_on) for link in places.get(unit, ())]
    while todo:
        link, depth, from_on, to_on = todo.pop()
        yield Reach(unit, link.unit, depth, from_on, to_on)
        if link.parent is None:
            continue
        if depth > len(places):
            raise TreeBroken(f"unit {unit} stands under itself")
        met = [
            (upper, depth + 1, max(from_on, upper.from_on), min(to_on, upper.to_on))
            for upper in places.get(link.parent, ())
            if upper.from_on < to_on and from_on < upper.to_on
        ]
        if sum((end - start).days for _, _, start, end in met) != (to_on - from_on).days:
            raise TreeBroken(f"unit {link.unit} stands under {link.parent}, which stands nowhere")
        todo += met


def _joined(reaches: Iterable[Reach]) -> Iterator[Reach]:
    """Join spans that touch, so that a tree has exactly one set of closure rows."""
    open_row: Reach | None = None
    for row in sorted(reaches):
        if open_row is None:
            open_row = row
        elif (row.ancestor, row.depth, row.from_on) == (open_row.ancestor, open_row.depth, open_row.to_on):
            open_row = Reach(row.unit, row.ancestor, row.depth, open_row.from_on, row.to_on)
        else:
            yield open_row
            open_row = row
    if open_row is not None:
        yield open_row


def chain_on(links: Iterable[Link], unit: int, day: date) -> list[int]:
    """Return the unit and those above it on one day, nearest first; empty when it stands nowhere that day.

    The plain way to the same answer as the closure, for single questions and as the measure in tests.
    """
    parents = {link.unit: link.parent for link in links if link.from_on <= day < link.to_on}
    if unit not in parents:
        return []
    chain = [unit]
    while (parent := parents.get(chain[-1])) is not None:
        if parent in chain:
            raise TreeBroken(f"unit {unit} stands under itself on {day:%Y-%m-%d}")
        chain.append(parent)
    return chain
