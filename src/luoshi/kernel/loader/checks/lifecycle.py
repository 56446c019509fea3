"""The lifecycle of an item type as a graph: every state can be reached and left, and nobody closes alone.

The rule of honest closing: an item is done only out of a verifying state, and each move into done is apart
from each move into verifying that can have been taken since the item was created or last reopened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from luoshi.kernel.items.schema import Stage
from luoshi.kernel.loader.checks.context import Context
from luoshi.kernel.loader.nodes import Node

ENDED = (Stage.DONE, Stage.VOID)


@dataclass(frozen=True, slots=True)
class Edge:
    """One way a move can be taken: ``start`` is None where it creates the item."""

    do: str
    start: str | None
    end: str
    node: Node


def check_lifecycle(ctx: Context, item: Node, stages: Mapping[str, str]) -> None:
    """Check the graph of an item type whose states and moves have no faults of their own."""
    edges = edges_of(item)
    _reached(ctx, item, stages, edges)
    _closed_by_another(ctx, stages, edges)


def edges_of(item: Node) -> list[Edge]:
    """Return every way from state to state, in the order of the file."""
    moves = item.get("moves")
    found: list[Edge] = []
    for move in moves.elements() if moves is not None else ():
        do, end = move.text_at("do"), move.text_at("to")
        if do is None or end is None:
            continue
        for start in starts_of(move):
            found.append(Edge(do.text or "", start, end.text or "", move))
    return found


def starts_of(move: Node) -> list[str | None]:
    """Return the states a move may be taken from; [None] for the one that creates."""
    node = move.get("from")
    if node is None:
        return []
    if isinstance(node.value, list):
        return [each.text for each in node.elements() if each.text is not None]
    return [node.text]


def _reached(ctx: Context, item: Node, stages: Mapping[str, str], edges: Iterable[Edge]) -> None:
    known = _reach(edges, {edge.end for edge in edges if edge.start is None})
    left = {edge.start for edge in edges}
    states = item.get("states")
    for state in states.elements() if states is not None else ():
        key = state.text_at("key")
        if key is None or key.text is None or key.text not in stages:
            continue
        if key.text not in known:
            ctx.faults.add(key.place, f"从登记起走不到状态“{key.text}”，请补一个到它的动作或删去它")
        elif key.text not in left and stages[key.text] not in ENDED:
            ctx.faults.add(key.place, f"状态“{key.text}”没有下一步，事项会停在这里，请补一个动作")


def _reach(
    edges: Iterable[Edge], begin: Iterable[str | None], through: frozenset[str] = frozenset()
) -> set[str | None]:
    """Return the states that can be reached; the way never leads on from a state in ``through``."""
    known = set(begin)
    waiting = list(known)
    while waiting:
        here = waiting.pop()
        if here in through:
            continue
        for edge in edges:
            if edge.start == here and edge.end not in known:
                known.add(edge.end)
                waiting.append(edge.end)
    return known


def _closed_by_another(ctx: Context, stages: Mapping[str, str], edges: list[Edge]) -> None:
    ended = frozenset(key for key, stage in stages.items() if stage in ENDED)
    for closing in edges:
        if stages.get(closing.end) != Stage.DONE or stages.get(closing.start or "") == Stage.DONE:
            continue
        head = closing.node.head
        if stages.get(closing.start or "") != Stage.VERIFYING:
            message = f"动作“{closing.do}”不经核查就办结：办结只能从 stage: verifying 的状态出发"
            ctx.faults.add(head, message, path=f"{closing.node.path}.to")
            continue
        apart = _apart(closing.node)
        for report in edges:
            enters = stages.get(report.end) == Stage.VERIFYING and (
                stages.get(report.start or "") != Stage.VERIFYING
            )
            if enters and report.do not in apart and closing.start in _reach(edges, {report.end}, ended):
                ctx.faults.add(
                    head,
                    f"同一人可以用“{report.do}”报结又用“{closing.do}”办结",
                    f"请写 apart: [{{move: {report.do}, level: person}}]",
                    path=f"{closing.node.path}.apart",
                )
                break


def _apart(move: Node) -> set[str]:
    listed = move.get("apart")
    found = (each.text_at("move") for each in (listed.elements() if listed is not None else ()))
    return {node.text for node in found if node is not None and node.text is not None}
