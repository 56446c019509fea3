"""Checks of reports: every hole is bound, no figure is typed by hand, tables name columns that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from luoshi.kernel.loader.checks.context import Context, nearest_hint
from luoshi.kernel.loader.nodes import Node, Place
from luoshi.kernel.reports.holes import HOLE, INDICATOR_PARTS, SCHEME_COUNTS, SCHEME_TOTALS

KINDS = ("h1", "h2", "h3", "p", "q", "table", "chart")
PLAIN_COLUMNS = {
    "sheets": ("seq", "period", "unit", "status"),
    "lines": ("seq", "period", "unit", "criterion", "input", "points", "deduct"),
    "units": ("seq", "period", "unit"),
}
TOTAL_COLUMNS = ("rank", "total")
LINE_PARTS = ("input", "points", "deduct")
_DIGIT = re.compile(r"[0-9０-９]+(?:[.,．，][0-9０-９]+)*")
_BRACE = re.compile(r"[{}]")


@dataclass(frozen=True)
class _Bound:
    """What a report may speak of: its scheme's criteria, and whether totals and ranks exist."""

    scheme: Node | None
    known: bool
    total: bool
    rank: bool
    criteria: frozenset[str]


def check_reports(ctx: Context) -> None:
    """Organ, scheme, prose, tables and charts of every report."""
    for _, report in ctx.section("reports"):
        organ = report.text_at("organ")
        if organ is not None and organ.text is not None and organ.text.startswith("@"):
            ctx.slot(organ, organ.text[1:], "unit", 1)
        bound = _bound(ctx, report)
        for text in _listed(report, "title"):
            _prose(ctx, text, bound, period_only=True)
        for text in _listed(report, "notes"):
            _holes(ctx, text, bound, period_only=True)
        for line in _listed(report, "lines"):
            _line(ctx, line, bound)


def _listed(node: Node, key: str) -> Iterator[Node]:
    found = node.get(key)
    if found is not None:
        yield from found.elements()


def _bound(ctx: Context, report: Node) -> _Bound:
    named = report.text_at("scheme")
    if named is None or named.text == "none":
        return _Bound(None, named is not None, False, False, frozenset())
    scheme = ctx.require(named, "schemes")
    if scheme is None:
        return _Bound(None, False, True, True, frozenset())
    combine, rank = scheme.get("combine"), scheme.get("rank")
    keys = (criterion.text_at("key") for criterion in _listed(scheme, "criteria"))
    return _Bound(
        scheme,
        True,
        combine is None or combine.text != "none",
        rank is None or rank.text != "none",
        frozenset(key.text for key in keys if key is not None and key.text is not None),
    )


def _line(ctx: Context, line: Node, bound: _Bound) -> None:
    if not isinstance(line.value, dict):
        return
    kinds = [kind for kind in KINDS if kind in line.names()]
    if not kinds and not line.lost and all(key == "source" for key in line.names()):
        ctx.faults.add(line.place, "这一行没有内容", f"应写 {'、'.join(KINDS)} 之一")
    for extra in kinds[1:]:
        node = line.get(extra)
        ctx.faults.add(
            node.head if node is not None else line.head, f"一行只能写一种内容，{kinds[0]} 与 {extra} 请分行"
        )
    source = line.get("source")
    if "q" in kinds and "source" not in line.names():
        ctx.faults.add(line.head, "引用的文字要写 source，说明出处", path=f"{line.path}.source")
    if source is not None and kinds and "q" not in kinds:
        ctx.faults.add(source.head, "source 只用于引用的文字 q")
    for kind in ("h1", "h2", "h3"):
        _prose(ctx, line.text_at(kind), bound, period_only=True)
    _prose(ctx, line.text_at("p"), bound)
    for kind in ("table", "chart"):
        spec = line.get(kind)
        if spec is not None:
            _prose(ctx, spec.text_at("title"), bound, period_only=True)
            _columns(ctx, spec, bound)


def _prose(ctx: Context, node: Node | None, bound: _Bound, *, period_only: bool = False) -> None:
    """Check a text: no digit outside a hole, every hole bound."""
    if node is None or node.text is None:
        return
    _holes(ctx, node, bound, period_only=period_only)
    blanked = HOLE.sub(lambda hole: " " * len(hole[0]), node.text)
    for digit in _DIGIT.finditer(blanked):
        hint = "请改用 {指标} 取数；引用文件原文请写成 q 并注明 source"
        ctx.faults.add(node.at_offset(digit.start()), f"正文中手写了数字“{digit[0]}”", hint)


def _holes(ctx: Context, node: Node, bound: _Bound, *, period_only: bool) -> None:
    text = node.text or ""
    for hole in HOLE.finditer(text):
        place = node.at_offset(hole.start() + 1)
        if period_only:
            if hole[1] != "period":
                ctx.faults.add(place, f"此处不能写 {{{hole[1]}}}", "标题、表题和附注只能用 {period}")
        else:
            part = node.at_offset(hole.start() + 1 + len(hole[1].partition(".")[0]) + 1)
            _hole(ctx, place, part, hole[1], bound)
    stray = _BRACE.search(HOLE.sub(lambda hole: " " * len(hole[0]), text))
    if stray is not None:
        ctx.faults.add(node.at_offset(stray.start()), "花括号没有配对，取数应写作 {指标}")


def _hole(ctx: Context, place: Place, part_place: Place, name: str, bound: _Bound) -> None:
    head, _, part = name.partition(".")
    if name == "period":
        return
    if head == "scheme":
        _scheme_hole(ctx, place, name, part, bound)
        return
    known = ctx.names("indicators")
    if known is not None and head not in known:
        hint = nearest_hint(head, {*known, "period", "scheme"})
        ctx.faults.add(place, f"没有指标“{head}”", hint)
    elif part and part not in INDICATOR_PARTS:
        ctx.faults.add(part_place, f"指标没有“{part}”", nearest_hint(part, INDICATOR_PARTS))


def _scheme_hole(ctx: Context, place: Place, name: str, part: str, bound: _Bound) -> None:
    if part not in SCHEME_COUNTS + SCHEME_TOTALS:
        allowed = {f"scheme.{each}" for each in SCHEME_COUNTS + SCHEME_TOTALS}
        ctx.faults.add(place, f"不能取“{name}”", nearest_hint(name, allowed))
    elif bound.known and bound.scheme is None:
        ctx.faults.add(place, f"报告没有考核方案，不能取 {name}")
    elif part in SCHEME_TOTALS and not bound.total:
        ctx.faults.add(place, f"考核方案没有总分（combine: none），不能取 {name}")


def _columns(ctx: Context, spec: Node, bound: _Bound) -> None:
    rows = spec.text_at("rows")
    if rows is None or rows.text not in PLAIN_COLUMNS:
        return
    if rows.text != "units" and bound.known and bound.scheme is None:
        ctx.faults.add(rows.place, f"报告没有考核方案，不能用 rows: {rows.text}")
        return
    named = [*_listed(spec, "columns"), *_listed(spec, "series")]
    label = spec.text_at("label")
    for node in [*named, label] if label is not None else named:
        if node.text is not None:
            _column(ctx, node, node.text, rows.text or "", bound)


def _column(ctx: Context, node: Node, name: str, rows: str, bound: _Bound) -> None:
    head, dot, key = name.partition(".")
    if head == "indicator" and dot and rows != "lines":
        known = ctx.names("indicators")
        if known is not None and key not in known:
            ctx.unknown(node, "指标", key, known, len("indicator."))
        return
    if head in LINE_PARTS and dot and rows == "sheets":
        if bound.known and key not in bound.criteria:
            ctx.unknown(node, "考核项", key, bound.criteria, len(head) + 1)
        return
    allowed = {*PLAIN_COLUMNS[rows], *(TOTAL_COLUMNS if rows == "sheets" else ())}
    if name not in allowed:
        ctx.unknown(node, "列", name, allowed)
    elif name == "total" and not bound.total:
        ctx.faults.add(node.place, "考核方案没有总分（combine: none），不能列 total")
    elif name == "rank" and not bound.rank:
        ctx.faults.add(node.place, "考核方案不排名（rank: none），不能列 rank")
