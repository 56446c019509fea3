"""Checks of reminder rules."""

from __future__ import annotations

from luoshi.kernel.filings.reminders import FORWARD, step_offset
from luoshi.kernel.loader.checks.context import Context
from luoshi.kernel.loader.nodes import Node

# anchor or duty -> the step of the flow without which it never comes about
NEEDS = {"sign": "sign", "review": "review", "returned": "review", "reviewer": "review"}
STEP_WORDS = {"sign": "审签", "review": "审核"}


def check_notices(ctx: Context) -> None:
    """A rule stands on a form of the pack, one for each; its steps can come about and none stands twice."""
    rules = list(ctx.section("notices"))
    ctx.unique((rule.text_at("form") for _, rule in rules), "表单的提醒规则")
    for _, rule in rules:
        form = ctx.require(rule.text_at("form"), "forms")
        found = rule.get("steps")
        steps = list(found.elements()) if found is not None else []
        ctx.unique((step.text_at("at") for step in steps), "时点")
        for step in steps:
            tell = step.get("tell")
            told = list(tell.elements()) if tell is not None else []
            ctx.unique(told, "告知对象")
            at = step.text_at("at")
            if at is not None:
                _moment(ctx, form, at)
            for node in told:
                if form is not None and node.text is not None:
                    _needs(ctx, form, node, node.text)


def _moment(ctx: Context, form: Node | None, at: Node) -> None:
    try:
        offset = step_offset(at.text or "")
    except ValueError:
        return  # its shape was told already
    if offset.amount < 0 and offset.anchor in FORWARD:
        ctx.faults.add(at.place, f"{offset.anchor} 事先不能确定，只能往后算，如 {offset.anchor} + 3 workday")
    if form is None:
        return
    _needs(ctx, form, at, offset.anchor)
    window = form.text_at("window")
    if offset.anchor == "due" and window is not None and window.text == "none":
        ctx.faults.add(at.place, "该表单没有时限（window: none），不能从 due 算起")


def _needs(ctx: Context, form: Node, node: Node, name: str) -> None:
    """Note an anchor or a duty that hangs on a step which the form does not have."""
    step = NEEDS.get(name)
    flow = form.get("flow")
    has = flow.text_at(step) if flow is not None and step else None
    if step and has is not None and has.text == "none":
        ctx.faults.add(node.place, f"该表单没有{STEP_WORDS[step]}环节，不能写 {name}")
