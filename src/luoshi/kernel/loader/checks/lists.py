"""Checks of list templates: codes once, holders of the list, forms with the rhythm of their items."""

from __future__ import annotations

from luoshi.core.expr import Kind
from luoshi.core.rhythm import FREQUENCIES, PERIODS, due_fits
from luoshi.kernel.loader.checks.context import Context
from luoshi.kernel.loader.nodes import Node
from luoshi.kernel.org.selectors import SELECTOR_NAMES


def check_lists(ctx: Context) -> None:
    """Selectors, holders, limits, reviewers and answers of every item."""
    for _, template in ctx.section("lists"):
        ctx.expression(template.text_at("to"), SELECTOR_NAMES, Kind.BOOL)
        items = template.get("items")
        listed = list(items.elements()) if items is not None else []
        ctx.unique((item.text_at("code") for item in listed), "事项编码")
        for item in listed:
            ctx.expression(item.text_at("to"), SELECTOR_NAMES, Kind.BOOL)
            _holders(ctx, template, item)
            _review(ctx, item)
            _answer(ctx, template, item)


def _holders(ctx: Context, template: Node, item: Node) -> None:
    allowed, named = template.get("holders"), item.get("holders")
    if allowed is None or named is None:
        return
    known = {node.text for node in allowed.elements() if node.text is not None}
    for node in named.elements():
        if node.text is not None and node.text not in known:
            ctx.unknown(node, "本清单的责任人", node.text, known)


def _review(ctx: Context, item: Node) -> None:
    review = item.text_at("review")
    if review is not None and review.text is not None and review.text.startswith("@"):
        ctx.slot(review, review.text[1:], "unit", 1)


def _answer(ctx: Context, template: Node, item: Node) -> None:
    answer, due, frequency = (item.text_at(key) for key in ("answer", "due", "frequency"))
    if answer is None or due is None or frequency is None:
        return
    how, _, name = (answer.text or "").partition(":")
    limited = due.text != "none"
    kind = template.text_at("kind")
    if kind is not None and kind.text == "negative" and (how != "plain" or limited):
        ctx.faults.add(answer.place, "负面清单只作提示，应写 due: none, answer: plain")
    elif how == "form":
        _form(ctx, answer, name, due if limited else None, frequency)
    elif (
        limited
        and (frequency.text or "") in FREQUENCIES
        and not due_fits(frequency.text or "", due.text or "")
    ):
        ctx.faults.add(due.place, f"频次 {frequency.text} 的事项不能这样写时限")


def _form(ctx: Context, answer: Node, name: str, due: Node | None, frequency: Node) -> None:
    known = ctx.names("forms")
    if known is not None and name not in known:
        ctx.unknown(answer, "表单", name, known, len("form:"))
        return
    if due is not None:
        ctx.faults.add(due.place, "由表单填报的事项，时限由表单规定，应写 due: none")
    form = ctx.entry("forms", name)
    period = form.text_at("period") if form is not None else None
    if period is not None and PERIODS.get(frequency.text or "") != period.text:
        ctx.faults.add(frequency.place, f"频次与表单 {name} 的周期 {period.text} 不一致")
