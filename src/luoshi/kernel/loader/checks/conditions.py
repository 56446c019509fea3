"""Checks of what else a move asks for: children that are done, when, after."""

from __future__ import annotations

from luoshi.core.expr import Kind
from luoshi.kernel.items.schema import TODAY, after_of, child_rule
from luoshi.kernel.loader.checks.context import Context, field_kinds, has_lost_fields, unsure_fields
from luoshi.kernel.loader.nodes import Node


def check_condition(ctx: Context, node: Node, text: str) -> None:
    """Check that a condition names a type of this pack."""
    types, (key, _) = ctx.names("items"), child_rule(text)
    if key and types is not None and key not in types:
        ctx.unknown(node, "事项", key, types, len("children."))


def check_conditions(ctx: Context, item: Node, move: Node, is_create: bool) -> None:
    """Check ``when`` with ``say``, and that ``after`` names a whole number that stands by then."""
    when, say, after = (move.text_at(name) for name in ("when", "say", "after"))
    if when is not None and not is_create and not has_lost_fields(item, ctx.faults):
        private = _private(item)
        kinds = {key: kind for key, kind in field_kinds(item).items() if key not in private}
        unsure = unsure_fields(item, ctx.faults)
        ctx.expression(when, {**kinds, TODAY: Kind.DATE}, Kind.BOOL, unsure=unsure)
    if when is not None and not (say is not None and say.text) and "say" not in move.lost:
        ctx.faults.add(
            when.head,
            "写了 when 就要写 say，告诉不适用的人改办什么",
            "如 say: 请办“阶段性完成”。",
            path=f"{move.path}.say",
        )
    if say is not None and say.text and when is None and "when" not in move.lost:
        ctx.faults.add(say.head, "say 只与 when 同写")
    if after is not None and after.text and not ctx.faults.under(after.path):
        field = after_of(after.text).field
        whole = _whole(item)
        if field and field not in whole:
            ctx.unknown(after, "整数字段", field, whole)


def _fields(item: Node) -> list[Node]:
    fields = item.get("fields")
    return list(fields.elements()) if fields is not None else []


def _private(item: Node) -> set[str]:
    return {
        key.text or ""
        for field in _fields(item)
        if (pii := field.get("pii")) is not None and pii.value is True
        if (key := field.text_at("key")) is not None
    }


def _whole(item: Node) -> set[str]:
    return {
        key.text or ""
        for field in _fields(item)
        if (type_ := field.text_at("type")) is not None and (type_.text or "").startswith("int")
        if (key := field.text_at("key")) is not None
    }
