"""From the lines of a report definition and its material to a document tree with bound figures. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from luoshi.core.canonical import decimal_text
from luoshi.kernel.documents.tree import (
    Block,
    Document,
    FigureRun,
    Head,
    Heading,
    Imprint,
    Paragraph,
    Quote,
    Run,
    Sign,
    Text,
)
from luoshi.kernel.reports.bounds import Bound, Bounds
from luoshi.kernel.reports.holes import HOLE
from luoshi.kernel.reports.material import Material
from luoshi.kernel.reports.scores import scheme_hole
from luoshi.kernel.reports.tables import chart_of, table_of

_DIGITS = "〇一二三四五六七八九十"


@dataclass(frozen=True)
class Composed:
    """A document tree and what each of its figure keys is bound to."""

    document: Document
    bounds: tuple[Bound, ...]


@dataclass(frozen=True)
class Issuing:
    """What only the issuing office can say: the day and, when it has one, the document number."""

    on: date
    created: datetime
    number: str = ""
    final: bool = False


def compose(material: Material, issuing: Issuing) -> Composed:
    """Compose a report.

    Raises: MissingInput when a line asks for something the period does not have (a score without a round).
    """
    bounds = Bounds()
    body = material.report.body
    numbering = Numbering()
    blocks: list[Block] = []
    for line in body["lines"]:
        blocks += _blocks(line, material, bounds, numbering)
    title = tuple(_plain_holes(each, material) for each in body["title"])
    document = Document(
        title_lines=title,
        blocks=tuple(blocks),
        head=Head(org=material.organ, number=issuing.number or None),
        sign=Sign(org=material.organ, date=issuing.on),
        notes=_notes(material, issuing),
        imprint=Imprint(printer=material.organ, printed_on=issuing.on) if issuing.final else None,
        meta={
            "title": "".join(title),
            "author": material.organ,
            "created": issuing.created.isoformat(),
        },
    )
    return Composed(document, bounds.all())


class Numbering:
    """Numbers headings as official documents do: 一、 （一） 1. （1）.

    >>> numbering = Numbering()
    >>> [numbering.next(level) for level in (1, 2, 2, 3, 1, 2)]
    ['一、', '（一）', '（二）', '1.', '二、', '（一）']
    """

    def __init__(self) -> None:
        self._counts = [0, 0, 0]

    def next(self, level: int) -> str:
        self._counts[level - 1] += 1
        self._counts[level:] = [0] * (3 - level)
        count = self._counts[level - 1]
        return (f"{chinese_ordinal(count)}、", f"（{chinese_ordinal(count)}）", f"{count}.")[level - 1]


def chinese_ordinal(number: int) -> str:
    """Return 1..99 in Chinese numerals.

    >>> [chinese_ordinal(n) for n in (1, 10, 11, 20, 35)]
    ['一', '十', '十一', '二十', '三十五']
    """
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")


def _blocks(
    line: Mapping[str, Any], material: Material, bounds: Bounds, numbering: Numbering
) -> Sequence[Block]:
    for level, key in enumerate(("h1", "h2", "h3"), 1):
        if key in line:
            return [Heading(level, numbering.next(level) + _plain_holes(line[key], material))]
    if "p" in line:
        return [Paragraph(_runs(line["p"], material, bounds))]
    if "q" in line:
        return [Quote(line["q"], line["source"])]
    if "table" in line:
        return [table_of(line["table"], material, bounds)]
    return [chart_of(line["chart"], material)]


def _runs(text: str, material: Material, bounds: Bounds) -> tuple[Run, ...]:
    """Split a line at its holes: words stay words, holes become figures, or words where no number is."""
    runs: list[Run] = []
    end = 0
    for match in HOLE.finditer(text):
        if match.start() > end:
            runs.append(Text(text[end : match.start()]))
        runs.append(_run(match[1], material, bounds))
        end = match.end()
    if end < len(text):
        runs.append(Text(text[end:]))
    return tuple(runs)


def _run(name: str, material: Material, bounds: Bounds) -> Run:
    if name == "period":
        return Text(material.period.title)
    if name.startswith("scheme."):
        found = scheme_hole(name.removeprefix("scheme."), material)
        return found if isinstance(found, Text) else _figure_run(bounds.add(found))
    key, _, part = name.partition(".")
    figure = material.overall[key]
    text = (
        figure.text
        if not part
        else {"num": _counted(figure.num), "den": _counted(figure.den), "base": str(figure.base)}[part]
    )
    bound = Bound(name, text, "indicator", part or "value", figure.ref, material.period.code)
    return _figure_run(bounds.add(bound))


def _figure_run(bound: Bound) -> FigureRun:
    return FigureRun(bound.key, bound.text)


def _counted(value: Decimal | None) -> str:
    return "—" if value is None else decimal_text(value)


def _plain_holes(text: str, material: Material) -> str:
    """Fill ``{period}``, the only hole that titles and headings may have."""
    return text.replace("{period}", material.period.title)


def _notes(material: Material, issuing: Issuing) -> tuple[str, ...]:
    notes = [_plain_holes(note, material) for note in material.report.body["notes"]]
    apart = [sheet for each in material.rounds for sheet in each.sheets if sheet.status == "apart"]
    if apart and material.ranks:
        names = "；".join(f"{sheet.unit.title}（{sheet.reason}）" for sheet in apart)
        notes.append(f"另列单位：{names}。")
    state = "" if issuing.final else "本件为草稿，未经定稿。"
    notes.append(
        f"本通报数字由系统依据填报记录计算，取数截至留痕 {material.position} 条，"
        f"每一数字可回溯至原始填报。{state}"
    )
    return tuple(notes)
