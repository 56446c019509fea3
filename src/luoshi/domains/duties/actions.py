"""Changes of state of responsibility lists: drafted, written, published for good, revised, retired.

What the pack's lists bring is copied in ``adopting``, spreadsheets are taken in ``importing``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import connection, transaction

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.errors import Duplicate, Frozen, Incomplete, Invalid, NotFound, SamePerson, WrongState
from luoshi.db.sql import advisory_lock
from luoshi.domains.duties.checking import Desk, ItemRead, ItemTyped, faults_told
from luoshi.domains.duties.models import DutyItem, DutyList, Holder, Kind, State
from luoshi.domains.duties.policy import require_audience, require_drafting
from luoshi.domains.duties.queries import list_visible
from luoshi.domains.duties.selecting import units_reached
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.ledger.actions import Entry, record, record_many
from luoshi.kernel.org.queries import unit_facts, unit_get

__all__ = [
    "item_put",
    "item_remove",
    "list_draft",
    "list_drop",
    "list_publish",
    "list_retire",
    "list_revise",
]

LIST_CODE = re.compile(r"[a-z][a-z0-9-]{0,39}")
FIRST_YEAR, LAST_YEAR = 2000, 2999


@transaction.atomic
def list_draft(
    *,
    actor: Actor,
    code: str,
    title: str,
    kind: str,
    holders: Sequence[str],
    year: int,
    applies_to: str,
    basis: str,
    now: datetime,
    keeper_code: str = "",
) -> DutyList:
    """Begin the first version of a list, without items. The unit of the actor keeps it unless named.

    ``applies_to``: names of units, groups and kinds, or an expression.
    Raises: NotAllowed, NotFound (no such keeper), Duplicate (the code is used), Incomplete and Invalid with
    ``fields``.
    Ledger: ``list.drafted``.
    """
    keeper = unit_get(keeper_code or actor.unit_code)
    require_drafting(actor, kind, keeper.pk)
    advisory_lock(connection, f"duties.list:{code}")
    if line_standing(code):
        raise Duplicate(f"清单编码“{code}”已经使用。请换一个编码，或修订原有清单。")
    made = DutyList(
        code=code,
        version=next_version(code),
        title=title.strip(),
        kind=kind,
        holders=list(holders),
        year=year,
        keeper=keeper,
        applies_to=applies_to,
        basis=basis.strip(),
    )
    head_checked(made, actor, local_day(now))
    made.editors, made.drafted_at = [actor.account_id], now
    made.save()
    record(made, "list.drafted", by=actor.by, at=now, data=told(made))
    return made


@transaction.atomic
def item_put(*, actor: Actor, list_id: int, typed: ItemTyped, now: datetime) -> DutyItem:
    """Write one item into a draft: a new one, or another wording of the one with this code.

    Raises: NotFound, NotAllowed, Frozen (published), Invalid with ``fields`` for everything that is wrong.
    Ledger: ``list.item_put`` on the list.
    """
    draft = draft_locked(actor, list_id, now)
    read, faults = Desk(local_day(now)).read(draft, typed)
    if read is None:
        raise Invalid("事项填写有误，请改正后再保存。", fields=dict(faults_told(faults)))
    (item,) = items_written(draft, [read])
    draft_touched(draft, actor)
    record(draft, "list.item_put", by=actor.by, at=now, rows=[item], data=told(draft) | {"item": item.code})
    return item


@transaction.atomic
def item_remove(*, actor: Actor, list_id: int, item_code: str, now: datetime) -> None:
    """Take an item out of a draft.

    Raises: NotFound (list or item), NotAllowed, Frozen (published).
    Ledger: ``list.item_removed`` on the list, naming the row that is gone.
    """
    draft = draft_locked(actor, list_id, now)
    item = draft.items.filter(code=item_code).order_by("id").first()
    if item is None:
        raise NotFound(f"草案中没有事项“{item_code}”。")
    gone = (DutyItem.ledger_type, item.pk)
    item.delete()
    draft_touched(draft, actor)
    data = told(draft) | {"item": item_code}
    record(draft, "list.item_removed", by=actor.by, at=now, removed=[gone], data=data)


@transaction.atomic
def list_publish(*, actor: Actor, list_id: int, effective_from: date, now: datetime) -> DutyList:
    """Put a draft into force from a day on; the version before it ends that day. Neither changes again.

    Raises: NotFound, NotAllowed, SamePerson (the actor wrote into the draft), Frozen (published already),
    Incomplete (no item), Invalid (a day that is past, or not after the version before).
    Ledger: ``list.published``, and ``list.superseded`` on the version before.
    """
    draft = _locked(actor, list_id, now)
    require_right(actor, "list.publish", draft.keeper_id)
    _require_draft(draft)
    if actor.account_id in draft.editors:
        raise SamePerson("清单须由起草人以外的账号发布，请另一位有发布权限的同志核对后发布。")
    today = local_day(now)
    require_audience(actor, units_reached(draft, unit_facts(today)), today)
    if not draft.items.exists():
        raise Incomplete("清单还没有事项，不能发布。请先添加或导入事项。")
    before = _in_line(draft.code)
    _day_checked(effective_from, today, before)
    draft.state, draft.effective_from = State.PUBLISHED, effective_from
    draft.approved_at, draft.approved_by_account, draft.approved_by_post = (
        now,
        actor.account_id,
        actor.post_code,
    )
    draft.save()
    entries = [Entry(draft, "list.published", data=told(draft) | {"on": effective_from.isoformat()})]
    if before is not None and (before.effective_to is None or before.effective_to > effective_from):
        before.state, before.effective_to = State.SUPERSEDED, effective_from
        before.save()
        entries.append(
            Entry(before, "list.superseded", data=told(before) | {"on": effective_from.isoformat()})
        )
    record_many(entries, by=actor.by, at=now)
    return draft


@transaction.atomic
def list_revise(*, actor: Actor, list_id: int, now: datetime, year: int | None = None) -> DutyList:
    """Begin a new version as a copy of a published one, with every item; ``year``: for another year.

    Raises: NotFound, NotAllowed, Duplicate (a draft of this list stands), WrongState (not the newest version,
    or never published).
    Ledger: ``list.revised`` with every item copied.
    """
    source = list_visible(actor, list_id, local_day(now))
    require_drafting(actor, source.kind, source.keeper_id)
    advisory_lock(connection, f"duties.list:{source.code}")
    if DutyList.objects.filter(code=source.code, state=State.DRAFT).exists():
        raise Duplicate("这份清单已有一份草案，请在那份草案上修改，或先作废那份草案。")
    newest = _in_line(source.code)
    if newest is None or newest.pk != source.pk:
        raise WrongState("只能在最新发布的一版上修订，请从清单列表中选择最新版。")
    copied = ("code", "title", "kind", "holders", "keeper_id", "applies_to", "basis", "template")
    made = DutyList(
        **{name: getattr(source, name) for name in copied},
        version=next_version(source.code),
        year=year or source.year,
    )
    head_checked(made, actor, local_day(now))
    made.editors, made.drafted_at = [actor.account_id], now
    made.save()
    rows = DutyItem.objects.bulk_create(_copies(source, made))
    record(made, "list.revised", by=actor.by, at=now, rows=rows, data=told(made) | {"source": source.version})
    return made


@transaction.atomic
def list_retire(*, actor: Actor, list_id: int, on: date, reason: str, now: datetime) -> DutyList:
    """End a version in force without another in its place, from the day ``on``.

    Raises: NotFound, NotAllowed, WrongState (not in force or already ended), Incomplete (no reason), Invalid
    (a day that is past, or not after it took effect).
    Ledger: ``list.retired``.
    """
    found = _locked(actor, list_id, now)
    require_right(actor, "list.publish", found.keeper_id)
    if found.state != State.PUBLISHED:
        raise WrongState(f"该版清单{State(found.state).label}，不能停用。")
    if not reason.strip():
        raise Incomplete("停用清单须说明理由。", fields={"reason": "请说明停用的理由。"})
    assert found.effective_from is not None
    if on < local_day(now) or on <= found.effective_from:
        text = "停用日期不得早于今天，且应晚于生效日期。过去各期的清单不变。"
        raise Invalid(text, fields={"on": text})
    found.state, found.effective_to, found.retire_reason = State.RETIRED, on, reason.strip()
    found.save()
    record(found, "list.retired", by=actor.by, at=now, data=told(found) | {"on": on.isoformat()})
    return found


@transaction.atomic
def list_drop(*, actor: Actor, list_id: int, now: datetime) -> DutyList:
    """Give a draft up. It stays on record, and another draft may begin.

    Raises: NotFound, NotAllowed, Frozen (published).
    Ledger: ``list.dropped``.
    """
    draft = draft_locked(actor, list_id, now)
    draft.state = State.DROPPED
    draft.save()
    record(draft, "list.dropped", by=actor.by, at=now, data=told(draft))
    return draft


def draft_locked(actor: Actor, list_id: int, now: datetime) -> DutyList:
    """Return a draft the actor may write into, locked. Raises: NotFound, NotAllowed, Frozen."""
    draft = _locked(actor, list_id, now)
    require_drafting(actor, draft.kind, draft.keeper_id)
    _require_draft(draft)
    return draft


def draft_touched(draft: DutyList, actor: Actor) -> None:
    """Note that the actor wrote into a draft, and may therefore not publish it."""
    if actor.account_id not in draft.editors:
        draft.editors = sorted([*draft.editors, actor.account_id])
        draft.save()


def items_written(draft: DutyList, reads: Iterable[ItemRead]) -> list[DutyItem]:
    """Save items by their code, new ones behind those that stand; return what was written."""
    standing = {item.code: item for item in draft.items.order_by("sort")}
    last = max((item.sort for item in standing.values()), default=0)
    written = []
    for read in reads:
        item = standing.get(str(read.columns["code"]))
        if item is None:
            last += 1
            item = DutyItem(duty_list=draft, sort=last)
        for name, value in read.columns.items():
            setattr(item, name, value)
        item.save()
        written.append(item)
    return written


def _copies(source: DutyList, made: DutyList) -> Iterable[DutyItem]:
    for item in source.items.order_by("sort"):
        item.pk, item._state.adding, item.duty_list = None, True, made
        yield item


def line_standing(code: str) -> bool:
    """Say whether a list of this code was begun and not given up."""
    return DutyList.objects.filter(code=code).exclude(state=State.DROPPED).exists()


def head_checked(made: DutyList, actor: Actor, today: date) -> None:
    """Check what a draft says of itself and read its units. Raises: Invalid, NotAllowed."""
    fields: dict[str, str] = {}
    if not LIST_CODE.fullmatch(made.code):
        fields["code"] = "清单编码以小写字母开头，只含小写字母、数字和短横，如 street-2023。"
    if not made.title:
        fields["title"] = "请填写清单名称。"
    if made.kind not in Kind.values:
        fields["kind"] = f"清单类别只能是{'、'.join(Kind.labels)}。"
    if not made.holders or not set(made.holders) <= set(Holder.values):
        fields["holders"] = f"请选择责任人：{'、'.join(Holder.labels)}。"
    if not FIRST_YEAR <= made.year <= LAST_YEAR:
        fields["year"] = "年度应为四位数，如 2023。"
    if not made.basis:
        fields["basis"] = "请填写依据文件。"
    desk = Desk(today)
    made.applies_to, fault = desk.audience.read(made.applies_to)
    if fault or not made.applies_to:
        fields["applies_to"] = fault or "请填写适用单位。"
    if fields:
        raise Invalid("清单填写有误，请改正后再保存。", fields=fields)
    require_audience(actor, units_reached(made, unit_facts(today)), today)


def _day_checked(effective_from: date, today: date, before: DutyList | None) -> None:
    if effective_from < today:
        text = "生效日期不得早于今天：清单不溯及既往，过去各期仍按当时的清单。"
        raise Invalid(text, fields={"effective_from": text})
    if before is not None and before.effective_from is not None and effective_from <= before.effective_from:
        text = f"生效日期应晚于第{before.version}版的生效日期 {before.effective_from.isoformat()}。"
        raise Invalid(text, fields={"effective_from": text})


def _in_line(code: str) -> DutyList | None:
    """Return the newest published version of a list, locked."""
    return (
        DutyList.objects.select_for_update()
        .filter(code=code, effective_from__isnull=False)
        .order_by("-version")
        .first()
    )


def next_version(code: str) -> int:
    """Return the number of the next version of a list."""
    newest = DutyList.objects.filter(code=code).order_by("-version").values_list("version", flat=True).first()
    return (newest or 0) + 1


def _locked(actor: Actor, list_id: int, now: datetime) -> DutyList:
    list_visible(actor, list_id, local_day(now))
    return DutyList.objects.select_for_update().get(pk=list_id)


def _require_draft(found: DutyList) -> None:
    if found.state == State.DROPPED:
        raise WrongState("这份草案已作废，请重新起草。")
    if found.state != State.DRAFT:
        raise Frozen("该版清单已发布，不能再改。需要调整的，请修订出新的一版。")


def told(made: DutyList) -> dict[str, object]:
    """Return what every event of a list tells."""
    return {"list": made.code, "version": made.version, "kind": made.kind, "year": made.year}
