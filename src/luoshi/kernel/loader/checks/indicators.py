"""Checks of indicators: what they count, one way to count it, expressions over names there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from luoshi.core.errors import ExpressionInvalid, Refusal
from luoshi.core.expr import Kind
from luoshi.kernel.indicators.grain import check_columns, check_definition, check_item_columns, owner_of
from luoshi.kernel.indicators.grains import CLOCK, FILING, GRAINS, ITEM, MOVE, OF_ITEMS, PERIOD
from luoshi.kernel.indicators.item_names import item_axes, item_kinds
from luoshi.kernel.indicators.measure import WAYS, check_exact, is_boolean
from luoshi.kernel.indicators.part_names import part_axes, part_kinds
from luoshi.kernel.loader.bodies import Bodies
from luoshi.kernel.loader.checks.context import (
    Context,
    field_kinds,
    has_lost_fields,
    nearest_hint,
    unsure_fields,
)
from luoshi.kernel.loader.nodes import Faults, Node
from luoshi.kernel.org.selectors import SELECTOR_NAMES

FACT_NAMES = {
    **{name: Kind.TEXT for name in SELECTOR_NAMES if name != "unit.parent"},
    "answer": Kind.TEXT,
    "timing": Kind.TEXT,
}
WORDS = sorted(GRAINS.keys() - {ITEM.word})
SECTIONS = {"form": "forms", "item": "items"}
PARTS = {"form": "张表单", "item": "类事项", "clock": "个时限"}


@dataclass(frozen=True)
class Names:
    """What an indicator may name. ``every``: fields that are there but not counted as well."""

    counted: Mapping[str, Kind]
    every: Mapping[str, Kind]
    axes: list[str]
    unsure: set[str]
    blank: frozenset[str] = frozenset()


def check_indicators(ctx: Context) -> None:
    """Something to count, exactly one way to count, a stated denominator and rule for blanks."""
    for _, indicator in ctx.section("indicators"):
        names = _names(ctx, indicator)
        _ways(ctx, indicator)
        if names is None:
            continue
        _time(ctx, indicator, names)
        _expression(ctx, indicator.text_at("where"), names, Kind.BOOL)
        for key in ("sum", "mean", "median"):
            _expression(ctx, indicator.text_at(key), names, Kind.NUMBER)
        _expression(ctx, indicator.text_at("share"), names, Kind.BOOL)
        _expression(ctx, indicator.text_at("num"), names, Kind.NUMBER, Kind.BOOL)
        den = indicator.text_at("den")
        if den is not None and den.text != "all":
            _expression(ctx, den, names, Kind.NUMBER, Kind.BOOL)
            _blank(ctx, indicator, den, names)


def _names(ctx: Context, indicator: Node) -> Names | None:
    """Return what the rows of an indicator offer; None, with faults, when that cannot be said."""
    grain = indicator.text_at("grain")
    if grain is None or grain.text is None:
        return None
    _parts(ctx, indicator, grain.text)
    if grain.text == FILING.word:
        owner = ctx.require(indicator.text_at("form"), "forms")
        fixed: Mapping[str, Kind] = FACT_NAMES
        axes = [PERIOD]
    elif grain.text in OF_ITEMS:
        owner = ctx.require(indicator.text_at("item"), "items")
        fixed, axes = part_kinds(grain.text), part_axes(grain.text)
        _clock(ctx, indicator.text_at("clock"), owner)
    else:
        owner = _item(ctx, grain)
        moves, clocks = _keys(owner, "moves", "do"), _clocks(owner)
        fixed, axes = item_kinds(moves, clocks), item_axes(moves, clocks, _dates(owner))
    if owner is None or owner.lost & {"moves", "clocks"} or has_lost_fields(owner, ctx.faults):
        return None
    counted = {**fixed, **field_kinds(owner, facts_only=True)}
    every, unsure = {**field_kinds(owner), **counted}, unsure_fields(owner, ctx.faults)
    return Names(counted, every, axes, unsure, _may_be_blank(owner, grain.text))


def _blank(ctx: Context, indicator: Node, den: Node, names: Names) -> None:
    """A denominator that may be blank is not taken as 0: the part would count and its whole would not."""
    empty = indicator.text_at("empty")
    if empty is None or empty.text != "as_no" or ctx.faults.under(den.path):
        return
    expr = ctx.expression(den, names.every, Kind.NUMBER, Kind.BOOL, unsure=names.unsure)
    maybe = sorted(expr.names & names.blank) if expr is not None and not is_boolean(expr.tree) else []
    if maybe:
        hint = "写 empty: skip 或 refuse，或写 coalesce(…)"
        ctx.faults.add(den.place, f"分母用到的 {maybe[0]} 可能空缺，空缺不能按 0 计入分母", hint)


def _parts(ctx: Context, indicator: Node, grain: str) -> None:
    """What a grain must name is named, and nothing else."""
    known = ctx.names("items")
    if grain not in WORDS and known is not None and grain not in known:
        return
    needed = {FILING.word: {"form"}, MOVE.word: {"item"}, CLOCK.word: {"item", "clock"}}.get(grain, set())
    given = indicator.names() & {"form", "item", "clock"}
    for key in sorted(needed - given):
        message = f"统计对象为 {grain} 时要写 {key}（哪{PARTS[key]}）"
        ctx.faults.add(indicator.head, message, path=f"{indicator.path}.{key}")
    for key in sorted(given - needed):
        node = indicator.get(key)
        ctx.faults.add(node.head if node is not None else indicator.head, f"统计对象为 {grain} 时不写 {key}")


def _clock(ctx: Context, node: Node | None, owner: Node | None) -> None:
    known = _clocks(owner)
    if node is not None and owner is not None and node.text not in known:
        ctx.unknown(node, "时限", node.text or "", known)


def _clocks(owner: Node | None) -> list[str]:
    clocks = owner.get("clocks") if owner is not None else None
    return sorted(clocks.names()) if clocks is not None else []


def _may_be_blank(owner: Node, grain: str) -> frozenset[str]:
    """Return the fields a row may lack: those a form lets blank, and every field of an item."""
    fields = owner.get("fields")
    return frozenset(
        key.text
        for field in (fields.elements() if fields is not None else ())
        if (key := field.text_at("key")) is not None and key.text is not None
        if grain != FILING.word or ((blank := field.get("blank")) is not None and blank.value is True)
    )


def _item(ctx: Context, grain: Node) -> Node | None:
    known = ctx.names("items")
    if known is not None and grain.text not in known:
        ctx.unknown(grain, "统计对象", grain.text or "", [*known, *WORDS])
    return ctx.entry("items", grain.text)


def _keys(owner: Node | None, section: str, name: str) -> list[str]:
    listed = owner.get(section) if owner is not None else None
    found = [each.text_at(name) for each in (listed.elements() if listed is not None else ())]
    return [node.text for node in found if node is not None and node.text]


def _dates(owner: Node | None) -> list[str]:
    if owner is None:
        return []
    return [key for key, kind in field_kinds(owner, facts_only=True).items() if kind is Kind.DATE]


def _time(ctx: Context, indicator: Node, names: Names) -> None:
    time = indicator.text_at("time")
    if time is not None and time.text not in names.axes:
        ctx.faults.add(time.place, f"没有时间轴“{time.text}”", nearest_hint(time.text or "", names.axes))


def _ways(ctx: Context, indicator: Node) -> None:
    """One way only; a ratio names its denominator; whatever reads values says what a blank does."""
    ways = [way for way in WAYS if way in indicator.names()]
    if len(ways) > 1:
        second = indicator.get(ways[1])
        ctx.faults.add(second.head if second else indicator.head, f"{ways[0]} 与 {ways[1]} 只能写一个")
    elif not ways and "den" not in indicator.names():
        hint = f"写 {'、'.join(WAYS[:-1])} 之一，或 num 与 den"
        ctx.faults.add(indicator.head, "没有写怎样计算", hint, f"{indicator.path}.count")
    if "num" in ways and "den" not in indicator.names():
        ctx.faults.add(indicator.head, "缺少分母 den", "分母为全部记录时写 den: all", f"{indicator.path}.den")
    den = indicator.get("den")
    if den is not None and "num" not in indicator.names():
        ctx.faults.add(den.head, "den 只能与 num 同时写")
    if "empty" not in indicator.names() and len(ways) == 1 and ways != ["count"]:
        hint = "写 empty: as_no、skip 或 refuse"
        ctx.faults.add(indicator.head, "没有写空值怎样处理", hint, f"{indicator.path}.empty")


def _expression(ctx: Context, node: Node | None, names: Names, *want: Kind) -> None:
    if node is None:
        return
    expr = ctx.expression(node, names.every, *want, unsure=names.unsure)
    if expr is None:
        return
    for name in sorted(expr.names - names.counted.keys()):
        offset = (node.text or "").find(name)
        ctx.faults.add(node.at_offset(max(offset, 0)), f"字段 {name} 未标记 fact: true，不能用于统计")
        return
    try:
        check_exact(expr)
    except ExpressionInvalid as error:
        ctx.faults.add(node.place, error.message.rstrip("。"))


def check_counting(root: Node, bodies: Bodies, faults: Faults) -> None:
    """What shows only when indicator and what it counts are put together.

    Too few columns, numbers beyond 64 bits. Whatever has faults of its own is passed over.
    """
    if faults.under("vocab"):
        return
    vocabs = {key: body["options"] for (section, key), body in bodies.items() if section == "vocab"}
    for (section, key), body in bodies.items():
        entry = root.get(section)
        node = entry.get(key) if entry is not None else None
        if node is None or faults.under(f"{section}.{key}"):
            continue
        try:
            if section == "forms":
                check_columns(body, vocabs)
            elif section == "items":
                check_item_columns(body, vocabs)
            elif section == "indicators":
                kind, name = owner_of(body)
                owner = bodies.get((SECTIONS[kind], name))
                if owner is not None and not faults.under(f"{SECTIONS[kind]}.{name}"):
                    check_definition(body, owner, vocabs)
        except Refusal as refusal:
            faults.add(node.head, refusal.message.rstrip("。"))
