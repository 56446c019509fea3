"""The public table of a batch: which columns it shows, its versions, and what a later version changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from luoshi.core.actor import Actor, require
from luoshi.core.errors import Incomplete, NotFound, WrongState
from luoshi.domains.rectify.models import PublicTable
from luoshi.domains.rectify.types import REPORTED, REPORTS, require_type
from luoshi.kernel.items.actions import creating_check, require_seen
from luoshi.kernel.items.models import Item, ItemParent
from luoshi.kernel.items.sight import item_locked, items_visible
from luoshi.kernel.items.types import ItemType, type_by_id, type_def
from luoshi.kernel.ledger.actions import record

LONGEST_NOTE = 200
# Key of a cell → head of its column. Nothing of whoever reported can be among them: personal fields are kept
# apart from the values these keys are read from.
COLUMNS: Mapping[str, str] = {
    "number": "受理编号",
    "text": "问题基本情况",
    "region": "行政区域",
    "pollution": "污染类型",
    "findings": "调查核实情况",
    "truth": "是否属实",
    "handling": "处理整改情况",
    "result": "办结情况",
    "held": "责任人处理情况",
}
READY = frozenset({"part", "closed"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table. ``was``: "new" and "changed" against the version before, else ""."""

    seq: int
    focus: bool
    cells: Mapping[str, str]
    was: str


@transaction.atomic
def table_publish(*, actor: Actor, batch_id: int, note: str, now: datetime) -> PublicTable:
    """Publish what is settled of a batch as the next version of its table; earlier versions stay.

    Raises: NotFound, NotAllowed (the desk's), WrongState (nothing settled, nothing new), Incomplete (a later
    version without saying why).
    Ledger: ``rectify.table_published`` on the table.
    """
    batch = item_locked(batch_id)
    require_seen(actor, batch)
    require_type(batch, REPORTS)
    creating_check(actor, type_def(REPORTED), now)
    rows = rows_of(batch)
    require(rows, "本批还没有审核办结的举报件，暂无可公开的内容。", WrongState)
    last = versions_of(batch).first()
    if last is not None:
        require(last.rows != rows, f"与第 {last.version} 版没有不同，无需再公开。", WrongState)
        require(note.strip(), "请说明再次公开的原因。", Incomplete)
    table = PublicTable.objects.create(
        batch=batch,
        version=last.version + 1 if last else 1,
        rows=rows,
        note=note.strip()[:LONGEST_NOTE],
        at=now,
        by_account=actor.account_id,
        by_unit=actor.unit_code,
    )
    data = {"batch": batch.number, "version": table.version, "rows": len(rows)}
    record(table, "rectify.table_published", by=actor.by, at=now, rows=[], data=data)
    return table


def rows_of(batch: Item) -> list[dict[str, str]]:
    """Return the lines a table would have now, by number: settled reports, no merged ones. One query."""
    below = ItemParent.objects.filter(parent=batch, item__merged_into=None, item__type_ref=REPORTED)
    found = below.select_related("item").order_by("item__origin", "item__number")
    return [_cells(row.item) for row in found if row.item.state in READY]


def _cells(item: Item) -> dict[str, str]:
    kind: ItemType = type_by_id(item.definition_id)
    shown = {key: kind.fields[key].display(item.values.get(key)) for key in COLUMNS if key in kind.fields}
    focus = "yes" if item.values.get("focus") else ""
    return {"number": item.origin or item.number, **shown, "focus": focus}


def versions_of(batch: Item) -> QuerySet[PublicTable]:
    """Return the published tables of a batch, the newest first."""
    return PublicTable.objects.filter(batch=batch).order_by("-version")


def tables_visible(actor: Actor) -> QuerySet[PublicTable]:
    """Return the published tables of the batches an actor sees, the newest first."""
    batches = items_visible(actor).filter(type_ref=REPORTS).order_by()
    return (
        PublicTable.objects.filter(batch__in=batches.values("pk"))
        .select_related("batch")
        .order_by("-at", "-id")
    )


def table_visible(actor: Actor, table_id: int) -> PublicTable:
    """Return one published table. Raises: NotFound, also when its batch is out of sight."""
    found = tables_visible(actor).filter(pk=table_id).first()
    if found is None:
        raise NotFound("没有这一版一览表，或您无权查看。")
    return found


def lines_of(table: PublicTable) -> list[Line]:
    """Return the lines of a version, each marked by what it changed against the version before. One query."""
    before = PublicTable.objects.filter(batch_id=table.batch_id, version=table.version - 1).first()
    known = {row["number"]: row for row in (before.rows if before else ())}
    return [_line(seq, row, known if before else None) for seq, row in enumerate(table.rows, start=1)]


def _line(seq: int, row: Mapping[str, str], known: Mapping[str, Mapping[str, str]] | None) -> Line:
    was = (
        ""
        if known is None or known.get(row["number"]) == row
        else ("changed" if row["number"] in known else "new")
    )
    return Line(seq, bool(row["focus"]), {key: row.get(key, "—") for key in COLUMNS}, was)


def counts_of(lines: Sequence[Line]) -> dict[str, int]:
    """Return how many lines there are with each result, by its title."""
    counts: dict[str, int] = {}
    for line in lines:
        counts[line.cells["result"]] = counts.get(line.cells["result"], 0) + 1
    return counts
