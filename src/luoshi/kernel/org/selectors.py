"""Selecting units by an expression of a pack: ``unit.branch == 'PJ' and unit.kind in ('county', 'zone')``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from luoshi.core.errors import ExpressionInvalid
from luoshi.core.expr import Expr, Kind, parse
from luoshi.kernel.org.models import MAIN_TREE, Unit
from luoshi.kernel.org.positions import UnitFacts, unit_facts

# The names a selector may use; the loader checks packs against the same table.
SELECTOR_NAMES: Mapping[str, Kind] = {
    "unit.code": Kind.TEXT,
    "unit.kind": Kind.TEXT,
    "unit.branch": Kind.TEXT,
    "unit.parent": Kind.TEXT,
}


@lru_cache(maxsize=256)
def selector(text: str) -> Expr:
    """Return the checked expression. Raises: ExpressionInvalid unless it says yes or no of a unit."""
    expression = parse(text)
    if expression.check(SELECTOR_NAMES) is not Kind.BOOL:
        raise ExpressionInvalid("单位条件的结果应为是或否，例如 unit.branch == 'PJ'。", 0)
    return expression


def selects(expression: Expr, facts: UnitFacts) -> bool:
    """Say whether a unit with these facts is selected."""
    names = {
        "unit.code": facts.code,
        "unit.kind": facts.kind,
        "unit.branch": facts.branch,
        "unit.parent": facts.parent,
    }
    return expression.value(names) is True


def units_selected(text: str, on: date, tree: str = MAIN_TREE) -> list[Unit]:
    """Return the units of the tree that an expression selects on a day, in tree order. Two queries.

    Raises: ExpressionInvalid.
    """
    expression = selector(text)
    ids = [facts.id for facts in unit_facts(on, tree) if selects(expression, facts)]
    units = Unit.objects.in_bulk(ids)
    return [units[unit_id] for unit_id in ids]
