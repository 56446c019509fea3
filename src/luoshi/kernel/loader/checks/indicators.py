"""Checks of indicators: what they count, one way to count it, expressions over names there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from luoshi.core.errors import ExpressionInvalid, Refusal
from luoshi.core.expr import Kind
from luoshi.kernel.indicators.grain import check_columns, check_definition, check_item_columns, owner_of
from luoshi.kernel.indicators.grains import GRAINS, ITEM, PERIOD
from luoshi.kernel.indicators.item_names import item_axes, item_kinds
from luoshi.kernel.indicators.measure import WAYS, check_exact
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


@dataclass(frozen=True)
class Names:
    """What an indicator may name. ``every``: fields that are there but not counted as well."""

    counted: Mapping[str, Kind]
    every: Mapping[str, Kind]
    axes: list[str]
    unsure: set[str]


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


def _names(ctx: Context, indicator: Node) -> Names | None:
    """Return what the rows of an indicator offer; None, with faults, when that cannot be said."""
    grain, form = indicator.text_at("grain"), indicator.get("form")
    if grain is None:
        return None
    if grain.text in WORDS:
        if form is None:
            message = "统计填报时要写 form（哪张表单）"
            ctx.faults.add(indicator.head, message, path=f"{indicator.path}.form")
        owner = ctx.require(indicator.text_at("form"), "forms")
        fixed, axes = FACT_NAMES, [PERIOD]
    else:
        if form is not None:
            ctx.faults.add(form.head, "统计事项时不写 form")
        owner = _item(ctx, grain)
        moves = _keys(owner, "moves", "do")
        clocks = owner.get("clocks") if owner is not None else None
        listed = sorted(clocks.names()) if clocks is not None else []
        fixed = item_kinds(moves, listed)
        axes = item_axes(moves, listed, _dates(owner))
    if owner is None or owner.lost & {"moves", "clocks"} or has_lost_fields(owner, ctx.faults):
        return None
    counted = {**fixed, **field_kinds(owner, facts_only=True)}
    return Names(counted, {**field_kinds(owner), **counted}, axes, unsure_fields(owner, ctx.faults))


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
