"""Checks of slips: who issues is a unit, the forms exist, levels rise."""

from __future__ import annotations

from luoshi.kernel.loader.checks.context import Context
from luoshi.kernel.loader.nodes import Node


def check_slips(ctx: Context) -> None:
    """Organ, calendar, forms and levels of every set of rules."""
    for _, rules in ctx.section("slips"):
        organ = rules.text_at("organ")
        if organ is not None and organ.text is not None and organ.text.startswith("@"):
            ctx.slot(organ, organ.text[1:], "unit", 1)
        ctx.calendar(rules)
        forms = _listed(rules, "forms")
        for form in forms:
            ctx.require(form, "forms")
        ctx.unique(forms, "表单")
        _levels(ctx, _listed(rules, "levels"))


def _levels(ctx: Context, levels: list[Node]) -> None:
    ctx.unique((level.text_at("key") for level in levels), "级别代码")
    ctx.unique((level.text_at("title") for level in levels), "级别名称")
    before: int | None = None
    for level in levels:
        after = level.get("after")
        if after is None or not isinstance(after.value, int):
            continue
        if before is not None and after.value <= before:
            ctx.faults.add(after.place, f"应大于前一级的 {before}，逾期越久级别越高")
        before = after.value


def _listed(node: Node, key: str) -> list[Node]:
    found = node.get(key)
    return list(found.elements()) if found is not None else []
