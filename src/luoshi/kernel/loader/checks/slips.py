"""Checks of slips: who issues is a unit, what is pressed for exists, levels rise, each has its reason."""

from __future__ import annotations

from luoshi.kernel.loader.checks.context import Context, nearest_hint
from luoshi.kernel.loader.nodes import Node

# What only slips about items can be proposed by.
OF_ITEMS = ("returns", "count", "unanswered", "copy")


def check_slips(ctx: Context) -> None:
    """Organ, calendar, subject and levels of every set of rules."""
    for _, rules in ctx.section("slips"):
        organ = rules.text_at("organ")
        if organ is not None and organ.text is not None and organ.text.startswith("@"):
            ctx.slot(organ, organ.text[1:], "unit", 1)
        ctx.calendar(rules)
        forms, items = _listed(rules, "forms"), _listed(rules, "items")
        if bool(forms) == bool(items) and not {"forms", "items"} & set(rules.lost):
            ctx.faults.add(rules.head, "督办规则写 forms 或 items，两者取一", path=f"{rules.path}.forms")
        for form in forms:
            ctx.require(form, "forms")
        ctx.unique(forms, "表单")
        ctx.unique(items, "事项")
        _clock(ctx, rules, items)
        _levels(ctx, _listed(rules, "levels"), about_items=bool(items))


def _clock(ctx: Context, rules: Node, items: list[Node]) -> None:
    """The clock that is pressed for stands in every item type named."""
    clock = rules.text_at("clock")
    if clock is None:
        if items and "clock" not in rules.lost:
            ctx.faults.add(
                rules.head, "督办事项的规则要写 clock，说明以哪一时限计逾期", path=f"{rules.path}.clock"
            )
        return
    for node in items:
        item = ctx.require(node, "items")
        clocks = item.get("clocks") if item is not None else None
        known = set(clocks.names()) if clocks is not None else set()
        if item is not None and clock.text not in known:
            ctx.unknown(clock, "时限", clock.text or "", known)


def _levels(ctx: Context, levels: list[Node], *, about_items: bool) -> None:
    ctx.unique((level.text_at("key") for level in levels), "级别代码")
    ctx.unique((level.text_at("title") for level in levels), "级别名称")
    before: int | None = None
    below: list[str] = []
    for level in levels:
        _reasons(ctx, level, below, about_items=about_items)
        after, key = level.get("after"), level.text_at("key")
        if after is not None and isinstance(after.value, int):
            if before is not None and after.value <= before:
                ctx.faults.add(after.place, f"应大于前一级的 {before}，逾期越久级别越高")
            before = after.value
        if key is not None and key.text is not None:
            below.append(key.text)


def _reasons(ctx: Context, level: Node, below: list[str], *, about_items: bool) -> None:
    """Judge what proposes one level; ``below``: keys of the levels under it."""
    after = level.get("after")
    if not about_items:
        if (after is None or after.value is None) and "after" not in level.lost:
            ctx.faults.add(
                level.head, "督办表单的级别要写 after（逾期超过几个工作日）", path=f"{level.path}.after"
            )
        for name in OF_ITEMS:
            node = level.get(name)
            if node is not None and node.value not in (None, False, []):
                ctx.faults.add(node.head, f"{name} 只用于督办事项的规则，请删去")
        return
    unanswered = level.get("unanswered")
    if unanswered is not None and unanswered.value is True and not below:
        ctx.faults.add(unanswered.head, "第一级没有前一级的督办单，不能写 unanswered")
    count = level.get("count")
    named = count.text_at("level") if count is not None else None
    if named is not None and named.text not in below:
        ctx.faults.add(
            named.place,
            f"count 数的应是较低的级别，没有“{named.text}”",
            nearest_hint(named.text or "", below),
        )
    for role in _listed(level, "copy"):
        ctx.require(role, "roles")


def _listed(node: Node, key: str) -> list[Node]:
    found = node.get(key)
    return list(found.elements()) if found is not None and isinstance(found.value, list) else []
