"""What the children of an item must show before a move: that there are some, that all are done."""

from __future__ import annotations

from collections.abc import Iterable

from luoshi.core.errors import Incomplete
from luoshi.kernel.items.models import Item, ItemParent
from luoshi.kernel.items.schema import ENDED, Stage, child_rule
from luoshi.kernel.items.types import Move, type_def

NAMED = 3


def conditions_check(item: Item, move: Move) -> None:
    """Refuse a move while the records do not show what it needs. One query a condition.

    Raises: Incomplete naming what is still open.
    """
    for need in move.conditions:
        told = _children(item, *child_rule(need))
        if told:
            raise Incomplete(f"还不能{move.title}：{told}")


def _children(item: Item, key: str, done: bool) -> str:
    """Return what lacks with the children. Void and merged ones do not count; there must be one."""
    rows = ItemParent.objects.filter(parent=item, item__merged_into=None).order_by("item_id")
    if key:
        rows = rows.filter(item__type_ref=f"{item.type_ref.partition('.')[0]}.{key}")
    found = [
        (number, stage)
        for number, stage in rows.values_list("item__number", "item__stage")
        if stage != Stage.VOID
    ]
    if not found:
        noun = type_def(f"{item.type_ref.partition('.')[0]}.{key}").title if key else "事项"
        return f"本件还没有所属的{noun}，请先逐条登记。"
    waiting = [number for number, stage in found if Stage(stage) not in ENDED]
    if done and waiting:
        return f"所属事项还有 {len(waiting)} 件没有办结（{_some(waiting)}），请先逐件办结。"
    return ""


def _some(numbers: Iterable[str]) -> str:
    listed = list(numbers)
    return "、".join(listed[:NAMED]) + ("等" if len(listed) > NAMED else "")
