"""Making the package: the live lists of all apps, held against the lines that stand already."""

from __future__ import annotations

from datetime import datetime

from luoshi.domains.handover.models import Handover, HandoverLine
from luoshi.kernel.org.handing import LISTS, Held, Holding, held_by

# What nobody's records hold: written in by who leaves.
TYPED = {
    "matters": "口头交办事项",
    "property": "物品钥匙印章",
    "money": "经费合同往来",
    "papers": "未归档文件资料",
    "legacy": "遗留问题",
    "risk": "风险提示",
}
HEADINGS = {**LISTS, **TYPED}
ORDER = list(HEADINGS)


def package_refresh(handover: Handover, now: datetime) -> tuple[list[HandoverLine], list[tuple[str, int]]]:
    """Bring the live lines up to now: new ones in, what is done out, the others as they stand.

    Notes of who leaves stay with their lines. Returns (rows written, rows removed), for the event.
    """
    post = handover.post
    found = held_by(Holding(post.pk, post.code, post.unit_id, post.is_head), now)
    wanted = {(held.kind, held.id): (name, held) for name, rows in found.items() for held in rows}
    standing = {(row.kind, row.ref): row for row in handover.lines.exclude(ref=None).order_by("id")}
    written = []
    for key, (name, held) in wanted.items():
        row = standing.get(key) or HandoverLine(handover=handover, source=name, kind=held.kind, ref=held.id)
        if row.pk is None or _differs(row, held):
            _put(row, held)
            row.save()
            written.append(row)
    gone = [row for key, row in standing.items() if key not in wanted]
    removed = [(row.ledger_type, row.pk) for row in gone]
    HandoverLine.objects.filter(pk__in=[row.pk for row in gone]).delete()
    return written, removed


def _differs(row: HandoverLine, held: Held) -> bool:
    return (row.number, row.title, row.state, row.due_on) != (
        held.number,
        held.title,
        held.state,
        held.due_on,
    )


def _put(row: HandoverLine, held: Held) -> None:
    row.number, row.title, row.state = held.number, held.title[:300], held.state
    row.due_on, row.sort = held.due_on, held.sort
