"""Holding the fields of an item against the rules of its type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from luoshi.core.errors import Invalid
from luoshi.kernel.items.schema_rules import ItemRule
from luoshi.kernel.items.types import ItemType


def rules_check(kind: ItemType, moves: Iterable[str], values: Mapping[str, str | None]) -> None:
    """Refuse values that break a rule which holds on one of the moves.

    Raises: Invalid with what each broken rule says, beside its field where it names one.
    """
    taken = frozenset(moves)
    bound = [rule for rule in kind.rules if rule.on & taken]
    if not bound:
        return
    typed = {key: field.typed(values.get(key)) for key, field in kind.fields.items()}
    broken = [rule for rule in bound if _broken(rule, typed, values)]
    if broken:
        fields = {rule.field: rule.say for rule in broken if rule.field}
        raise Invalid(" ".join(rule.say for rule in broken), fields=fields)


def _broken(rule: ItemRule, typed: Mapping[str, object], values: Mapping[str, str | None]) -> bool:
    if rule.must is not None:
        return rule.must.value(typed) is not True
    if rule.when is not None and rule.when.value(typed) is not True:
        return False
    text = "".join((values.get(rule.field) or "").split())
    return any(word in text for word in rule.without)
