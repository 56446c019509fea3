"""Fixture files of a pack: tables of rows, of units, of wanted scores. Read strictly, with places."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from luoshi.core.errors import nearest
from luoshi.core.expr import parse
from luoshi.kernel.loader.nodes import Faults, Place
from luoshi.kernel.org.kinds import kind_of

_SEVERAL = re.compile("[、；]")
UNIT_HEAD = ("单位编码", "单位名称", "简称", "类别", "上级编码", "别名")


@dataclass(frozen=True)
class Sheet:
    """A CSV file: ``rows`` map column title → text; ``lines`` are their line numbers in the file."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    lines: tuple[int, ...]

    def place(self, row: int, column: str, path: str) -> Place:
        """Return the place of a cell: its line, and its column counted in cells."""
        return Place(self.name, self.lines[row], self.columns.index(column) + 1, path)


def read_sheet(name: str, data: bytes, path: str, faults: Faults) -> Sheet | None:
    """Return a CSV file as a sheet; None, with faults, when it is none."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        faults.add(Place(name, 1, 1, path), "文件不是 UTF-8 编码，请另存为 UTF-8")
        return None
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        columns = tuple(cell.strip() for cell in next(reader, ()))
        found = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:
        faults.add(Place(name, reader.line_num, 1, path), "不是正确的 CSV，请核对引号和逗号")
        return None
    if not columns or len(set(columns)) != len(columns) or "" in columns:
        faults.add(Place(name, 1, 1, path), "表头有空列名或重复列名")
        return None
    for line, row in found:
        if len(row) != len(columns):
            faults.add(Place(name, line, 1, path), f"本行 {len(row)} 格，表头 {len(columns)} 格，应当相同")
            return None
    rows = tuple(dict(zip(columns, (cell.strip() for cell in row), strict=True)) for _, row in found)
    return Sheet(name, columns, rows, tuple(line for line, _ in found))


@dataclass(frozen=True)
class FixtureUnit:
    """A unit of a fixture table with the facts that selectors read."""

    id: int
    code: str
    title: str
    names: frozenset[str]
    kind: str
    branch: str
    parent: str

    @property
    def facts(self) -> dict[str, str]:
        """Return the values of the names unit.code, unit.kind, unit.branch, unit.parent."""
        return {
            "unit.code": self.code,
            "unit.kind": self.kind,
            "unit.branch": self.branch,
            "unit.parent": self.parent,
        }


def units_of(sheet: Sheet, path: str, faults: Faults) -> list[FixtureUnit]:
    """Return the units of a unit table in its order; faults for a wrong head, kind or upper unit."""
    if sheet.columns != UNIT_HEAD:
        faults.add(Place(sheet.name, 1, 1, path), f"单位表的表头应为 {'、'.join(UNIT_HEAD)}")
        return []
    parents = {row["单位编码"]: row["上级编码"] for row in sheet.rows}
    units = []
    for number, row in enumerate(sheet.rows):
        kind = kind_of(row["类别"])
        chain = _chain(row["单位编码"], parents)
        if kind is None:
            faults.add(sheet.place(number, "类别", path), f"没有单位类别“{row['类别']}”")
        elif chain is None:
            faults.add(sheet.place(number, "上级编码", path), f"上级编码“{row['上级编码']}”不在表中或成环")
        else:
            names = {row["单位编码"], row["单位名称"], row["简称"], *_SEVERAL.split(row["别名"])} - {""}
            branch = chain[-2] if len(chain) > 1 else ""
            code, title, parent = row["单位编码"], row["单位名称"], row["上级编码"]
            units.append(FixtureUnit(number + 1, code, title, frozenset(names), kind, branch, parent))
    return units


def _chain(code: str, parents: Mapping[str, str]) -> list[str] | None:
    """Return the unit and its upper units up to the root; None when the way up is broken."""
    chain = [code]
    while upper := parents.get(chain[-1], None):
        if upper not in parents or upper in chain:
            return None
        chain.append(upper)
    return chain


def selected(expression: str, units: Sequence[FixtureUnit]) -> list[FixtureUnit]:
    """Return the units for which a selector is true."""
    expr = parse(expression)
    return [unit for unit in units if expr.value(unit.facts) is True]


class UnitNames:
    """Finds units by code, title, short name or alias."""

    def __init__(self, units: Sequence[FixtureUnit]) -> None:
        self._by_name = {name: unit for unit in reversed(units) for name in unit.names}

    def find(self, text: str) -> FixtureUnit | None:
        return self._by_name.get(text)

    def near(self, text: str) -> str:
        found = nearest(text, self._by_name)
        return f"，是否指 {found}" if found else ""
