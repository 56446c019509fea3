"""How a pack writes an item type: the small spellings inside its texts, read the same by loader and engine.

A further part of an item type (clocks, views) brings a module ``schema_PART.py`` beside this one; the
loader's section and checks call it, and ``types.ItemType`` carries what it reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from luoshi.kernel.definitions.fields import FILE_KINDS


class Stage(StrEnum):
    """What a state means everywhere; its name is local."""

    INTAKE = "intake"
    ASSIGNED = "assigned"
    WORKING = "working"
    WAITING = "waiting"
    VERIFYING = "verifying"
    DONE = "done"
    VOID = "void"


STAGE_TITLES: Mapping[Stage, str] = {
    Stage.INTAKE: "受理",
    Stage.ASSIGNED: "已派",
    Stage.WORKING: "办理",
    Stage.WAITING: "等待",
    Stage.VERIFYING: "核查",
    Stage.DONE: "办结",
    Stage.VOID: "作废",
}
ENDED = frozenset({Stage.DONE, Stage.VOID})

CREATE = "create"
NOTE, BASIS = "note", "basis"
DUTY_PREFIX = "duty."
EVIDENCE_PREFIX = "evidence:"
CHILDREN, DONE = "children", "done"
TODAY = "today"
DUTY_TITLES: Mapping[str, str] = {
    "lead": "主办单位",
    "co": "协办单位",
    "watch": "督办单位",
    "verify": "核查单位",
}
# Words that name something of every item, so that no field or duty may be called so.
RESERVED = frozenset(
    (
        *("number", "type", "state", "stage", "title", "tag", "created", "moved", "due", "overdue", "month"),
        *(
            "merged",
            "step",
            "note",
            "basis",
            "evidence",
            "duty",
            "unit",
            "clock",
            "all",
            "true",
            "false",
            "none",
            "today",
            "children",
            "origin",
        ),
    )
)

DUTY = r"^(0|[1-9][0-9]?)(\.\.([1-9][0-9]?|n))? (unit|post)$"
NUMBER_HOLE = re.compile(r"\{(year|month|seq(?::0[1-9])?)\}")
NUMBER = r"^([A-Za-z0-9〔〕()（）\[\]\-_/第号]|\{year\}|\{month\}|\{seq(:0[1-9])?\})+$"
GIVEN = r"^([a-z][a-z0-9_]*|duty\.[a-z][a-z0-9_]*)$"
NEED = (
    r"^([a-z][a-z0-9_]*|duty\.[a-z][a-z0-9_]*|evidence:[1-9]"
    r"|children(\.[a-z][a-z0-9_]*)?\.[a-z][a-z0-9_]*)$"
)
WITHIN = r"^[1-9][0-9]{0,3} (workday|calendar_day|hour)$"
AFTER = r"^([1-9][0-9]{0,3}|[a-z][a-z0-9_]*) (workday|calendar_day|hour)$"
FIELD_TYPE = (
    r"^(int|int:[0-9]{1,9}-[0-9]{1,9}|money|text|date|moment|decimal:[1-6]|percent:[0-6]"
    r"|(vocab|set):[a-z][a-z0-9_]*)$"
)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who a role of the pack is. ``kind``: post, unit, duty, or any (a unit); ``name``: slot or duty.

    ``part``: "" whoever handles for the unit, "head" its head, "super" the unit above it.
    """

    kind: str
    name: str
    part: str
    title: str


@dataclass(frozen=True, slots=True)
class DutyRule:
    """How many may hold a duty, and whether a unit or a post does. ``most`` None: any number."""

    role: str
    least: int
    most: int | None
    post: bool


@dataclass(frozen=True, slots=True)
class EvidenceRule:
    """What an item takes as evidence: keys of ``FILE_KINDS``; whether pictures alone suffice for a move."""

    kinds: tuple[str, ...]
    pictures_suffice: bool


@dataclass(frozen=True, slots=True)
class Within:
    """How long after the state was entered a move may still be taken."""

    amount: int
    unit: str


@dataclass(frozen=True, slots=True)
class After:
    """How long a state must have lasted before a move out of it: an amount, or what a field says."""

    amount: int
    field: str
    unit: str


def is_condition(need: str) -> bool:
    """Say whether something a move needs is a condition on the records, not something given with it.

    >>> [is_condition(need) for need in ("note", "children.done", "children.measure.done")]
    [False, True, True]
    """
    return need.startswith(f"{CHILDREN}.")


def child_rule(need: str) -> tuple[str, bool]:
    """Return the key of the type that is asked for ("" for any), and whether all of it must be done.

    >>> child_rule("children.done"), child_rule("children.measure.done"), child_rule("children.measure")
    (('', True), ('measure', True), ('measure', False))
    """
    parts = need.removeprefix(f"{CHILDREN}.").split(".")
    done = parts[-1] == DONE
    return (parts[0] if len(parts) > done else "", done)


def duty_rule(role: str, text: str) -> DutyRule:
    """Read ``1 unit``, ``0..n unit``, ``1..3 post``.

    >>> duty_rule("lead", "1 unit")
    DutyRule(role='lead', least=1, most=1, post=False)
    >>> duty_rule("co", "0..n post")
    DutyRule(role='co', least=0, most=None, post=True)
    """
    found = re.fullmatch(DUTY, text)
    if found is None:
        raise ValueError(text)
    least = int(found[1])
    most = least if found[2] is None else None if found[3] == "n" else int(found[3])
    return DutyRule(role, least, most, found[4] == "post")


def evidence_needed(text: str) -> int:
    """Return how many pieces of evidence a need asks for, 0 when it asks for something else.

    >>> evidence_needed("evidence:2"), evidence_needed("result")
    (2, 0)
    """
    return int(text.removeprefix(EVIDENCE_PREFIX)) if text.startswith(EVIDENCE_PREFIX) else 0


def evidence_rule(body: Mapping[str, Any] | None) -> EvidenceRule:
    """Read what a type says of evidence; one that says nothing takes every kind, and more than pictures.

    >>> evidence_rule({"kinds": ["document", "photo"]})
    EvidenceRule(kinds=('document', 'photo'), pictures_suffice=False)
    """
    said = body or {}
    return EvidenceRule(tuple(said.get("kinds") or FILE_KINDS), bool(said.get("pictures_suffice", False)))


def within_of(text: str) -> Within:
    """Read ``10 workday``.

    >>> within_of("10 workday")
    Within(amount=10, unit='workday')
    """
    amount, _, unit = text.partition(" ")
    return Within(int(amount), unit)


def after_of(text: str) -> After:
    """Read ``5 workday`` or ``public_days workday``.

    >>> after_of("5 workday"), after_of("public_days workday")
    (After(amount=5, field='', unit='workday'), After(amount=0, field='public_days', unit='workday'))
    """
    amount, _, unit = text.partition(" ")
    return After(int(amount), "", unit) if amount.isdigit() else After(0, amount, unit)


def number_text(pattern: str, *, year: int, month: int, seq: int) -> str:
    """Return a number in its pattern.

    >>> number_text("ZQ{year}{seq:05}", year=2023, month=4, seq=17)
    'ZQ202300017'
    >>> number_text("督〔{year}〕{seq}号", year=2023, month=4, seq=5)
    '督〔2023〕5号'
    """
    return pattern.format(year=year, month=f"{month:02}", seq=seq)
