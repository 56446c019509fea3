"""What upper apps tell this one: which records can be commented on, what can be asked about, and by whom.

Both are filled in the upper app's ``ready()``. A name that is not known fails the start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from luoshi.core.actor import Actor
from luoshi.core.errors import NotFound, nearest
from luoshi.kernel.ledger.rows import ledgered_models
from luoshi.kernel.notify.recipients import To

# What questions can be about. An upper app fills in each of them, or leaves it out.
TOPIC_KINDS: Mapping[str, str] = {"form": "表单", "duty": "责任清单事项"}


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """One kind of record that can be commented on.

    ``check``: raises NotFound for a record out of sight. ``may_comment``: whether the actor has a part in it.
    ``who`` may, in words. ``commented``: called with who commented on which record by which comment and when,
    in the transaction that wrote it.
    """

    kind: str
    check: Callable[[Actor, int], None]
    may_comment: Callable[[Actor, int, datetime], bool]
    who: str = "经办本条的岗位"
    commented: Callable[[Actor, int, int, datetime], None] | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """Something to ask about. ``fields``: key → title of a part; ``answered_by``: who answers, in words."""

    kind: str
    ref: str
    title: str
    fields: Mapping[str, str]
    answered_by: str


@dataclass(frozen=True, slots=True)
class TopicKind:
    """One kind of topic.

    ``topics``: ref → topic for the refs asked for, for all in force when None is given; few queries.
    ``holds``: whether the actor's unit has to do with a ref. ``answered``: the refs that the actor answers.
    ``tell``: who is told that a unit asks about a ref.
    """

    kind: str
    topics: Callable[[frozenset[str] | None], Mapping[str, Topic]]
    holds: Callable[[Actor, str, date], bool]
    answered: Callable[[Actor, date], frozenset[str]]
    tell: Callable[[str, int], tuple[To, ...]]


_subjects: dict[str, SubjectKind] = {}
_topics: dict[str, TopicKind] = {}


def register_subject(subject: SubjectKind) -> None:
    """Let records of a ``ledger_type`` be commented on. Raises: LookupError for an unknown or taken one."""
    _fresh(subject.kind, ledgered_models(), _subjects)
    _subjects[subject.kind] = subject


def register_topic(topic: TopicKind) -> None:
    """Let questions be asked about a kind of topic. Raises: LookupError for an unknown or taken one."""
    _fresh(topic.kind, TOPIC_KINDS, _topics)
    _topics[topic.kind] = topic


def _fresh(kind: str, known: Mapping[str, object], taken: Mapping[str, object]) -> None:
    if kind not in known:
        near = nearest(kind, known)
        raise LookupError(f"{kind!r} is not known here" + (f", did you mean {near!r}" if near else ""))
    if kind in taken:
        raise LookupError(f"{kind!r} is registered already")


def subject_kind(kind: str) -> SubjectKind:
    """Return a kind of record. Raises: NotFound."""
    if kind not in _subjects:
        raise NotFound("没有这类可以写意见的记录。")
    return _subjects[kind]


def topic_kinds() -> list[TopicKind]:
    """Return the registered kinds of topics in a fixed order."""
    return [_topics[kind] for kind in TOPIC_KINDS if kind in _topics]


def topic_kind(kind: str) -> TopicKind:
    """Return a kind of topic. Raises: NotFound."""
    if kind not in _topics:
        raise NotFound("没有这类可以提问的事项。")
    return _topics[kind]


def topic_of(kind: str, ref: str) -> Topic:
    """Return one topic. Raises: NotFound."""
    found = topic_kind(kind).topics(frozenset({ref})).get(ref)
    if found is None:
        raise NotFound("没有这项可以提问的内容。")
    return found
