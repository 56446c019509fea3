"""Scoring a scheme: from figures by unit to score sheets. Pure: no database, used by packs' own tests too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Protocol

from luoshi.core.canonical import canonical_bytes, decimal_text
from luoshi.core.errors import MissingInput
from luoshi.core.formulas import RankRow, Rounding, Tie, rank
from luoshi.core.scoring import (
    CALCULATORS,
    Grade,
    Inputs,
    Line,
    Missing,
    Param,
    Points,
    calculator,
    combine,
    graded,
)
from luoshi.core.scoring.base import ParamKind


class FigureLike(Protocol):
    """What scoring needs of a figure: its value (None when there is nothing to count), its printed form,
    the number of rows behind it and its unit of measure."""

    @property
    def value(self) -> Decimal | None: ...
    @property
    def text(self) -> str: ...
    @property
    def base(self) -> int: ...
    @property
    def unit(self) -> str: ...


@dataclass(frozen=True)
class ScoredUnit:
    """A unit to be scored; ``order`` decides the order among equal ranks and of unranked units."""

    id: int
    code: str
    title: str
    order: int = 0


@dataclass(frozen=True)
class LineResult:
    """One criterion of one unit. ``points`` is None when the criterion does not apply to the unit."""

    key: str
    title: str
    indicator: str
    input: Decimal | None
    input_text: str
    points: Decimal | None
    weight: Decimal | None
    note: str
    steps: tuple[str, ...]
    row_id: int | None = None


@dataclass(frozen=True)
class SheetResult:
    """One unit's result. ``status``: ranked, scored, items (no total by rule) or apart (nothing to score).

    ``row_id`` (here and in the lines) is the stored row a result was read from; it is no part of the score.
    """

    unit: ScoredUnit
    group: str
    group_title: str
    total: Decimal | None
    rank: int | None
    status: str
    reason: str
    steps: tuple[str, ...]
    lines: tuple[LineResult, ...]
    row_id: int | None = None
    grade: str = ""
    grade_title: str = ""

    def canonical(self) -> bytes:
        """Return the bytes that are compared when a round is run again.

        A grade is told only where the scheme gives any, so that rounds of others keep their bytes.
        """
        return canonical_bytes(
            {
                **({"grade": self.grade} if self.grade else {}),
                "unit": self.unit.code,
                "group": self.group,
                "total": _text(self.total),
                "rank": self.rank,
                "status": self.status,
                "reason": self.reason,
                "steps": list(self.steps),
                "lines": [
                    {
                        "key": line.key,
                        "input": _text(line.input),
                        "points": _text(line.points),
                        "weight": _text(line.weight),
                        "steps": list(line.steps),
                    }
                    for line in self.lines
                ],
            }
        )


Figures = Mapping[tuple[str, int], FigureLike]
"""(indicator key, unit id) → figure. A missing key or a base of 0 means: the unit filed nothing."""


def score(
    scheme: Mapping[str, Any], groups: Mapping[str, Sequence[ScoredUnit]], figures: Figures
) -> list[SheetResult]:
    """Score every unit of every group, in the order in which a bulletin prints them.

    ``scheme`` is the body of a scheme definition, ``groups`` holds the units of each of its group keys.
    Order: by group, then by rank, then unranked units in their own order, units set apart last.
    Raises: MissingInput naming every unit and criterion that lacks a value when the scheme forbids that.
    """
    sheets: list[SheetResult] = []
    lacking: list[str] = []
    for group in scheme["groups"]:
        members = groups.get(group["key"], ())
        lines = {unit.id: _lines(scheme, unit, members, figures) for unit in members}
        neutral = _neutral(scheme, lines.values())
        scored = []
        for unit in members:
            sheet, missing = _sheet(scheme, group, unit, lines[unit.id], neutral)
            lacking += missing
            scored.append(sheet)
        sheets += _ordered(_graded(scheme, _ranked(scheme, scored)))
    if lacking:
        raise MissingInput(_missing_message(scheme, lacking))
    if not sheets:
        raise MissingInput(f"方案“{scheme['title']}”在本期没有适用单位，请核对单位树和方案分组。")
    return sheets


def indicator_keys(scheme: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the indicator keys that the criteria of a scheme read, each once, in order."""
    return tuple(dict.fromkeys(criterion["input"] for criterion in scheme["criteria"]))


def _missing_message(scheme: Mapping[str, Any], lacking: Sequence[str]) -> str:
    shown = "；".join(lacking[:10]) + ("" if len(lacking) <= 10 else f"；另有 {len(lacking) - 10} 个单位")
    return (
        f"方案“{scheme['title']}”要求各项取值齐全，以下单位缺项，不予计分：{shown}。"
        "请补齐填报后重新计算；来源未公布的项目不得推测填写。"
    )


Lines = tuple[LineResult, ...]


def _lines(
    scheme: Mapping[str, Any], unit: ScoredUnit, members: Sequence[ScoredUnit], figures: Figures
) -> Lines:
    """Score every criterion of a unit; empty when the unit filed nothing that the scheme reads."""
    found = [figures.get((key, unit.id)) for key in indicator_keys(scheme)]
    if all(figure is None or figure.base == 0 for figure in found):
        return ()
    return tuple(_line(criterion, unit, members, figures) for criterion in scheme["criteria"])


def _neutral(scheme: Mapping[str, Any], sheets: Iterable[Lines]) -> dict[str, Decimal]:
    """Return the mean points of each criterion over the units of a group that have any."""
    points: dict[str, list[Decimal]] = {}
    for lines in sheets:
        for line in lines:
            if line.points is not None:
                points.setdefault(line.key, []).append(line.points)
    return {key: sum(values, Decimal(0)) / len(values) for key, values in points.items()}


def _sheet(
    scheme: Mapping[str, Any],
    group: Mapping[str, Any],
    unit: ScoredUnit,
    lines: Lines,
    neutral: Mapping[str, Decimal],
) -> tuple[SheetResult, list[str]]:
    """Put a unit's lines together; return its sheet and, under ``missing: refuse``, what it lacks."""
    sheet = SheetResult(unit, group["key"], group["title"], None, None, "apart", "", (), lines)
    if not lines:
        return replace(sheet, reason="本期未报，不计分、不排名"), []
    if all(line.input is None for line in lines):
        return replace(sheet, reason="本期无应办件，不计分、不排名"), []
    if scheme["combine"] == "none":
        return replace(sheet, status="items"), []
    missing = Missing(scheme["combine"]["missing"])
    absent = [line.title for line in lines if line.points is None]
    if missing is Missing.REFUSE and absent:
        return sheet, [f"{unit.title}缺{'、'.join(absent)}"]
    full = {criterion["key"]: criterion.get("full") for criterion in scheme["criteria"]}
    total = combine(
        [_addend(line, full[line.key], neutral.get(line.key)) for line in lines],
        **_combine_options(scheme["combine"]),
        missing=missing,
    )
    if total.points is None:
        return replace(sheet, steps=total.steps, reason="没有可计分的项目，不排名"), []
    return replace(sheet, steps=total.steps, total=total.points, status="scored"), []


def _addend(line: LineResult, full: Any, neutral: Decimal | None) -> Line:
    points = None if line.points is None else Points(line.points, line.steps)
    return Line(
        line.key,
        line.title,
        line.weight,
        points,
        full=None if full is None else Decimal(full),
        neutral=neutral,
    )


def _combine_options(spec: Mapping[str, Any]) -> dict[str, Any]:
    options: dict[str, Any] = {
        "how": spec["how"],
        "digits": spec["digits"],
        "rounding": Rounding(spec["rounding"]),
    }
    for key in ("start", "floor", "cap"):
        if spec.get(key) is not None:
            options[key] = Decimal(spec[key])
    return options


def _line(
    criterion: Mapping[str, Any], unit: ScoredUnit, members: Sequence[ScoredUnit], figures: Figures
) -> LineResult:
    figure = figures.get((criterion["input"], unit.id))
    value = None if figure is None or figure.base == 0 else figure.value
    weight = None if criterion.get("weight") is None else Decimal(criterion["weight"])
    result = LineResult(
        key=criterion["key"],
        title=criterion["title"],
        indicator=criterion["input"],
        input=value,
        input_text=figure.text if figure is not None and value is not None else "—",
        points=None,
        weight=weight,
        note=criterion.get("note", ""),
        steps=(),
    )
    if value is None:
        return replace(result, steps=(f"{criterion['title']}没有取值，不计分",))
    ((name, params),) = criterion["calc"].items()
    peers = tuple(
        peer.value
        for member in members
        if (peer := figures.get((criterion["input"], member.id))) is not None and peer.value is not None
    )
    inputs = Inputs(value=value, peers=peers, label=criterion["title"], unit=figure.unit if figure else "")
    points = calculator(name, _numbers(params, CALCULATORS[name].PARAMS)).score(inputs)
    return replace(result, points=points.points, steps=points.steps)


def _numbers(params: Mapping[str, Any], known: Mapping[str, Param]) -> dict[str, Any]:
    """Read the numbers of calculator parameters, which an installed definition keeps as text."""
    wordy = (ParamKind.TEXT, ParamKind.CHOICE)
    return {name: given if known[name].kind in wordy else _number(given) for name, given in params.items()}


def _number(given: Any) -> Any:
    if isinstance(given, str):
        return Decimal(given)
    if isinstance(given, Mapping):
        return {key: _number(each) for key, each in given.items()}
    return [_number(each) for each in given] if isinstance(given, (list, tuple)) else given


def _ranked(scheme: Mapping[str, Any], sheets: Sequence[SheetResult]) -> list[SheetResult]:
    """Give ranks within one group; units without a total take no rank and push nobody down."""
    spec = scheme["rank"]
    if spec == "none":
        return list(sheets)
    tie = Tie(spec["tie"])
    rows = [
        RankRow(str(sheet.unit.id), sheet.total, _tiebreak(spec, sheet))
        for sheet in sheets
        if sheet.total is not None
    ]
    ranks = rank(rows, tie, better=spec["better"])
    return [
        sheet if sheet.total is None else replace(sheet, rank=ranks[str(sheet.unit.id)], status="ranked")
        for sheet in sheets
    ]


def _graded(scheme: Mapping[str, Any], sheets: Sequence[SheetResult]) -> list[SheetResult]:
    """Give grades within one group; units without a rank get none."""
    grades = [
        Grade(each["key"], each["title"], _decimal(each["share"]), _decimal(each["least"]))
        for each in scheme.get("grades") or ()
    ]
    if not grades:
        return list(sheets)
    ranked = sorted((sheet for sheet in sheets if sheet.rank is not None), key=lambda sheet: sheet.rank or 0)
    totals = [(str(sheet.unit.id), sheet.total) for sheet in ranked if sheet.total is not None]
    found = graded(totals, grades)
    return [
        sheet
        if (got := found.get(str(sheet.unit.id))) is None
        else replace(
            sheet, grade=got.grade.key, grade_title=got.grade.title, steps=(*sheet.steps, f"等次：{got.why}")
        )
        for sheet in sheets
    ]


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _tiebreak(spec: Mapping[str, Any], sheet: SheetResult) -> tuple[Decimal, ...]:
    by_key = {line.key: line.points for line in sheet.lines}
    return tuple(by_key[key] or Decimal(0) for key in spec.get("by", ()))


def _ordered(sheets: Sequence[SheetResult]) -> list[SheetResult]:
    def place(sheet: SheetResult) -> tuple[bool, bool, int, int]:
        return sheet.status == "apart", sheet.rank is None, sheet.rank or 0, sheet.unit.order

    return sorted(sheets, key=place)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else decimal_text(value)
