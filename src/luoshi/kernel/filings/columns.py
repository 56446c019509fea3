"""Checking a whole column at once: the usual case is settled by ``set``, ``min`` and ``map``."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from types import NoneType
from typing import Any

from luoshi.core.canonical import decimal_text
from luoshi.core.expr import Bin, BoolOp, Compare, Name, Neg, Node, Not, Num
from luoshi.kernel.definitions.fields import Field, Problem, Unfit
from luoshi.kernel.filings.forms import FormRule

_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class ReadColumn:
    """One column read by its field: canonical texts and typed values on demand, problems at once.

    ``problems``: index of the row → what is wrong there. Cells are as ``files.sheets`` gives them: int,
    Decimal, text, date or None; booleans come as text.
    """

    def __init__(self, field: Field, raws: Sequence[Any]) -> None:
        self.field = field
        self.raws = raws
        self.problems: dict[int, Problem] = {}
        self._texts: dict[Any, str | None] = {}
        self.blanks = True
        self.sound = self._sound_numbers()
        if not self.sound:
            self._read_distinct()

    def text(self, row: int) -> str | None:
        """Return the canonical text of a row without a problem."""
        raw = self.raws[row]
        if not self.sound:
            return self._texts[raw]
        return decimal_text(raw) if type(raw) is Decimal else None if raw is None else str(raw)

    def typed(self, row: int) -> Decimal | str | None:
        """Return the value of a row without a problem as expressions take it."""
        return self.field.typed(self.text(row))

    def numbers(self) -> Sequence[Any] | None:
        """Return the raw column when every cell is a sound number that can be computed with."""
        return None if self.blanks or not self.sound else self.raws

    def _sound_numbers(self) -> bool:
        """Settle the usual case: a column of numbers within bounds, no decimals more than allowed."""
        field = self.field
        found = set(self.raws)
        kinds = set(map(type, found))
        if not field.numeric or not kinds <= ({int, Decimal, NoneType} if field.blank else {int, Decimal}):
            return False
        self.blanks = None in found
        found.discard(None)
        if not found:
            return True
        finest = max(
            (-int(value.as_tuple().exponent) for value in found if type(value) is Decimal), default=0
        )
        return finest <= field.digits and field.least <= min(found) and max(found) <= field.most

    def _read_distinct(self) -> None:
        """Read each distinct cell once. Equal numbers read alike, whether whole or decimal."""
        wrong: dict[Any, Problem] = {}
        for raw in set(self.raws):
            try:
                self._texts[raw] = self.field.read(raw)
            except Unfit as unfit:
                wrong[raw] = unfit.problem
        if wrong:
            self.problems = {row: wrong[raw] for row, raw in enumerate(self.raws) if raw in wrong}


def rule_breakers(rule: FormRule, columns: Mapping[str, ReadColumn], rows: int) -> list[int]:
    """Return the rows (indexes) that break a rule.

    Rows with a blank or a problem in its fields are not judged.
    """
    used = {name: columns[name] for name in sorted(rule.must.names) if name in columns}
    if len(used) < len(rule.must.names):
        return []
    numbers = {name: found for name, column in used.items() if (found := column.numbers()) is not None}
    if len(numbers) == len(used) and used:
        truths = _column_value(rule.must.tree, numbers)
        if truths is not None:
            return [row for row, truth in enumerate(truths) if not truth]
    return _breakers_by_value(rule, used, rows)


def _breakers_by_value(rule: FormRule, used: Mapping[str, ReadColumn], rows: int) -> list[int]:
    judged: dict[tuple[Any, ...], bool] = {}
    found: list[int] = []
    for row in range(rows):
        if any(row in column.problems for column in used.values()):
            continue
        values = tuple(column.typed(row) for column in used.values())
        if None in values:
            continue
        if values not in judged:
            judged[values] = rule.must.value(dict(zip(used, values, strict=True))) is True
        if not judged[values]:
            found.append(row)
    return found


def _column_value(node: Node, numbers: Mapping[str, Sequence[Any]]) -> Iterable[Any] | None:
    """Compute an expression over columns of present numbers; None for a part that has no column form."""
    size = len(next(iter(numbers.values())))
    match node:
        case Num(value=value):
            return [value] * size
        case Name(name=name):
            return numbers[name]
        case Neg(part=part):
            return _mapped(operator.neg, _column_value(part, numbers))
        case Not(part=part):
            return _mapped(operator.not_, _column_value(part, numbers))
        case Bin(op=op, left=left, right=right) if op in _ARITHMETIC:
            return _mapped(_ARITHMETIC[op], _column_value(left, numbers), _column_value(right, numbers))
        case Compare(first=first, rest=((op, second),)):
            return _mapped(_COMPARE[op], _column_value(first, numbers), _column_value(second, numbers))
        case BoolOp(op=op, parts=parts):
            found = [_column_value(part, numbers) for part in parts]
            return None if None in found else list(map(all if op == "and" else any, zip(*found, strict=True)))
    return None


def _mapped(function: Callable[..., Any], *columns: Iterable[Any] | None) -> list[Any] | None:
    given = [column for column in columns if column is not None]
    return list(map(function, *given)) if len(given) == len(columns) else None
