"""Checks of the rules of item types: moves and fields exist, conditions can be read, each says one thing."""

from __future__ import annotations

from collections.abc import Collection

from luoshi.core.expr import Kind
from luoshi.kernel.loader.checks.clocks import private_fields
from luoshi.kernel.loader.checks.context import Context, field_kinds, has_lost_fields, unsure_fields
from luoshi.kernel.loader.nodes import Node


def check_rules(ctx: Context, item: Node, moves: Collection[str] | None) -> None:
    """Check the rules of one item type. ``moves``: the keys of its moves, None when they cannot be known."""
    listed = item.get("rules")
    for rule in listed.elements() if listed is not None else ():
        on = rule.get("on")
        for node in on.elements() if on is not None and isinstance(on.value, list) else ():
            if moves is not None and node.text is not None and node.text not in moves:
                ctx.unknown(node, "动作", node.text, moves)
        _says_one_thing(ctx, rule)
        if not has_lost_fields(item, ctx.faults):
            _conditions(ctx, item, rule)


def _says_one_thing(ctx: Context, rule: Node) -> None:
    must, field, without = (rule.get(name) for name in ("must", "field", "without"))
    words = (field is None) != (without is None or not without.value)
    if words or (must is None) == (field is None):
        message = "每条规则写 must，或写 field 与 without，两者取一"
        ctx.faults.add(rule.head, message, path=f"{rule.path}.must")


def _conditions(ctx: Context, item: Node, rule: Node) -> None:
    private = private_fields(item)
    kinds = {key: kind for key, kind in field_kinds(item).items() if key not in private}
    for name in ("must", "when"):
        unsure = unsure_fields(item, ctx.faults)
        ctx.expression(rule.text_at(name), kinds, Kind.BOOL, unsure=unsure)
    field = rule.text_at("field")
    texts = {key for key, kind in kinds.items() if kind is Kind.TEXT}
    if field is not None and field.text not in texts:
        ctx.unknown(field, "文字字段", field.text or "", texts)
