"""Pure checks of single events and of the chain of one root. No database: streams in, faults out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from luoshi.kernel.ledger.bodies import Body, body_hash, leaf_hash, parse_body
from luoshi.kernel.ledger.kinds import kind_title


@dataclass(frozen=True, slots=True)
class Fault:
    """One contradiction. ``code`` is stable and ASCII; ``message`` is Chinese and names the row.

    ``row_type`` and ``row_id`` are empty and 0, ``event_id`` None, when the fault is not about one.
    """

    code: str
    row_type: str
    row_id: int
    event_id: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Stored:
    """One event row with what outbox and leaf table say of it; hashes are None where there is no such row."""

    id: int
    obj_type: str
    obj_id: int
    ver: int
    kind: str
    at_ms: int
    account: int
    unit: str
    body: bytes
    pending_hash: bytes | None
    leaf_index: int | None
    leaf_hash: bytes | None


@dataclass(slots=True)
class Chain:
    """Checks events given in order of object and version; remembers only the last one."""

    last: Stored | None = None
    last_hash: str = ""
    columns: tuple[tuple[str, str], ...] = field(
        default=(("obj_type", "对象类别"), ("obj_id", "对象编号"), ("ver", "版本"), ("kind", "事件"),
                 ("at_ms", "时间"), ("account", "账号"), ("unit", "单位")),
    )  # fmt: skip

    def check(self, stored: Stored) -> tuple[Body | None, list[Fault]]:
        """Return the parsed body (None when unreadable) and the faults of this event."""
        faults = [*self._place(stored)]
        digest = body_hash(stored.body)
        try:
            body = parse_body(stored.body)
        except ValueError:
            faults.append(self._fault("body_broken", stored, "原文已不是规范格式，被改动过"))
            body = None
        faults += self._hashes(stored, digest)
        if body:
            faults += [*self._against_columns(stored, body), *self._own_row(stored, body)]
        faults += self._chained(stored, body)
        self.last, self.last_hash = stored, digest
        return body, faults

    def _place(self, stored: Stored) -> Iterator[Fault]:
        if stored.pending_hash is None and stored.leaf_index is None:
            yield self._fault("no_position", stored, "既不在待编号表中，也没有留痕序号，留痕表被改动过")
        if stored.pending_hash is not None and stored.leaf_index is not None:
            yield self._fault("two_positions", stored, "既有留痕序号，又在待编号表中，留痕表被改动过")

    def _hashes(self, stored: Stored, digest: str) -> Iterator[Fault]:
        if stored.pending_hash is not None and stored.pending_hash.hex() != digest:
            yield self._fault("hash", stored, "原文与写入时存下的摘要不符，原文被改动过")
        if stored.leaf_hash is not None and stored.leaf_hash != leaf_hash(stored.body):
            yield self._fault(
                "hash", stored, f"原文与留痕序号 {stored.leaf_index} 的叶摘要不符，原文或叶被改动过"
            )

    def _against_columns(self, stored: Stored, body: Body) -> Iterator[Fault]:
        told = (*body.obj, body.ver, body.t, body.at, body.by[0], body.by[2])
        for (name, title), value in zip(self.columns, told, strict=True):
            if getattr(stored, name) != value:
                yield self._fault("columns", stored, f"“{title}”一列与原文不符，该列被改动过")

    def _own_row(self, stored: Stored, body: Body) -> Iterator[Fault]:
        named = {(row_type, row_id) for row_type, row_id, _ in body.after}
        if body.obj not in named:
            yield self._fault("own_row", stored, "没有列出对象自己的行")
        if any(tuple(key.split(":")[:2]) not in {(t, str(n)) for t, n in named} for key in body.c):
            yield self._fault("commitment", stored, "有一项承诺不属于所列的行")

    def _chained(self, stored: Stored, body: Body | None) -> Iterator[Fault]:
        last = self.last if self.last and self._same_root(self.last, stored) else None
        if stored.ver != (last.ver + 1 if last else 1):
            before = f"第 {last.ver} 版" if last else "开头"
            yield self._fault(
                "chain", stored, f"第 {stored.ver} 版之前缺少事件（上一条为{before}），有事件被删去"
            )
        elif body and body.prev != (self.last_hash if last else None):
            yield self._fault("chain", stored, "所记的上一条事件摘要与实际不符，次序或上一条被改动过")
        if last and (stored.id < last.id or _before(stored.leaf_index, last.leaf_index)):
            yield self._fault("order", stored, "排在同一对象的上一条事件之前，次序被改动过")

    @staticmethod
    def _same_root(first: Stored, second: Stored) -> bool:
        return (first.obj_type, first.obj_id) == (second.obj_type, second.obj_id)

    @staticmethod
    def _fault(code: str, stored: Stored, text: str) -> Fault:
        named = f"留痕事件 {stored.id}（{stored.obj_type} {stored.obj_id}，{kind_title(stored.kind)}）"
        return Fault(code, stored.obj_type, stored.obj_id, stored.id, f"{named}：{text}。")


def _before(own: int | None, last: int | None) -> bool:
    return own is not None and (last is None or own < last)
