"""The head of an uploaded table: which column holds what, and what makes the whole table unreadable."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from luoshi.core.errors import NotFound, nearest
from luoshi.kernel.definitions.queries import Def, definition
from luoshi.kernel.files.tables import Table, column_letters
from luoshi.kernel.filings.forms import Form
from luoshi.kernel.org.names import name_key
from luoshi.kernel.org.sheet import CellFault

UNIT, PERIOD = "@unit", "@period"
NO_PERIOD = "none"
_RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Template:
    """How columns become fields: ``titles`` maps @unit, @period and field keys to column titles."""

    ref: str
    form_ref: str
    titles: Mapping[str, str]
    ignore: tuple[str, ...]

    @property
    def asks_period(self) -> bool:
        """Say whether the period is asked on the page, not read from a column."""
        return PERIOD not in self.titles


@dataclass(frozen=True, slots=True)
class Head:
    """Where each wanted column stands (index from 0).

    With ``faults`` nothing below the head can be trusted.
    """

    places: Mapping[str, int]
    faults: tuple[CellFault, ...]
    notes: tuple[str, ...]


def template_of(import_ref: str) -> Template:
    """Return the import template ``import_ref`` ("pack.key"). Raises: NotFound."""
    found = definition("import", import_ref)
    if "form" not in found.body:
        raise NotFound(f"“{import_ref}”是事项的导入模板，不能用来填报。")
    return template_from(found)


def template_from(found: Def) -> Template:
    """Read a definition of kind import."""
    body: Mapping[str, Any] = found.body
    period = body.get("period") or NO_PERIOD
    titles = {UNIT: body["unit"]} | ({} if period == NO_PERIOD else {PERIOD: period}) | dict(body["columns"])
    return Template(found.ref, f"{found.pack}.{body['form']}", titles, tuple(body.get("ignore") or ()))


def head_of(table: Table, template: Template, form: Form) -> Head:
    """Find the wanted columns by title; width, case and spaces do not count."""
    wanted = {name_key(title): key for key, title in template.titles.items()}
    places: dict[str, int] = {}
    unused: list[str] = []
    faults: list[CellFault] = []
    for index, text in enumerate(table.columns):
        key = wanted.get(name_key(text)) if text else None
        if key is None:
            unused += [text] if text else []
        elif key in places:
            faults.append(_fault(table, index, text, "同一列出现两次", "请删去多余的一列"))
        else:
            places[key] = index
    faults += _merged(table)
    faults += _missing(table, template, form, places, unused)
    faults += _unmapped(table, template, form)
    ignored = {name_key(title) for title in template.ignore}
    others = [text for text in unused if name_key(text) not in ignored]
    notes = (f"以下列不在导入模板中，未导入：{'、'.join(others)}。",) if others else ()
    return Head(places, tuple(faults), notes)


def spoiled_cells(table: Table, places: Mapping[str, int]) -> Iterator[tuple[int, str, str, str]]:
    """Yield (row number, wanted key, rule, remedy) of wanted cells that are formulas, errors or merged."""
    keys = {column_letters(index): key for key, index in places.items()}
    for addresses, rule, remedy in (
        (table.formulas, "单元格是公式，结果可能未更新", "请复制后以“数值”粘贴再上传"),
        (table.errors, "单元格是错误值", "请改为正确的内容"),
    ):
        for address in addresses:
            letters, top, _, _ = _corners(address)
            if letters in keys and top > table.header_row:
                yield top, keys[letters], rule, remedy
    last = table.first_data_row + len(table.rows) - 1
    for address in table.merged:
        left, top, right, bottom = _corners(address)
        for letters, key in keys.items():
            if _order(left) <= _order(letters) <= _order(right):
                for row in range(max(top, table.first_data_row), min(bottom, last) + 1):
                    yield row, key, f"合并了单元格（{address}）", "请取消合并，每格单独填写"


def _missing(
    table: Table, template: Template, form: Form, places: Mapping[str, int], unused: list[str]
) -> Iterator[CellFault]:
    for key in dict.fromkeys((UNIT, PERIOD, *form.keys, *template.titles)):
        title = template.titles.get(key)
        if title is None or key in places:
            continue
        near = nearest(title, unused)
        index = table.columns.index(near) if near else len(table.columns)
        remedy = f"请把“{near}”改为“{title}”" if near else f"请在表头补上“{title}”一列"
        address = f"{column_letters(index)}{table.header_row}"
        yield CellFault(address, table.header_row, title, near or "", f"缺少“{title}”列", remedy)


def _merged(table: Table) -> Iterator[CellFault]:
    for address in table.merged:
        _, top, _, bottom = _corners(address)
        if top <= table.header_row <= bottom:
            rule = f"表头有合并单元格（{address}）"
            first = address.partition(":")[0]
            yield CellFault(first, table.header_row, "表头", "", rule, "请取消合并，每列一个表头")


def _unmapped(table: Table, template: Template, form: Form) -> Iterator[CellFault]:
    for field in form.fields:
        if not field.blank and field.key not in template.titles:
            rule = f"导入模板没有必填字段“{field.title}”"
            yield CellFault("", table.header_row, field.title, "", rule, "请联系管理员修订业务包的导入模板")


def _fault(table: Table, index: int, text: str, rule: str, remedy: str) -> CellFault:
    return CellFault(f"{column_letters(index)}{table.header_row}", table.header_row, text, text, rule, remedy)


def _corners(address: str) -> tuple[str, int, str, int]:
    found = _RANGE.fullmatch(address)
    if found is None:
        raise ValueError(f"{address!r} is no A1 address")
    left, top, right, bottom = found.groups()
    return left, int(top), right or left, int(bottom or top)


def _order(letters: str) -> tuple[int, str]:
    return len(letters), letters
