"""Verify the whole ledger: every event against itself, every row against the newest event that names it.

Reads one snapshot of the database, streams, and keeps its notes in a temporary file (``scratch.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, transaction

from luoshi.core.canonical import SALT_BYTES, commitment
from luoshi.kernel.ledger.bodies import commitment_key
from luoshi.kernel.ledger.checking import Chain, Fault, Stored
from luoshi.kernel.ledger.guards import guards_missing
from luoshi.kernel.ledger.models import Naming, PrivateField, Request
from luoshi.kernel.ledger.rows import Ledgered, Root, column_text, ledgered_models, private_told, row_digest
from luoshi.kernel.ledger.scratch import Named, Scratch

CHUNK = 1000
MOST_FAULTS = 1000
Progress = Callable[[str, int], None]
T = TypeVar("T")

LIMITS = (
    "尚无检查点：一行若连同它的全部事件和留痕序号一起被删去，无法发现。",
    "尚无检查点：最新的若干条事件若从末尾整段删去，且相应的行也改回原样，无法发现。",
    "尚无检查点：若有人能同时改写行、事件、摘要和留痕序号，使其前后一致，无法发现。",
    "个人信息和自由文本只核对现值；已被更新的旧文本不在库内保存，只核对其承诺仍在。",
    "时间核对到毫秒。",
)
_EVENTS = """
SELECT e.id, e.obj_type, e.obj_id, e.ver, e.kind, e.at_ms, e.account, e.unit, e.body,
       p.hash, l.leaf_index, l.hash_sha256
FROM ledger_event e
LEFT JOIN ledger_pending p ON p.event_id = e.id
LEFT JOIN ledger_leaf l ON l.event_id = e.id
ORDER BY e.obj_type, e.obj_id, e.ver, e.id
"""
_LEAVES = """
SELECT l.leaf_index, l.event_id, e.id FROM ledger_leaf l LEFT JOIN ledger_event e ON e.id = l.event_id
ORDER BY l.leaf_index
"""
_PENDING = """
SELECT p.event_id FROM ledger_pending p LEFT JOIN ledger_event e ON e.id = p.event_id
WHERE e.id IS NULL ORDER BY p.event_id
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``events`` and ``rows`` count what was checked; ``faults`` holds the first 1,000 of ``found``.

    ``limits`` says, in Chinese, what this verification cannot notice.
    """

    ok: bool
    events: int
    rows: int
    found: int
    faults: list[Fault]
    limits: tuple[str, ...]


def verify_ledger(progress: Progress | None = None) -> Verdict:
    """Check the whole ledger and every ledgered row; change nothing.

    ``progress`` is told (what is being checked, how many so far) every thousand.
    Noticed: a row changed, deleted or added past the ledger; an event changed, dropped or reordered; a forged
    leaf; a gap in the positions; a missing guard; a salt or request key that is gone. ``LIMITS``: the rest.
    """
    run = _Run(progress or (lambda stage, done: None))
    with _snapshot(), Scratch() as scratch:
        run.guards()
        run.events(scratch)
        run.positions()
        run.private(scratch)
        run.requests(scratch)
        run.index(scratch)
        run.tables(scratch)
    return Verdict(not run.found, run.event_count, run.row_count, run.found, run.faults, run.limits)


@contextmanager
def _snapshot() -> Iterator[None]:
    """See the database as of one moment, without holding up writers."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # atomic() would take the write lock here; a deferred transaction only reads.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def _stored(row: tuple[Any, ...]) -> Stored:
    *columns, body, pending, index, leaf = row
    number, noun, obj_id, ver, kind, at_ms, account, unit = columns
    numbers = (_int(part) for part in (obj_id, ver, at_ms, account))
    obj_id, ver, at_ms, account = numbers
    hashes = [None if part is None else _bytes(part) for part in (pending, leaf)]
    return Stored(
        number,
        str(noun),
        obj_id,
        ver,
        str(kind),
        at_ms,
        account,
        str(unit),
        _bytes(body),
        hashes[0],
        index,
        hashes[1],
    )


def _int(value: Any) -> int:
    """SQLite lets text into a column of numbers; no number of ours is below 0, so -1 never agrees."""
    return value if isinstance(value, int) else -1


def _bytes(value: Any) -> bytes:
    """SQLite lets text into a column of bytes."""
    return value.encode() if isinstance(value, str) else bytes(value)


def _stream(sql: str) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(CHUNK):
            yield from rows


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


class _Run:
    """One verification: the steps, and what they found so far."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.faults: list[Fault] = []
        self.found = 0
        self.event_count = 0
        self.row_count = 0
        self.limits: tuple[str, ...] = LIMITS

    def add(self, fault: Fault) -> None:
        self.found += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)

    def about(self, code: str, row_type: str, row_id: int, event_id: int | None, text: str) -> None:
        model = ledgered_models().get(row_type)
        title = model._meta.verbose_name if model else "未知类别"
        self.add(Fault(code, row_type, row_id, event_id, f"{title}（{row_type} {row_id}）：{text}。"))

    def guards(self) -> None:
        for name in guards_missing(connection):
            self.add(Fault("guard", "", 0, None, f"数据库缺少防改触发器 {name}，留痕表失去保护。"))

    def events(self, scratch: Scratch) -> None:
        """Check every event with its outbox row and leaf, and note what it says of the rows."""
        chain = Chain()
        for number, row in enumerate(_stream(_EVENTS), start=1):
            stored = _stored(row)
            body, faults = chain.check(stored)
            for fault in faults:
                self.add(fault)
            if body:
                scratch.take(stored.id, body)
            self.event_count = number
            if number % CHUNK == 0:
                self.progress("留痕事件", number)

    def positions(self) -> None:
        """Check that positions run from 0 without a gap and that none stands without its event."""
        expected = 0
        for index, event_id, existing in _stream(_LEAVES):
            if index != expected:
                text = f"留痕序号不连续：{expected} 之后应为连续编号，却见 {index}，有留痕序号被删去。"
                self.add(Fault("leaf_gap", "", 0, event_id, text))
            if existing is None:
                self.add(
                    Fault("ghost_leaf", "", 0, event_id, f"留痕序号 {index} 指向的事件 {event_id} 已不存在。")
                )
            expected = index + 1
        for (event_id,) in _stream(_PENDING):
            self.add(Fault("ghost_pending", "", 0, event_id, f"待编号的事件 {event_id} 已不存在。"))

    def private(self, scratch: Scratch) -> None:
        """Check that each commitment has its salt or an event that says it was erased, and no more."""
        stored = PrivateField.objects.order_by("id").values_list(
            "event_id", "row_type", "row_id", "name", "salt"
        )
        for event_id, row_type, row_id, name, salt in stored.iterator(CHUNK):
            label = commitment_key(row_type, row_id, name)
            scratch.take_salt(event_id, label, None if salt is None else _bytes(salt))
            if salt is not None and len(_bytes(salt)) != SALT_BYTES:
                self.about("salt", row_type, row_id, event_id, f"“{name}”的盐被改动过")
        found = (
            (scratch.commitments_without_salt_row(), "的盐连同记录被删去，不是经办理删除的"),
            (scratch.salts_without_commitment(), "有盐而事件中没有相应的承诺"),
            (scratch.salts_erased_without_event(), "的盐已被清除，却没有“个人信息已删除”的留痕"),
        )
        for rows, text in found:
            for event_id, label in rows:
                noun, number, name = (*label.split(":", 2), "", "")[:3]
                self.about(
                    "salt", noun, int(number) if number.isdecimal() else -1, event_id, f"“{name}”{text}"
                )

    def requests(self, scratch: Scratch) -> None:
        for key in Request.objects.order_by("id").values_list("key", flat=True).iterator(CHUNK):
            scratch.take_request(key)
        for key, event_id in scratch.requests_missing():
            text = f"事件 {event_id} 所属的请求编号 {key} 已不在请求表中，可能被重复办理。"
            self.add(Fault("request", "", 0, event_id, text))

    def index(self, scratch: Scratch) -> None:
        """Compare the derived index with the bodies; a difference misleads pages, ``rebuild`` mends it."""
        names = ("row_type", "row_id", "event_id")
        stored = Naming.objects.order_by(*names).values_list(*names).iterator(CHUNK)
        kept_rows = ((row_type, _int(row_id), _int(event_id)) for row_type, row_id, event_id in stored)
        for told, kept in _merged(scratch.pairs(), kept_rows):
            row_type, row_id, event_id = told or kept or ("", 0, 0)
            text = "留痕索引缺少事件" if kept is None else "留痕索引多出事件"
            self.about("index", row_type, row_id, event_id, f"{text} {event_id}")

    def tables(self, scratch: Scratch) -> None:
        """Compare every row of every ledgered model with the newest event that names it, both ways."""
        models = ledgered_models()
        for model in models.values():
            self.table(model, scratch)
        for row_type, count in scratch.types():
            if row_type not in models:
                text = f"类别“{row_type}”的表不在本安装中，{count} 行未核对。"
                self.limits = (*self.limits, text)

    def table(self, model: type[Ledgered], scratch: Scratch) -> None:
        named = scratch.newest(model.ledger_type)
        expected = next(named, None)
        for row_id, row in _rows(model):
            while expected and expected[0] < row_id:
                self._vanished(model, expected)
                expected = next(named, None)
            if expected and expected[0] == row_id:
                self._compare(model, row_id, row, expected, scratch)
                expected = next(named, None)
            else:
                self.about("ghost", model.ledger_type, row_id, None, "没有任何留痕，是绕过系统加入的")
            self.row_count += 1
            if self.row_count % CHUNK == 0:
                self.progress(str(model._meta.verbose_name), self.row_count)
        while expected:
            self._vanished(model, expected)
            expected = next(named, None)

    def _vanished(self, model: type[Ledgered], named: Named) -> None:
        row_id, event_id, digest, _ = named
        if digest is not None:
            self.about("vanished", model.ledger_type, row_id, event_id, "已不在表中，却没有删除的留痕")

    def _compare(
        self, model: type[Ledgered], row_id: int, row: Ledgered | None, named: Named, scratch: Scratch
    ) -> None:
        _, event_id, digest, ver = named
        noun = model.ledger_type
        if digest is None:
            self.about("ghost", noun, row_id, event_id, f"事件 {event_id} 已将其删除，却仍在表中")
            return
        if row is None:
            self.about("changed", noun, row_id, event_id, "有一列的内容已无法读出，被改动过")
            return
        if isinstance(row, Root) and row.ver != ver:
            self.about("ver", noun, row_id, event_id, f"行上的版本为 {row.ver}，最近一条留痕为第 {ver} 版")
        titles = {field.attname: field.verbose_name for field in model._meta.concrete_fields}
        commitments: dict[str, str] = {}
        for name in private_told(row):
            known = scratch.committed(event_id, commitment_key(noun, row_id, name))
            commitments[name] = known[0] if known else ""
            if not known or not _opens(row, name, *known):
                title = titles[name]
                self.about(
                    "changed", noun, row_id, event_id, f"“{title}”与最近一条留痕（事件 {event_id}）不符"
                )
        if _digest(row, commitments) != digest:
            self.about(
                "changed", noun, row_id, event_id, f"内容与最近一条留痕（事件 {event_id}）不符，被改动过"
            )


def _opens(row: Ledgered, name: str, value: str, salt: bytes | None) -> bool:
    """Say whether the salt opens the commitment to the present text; a broken salt is told elsewhere."""
    if salt is None or len(salt) != SALT_BYTES:
        return True
    try:
        return (
            commitment(salt, commitment_key(row.ledger_type, row.pk, name), column_text(row, name)) == value
        )
    except (ValueError, TypeError):
        return False


def _digest(row: Ledgered, commitments: dict[str, str]) -> str | None:
    try:
        return row_digest(row, commitments)
    except (ValueError, TypeError, ArithmeticError):
        return None


def _rows(model: type[Ledgered]) -> Iterator[tuple[int, Ledgered | None]]:
    """Yield (id, row) in order of the id; the row is None when a column cannot be read any more."""
    rows = model._base_manager.order_by("pk")
    for ids in _chunks(rows.values_list("pk", flat=True).iterator(CHUNK)):
        try:
            found: dict[int, Ledgered | None] = dict(rows.in_bulk(ids))
        except (ValueError, TypeError, ArithmeticError):
            found = {row_id: _row(model, row_id) for row_id in ids}
        for row_id in ids:
            yield row_id, found.get(row_id)


def _row(model: type[Ledgered], row_id: int) -> Ledgered | None:
    try:
        return model._base_manager.get(pk=row_id)
    except (ValueError, TypeError, ArithmeticError):
        return None


_Key = tuple[str, int, int]


def _merged(told: Iterator[_Key], kept: Iterator[_Key]) -> Iterator[tuple[_Key | None, _Key | None]]:
    """Walk two sorted streams and yield what stands in only one of them."""
    first, second = next(told, None), next(kept, None)
    while first or second:
        if first == second:
            first, second = next(told, None), next(kept, None)
        elif second is None or (first is not None and first < second):
            yield first, None
            first = next(told, None)
        else:
            yield None, second
            second = next(kept, None)
