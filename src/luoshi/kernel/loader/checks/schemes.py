"""Checks of schemes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal

from luoshi.core.errors import Invalid, nearest
from luoshi.core.expr import Kind
from luoshi.core.scoring import CALCULATORS, calculator
from luoshi.kernel.loader.checks.context import Context, nearest_hint
from luoshi.kernel.loader.nodes import Node
from luoshi.kernel.org.selectors import SELECTOR_NAMES


def check_schemes(ctx: Context) -> None:
    """Groups, criteria with their calculators, weights that add up to one, ties that can be broken."""
    for _, scheme in ctx.section("schemes"):
        groups = list(_listed(scheme, "groups"))
        criteria = list(_listed(scheme, "criteria"))
        ctx.unique((group.text_at("key") for group in groups), "分组代码")
        ctx.unique((criterion.text_at("key") for criterion in criteria), "考核项代码")
        for group in groups:
            ctx.expression(group.text_at("of"), SELECTOR_NAMES, Kind.BOOL)
        for criterion in criteria:
            ctx.require(criterion.text_at("input"), "indicators")
            _calculator(ctx, criterion)
        _weights(ctx, scheme, criteria)
        _missing(ctx, scheme, criteria)
        _rank(ctx, scheme, criteria)
        _grades(ctx, scheme)
        preview = scheme.get("preview")
        if preview is not None:
            ctx.calendar(preview)


def _listed(node: Node, key: str) -> Iterator[Node]:
    found = node.get(key)
    if found is not None:
        yield from found.elements()


def _calculator(ctx: Context, criterion: Node) -> None:
    calc = criterion.get("calc")
    for name, params in calc.entries() if calc is not None else ():
        if name not in CALCULATORS:
            ctx.faults.add(params.head, f"没有计分方法“{name}”", nearest_hint(name, CALCULATORS))
            continue
        if not isinstance(params.value, dict):
            continue
        given = params.plain()
        assert isinstance(given, dict)
        try:
            calculator(name, given)
        except Invalid as error:
            _parameters(ctx, params, CALCULATORS[name].PARAMS.keys(), error.fields)


def _parameters(ctx: Context, params: Node, known: Collection[str], told: Mapping[str, str]) -> None:
    """Note what a calculator says of its parameters, each at its place; a mistyped name once."""
    unknown = params.names() - set(known)
    for key, message in told.items():
        node = params.get(key)
        if node is not None:
            ctx.faults.add(node.head if key in unknown else node.place, message.rstrip("。"))
        elif nearest(key, unknown) is None:
            ctx.faults.add(params.head, f"{key}：{message.rstrip('。')}", path=f"{params.path}.{key}")


def _weights(ctx: Context, scheme: Node, criteria: list[Node]) -> None:
    """A weighted scheme has a weight for every criterion, together one; a plain sum has none to apply."""
    combine = scheme.get("combine")
    how = combine.text_at("how") if combine is not None else None
    weighted = how is not None and how.text == "weighted"
    weights = [criterion.get("weight") for criterion in criteria]
    if not weighted:
        return
    total = Decimal(0)
    for criterion, weight in zip(criteria, weights, strict=True):
        if weight is None:
            path = f"{criterion.path}.weight"
            ctx.faults.add(criterion.head, "加权合计的每一项都要写 weight", path=path)
            return
        if isinstance(weight.value, bool) or not isinstance(weight.value, int | Decimal):
            return
        total += Decimal(weight.value)
    if total != 1 and weights and weights[0] is not None:
        listed = scheme.get("criteria")
        assert listed is not None
        ctx.faults.add(listed.head, f"各项权重之和为 {total}，应为 1", path=f"{listed.path}.weight")


def _missing(ctx: Context, scheme: Node, criteria: list[Node]) -> None:
    """What the rule for missing lines needs to know is there for every line."""
    combine = scheme.get("combine")
    missing, how = (combine.text_at(key) if combine is not None else None for key in ("missing", "how"))
    if missing is None or how is None:
        return
    for criterion in criteria:
        keys = criterion.names()
        if missing.text == "full" and not keys & ({"full", "weight"} if how.text == "sum" else {"full"}):
            message = "missing: full 时每一项都要写 full（满分）"
            ctx.faults.add(criterion.head, message, path=f"{criterion.path}.full")
        if missing.text == "exclude_and_reweight" and how.text == "sum" and "weight" not in keys:
            message = "缺项重新分摊时每一项都要写 weight（满分）"
            ctx.faults.add(criterion.head, message, path=f"{criterion.path}.weight")


def _rank(ctx: Context, scheme: Node, criteria: list[Node]) -> None:
    rank, combine = scheme.get("rank"), scheme.get("combine")
    if rank is None or rank.text == "none":
        return
    if combine is not None and combine.text == "none":
        ctx.faults.add(rank.head, "没有总分（combine: none），不能排名，应写 rank: none")
        return
    tie, by = rank.text_at("tie"), rank.get("by")
    keys = {key.text or "" for criterion in criteria if (key := criterion.text_at("key")) is not None}
    if tie is not None and tie.text == "break" and by is None:
        ctx.faults.add(rank.head, "tie: break 要写 by，说明同分时比较哪些考核项", path=f"{rank.path}.by")
    for node in by.elements() if by is not None else ():
        if node.text is not None and node.text not in keys:
            ctx.unknown(node, "考核项", node.text, keys)


def _grades(ctx: Context, scheme: Node) -> None:
    """Grades follow ranks, better scores first; the last one takes whoever is left."""
    grades = list(_listed(scheme, "grades"))
    if not grades:
        return
    ctx.unique((grade.text_at("key") for grade in grades), "等次代码")
    rank = scheme.get("rank")
    better = rank.text_at("better") if rank is not None else None
    if rank is not None and rank.text == "none":
        ctx.faults.add(grades[0].head, "不排名（rank: none）的方案不能评定等次")
    elif better is not None and better.text == "down":
        ctx.faults.add(grades[0].head, "等次按得分由高到低评定，rank 应写 better: up")
    limited = grades[-1].names() & {"share", "least"}
    if limited:
        ctx.faults.add(grades[-1].head, "最后一个等次收纳其余单位，不写 share 和 least")
    for grade in grades[:-1]:
        if not grade.names() & {"share", "least"}:
            ctx.faults.add(grade.head, "除最后一个等次外，应写 share（名额）或 least（最低分）")
