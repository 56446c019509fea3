"""A breakdown as offices keep it in a spreadsheet: aspect and requirement in merged cells. Writes nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from luoshi.domains.plans.checking import TITLES, Said, Typed
from luoshi.domains.plans.matching import Line
from luoshi.kernel.files.tables import Table, column_letters
from luoshi.kernel.org.names import name_key
from luoshi.kernel.org.sheet import CellFault, Given, GivenRow, Shape, given_of

MOST_ROWS = 3000
OPTIONAL = frozenset({"code", "co", "leader", "sources", "weight"})
SHAPE = Shape("个举措", TITLES, OPTIONAL, frozenset({"due"}), MOST_ROWS)
# Words that offices use for the same columns.
NAMES: Mapping[str, str] = {
    "举措编号": "code",
    "任务类别": "aspect",
    "方面": "aspect",
    "目标要求": "demand",
    "工作要求": "demand",
    "具体举措": "title",
    "工作举措": "title",
    "责任单位": "lead",
    "牵头部门": "lead",
    "配合部门": "co",
    "完成期限": "due",
    "时限": "due",
    "责任领导岗位": "leader",
    "来源文件": "sources",
}
NEVER_MERGED = frozenset({"code", "title", "weight"})
_RANGE = re.compile(r"([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet says. With ``head_faults`` nothing below can be trusted and ``lines`` is empty."""

    lines: tuple[Line, ...]
    given: Given
    spoiled: Mapping[int, tuple[CellFault, ...]]

    def fault(self, line: Line, said: Said) -> CellFault:
        """Return what is said about a line at its cell."""
        return self.given.layout.fault(line.number, said.field, said.value, said.rule, said.remedy)


def sheet_read(table: Table) -> Sheet:
    """Read the lines of a table; cells merged downwards all say what the top one says."""
    named = replace(table, columns=[_column(text) for text in table.columns])
    given = given_of(unmerged(named), SHAPE)
    rows = given.rows
    lines = tuple(Line(row.number, Typed(**{key: row.texts[key] for key in TITLES})) for row in rows)
    for line, row, before in zip(lines, rows, [None, *lines], strict=False):
        _lost_merges(line, row, before)
    return Sheet(lines, given, {row.number: row.faults for row in rows if row.faults})


def unmerged(table: Table) -> Table:
    """Return a table whose cells merged downwards are filled; columns that are never merged keep theirs."""
    rows = [list(row) for row in table.rows]
    fields = {index: _field(text) for index, text in enumerate(table.columns)}
    left: list[str] = []
    for found in table.merged:
        match = _RANGE.fullmatch(found)
        assert match is not None
        column, top, last_column, bottom = match.groups()
        index = next((at for at in fields if column_letters(at) == column), None)
        down = column == last_column and int(top) > table.header_row
        if not down or index is None or fields[index] in NEVER_MERGED:
            left.append(found)
            continue
        first = int(top) - table.first_data_row
        for at in range(first + 1, min(int(bottom) - table.first_data_row + 1, len(rows))):
            if any(value is not None for value in rows[at]):
                rows[at][index] = rows[first][index]
    return replace(table, rows=rows, merged=left)


def _lost_merges(line: Line, row: GivenRow, before: Line | None) -> None:
    """Name the aspect or requirement that is missing beside a measure: a merged cell that was undone."""
    for name in ("aspect", "demand"):
        if not row.texts[name] and line.measured:
            above = getattr(before.typed, name) if before is not None else ""
            remedy = f"是否与上一行同属“{above[:20]}”？请合并单元格或重新填写" if above else "请填写"
            rule = f"缺{TITLES[name]}：有举措而没有{TITLES[name]}，可能是合并单元格丢失"
            line.faults.append(Said(name, "", rule, remedy))


def _field(text: str) -> str:
    titles = {name_key(title): key for key, title in TITLES.items()}
    return titles.get(name_key(text), "")


def _column(text: str) -> str:
    """Return a column's own title for another word that offices use for it."""
    bare = re.sub(r"[（(].*[）)]$", "", text).strip()
    known = {name_key(word): key for word, key in NAMES.items()}
    key = known.get(name_key(bare))
    return TITLES[key] if key else bare if _field(bare) else text


def template_rows() -> Sequence[Sequence[str]]:
    """Return two lines of example, as many values as columns."""
    return (
        ("", "作风建设", "精简文件会议", "制定年度发文计划并报备", "区政府办公室", "区财政管理局", "3月底前")
        + ("分管副区长", "示例发〔2023〕1号", "1"),
        ("", "作风建设", "精简文件会议", "每季度通报发文数量", "区政府办公室", "", "长期坚持")
        + ("分管副区长", "示例发〔2023〕1号", "1"),
    )
