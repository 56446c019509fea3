"""The fields of a form or item: what may stand in each, how it is spelled canonically and counted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from luoshi.core.canonical import decimal_text
from luoshi.core.errors import nearest
from luoshi.kernel.definitions import table_rows
from luoshi.kernel.definitions.reading import (
    MISSING,
    Problem,
    Unfit,
    date_read,
    decimal_read,
    moment_read,
    text_read,
)

__all__ = [
    "FILE_KINDS",
    "LONGEST_FACT_TEXT",
    "LONGEST_ROWS",
    "LONGEST_TEXT",
    "MISSING",
    "NUMERIC",
    "PICTURES",
    "Field",
    "FieldKind",
    "Problem",
    "Unfit",
    "field_of",
]

LARGEST_INT = Decimal(10) ** 9 - 1
LARGEST_MONEY = Decimal(10) ** 11
LONGEST_TEXT = 2000
LONGEST_FACT_TEXT = 200
LAST_MONTH = "last month"
PARTED = re.compile(r"[、，,；;]")
LONGEST_ROWS = table_rows.LONGEST_ROWS
# What a field of files may take. No sound or film: they weigh much and prove little more than a picture.
FILE_KINDS: Mapping[str, str] = {
    "document": "文件",
    "sheet": "表格",
    "photo": "照片",
    "screenshot": "截图",
}
# Pictures show that something was photographed, not that it was done: by default never the only proof.
PICTURES = frozenset({"photo", "screenshot"})


class FieldKind(StrEnum):
    """The types a pack may write, without their parameter."""

    INT = "int"
    DECIMAL = "decimal"
    PERCENT = "percent"
    MONEY = "money"
    TEXT = "text"
    DATE = "date"
    MOMENT = "moment"
    VOCAB = "vocab"
    SET = "set"
    ROWS = "rows"
    FILES = "files"


NUMERIC = frozenset({FieldKind.INT, FieldKind.DECIMAL, FieldKind.PERCENT, FieldKind.MONEY})


@dataclass(frozen=True, slots=True)
class Field:
    """One field. ``digits``: decimals allowed. ``least`` and ``most`` bound numbers (both inside).

    ``jump``: a change against the period before by more than this many percent needs an explanation.
    ``options``: code → title of a ``vocab`` field. ``last_month``: what is held of the element for the last
    month of the period is offered too. ``keep``: so is what stood in the period before.
    ``shortest``: how many characters a text must have. ``pii``: personal data, kept apart and encrypted.
    ``most_many``: how many rows or files it takes at most; ``columns`` of a table in order, ``totals`` the
    keys of those that are summed; ``file_kinds``: which kinds of evidence it takes.
    """

    key: str
    title: str
    kind: FieldKind
    digits: int
    unit: str
    least: Decimal
    most: Decimal
    jump: Decimal | None
    blank: bool
    fact: bool
    element: str
    last_month: bool
    keep: bool
    help: str
    options: Mapping[str, str]
    shortest: int = 0
    pii: bool = False
    most_many: int = 0
    columns: tuple[Field, ...] = ()
    totals: tuple[str, ...] = ()
    file_kinds: tuple[str, ...] = ()

    @property
    def single(self) -> bool:
        """Say whether the field holds one value that fits one cell: neither table rows nor files."""
        return self.kind not in (FieldKind.ROWS, FieldKind.FILES)

    @property
    def numeric(self) -> bool:
        """Say whether the field holds a number."""
        return self.kind in NUMERIC

    @property
    def bound(self) -> int:
        """Return the largest amount the field can have, as an integer of its last decimal."""
        return int(max(abs(self.least), abs(self.most)).scaleb(self.digits).to_integral_value())

    def read(self, raw: object) -> str | None:
        """Return the canonical text of a raw value (of a cell or an input box), None for a blank.

        Numbers: plain spelling without trailing zeros. Dates and moments: ISO. Vocab: the code, given as such
        or as title. Set: several of a vocab, ``,water,noise,``.
        Table rows: a JSON list of objects, read column by column. Files are linked, never typed: always None.
        Raises: Unfit.
        """
        if self.kind is FieldKind.FILES:
            return None
        if self.kind is FieldKind.ROWS:
            return table_rows.rows_read(self, raw)
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            if self.blank:
                return None
            raise Unfit(MISSING, f"请填写{self.title}")
        if self.numeric:
            return decimal_text(self._number(raw))
        if self.kind is FieldKind.DATE:
            return date_read(raw).isoformat()
        if self.kind is FieldKind.MOMENT:
            return moment_read(raw).isoformat(timespec="milliseconds")
        if self.kind is FieldKind.SET:
            return self._options(raw)
        return self._option(text_read(raw)) if self.kind is FieldKind.VOCAB else self._long(text_read(raw))

    def typed(self, text: str | None) -> Decimal | str | None:
        """Return a canonical text as expressions take it: Decimal for numbers, text for all else."""
        return Decimal(text) if text is not None and self.numeric else text

    def jumps(self, before: str | None, now: str | None) -> bool:
        """Say whether a change between two canonical texts is beyond ``jump``; anything is, coming from 0."""
        if self.jump is None or before is None or now is None:
            return False
        old, new = Decimal(before), Decimal(now)
        return abs(new - old) * 100 > self.jump * abs(old)

    def display(self, text: str | None) -> str:
        """Return a canonical text as a reader sees it: vocab by title, a blank as a dash."""
        if text is None:
            return "—"
        if self.kind is FieldKind.ROWS:
            return table_rows.rows_words(self, text)
        if self.kind is FieldKind.MOMENT:
            return text[:16].replace("T", " ")
        if self.kind is FieldKind.SET:
            return "、".join(self.options.get(code, code) for code in text.strip(",").split(","))
        return self.options.get(text, text)

    def _number(self, raw: object) -> Decimal:
        value = decimal_read(raw)
        exponent = int(value.as_tuple().exponent)
        if exponent < -self.digits and value != round(value, self.digits):
            allowed = f"最多保留 {self.digits} 位小数" if self.digits else "应为整数"
            raise Unfit(allowed, f"现为 {value}，请核对后改正")
        if self.kind is FieldKind.PERCENT and not 0 <= value <= 100:
            raise Unfit("百分率应在 0 至 100 之间", f"现为 {decimal_text(value)}，请核对原表")
        if value < self.least:
            raise Unfit(f"不得小于 {decimal_text(self.least)}", f"现为 {decimal_text(value)}，请核对原表")
        if value > self.most:
            raise Unfit(f"不得大于 {decimal_text(self.most)}", f"现为 {decimal_text(value)}，请核对原表")
        return value

    def _options(self, raw: object) -> str:
        """Return several codes in the order of the pack between commas, so that each can be looked for."""
        texts = raw if isinstance(raw, list | tuple) else PARTED.split(text_read(raw))
        found = {self._option(part) for text in texts if (part := text_read(text))}
        if not found:
            raise Unfit(MISSING, f"请填写{self.title}")
        return f",{','.join(code for code in self.options if code in found)},"

    def _option(self, text: str) -> str:
        if text in self.options:
            return text
        for code, title in self.options.items():
            if title == text:
                return code
        near = nearest(text, self.options.values())
        raise Unfit(
            f"应为：{'、'.join(self.options.values())}", f"是否想填“{near}”" if near else "请从中选填一项"
        )

    def _long(self, text: str) -> str:
        longest = LONGEST_FACT_TEXT if self.fact else LONGEST_TEXT
        if len(text) > longest:
            raise Unfit(f"不得超过 {longest} 字", f"现有 {len(text)} 字，请删减")
        if len(text) < self.shortest:
            raise Unfit(f"不得少于 {self.shortest} 字", f"现有 {len(text)} 字，请补充")
        return text


def field_of(spec: Mapping[str, Any], vocabs: Mapping[str, Mapping[str, str]]) -> Field:
    """Read one field of a body of a form or item. ``vocabs``: vocab key → its options. Raises: ValueError.

    ``int:0-100`` is an integer with its bounds; ``min`` of a text counts characters.
    """
    kind_text, _, parameter = str(spec["type"]).partition(":")
    kind = FieldKind(kind_text)
    scaled = kind in NUMERIC and kind is not FieldKind.INT and bool(parameter)
    digits = {FieldKind.MONEY: 2}.get(kind, int(parameter) if scaled else 0)
    least, most = _limits(kind, parameter)
    text = kind is FieldKind.TEXT
    many = kind in (FieldKind.ROWS, FieldKind.FILES)
    return Field(
        key=spec["key"],
        title=spec["title"],
        kind=kind,
        digits=digits,
        unit=spec.get("unit") or ("%" if kind is FieldKind.PERCENT else ""),
        least=least if text or spec.get("min") is None else Decimal(str(spec["min"])),
        most=most if spec.get("max") is None else Decimal(str(spec["max"])),
        jump=None if spec.get("jump") is None else Decimal(str(spec["jump"])),
        blank=bool(spec.get("blank")),
        fact=bool(spec.get("fact")),
        element=spec.get("element") or "",
        last_month=spec.get("from") == LAST_MONTH,
        keep=bool(spec.get("keep")),
        help=spec.get("help") or "",
        options=vocabs[parameter] if kind in (FieldKind.VOCAB, FieldKind.SET) else {},
        shortest=int(Decimal(str(spec.get("min") or 0))) if text else 0,
        pii=bool(spec.get("pii")),
        most_many=int(parameter) if many else 0,
        columns=tuple(field_of(column, vocabs) for column in spec.get("columns") or ()),
        totals=tuple(spec.get("total") or ()),
        file_kinds=tuple(spec.get("kinds") or ()),
    )


def _limits(kind: FieldKind, parameter: str) -> tuple[Decimal, Decimal]:
    """Return the bounds a number has by its type alone: they keep every sum within 64 bits."""
    if kind is FieldKind.INT and parameter:
        low, _, high = parameter.partition("-")
        return Decimal(low), Decimal(high)
    if kind is FieldKind.PERCENT:
        return Decimal(0), Decimal(100)
    most = LARGEST_MONEY if kind is FieldKind.MONEY else LARGEST_INT
    return -most, most
