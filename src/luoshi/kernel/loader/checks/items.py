"""Checks of item types: names resolve, duties have holders, the lifecycle is whole and honest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from luoshi.kernel.definitions.fields import PICTURES
from luoshi.kernel.items.hooks import guard_titles
from luoshi.kernel.items.schema import (
    BASIS,
    CREATE,
    DUTY,
    DUTY_PREFIX,
    EVIDENCE_PREFIX,
    NOTE,
    NUMBER_HOLE,
    RESERVED,
    Stage,
    is_condition,
)
from luoshi.kernel.items.types import ANY_UNIT, LEAD
from luoshi.kernel.loader.checks.clocks import check_clocks
from luoshi.kernel.loader.checks.conditions import check_condition, check_conditions
from luoshi.kernel.loader.checks.context import Context, nearest_hint
from luoshi.kernel.loader.checks.lifecycle import check_lifecycle, starts_of
from luoshi.kernel.loader.checks.rules import check_rules
from luoshi.kernel.loader.nodes import Node

TITLE = "title"
PUBLIC = {"number", "stage", "state", "created"}


def check_items(ctx: Context) -> None:
    """Check every item type by itself, then that no two number alike."""
    for _, item in ctx.section("items"):
        _number(ctx, item)
        _fields(ctx, item)
        stages = _states(ctx, item)
        _moves(ctx, item, stages)
        _public(ctx, item)
        _evidence(ctx, item)
        check_clocks(ctx, item, stages)
        check_rules(ctx, item, _keys(ctx, item, "moves", "do"))
        if (
            stages
            and not ctx.faults.under(f"{item.path}.states")
            and not ctx.faults.under(f"{item.path}.moves")
        ):
            check_lifecycle(ctx, item, stages)
    ctx.unique((item.text_at("number") for _, item in ctx.section("items")), "编号格式")
    _migrate(ctx)


def _number(ctx: Context, item: Node) -> None:
    number = item.text_at("number")
    holes = NUMBER_HOLE.findall(number.text or "") if number is not None else []
    if number is not None and not any(hole.startswith("seq") for hole in holes):
        ctx.faults.add(number.place, f"编号“{number.text}”没有 {{seq}}，各件会同号", "如 ZQ{year}{seq:05}")


def _elements(node: Node, key: str) -> Iterator[Node]:
    found = node.get(key)
    if found is not None:
        yield from found.elements()


def _keys(ctx: Context, item: Node, section: str, name: str = "key") -> set[str] | None:
    """Return the readable keys of a list; None when some of them cannot be known."""
    if section in item.lost:
        return None
    found: set[str] = set()
    for node in _elements(item, section):
        key = node.text_at(name)
        if key is None or key.text is None or ctx.faults.under(key.path):
            return None
        found.add(key.text)
    return found


def _duties(item: Node) -> Mapping[str, str]:
    duty = item.get("duty")
    return {key: node.text or "" for key, node in duty.entries()} if duty is not None else {}


def _fields(ctx: Context, item: Node) -> None:
    fields = list(_elements(item, "fields"))
    ctx.unique((field.text_at("key") for field in fields), "字段代码")
    ctx.unique((field.text_at("title") for field in fields), "字段名称")
    duties = item.get("duty")
    for duty, node in duties.entries() if duties is not None else ():
        if duty in RESERVED:
            ctx.faults.add(node.head, f"职责代码不能用保留字 {duty}，请换一个")
        found = re.fullmatch(DUTY, node.text or "")
        if found and found[3] not in (None, "n") and int(found[3]) < int(found[1]):
            ctx.faults.add(node.place, f"职责 {duty} 的个数“{node.text}”上限小于下限")
    for field in fields:
        key, type_ = field.text_at("key"), field.text_at("type")
        if key is not None and (key.text in RESERVED or key.text in _duties(item)):
            ctx.faults.add(key.place, f"字段代码 {key.text} 是保留字或与职责同名，请换一个")
        kind, _, parameter = ((type_.text or "") if type_ is not None else "").partition(":")
        known = ctx.names("vocab")
        choice = kind in ("vocab", "set")
        if choice and type_ is not None and known is not None and parameter not in known:
            ctx.unknown(type_, "选项表", parameter, known, len(f"{kind}:"))
        _bounds(ctx, field, kind, parameter)


def _bounds(ctx: Context, field: Node, kind: str, parameter: str) -> None:
    fact, pii = field.get("fact"), field.get("pii")
    if fact is not None and pii is not None and fact.value is True and pii.value is True:
        ctx.faults.add(fact.head, "个人信息字段不能标 fact: true，它不进入统计")
    for name in ("min", "max"):
        node = field.get(name)
        if node is None or node.value is None:
            continue
        if kind in ("date", "moment", "vocab", "set") or (kind == "text" and name == "max"):
            ctx.faults.add(node.head, f"{kind} 字段不能写 {name}")
        elif kind == "int" and parameter:
            ctx.faults.add(node.head, f"类型 int:{parameter} 已含上下限，不要再写 {name}")
    if kind == "int" and parameter:
        least, _, most = parameter.partition("-")
        type_ = field.text_at("type")
        if type_ is not None and least.isdigit() and most.isdigit() and int(least) > int(most):
            ctx.faults.add(type_.place, f"下限 {least} 大于上限 {most}")


def _states(ctx: Context, item: Node) -> dict[str, str]:
    states = list(_elements(item, "states"))
    ctx.unique((state.text_at("key") for state in states), "状态代码")
    ctx.unique((state.text_at("title") for state in states), "状态名称")
    stages: dict[str, str] = {}
    for state in states:
        key, stage = state.text_at("key"), state.text_at("stage")
        if key is not None and stage is not None:
            stages[key.text or ""] = stage.text or ""
        edits, by = state.get("edit"), state.get("by")
        if edits is not None and edits.value and by is None:
            ctx.faults.add(edits.head, "写了 edit 就要写 by，说明由谁修改", path=f"{state.path}.by")
        if by is not None and edits is None:
            ctx.faults.add(by.head, "by 只与 edit 同写，说明由谁修改")
        _roles(ctx, item, by, creating=False)
        _needs(ctx, item, edits, {TITLE})
    if states and Stage.DONE not in stages.values() and "states" not in item.lost:
        listed = item.get("states")
        assert listed is not None
        ctx.faults.add(listed.head, "没有 stage: done 的状态，事项无法办结")
    return stages


def _moves(ctx: Context, item: Node, stages: Mapping[str, str]) -> None:
    moves = list(_elements(item, "moves"))
    ctx.unique((move.text_at("do") for move in moves), "动作代码")
    known_states = _keys(ctx, item, "states")
    known_moves = _keys(ctx, item, "moves", "do")
    creating = [move for move in moves if None in starts_of(move)]
    listed = item.get("moves")
    if listed is not None and moves and not creating and "moves" not in item.lost:
        ctx.faults.add(
            listed.head, f"缺少登记动作 {{do: {CREATE}, from: null, …}}", path=f"{listed.path}.{CREATE}"
        )
    for move in moves:
        do = move.text_at("do")
        is_create = move in creating
        if do is not None and is_create != (do.text == CREATE):
            ctx.faults.add(do.place, f"登记动作的代码必须是 {CREATE}，且只有它写 from: null")
        for node in (*_one_or_many(move.get("from")), *_one_or_many(move.get("to"))):
            if node.text is not None and known_states is not None and node.text not in known_states:
                ctx.unknown(node, "状态", node.text, known_states)
        _roles(ctx, item, move.get("by"), creating=is_create)
        _needs(ctx, item, move.get("need"), {NOTE, BASIS}, conditions=not is_create)
        check_conditions(ctx, item, move, is_create)
        _needs(ctx, item, move.get("may"), {NOTE, BASIS})
        for each in _elements(move, "apart"):
            other = each.text_at("move")
            if other is not None and known_moves is not None and other.text not in known_moves:
                ctx.unknown(other, "动作", other.text or "", known_moves)
        for guard in _elements(move, "guard"):
            if guard.text not in guard_titles():
                ctx.unknown(guard, "办理条件", guard.text or "", guard_titles())
        for need in _elements(move, "need"):
            if is_create and (need.text or "").startswith(EVIDENCE_PREFIX):
                ctx.faults.add(need.place, "登记时还没有本件，不能要佐证，请移到后面的动作")
        within, limit = move.get("within"), move.get("max")
        for bound in (within, limit, move.get("after"), move.get("when")):
            if is_create and bound is not None and bound.value is not None:
                ctx.faults.add(bound.head, "登记动作不能写 within、after、when 或 max")


def _one_or_many(node: Node | None) -> Iterable[Node]:
    if node is None:
        return ()
    return node.elements() if isinstance(node.value, list) else (node,)


def _roles(ctx: Context, item: Node, by: Node | None, *, creating: bool) -> None:
    roles = ctx.names("roles")
    duties = _duties(item)
    for node in _one_or_many(by):
        if node.text is None or roles is None:
            continue
        if node.text not in roles:
            ctx.unknown(node, "角色", node.text, roles)
            continue
        role = ctx.entry("roles", node.text)
        who = role.text_at("who") if role is not None else None
        text = (who.text or "") if who is not None else ""
        if text == ANY_UNIT:
            _any_unit(ctx, item, node, creating)
        if not text.startswith("duty:"):
            continue
        duty = text.removeprefix("duty:").partition(".")[0]
        if creating:
            ctx.faults.add(node.place, f"登记时还没有{duty}，登记动作只能由岗位或单位办理")
        elif "duty" not in item.lost and duty not in duties:
            ctx.faults.add(
                node.place, f"角色 {node.text} 写作 {text}，本事项没有职责 {duty}", nearest_hint(duty, duties)
            )


def _any_unit(ctx: Context, item: Node, node: Node, creating: bool) -> None:
    """Any unit may only create, and then leads."""
    if not creating:
        ctx.faults.add(node.place, f"角色 {node.text} 是 {ANY_UNIT}，只能用于登记动作，登记后由主办单位办理")
    elif "duty" not in item.lost and not _duties(item).get(LEAD, "").endswith(" unit"):
        ctx.faults.add(node.place, f"由 {ANY_UNIT} 登记的事项，要有职责 lead: 1 unit，登记单位即主办单位")


def _needs(
    ctx: Context, item: Node, needs: Node | None, words: set[str], *, conditions: bool = False
) -> None:
    fields, duties = _keys(ctx, item, "fields"), _duties(item)
    if needs is None:
        return
    ctx.unique(needs.elements(), "需要项")
    for node in needs.elements():
        text = node.text or ""
        if node.text is None or ctx.faults.under(node.path):
            continue
        if text.startswith(EVIDENCE_PREFIX):
            continue
        if conditions and is_condition(text):
            check_condition(ctx, node, text)
        elif text.startswith(DUTY_PREFIX):
            if "duty" not in item.lost and text.removeprefix(DUTY_PREFIX) not in duties:
                ctx.unknown(node, "职责", text.removeprefix(DUTY_PREFIX), duties, len(DUTY_PREFIX))
        elif fields is not None and text not in fields | words:
            ctx.unknown(node, "字段", text, fields | words)


def _public(ctx: Context, item: Node) -> None:
    fields = _keys(ctx, item, "fields")
    private = {
        key.text
        for field in _elements(item, "fields")
        if (pii := field.get("pii")) is not None and pii.value is True
        if (key := field.text_at("key")) is not None
    }
    for node in _elements(item, "public"):
        if node.text in private:
            ctx.faults.add(node.place, f"字段 {node.text} 是个人信息，不能公开")
        elif node.text is not None and fields is not None and node.text not in fields | PUBLIC:
            ctx.unknown(node, "字段", node.text, fields | PUBLIC)


def _evidence(ctx: Context, item: Node) -> None:
    """Pictures are never all that is taken as evidence, unless the pack says that they suffice."""
    rule = item.get("evidence")
    kinds = rule.get("kinds") if rule is not None else None
    if rule is None or kinds is None or ctx.faults.under(rule.path):
        return
    ctx.unique(kinds.elements(), "佐证类别")
    suffice = rule.get("pictures_suffice")
    if {node.text for node in kinds.elements()} <= PICTURES and (suffice is None or not suffice.value):
        ctx.faults.add(
            kinds.head,
            "佐证不能只收照片、截图",
            "请加上 document 或 sheet，确有依据只收图片的写 pictures_suffice: true",
        )


def _migrate(ctx: Context) -> None:
    """What open items of earlier versions become; whether those states existed is judged at install."""
    for key, entry in ctx.section("migrate"):
        known = ctx.names("items")
        if known is not None and key not in known:
            ctx.faults.add(entry.head, f"没有事项“{key}”", nearest_hint(key, known))
            continue
        item = ctx.entry("items", key)
        states = _keys(ctx, item, "states") if item is not None else None
        mapped = entry.get("states")
        for old, node in mapped.entries() if mapped is not None else ():
            if states is not None and node.text is not None and node.text not in states:
                ctx.unknown(node, "状态", node.text, states)
            elif states is not None and old in states:
                ctx.faults.add(node.head, f"状态“{old}”仍在本版，不需要衔接")
