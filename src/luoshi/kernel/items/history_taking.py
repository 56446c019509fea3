"""Histories of another system become items: kept until taken or dropped, checked again, taken at once.

The times of the steps are those of the other system; the event that each item gets is written now.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from luoshi.core.actor import SYSTEM_ACTOR, Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.canonical import sha256_hex
from luoshi.core.errors import Invalid, NotFound
from luoshi.db.sql import insert_plain
from luoshi.kernel.definitions.slots import Slot
from luoshi.kernel.files.actions import file_store
from luoshi.kernel.files.preflight import check_upload
from luoshi.kernel.files.queries import file_by_hash, file_content
from luoshi.kernel.items.clock_facts import clock_chain
from luoshi.kernel.items.clock_models import ClockPause, ItemClock
from luoshi.kernel.items.facts import facts_insert, facts_of
from luoshi.kernel.items.finding import FOUND, item_text
from luoshi.kernel.items.history_folding import TAKEN_IN, Built
from luoshi.kernel.items.history_models import HistoryDraft, ItemIntake, ItemOrigin
from luoshi.kernel.items.history_preview import MOST_BYTES, Histories, Preview
from luoshi.kernel.items.history_rules import HistoryTemplate, history_template, template_type
from luoshi.kernel.items.models import ClockFact, Item, ItemDuty, ItemFact, ItemMove, MoveFact
from luoshi.kernel.items.numbers import numbers_next
from luoshi.kernel.items.policy import may, require_holder, standing_of
from luoshi.kernel.items.schema import CREATE
from luoshi.kernel.items.slots import slots_for
from luoshi.kernel.items.types import ItemType
from luoshi.kernel.ledger.actions import Entry, record, record_many
from luoshi.kernel.search.actions import documents_add
from luoshi.kernel.search.sources import source_of

SAMPLES = 50
_GONE = "这份记录已导入、已放弃或不存在。请在事项列表查看已导入的事项；要再导入，请重新上传。"


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be taken: what the intake row says of it."""

    token: uuid.UUID
    name: str
    content: bytes


def may_take_in(actor: Actor, kind: ItemType, now: datetime) -> bool:
    """Say whether an actor may bring items of a type in: whoever registers them. One query."""
    if actor == SYSTEM_ACTOR:
        return True
    return may(actor, kind.moves[CREATE].by, standing_of(kind, (), local_day(now)))


def require_taker(actor: Actor, kind: ItemType, now: datetime) -> None:
    """Refuse whoever may not register items of a type. Raises: NotAllowed naming who may."""
    if not may_take_in(actor, kind, now):
        standing = standing_of(kind, (), local_day(now))
        require_holder(actor, kind.moves[CREATE].by, standing, f"导入{kind.title}")


@transaction.atomic
def history_keep(*, actor: Actor, import_ref: str, name: str, content: bytes, now: datetime) -> HistoryDraft:
    """Keep an upload until it is taken or dropped; the token is for the preview page.

    Raises: NotFound (import), NotAllowed, Invalid (not a table that may be read).
    Ledger: none, nothing has happened yet.
    """
    template = history_template(import_ref)
    require_taker(actor, template_type(template), now)
    check_upload(name, content, max_bytes=MOST_BYTES)
    stored = file_store(name=name, content=content, now=now)
    return HistoryDraft.objects.create(
        token=uuid.uuid4(),
        account_id=actor.account_id,
        import_ref=import_ref,
        file_name=name[-255:],
        file_sha=stored.sha256,
        created_at=now,
    )


@transaction.atomic
def history_drop(*, actor: Actor, draft_token: uuid.UUID) -> str:
    """Forget an upload that was not taken; return the item type it was for.

    Raises: NotFound. Ledger: none.
    """
    draft = _draft(actor, draft_token)
    draft.delete()
    return history_template(draft.import_ref).item_ref


def history_preview(*, actor: Actor, draft_token: uuid.UUID, now: datetime) -> Preview:
    """Check a kept upload as things stand now. Reads only.

    Raises: NotFound, NotAllowed, Invalid (a file that cannot be read).
    """
    draft = _draft(actor, draft_token)
    template = history_template(draft.import_ref)
    require_taker(actor, template_type(template), now)
    found = Histories(actor=actor, template=template, name=draft.file_name, content=_content(draft), now=now)
    for chunk in found.chunks():
        found.preview.samples += chunk[: SAMPLES - len(found.preview.samples)]
    return found.preview


@transaction.atomic
def histories_take(*, actor: Actor, draft_token: uuid.UUID, only_clean: bool, now: datetime) -> ItemIntake:
    """Take the cases of a kept upload as items: all, or those without faults when asked for.

    The file is checked again first. The same draft taken twice gives the first intake again; a case that
    stands already with the same history changes nothing.
    Raises: NotFound, NotAllowed, Invalid (head or, without ``only_clean``, a case has faults; nothing new).
    Ledger: ``item.taken_in`` for each item with all its rows, ``intake.taken`` for the file.
    """
    draft = _own(actor, draft_token).select_for_update().first()
    if draft is None:
        return _intake_of(actor, draft_token)
    source = Source(draft.token, draft.file_name, _content(draft))
    intake = _taken(actor, history_template(draft.import_ref), source, only_clean, now)
    draft.delete()
    return intake


@transaction.atomic
def histories_import(
    *, actor: Actor, import_ref: str, name: str, content: bytes, only_clean: bool, now: datetime
) -> tuple[ItemIntake, Preview]:
    """Take a file at once, as the command does; return the intake and what stayed out.

    Raises and ledger: as ``histories_take``.
    """
    template = history_template(import_ref)
    file_store(name=name, content=content, now=now)
    source = Source(uuid.uuid4(), name, content)
    found = Histories(actor=actor, template=template, name=name, content=content, now=now)
    return _taken(actor, template, source, only_clean, now, found), found.preview


def _taken(
    actor: Actor,
    template: HistoryTemplate,
    source: Source,
    only_clean: bool,
    now: datetime,
    found: Histories | None = None,
) -> ItemIntake:
    kind = template_type(template)
    require_taker(actor, kind, now)
    found = found or Histories(
        actor=actor, template=template, name=source.name, content=source.content, now=now
    )
    intake = ItemIntake.objects.create(
        token=source.token,
        type_ref=kind.ref,
        import_ref=template.ref,
        file_name=source.name[-255:],
        file_sha=sha256_hex(source.content),
        items_taken=0,
        items_same=0,
        items_left=0,
        taken_at=now,
        taken_by_account=actor.account_id,
    )
    slots = slots_for(kind.ref, kind.facts)
    for chunk in found.chunks():
        _write(chunk, kind, intake, slots, actor, now)
    _takeable(found.preview, only_clean)
    intake.items_taken, intake.items_same = found.preview.fresh, found.preview.same
    intake.items_left = found.preview.refused
    intake.save()
    counts = {"taken": intake.items_taken, "same": intake.items_same, "left": intake.items_left}
    data = {"type": kind.ref, "import": template.ref, "file": intake.file_sha, "rows": found.preview.rows}
    record(intake, "intake.taken", by=actor.by, at=now, data=data | counts)
    return intake


def _write(
    chunk: Sequence[Built],
    kind: ItemType,
    intake: ItemIntake,
    slots: dict[str, Slot],
    actor: Actor,
    now: datetime,
) -> None:
    """Save the items of a chunk with all their rows, facts and events."""
    days = [local_day(built.item.created_at) for built in chunk]
    for built, numbered in zip(chunk, numbers_next(kind, days), strict=True):
        built.item.number, built.item.year, built.item.seq = numbered
    Item.objects.bulk_create([built.item for built in chunk])
    ItemMove.objects.bulk_create(_all(built.steps for built in chunk))
    ItemDuty.objects.bulk_create(_all(built.duties for built in chunk))
    ItemClock.objects.bulk_create(_all(built.clocks for built in chunk))
    ClockPause.objects.bulk_create(_all(built.pauses for built in chunk))
    documents_add(source_of(FOUND), [(built.item.pk, item_text(built.item)) for built in chunk])
    origins = ItemOrigin.objects.bulk_create([_origin(built, intake) for built in chunk])
    facts: list[ItemFact] = []
    moves: list[MoveFact] = []
    for built in chunk:
        own, taken = facts_of(built.item, built.steps, built.duties, slots)
        facts += own
        moves += taken
    facts_insert(facts, moves)
    insert_plain(connection, [fact for built in chunk for fact in _clock_facts(built)])
    entries = [_entry(built, origin) for built, origin in zip(chunk, origins, strict=True)]
    record_many(entries, by=actor.by, at=now)


def _clock_facts(built: Built) -> Iterator[ClockFact]:
    """Yield the versions of the clocks of an item, by the calendar they were computed by."""
    newest = {row.key: row.round for row in built.clocks}
    for row in built.clocks:
        pauses = [pause for pause in built.pauses if pause.clock is row]
        last = row.round == newest[row.key]
        calendar = built.calendars[row.calendar]
        yield from clock_chain(row, built.item.type_ref, pauses, newest=last, fresh=calendar)


def _all(lists: Iterable[Sequence[Any]]) -> list[Any]:
    return [row for rows in lists for row in rows]


def _origin(built: Built, intake: ItemIntake) -> ItemOrigin:
    return ItemOrigin(
        item=built.item,
        type_ref=built.item.type_ref,
        number=built.case.number,
        intake=intake,
        first_row=built.case.first_row,
        said=built.said,
    )


def _entry(built: Built, origin: ItemOrigin) -> Entry:
    item = built.item
    told: dict[str, list[Any]] = defaultdict(list)
    for clock in built.clocks:
        told[clock.key].append([clock.started_at, clock.due_at, clock.stopped_at or clock.voided_at])
    data = {
        "type": item.type_ref,
        "number": item.number,
        "state": item.state,
        "moves": [step.move for step in built.steps],
        "clocks": told,
        "intake": origin.intake_id,
        "file": origin.intake.file_sha,
        "origin": origin.number,
        "rows": built.case.rows,
    }
    rows = [origin, *built.steps, *built.duties, *built.clocks, *built.pauses]
    return Entry(item, TAKEN_IN, rows=rows, data=data)


def _takeable(found: Preview, only_clean: bool) -> None:
    if found.head_faults:
        fault = found.head_faults[0]
        raise Invalid(f"文件不能导入：{fault.rule}。{fault.remedy}。")
    if found.refused and not only_clean:
        raise Invalid(
            f"有 {found.refused} 件存在问题，请改正后重新上传，或选择只导入无误的 {found.fresh} 件。"
        )
    require(found.fresh or found.same, "没有可以导入的事项，请改正后重新上传。", Invalid)


def _content(draft: HistoryDraft) -> bytes:
    return file_content(file_by_hash(draft.file_sha))


def _own(actor: Actor, token: uuid.UUID) -> QuerySet[HistoryDraft]:
    return HistoryDraft.objects.filter(token=token, account_id=actor.account_id).order_by("id")


def _draft(actor: Actor, token: uuid.UUID) -> HistoryDraft:
    found = _own(actor, token).first()
    if found is None:
        raise NotFound(_GONE)
    return found


def _intake_of(actor: Actor, token: uuid.UUID) -> ItemIntake:
    """Return what a draft became, for whoever sends the same form twice. Raises: NotFound."""
    taken = ItemIntake.objects.filter(token=token, taken_by_account=actor.account_id).order_by("id")
    first = taken.first()
    if first is None:
        raise NotFound(_GONE)
    return first


def intakes_of(type_ref: str) -> list[ItemIntake]:
    """Return the files of a type taken in, the newest first, at most 20."""
    return list(ItemIntake.objects.filter(type_ref=type_ref).order_by("-taken_at", "-id")[:20])


def origin_of(item: Item) -> ItemOrigin | None:
    """Return where an item was brought in from, with its file; None for one registered here. One query."""
    return ItemOrigin.objects.filter(item=item).select_related("intake").order_by("id").first()
