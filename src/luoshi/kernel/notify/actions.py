"""Sending notices. One notice for each key ever; asking again does nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from luoshi.core.actor import Actor, By
from luoshi.core.beijing import local_day
from luoshi.db.sql import advisory_lock
from luoshi.kernel.ledger.actions import Entry, record_many
from luoshi.kernel.ledger.rows import Ledgered
from luoshi.kernel.notify.models import Level, Message, Notice, Preference, Reason, Skip
from luoshi.kernel.notify.recipients import Directory, Found, Passed, To
from luoshi.kernel.notify.topics import require_subject, require_topic

LONGEST_TEXT = 300
BATCH = 500


@dataclass(frozen=True, slots=True)
class Target:
    """The record a notice is about; ``unit_id``: whose record it is, where it is somebody's."""

    kind: str
    id: int
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice to be sent. ``key``: at most 160 ASCII characters, unique for ever. ``text``: one line.

    ``unsent``: None, or why nobody is told any more: then the duties are recorded as skipped. ``step`` and
    ``step_at``: of the rule that asks for it; ``step_at`` is ``now`` when not given.
    """

    key: str
    topic: str
    text: str
    target: Target
    to: tuple[To, ...]
    level: str = Level.BLUE
    step: str = ""
    step_at: datetime | None = None
    unsent: Reason | None = None


def notice_send(
    *,
    by: By | Actor,
    to: Sequence[To],
    topic: str,
    text: str,
    target: Target,
    now: datetime,
    key: str,
    level: str = Level.BLUE,
) -> Notice | None:
    """Tell those on duty of one thing; None when a notice with this key was sent before.

    ``to``: from ``recipients``. Call it inside the transaction of the action that gives the occasion.
    Raises: LookupError for an unknown topic or kind of target; ValueError for a level or key that does not
    fit; NotFound for a unit that is not there.
    Ledger: ``notice.sent`` with the messages and whom they did not reach; ``notice.skipped`` without any.
    """
    draft = Draft(key, topic, text, target, tuple(to), level)
    made = notices_send(by=by, drafts=[draft], now=now)
    return made[0] if made else None


@transaction.atomic
def notices_send(*, by: By | Actor, drafts: Iterable[Draft], now: datetime) -> list[Notice]:
    """Send many notices at once, leaving out those whose key was used before. Few queries for each 500.

    Raises: as ``notice_send``. Ledger: as ``notice_send``, one event for each notice.
    """
    who = by.by if isinstance(by, Actor) else by
    wanted = {draft.key: _checked(draft) for draft in drafts}
    _locked(wanted)
    fresh = _fresh(wanted)
    if not fresh:
        return []
    directory = Directory((to for draft in fresh for to in draft.to), local_day(now))
    found = [Found() if draft.unsent else directory.found(draft.to) for draft in fresh]
    _mute(directory, fresh, found)
    notices = Notice.objects.bulk_create([_notice(draft, now) for draft in fresh], batch_size=BATCH)
    rows = _rows_written(list(zip(fresh, notices, found, strict=True)), now)
    record_many([_entry(notice, rows[notice.pk]) for notice in notices], by=who, at=now)
    return notices


def _checked(draft: Draft) -> Draft:
    require_topic(draft.topic)
    require_subject(draft.target.kind)
    if draft.level not in Level.values:
        raise ValueError(f"level {draft.level!r}: one of {', '.join(Level.values)}")
    if not (draft.key.isascii() and 0 < len(draft.key) <= 160):
        raise ValueError(f"notice key {draft.key!r} must be 1 to 160 ASCII characters")
    return draft


def _locked(keys: Iterable[str]) -> None:
    """Let one sender at a time look whether keys are new, by the first part of the key, in order."""
    for name in sorted({key.partition(":")[0] for key in keys}):
        advisory_lock(connection, f"notify.send:{name}")


def _fresh(wanted: Mapping[str, Draft]) -> list[Draft]:
    keys, used = list(wanted), set()
    for start in range(0, len(keys), BATCH):
        rows = Notice.objects.filter(key__in=keys[start : start + BATCH]).order_by()
        used |= set(rows.values_list("key", flat=True))
    return [draft for key, draft in wanted.items() if key not in used]


def _mute(directory: Directory, drafts: Sequence[Draft], found: Sequence[Found]) -> None:
    """Pass over the posts all of whose holders have muted the topic; red ones reach everybody."""
    rows = Preference.objects.exclude(muted=[]).order_by("id").values_list("account__person_id", "muted")
    muting = [(person, set(topics)) for person, topics in rows]
    for draft, told in zip(drafts, found, strict=True) if muting else ():
        if draft.level == Level.RED:
            continue
        deaf = {person for person, topics in muting if draft.topic in topics}
        for post, duty in list(told.posts.items()):
            if deaf.issuperset(directory.persons(post)):
                del told.posts[post]
                told.passed.append(Passed(None, post, duty, Reason.MUTED))


def _rows_written(made: Sequence[tuple[Draft, Notice, Found]], now: datetime) -> dict[int, list[Ledgered]]:
    """Insert the messages and skips of new notices; return them by notice."""
    messages = [
        Message(notice=notice, post_id=post, duty=duty, made_at=now)
        for _, notice, told in made
        for post, duty in told.posts.items()
    ]
    skips = [
        _skip(notice, passed) for draft, notice, told in made for passed in (*told.passed, *_unsent(draft))
    ]
    rows: dict[int, list[Ledgered]] = {notice.pk: [] for _, notice, _ in made}
    for message in Message.objects.bulk_create(messages, batch_size=BATCH):
        rows[message.notice_id].append(message)
    for skip in Skip.objects.bulk_create(skips, batch_size=BATCH):
        rows[skip.notice_id].append(skip)
    return rows


def _unsent(draft: Draft) -> list[Passed]:
    if draft.unsent is None:
        return []
    title = "、".join(dict.fromkeys(to.title for to in draft.to))
    return [Passed(draft.target.unit_id, None, title, draft.unsent)]


def _notice(draft: Draft, now: datetime) -> Notice:
    text = " ".join(draft.text.split())
    return Notice(
        key=draft.key,
        topic=draft.topic,
        level=draft.level,
        step=draft.step,
        text=text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…",
        subject_kind=draft.target.kind,
        subject_id=draft.target.id,
        unit_id=draft.target.unit_id,
        step_at=draft.step_at or now,
        made_at=now,
    )


def _skip(notice: Notice, passed: Passed) -> Skip:
    return Skip(
        notice=notice,
        unit_id=passed.unit_id,
        post_id=passed.post_id,
        duty=passed.duty,
        reason=passed.reason,
        instead_id=passed.instead,
    )


def _entry(notice: Notice, rows: Sequence[Ledgered]) -> Entry:
    told = [row.post_id for row in rows if isinstance(row, Message)]
    data = {
        "topic": notice.topic,
        "level": notice.level,
        "step": notice.step,
        "subject": [notice.subject_kind, notice.subject_id],
        "told": told,
        "skipped": [row.reason for row in rows if isinstance(row, Skip)],
    }
    return Entry(notice, "notice.sent" if told else "notice.skipped", rows=rows, data=data)
