"""Checks of clocks: what they start and stop on exists, every item gets a target, nobody pauses for ever."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from luoshi.core.expr import Kind
from luoshi.core.timing import hours_of
from luoshi.kernel.items.hooks import opener_names
from luoshi.kernel.items.schema_clocks import FIXED_UNITS
from luoshi.kernel.loader.checks.context import Context, field_kinds, has_lost_fields, unsure_fields
from luoshi.kernel.loader.checks.lifecycle import Edge, edges_of
from luoshi.kernel.loader.nodes import Node

LEAD = "lead"


def check_clocks(ctx: Context, item: Node, stages: Mapping[str, str]) -> None:
    """Check the clocks of one item type. ``stages``: state → stage, as far as they can be read."""
    edges = edges_of(item)
    clocks = item.get("clocks")
    for _, clock in clocks.entries() if clocks is not None else ():
        ctx.calendar(clock)
        for name in ("start", "stop"):
            for node in _many(clock.get(name)):
                _trigger(ctx, node, stages, edges)
        units = _targets(ctx, item, clock, edges)
        _pauses(ctx, clock, stages, edges)
        _extend(ctx, item, clock, units)
        _hours(ctx, clock, units)
        steps = list(_elements(clock, "ladder"))
        ctx.unique((step.text_at("at") for step in steps), "催办步骤")
        for step in steps:
            for role in _many(step.get("tell")):
                _role(ctx, item, role)
            opens, known = step.text_at("open"), opener_names()
            if opens is not None and opens.text not in known:
                ctx.unknown(opens, "可开启的事", opens.text or "", known)


def _elements(node: Node, key: str) -> Iterator[Node]:
    found = node.get(key)
    if found is not None and isinstance(found.value, list):
        yield from found.elements()


def _many(node: Node | None) -> Iterable[Node]:
    if node is None:
        return ()
    return node.elements() if isinstance(node.value, list) else (node,)


def _trigger(ctx: Context, node: Node, stages: Mapping[str, str], edges: Iterable[Edge]) -> None:
    kind, _, rest = (node.text or "").partition(".")
    name, _, which = rest.partition(".")
    known: dict[str, tuple[str, set[str]]] = {
        "move": ("动作", {edge.do for edge in edges}),
        "state": ("状态", set(stages)),
        "stage": ("阶段", set(stages.values())),
    }
    if kind not in known or ctx.faults.under(node.path) or (kind == "move" and not which):
        return
    what, names = known[kind]
    if names and name not in names:
        ctx.unknown(node, what, name, names, len(kind) + 1)


def _targets(ctx: Context, item: Node, clock: Node, edges: Iterable[Edge]) -> set[str]:
    """Check the targets; return the units they are counted in."""
    targets = list(_elements(clock, "target"))
    units: set[str] = set()
    kinds = {key: kind for key, kind in field_kinds(item).items() if key not in private_fields(item)}
    known = not has_lost_fields(item, ctx.faults)
    for place, target in enumerate(targets):
        when, budget, field = (target.text_at(name) for name in ("when", "budget", "field"))
        if (budget is None) == (field is None) and not {"budget", "field"} & set(target.lost):
            ctx.faults.add(target.head, "每个目标写 budget 或 field，两者取一", path=f"{target.path}.budget")
        if when is not None and known:
            ctx.expression(when, kinds, Kind.BOOL, unsure=unsure_fields(item, ctx.faults))
        last = place == len(targets) - 1
        if last and when is not None:
            ctx.faults.add(
                when.head, "最后一个目标不能写 when，否则有的事项没有时限", "加一个只写 budget 的目标"
            )
        elif not last and when is None and "when" not in target.lost:
            ctx.faults.add(target.head, "不写 when 的目标只能排在最后，其后的目标永远用不到")
        if budget is not None and budget.text:
            units.add(budget.text.partition(" ")[2])
        if field is not None and known:
            units |= {unit for unit in (_day(ctx, item, clock, target, edges),) if unit}
    return units


def _day(ctx: Context, item: Node, clock: Node, target: Node, edges: Iterable[Edge]) -> str:
    """A day or moment as target is a field that stands at the start; return what it is counted in."""
    field = target.text_at("field")
    assert field is not None
    fixed = {key: FIXED_UNITS[kind] for key, kind in _types(item).items() if kind in FIXED_UNITS}
    if field.text not in fixed:
        ctx.unknown(field, "日期字段", field.text or "", fixed)
        return ""
    starts = [(node.text or "").split(".") for node in _many(clock.get("start"))]
    asks = {"create", *(parts[1] for parts in starts if len(parts) > 1)}
    # Under a condition it is enough that the day may be given: the start is refused while it is blank.
    listed = ("need",) if target.get("when") is None else ("need", "may")
    for edge in edges:
        told = (each.text for name in listed for each in _many(edge.node.get(name)))
        if edge.do in asks and field.text in told:
            return fixed[field.text]
    ctx.faults.add(field.place, f"字段 {field.text} 在起算时可能还没有填，请在登记或起算动作的 need 中写明")
    return fixed[field.text]


def _types(item: Node) -> dict[str, str]:
    """Return the type of every readable field that is not personal."""
    private = private_fields(item)
    return {
        key.text or "": type_.text or ""
        for field in _elements(item, "fields")
        if (key := field.text_at("key")) is not None and (type_ := field.text_at("type")) is not None
        if key.text not in private
    }


def private_fields(item: Node) -> set[str]:
    """Return the keys of personal fields: nothing may be computed from them."""
    return {
        key.text or ""
        for field in _elements(item, "fields")
        if (pii := field.get("pii")) is not None and pii.value is True
        if (key := field.text_at("key")) is not None
    }


def _pauses(ctx: Context, clock: Node, stages: Mapping[str, str], edges: Iterable[Edge]) -> None:
    pauses = list(_elements(clock, "pause"))
    ctx.unique((pause.text_at("state") for pause in pauses), "挂起状态")
    for pause in pauses:
        state = pause.text_at("state")
        if state is None:
            continue
        if stages and state.text not in stages:
            ctx.unknown(state, "状态", state.text or "", stages)
            continue
        own = [edge for edge in edges if edge.end == state.text and _by_duty(ctx, edge.node)]
        if own and pause.get("max") is None and "max" not in pause.lost:
            move = own[0].do
            ctx.faults.add(
                pause.head,
                f"承办单位自己可以用动作 {move} 进入 {state.text}，挂起必须写 max",
                "如 max: 5 workday",
                path=f"{pause.path}.max",
            )


def _by_duty(ctx: Context, move: Node) -> bool:
    for role in _many(move.get("by")):
        entry = ctx.entry("roles", role.text or "")
        who = entry.text_at("who") if entry is not None else None
        if who is not None and (who.text or "").startswith("duty:"):
            return True
    return False


def _extend(ctx: Context, item: Node, clock: Node, units: set[str]) -> None:
    extend = clock.get("extend")
    if extend is None:
        return
    duties = item.get("duty")
    if duties is not None and LEAD not in duties.names():
        ctx.faults.add(extend.head, "延期由主办单位申请，本事项没有职责 lead，不能写 extend")
    upto = extend.text_at("upto")
    unit = (upto.text or "").partition(" ")[2] if upto is not None else ""
    if upto is not None and unit and units and units != {unit}:
        ctx.faults.add(upto.place, f"延期的单位 {unit} 应与目标的单位一致：{'、'.join(sorted(units))}")
    for role in _many(extend.get("by")):
        _role(ctx, item, role)


def _hours(ctx: Context, clock: Node, units: set[str]) -> None:
    hours, next_day = clock.text_at("hours"), clock.get("start_next_day")
    if hours is not None and not ctx.faults.under(hours.path):
        try:
            hours_of(hours.text or "")
        except ValueError:
            ctx.faults.add(hours.place, f"作息“{hours.text}”的时段应先后相接、互不重叠")
    if units & {"workday", "calendar_day"} and next_day is None and "start_next_day" not in clock.lost:
        ctx.faults.add(
            clock.head,
            "按天计的时限要写明起算当日是否计入",
            "start_next_day: true 为次日起算",
            path=f"{clock.path}.start_next_day",
        )


def _role(ctx: Context, item: Node, node: Node) -> None:
    if node.text is None or ctx.require(node, "roles") is None:
        return
    role = ctx.entry("roles", node.text)
    who = role.text_at("who") if role is not None else None
    text = (who.text or "") if who is not None else ""
    duties = item.get("duty")
    duty = text.removeprefix("duty:").partition(".")[0]
    if text.startswith("duty:") and duties is not None and duty not in duties.names():
        ctx.faults.add(node.place, f"角色 {node.text} 写作 {text}，本事项没有职责 {duty}")
