"""Checks of the section tests: what can be said before they are run."""

from __future__ import annotations

from luoshi.core.errors import Invalid
from luoshi.core.periods import parse_period
from luoshi.kernel.loader.checks.context import Context, nearest_hint
from luoshi.kernel.loader.nodes import Node


def check_tests(ctx: Context) -> None:
    """Names resolve, files are there, and every test says what it wants."""
    tests = ctx.root.get("tests")
    for test in tests.elements() if tests is not None else ():
        _subject(ctx, test)
        template = ctx.require(test.text_at("import"), "imports")
        if template is not None and "item" in template.names():
            node = test.text_at("import")
            ctx.faults.add(node.place if node else test.head, "检验只用表单的导入模板，这是事项的导入模板")
        ctx.require(test.text_at("item"), "items")
        ctx.require(test.text_at("scheme"), "schemes")
        for key in ("rows", "units", "want"):
            _file(ctx, test.text_at(key))
        figures = test.get("figures")
        known = ctx.names("indicators")
        for key, node in figures.entries() if figures is not None else ():
            if known is not None and key not in known:
                ctx.faults.add(node.head, f"没有指标“{key}”", nearest_hint(key, known))
        _period(ctx, test)
        _wants(ctx, test)


def _subject(ctx: Context, test: Node) -> None:
    """Filings by an import, for units in a period; or items of a type, of which figures are wanted."""
    if not isinstance(test.value, dict):
        return
    keys = test.names()
    if ("import" in keys) == ("item" in keys):
        message = "检验要写 import（填报）或 item（事项）之一"
        ctx.faults.add(test.head, message, path=f"{test.path}.import")
        return
    if "item" in keys:
        for key in sorted(keys & {"units", "scheme", "want", "differs"}):
            node = test.get(key)
            ctx.faults.add(node.head if node is not None else test.head, f"事项的检验不写 {key}")
        return
    for key in ("units", "period"):
        if key not in keys:
            ctx.faults.add(test.head, f"缺少 {key}", path=f"{test.path}.{key}")


def _file(ctx: Context, node: Node | None) -> None:
    if node is not None and node.text is not None and node.text not in ctx.files.names():
        ctx.unknown(node, "文件", node.text, ctx.files.names())


def _period(ctx: Context, test: Node) -> None:
    period = test.text_at("period")
    if period is None or period.text is None:
        return
    try:
        parse_period(period.text)
    except Invalid as error:
        ctx.faults.add(period.place, error.message.rstrip("。"))


def _wants(ctx: Context, test: Node) -> None:
    if not isinstance(test.value, dict):
        return
    want, refused, figures = (key in test.names() for key in ("want", "refused", "figures"))
    if not (want or refused or figures):
        ctx.faults.add(test.head, "检验没有写应得的结果", "写 want、figures 或 refused", f"{test.path}.want")
    if refused and (want or figures):
        node = test.get("refused")
        ctx.faults.add(
            node.head if node is not None else test.head, "应被拒绝的检验不能同时写 want 或 figures"
        )
    if want and "scheme" not in test.names():
        ctx.faults.add(test.head, "有 want 的检验要写 scheme", path=f"{test.path}.scheme")
