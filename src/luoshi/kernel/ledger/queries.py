"""Reading the ledger. Who may read it is asked above (right ``ledger.view``); here nothing is left out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet

from luoshi.core.canonical import parse_canonical
from luoshi.core.errors import LedgerFault, NotFound
from luoshi.kernel.ledger.bodies import After, body_hash, parse_body
from luoshi.kernel.ledger.kinds import SECURITY_KINDS, kind_title
from luoshi.kernel.ledger.models import Event, Leaf, Naming, Pending, SecurityEntry
from luoshi.kernel.ledger.rows import Root, ledgered_models, milliseconds, moment_of


@dataclass(frozen=True, slots=True)
class EventView:
    """One event as read. ``position`` is None until the sequencer has numbered it.

    ``by`` is (account, post code, unit code[, "acting"]). ``after`` lists (row type, row id, digest), the
    digest None for a removed row. ``hash`` is the SHA-256 of ``body``, the canonical text; ``prev`` is that
    of the root's event before it; ``req`` is the request key.
    """

    id: int
    kind: str
    title: str
    obj: tuple[str, int]
    obj_title: str
    ver: int
    at: datetime
    by: tuple[int | str, ...]
    data: Mapping[str, Any]
    after: tuple[After, ...]
    hash: str
    position: int | None
    prev: str | None
    req: str | None
    body: str


@dataclass(frozen=True, slots=True)
class SecurityView:
    """One entry of the security log."""

    id: int
    kind: str
    title: str
    account: int | None
    at: datetime
    detail: Mapping[str, Any]


def position() -> int:
    """Return the number of events that have a position, which is the next position to be given."""
    newest = Leaf.objects.aggregate(newest=Max("leaf_index"))["newest"]
    return 0 if newest is None else int(newest) + 1


def pending_count() -> int:
    """Return how many events still wait for their position."""
    return Pending.objects.count()


def type_title(row_type: str) -> str:
    """Return the Chinese name of a row type; a type whose model is gone shows as itself."""
    model = ledgered_models().get(row_type)
    return str(model._meta.verbose_name) if model else row_type


def event_get(event_id: int) -> EventView:
    """Return one event. Raises: NotFound; LedgerFault when its body was tampered with beyond reading."""
    found = _views(Event.objects.filter(pk=event_id).order_by("id"))
    if not found:
        raise NotFound("没有这条留痕，可能编号有误。")
    return found[0]


def events_of(obj_type: str, obj_id: int) -> list[EventView]:
    """Return all events of one root, oldest first."""
    return _views(Event.objects.filter(obj_type=obj_type, obj_id=obj_id).order_by("ver"))


def events_naming(row_type: str, row_id: int) -> list[EventView]:
    """Return all events that wrote one row, root or not, oldest first."""
    if _is_root(row_type):
        return events_of(row_type, row_id)
    ids = Naming.objects.filter(row_type=row_type, row_id=row_id).values("event_id")
    return _views(Event.objects.filter(pk__in=ids).order_by("id"))


def newest_event_of(row_type: str, row_id: int) -> EventView | None:
    """Return the event that wrote one row last, or None when no event names it."""
    event_id = newest_events_of(row_type, [row_id]).get(row_id)
    return None if event_id is None else event_get(event_id)


def newest_events_of(row_type: str, row_ids: Collection[int]) -> dict[int, int]:
    """Return row id → id of the event that wrote it last, for the rows that have one; one query."""
    if _is_root(row_type):
        events = Event.objects.filter(obj_type=row_type, obj_id__in=row_ids).values("obj_id")
        return dict(events.order_by("obj_id").annotate(newest=Max("id")).values_list("obj_id", "newest"))
    named = Naming.objects.filter(row_type=row_type, row_id__in=row_ids).values("row_id")
    return dict(named.order_by("row_id").annotate(newest=Max("event_id")).values_list("row_id", "newest"))


def namings_of(row_type: str, row_ids: Collection[int]) -> dict[int, list[EventView]]:
    """Return row id → all events that wrote that row (no root), oldest first; three queries."""
    named = Naming.objects.filter(row_type=row_type, row_id__in=row_ids)
    pairs = list(named.order_by("row_id", "event_id").values_list("row_id", "event_id"))
    views = _views(Event.objects.filter(pk__in={event for _, event in pairs}).order_by("id"))
    by_id = {view.id: view for view in views}
    found: dict[int, list[EventView]] = {}
    for row_id, event_id in pairs:
        found.setdefault(row_id, []).append(by_id[event_id])
    return found


def events_page(
    *,
    kind: str = "",
    obj_type: str = "",
    account: int | None = None,
    unit: str = "",
    before: int | None = None,
    limit: int = 50,
) -> list[EventView]:
    """Return at most ``limit`` events, newest first; ``before`` is the last id of the page above."""
    found = Event.objects.order_by("-id")
    if kind:
        found = found.filter(kind=kind)
    if obj_type:
        found = found.filter(obj_type=obj_type)
    if unit:
        found = found.filter(unit=unit)
    if account is not None:
        found = found.filter(account=account)
    if before is not None:
        found = found.filter(pk__lt=before)
    return _views(found[:limit])


def security_log(
    *,
    kind: str = "",
    account: int | None = None,
    since: datetime | None = None,
    before: int | None = None,
    limit: int = 200,
) -> list[SecurityView]:
    """Return entries of the security log, newest first, at most ``limit``."""
    found = SecurityEntry.objects.order_by("-id")
    if kind:
        found = found.filter(kind=kind)
    if account is not None:
        found = found.filter(account=account)
    if since is not None:
        found = found.filter(at_ms__gte=milliseconds(since))
    if before is not None:
        found = found.filter(pk__lt=before)
    return [_security_view(entry) for entry in found[:limit]]


def _is_root(row_type: str) -> bool:
    model = ledgered_models().get(row_type)
    return model is not None and issubclass(model, Root)


def _views(events: QuerySet[Event]) -> list[EventView]:
    rows = list(events)
    positions = _positions(event.pk for event in rows)
    return [_view(event, positions.get(event.pk)) for event in rows]


def _positions(event_ids: Iterable[int]) -> dict[int, int]:
    leaves = Leaf.objects.filter(event_id__in=list(event_ids)).order_by("leaf_index")
    return dict(leaves.values_list("event_id", "leaf_index"))


def _view(event: Event, position: int | None) -> EventView:
    stored = bytes(event.body)
    try:
        body = parse_body(stored)
    except ValueError as error:
        raise LedgerFault(f"the body of event {event.pk} cannot be read: {error}") from error
    return EventView(
        id=event.pk,
        kind=body.t,
        title=kind_title(body.t),
        obj=body.obj,
        obj_title=type_title(body.obj[0]),
        ver=body.ver,
        at=moment_of(body.at),
        by=body.by,
        data=body.data,
        after=body.after,
        hash=body_hash(stored),
        position=position,
        prev=body.prev,
        req=body.req,
        body=stored.decode(),
    )


def _security_view(entry: SecurityEntry) -> SecurityView:
    detail = parse_canonical(bytes(entry.detail))
    assert isinstance(detail, dict)
    return SecurityView(
        id=entry.pk,
        kind=entry.kind,
        title=SECURITY_KINDS.get(entry.kind, entry.kind),
        account=entry.account,
        at=moment_of(entry.at_ms),
        detail=detail,
    )
