"""The tree of refusals: what an action may answer instead of doing what was asked.

A ``Refusal`` is expected and goes back to the official who asked, in Chinese: the rule and the remedy.
Anything else that is raised is a fault of the program and is not caught.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


class Refusal(Exception):
    """An answer of "no" with its reason.

    ``message`` is Chinese text for an official, ``code`` an ASCII slug of the class, ``fields`` maps a field
    key to the message that belongs beside that field (empty when the refusal is about the whole request).

    >>> str(WrongState("该填报已审核通过，不能再修改。"))
    '该填报已审核通过，不能再修改。'
    >>> Incomplete("还有必填项未填。", fields={"note": "请填写说明。"}).fields
    {'note': '请填写说明。'}
    """

    code: ClassVar[str] = "refused"

    def __init__(self, message: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields: dict[str, str] = dict(fields or {})

    def __str__(self) -> str:
        return self.message


class NotAllowed(Refusal):
    """The actor has no right to do this."""

    code = "not_allowed"


class NotFound(Refusal):
    """No such record, or none that the actor may see: the two must look alike."""

    code = "not_found"


class WrongState(Refusal):
    """The record is not in a state from which this step leads on."""

    code = "wrong_state"


class Incomplete(Refusal):
    """Something that the step needs was not given."""

    code = "incomplete"


class SamePerson(Refusal):
    """Two steps that must be taken by different persons or units were not."""

    code = "same_person"


class Invalid(Refusal):
    """A given value breaks a rule."""

    code = "invalid"


class Stale(Refusal):
    """The record was changed by somebody else after it was read."""

    code = "stale"


class Duplicate(Refusal):
    """What should be unique exists already."""

    code = "duplicate"


class Frozen(Refusal):
    """The record was frozen or published and is never changed again."""

    code = "frozen"


class MissingInput(Refusal):
    """A score or figure lacks a value and the rule says that it may not be guessed."""

    code = "missing_input"


class EmptyDenominator(Refusal):
    """A rate over nothing: shown as a dash, never as 0 or 100."""

    code = "empty_denominator"


class ExpressionInvalid(Refusal):
    """An expression is not of the closed language, or does not fit the names it uses.

    ``offset`` counts characters from the start of the text, from 0.
    """

    code = "expression_invalid"

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a pack file. ``line`` and ``col`` count from 1; ``path`` is the key path inside the file.

    >>> print(Fault("pack.yaml", 3, 7, "items.case", "没有这个字段 knd", "是否想写 kind"))
    pack.yaml:3:7: items.case: 没有这个字段 knd（是否想写 kind）
    """

    file: str
    line: int
    col: int
    path: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f"（{self.hint}）" if self.hint else ""
        return f"{self.file}:{self.line}:{self.col}: {self.path}: {self.message}{hint}"


class PackInvalid(Refusal):
    """A pack is refused; ``faults`` holds every fault found, in the order of the files.

    >>> print(PackInvalid([Fault("pack.yaml", 1, 1, "pack", "缺少 id")]))
    业务包有 1 处错误：
    pack.yaml:1:1: pack: 缺少 id
    """

    code = "pack_invalid"

    def __init__(self, faults: Sequence[Fault]) -> None:
        lines = [f"业务包有 {len(faults)} 处错误：", *map(str, faults)]
        super().__init__("\n".join(lines))
        self.faults = list(faults)


class LedgerFault(Exception):
    """The ledger contradicts itself or the tables. Not a refusal: work stops and a human looks."""


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the known name that looks most like ``name``, or None when none is close.

    >>> nearest("solvd", ["solved", "ontime"])
    'solved'
    >>> nearest("zzz", ["solved", "ontime"]) is None
    True
    """
    found = difflib.get_close_matches(name, sorted(set(names)), n=1, cutoff=0.6)
    return found[0] if found else None
