"""Checks of imports of items: every column means something, every activity is a move that may be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import available_timezones

from luoshi.kernel.items.schema import BASIS, CREATE, DUTY_PREFIX, NOTE
from luoshi.kernel.loader.checks.context import Context, nearest_hint
from luoshi.kernel.loader.nodes import Node, Place


def check_histories(ctx: Context) -> None:
    """Check the imports that bring items; those of forms are checked with the forms."""
    for _, template in ctx.section("imports"):
        if "item" not in template.names():
            continue
        zone = template.text_at("zone")
        if zone is not None and not ctx.faults.under(zone.path) and zone.text not in available_timezones():
            ctx.unknown(zone, "时区", zone.text or "", available_timezones())
        item = ctx.require(template.text_at("item"), "items")
        if item is None or ctx.faults.under(item.path):
            continue
        _fields(ctx, item, template)
        _duties(ctx, item, template)
        _moves(ctx, item, template)
        ctx.unique((each.text_at("is") for each in _meanings(template)), "环节")


def _fields(ctx: Context, item: Node, template: Node) -> None:
    fields = _by_key(item, "fields", "key")
    columns = template.get("columns")
    for key, node in columns.entries() if columns is not None else ():
        if key not in fields:
            ctx.faults.add(node.head, f"事项没有字段“{key}”", nearest_hint(key, fields))
        elif (pii := fields[key].get("pii")) is not None and pii.value is True:
            ctx.faults.add(node.head, f"字段 {key} 是个人信息，不能由表格导入，只能在办理页填写")


def _duties(ctx: Context, item: Node, template: Node) -> None:
    rules = item.get("duty")
    known = {key: node.text or "" for key, node in rules.entries()} if rules is not None else {}
    duties = template.get("duties")
    for role, node in duties.entries() if duties is not None else ():
        if role not in known:
            ctx.faults.add(node.head, f"事项没有职责“{role}”", nearest_hint(role, known))
        elif known[role].endswith("post"):
            ctx.faults.add(node.head, f"职责 {role} 由岗位承担，不能由表格导入")


def _moves(ctx: Context, item: Node, template: Node) -> None:
    moves = _by_key(item, "moves", "do")
    named = list(_named(template))
    for key, place in named:
        if key not in moves:
            ctx.faults.add(place, f"事项没有动作“{key}”", nearest_hint(key, moves))
        else:
            _needs(ctx, template, key, moves[key], place)
    if CREATE not in {key for key, _ in named} and "times" not in template.lost | {"activity"}:
        ctx.faults.add(
            template.head, f"没有写明登记（{CREATE}）的时间取自哪一列", path=f"{template.path}.times"
        )


def _needs(ctx: Context, template: Node, key: str, move: Node, place: Place) -> None:
    """What a move needs comes with the table: else no case could take it."""
    brought = {
        *(_names(template, "columns")),
        *(f"{DUTY_PREFIX}{role}" for role in _names(template, "duties")),
        *((NOTE,) if template.get("note") is not None else ()),
    }
    for each in _listed(move, "guard"):
        ctx.faults.add(place, f"动作 {key} 另有条件 {each.text}，只能在本系统办理，不能导入")
        return
    for need in _listed(move, "need"):
        text = need.text or ""
        if text not in brought:
            what = {NOTE: "说明（note）", BASIS: "依据（basis）"}.get(text, text)
            ctx.faults.add(place, f"动作 {key} 需要 {what}，本导入模板没有对应的列")
            return


def _named(template: Node) -> Iterator[tuple[str, Place]]:
    """Yield every move that the template names, with where it does."""
    times = template.get("times")
    yield from ((key, node.head) for key, node in (times.entries() if times is not None else ()))
    for each in _meanings(template):
        do = each.get("do")
        for node in _one_or_many(do):
            yield node.text or "", node.place


def _meanings(template: Node) -> Iterator[Node]:
    activity = template.get("activity")
    moves = activity.get("moves") if activity is not None else None
    yield from moves.elements() if moves is not None else ()


def _one_or_many(node: Node | None) -> Iterable[Node]:
    if node is None:
        return ()
    return node.elements() if isinstance(node.value, list) else (node,)


def _names(node: Node, key: str) -> set[str]:
    found = node.get(key)
    return found.names() if found is not None else set()


def _by_key(item: Node, section: str, name: str) -> dict[str, Node]:
    """Return the readable entries of a list by their key."""
    entries = ((each.text_at(name), each) for each in _listed(item, section))
    return {key.text or "": each for key, each in entries if key is not None}


def _listed(node: Node, key: str) -> Iterator[Node]:
    found = node.get(key)
    if found is not None and isinstance(found.value, list):
        yield from found.elements()
