"""Checking the typed rows of a sheet of units against one another and against the tables. Writes nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from luoshi.kernel.org.kinds import KINDS, kind_of
from luoshi.kernel.org.models import Unit, UnitAlias, UnitClosure, UnitLink
from luoshi.kernel.org.names import (
    CODE_RULE,
    LONGEST_CODE,
    LONGEST_SHORT,
    LONGEST_TITLE,
    Suggestions,
    code_fits,
    shown,
    tidy,
)
from luoshi.kernel.org.places import DEEPEST, holding, lasting
from luoshi.kernel.org.sheet import CellFault, Given, GivenRow, Shape

State = Literal["new", "same", "broken"]
TOP = ""
UNITS = Shape(
    things="个单位",
    columns={
        "code": "单位编码",
        "title": "单位名称",
        "short": "简称",
        "kind": "类别",
        "parent": "上级编码",
        "aliases": "别名",
    },
    optional=frozenset({"short", "aliases"}),
)
_PARTED = re.compile(r"[、;；\n]")


@dataclass(frozen=True, slots=True)
class TypedUnit:
    """One row of a sheet of units as it was typed."""

    number: int
    code: str
    title: str
    short: str
    kind: str
    parent: str
    aliases: tuple[str, ...]
    faults: tuple[CellFault, ...]


def typed_unit(row: GivenRow) -> TypedUnit:
    """Read one row: names tidied, aliases parted."""
    texts = row.texts
    aliases = (tidy(part) for part in _PARTED.split(texts["aliases"]))
    return TypedUnit(
        number=row.number,
        code=texts["code"],
        title=tidy(texts["title"]),
        short=tidy(texts["short"]),
        kind=texts["kind"],
        parent=texts["parent"],
        aliases=tuple(dict.fromkeys(alias for alias in aliases if alias)),
        faults=row.faults,
    )


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One row as it would be taken: ``new`` is set up, ``same`` is there already, ``broken`` has faults."""

    number: int
    code: str
    title: str
    short: str
    kind: str
    parent_code: str | None
    aliases: tuple[str, ...]
    state: State


@dataclass(frozen=True, slots=True)
class Known:
    """What the tables say of one unit on the day."""

    title: str
    short: str
    kind: str
    closed_on: date | None
    stands_from: date | None
    parent: str
    depth: int
    aliases: frozenset[str]


def known_units(tree: str, on: date) -> dict[str, Known]:
    """Return every unit by its code. Five queries."""
    links = UnitLink.objects.filter(tree__code=tree).order_by("unit_id", "from_on")
    begins: dict[int, date] = {}
    for unit_id, from_on in links.values_list("unit_id", "from_on"):
        begins.setdefault(unit_id, from_on)
    parents = dict(links.filter(holding(on)).values_list("unit_id", "parent__code"))
    depths: dict[int, int] = defaultdict(int)
    for unit_id, depth in (
        UnitClosure.objects.filter(lasting(on), tree__code=tree)
        .order_by("id")
        .values_list("unit_id", "depth")
    ):
        depths[unit_id] = max(depths[unit_id], depth)
    aliases: dict[int, set[str]] = defaultdict(set)
    for unit_id, text in UnitAlias.objects.order_by("id").values_list("unit_id", "text"):
        aliases[unit_id].add(text)
    return {
        unit.code: Known(
            title=unit.title,
            short=unit.short,
            kind=unit.kind,
            closed_on=unit.closed_on,
            stands_from=begins.get(unit.pk),
            parent=parents.get(unit.pk) or TOP,
            depth=depths[unit.pk],
            aliases=frozenset(aliases[unit.pk]),
        )
        for unit in Unit.objects.order_by("id")
    }


class SheetCheck:
    """The check of one sheet. ``rows`` and ``faults`` hold the outcome, both in the order of the sheet."""

    def __init__(self, given: Given, *, on: date, tree: str) -> None:
        self.given = given
        self.typed = tuple(map(typed_unit, given.rows))
        self.on = on
        self.known = known_units(tree, on)
        self.first_row: dict[str, int] = {}
        for row in self.typed:
            self.first_row.setdefault(row.code, row.number)
        self.borne = self._texts_borne()
        alive = [code for code, unit in self.known.items() if unit.closed_on is None]
        self.near_parent = Suggestions([*alive, *filter(None, self.first_row)])
        self.near_kind = Suggestions([*KINDS.values(), *KINDS])
        found = {row.number: [*row.faults, *self._faults(row)] for row in self.typed}
        self._chains(found)
        self.rows = tuple(self._taken(row, broken=bool(found[row.number])) for row in self.typed)
        self.faults = tuple(fault for row in self.typed for fault in found[row.number])

    def _texts_borne(self) -> dict[str, str]:
        """Return which unit bears a text as code, name or alias; of the sheet, whoever says it first."""
        borne: dict[str, str] = {}
        for code, unit in self.known.items():
            for text in (code, unit.title, *unit.aliases):
                borne.setdefault(text, code)
        for row in self.typed:
            borne.setdefault(row.code, row.code)
            borne.setdefault(row.title, row.code)
        for row in self.typed:
            for text in row.aliases:
                borne.setdefault(text, row.code)
        return borne

    def _faults(self, row: TypedUnit) -> Iterator[CellFault]:
        yield from self._code_faults(row)
        yield from self._text_faults(row)
        yield from self._kind_faults(row)
        yield from self._parent_faults(row)
        yield from self._alias_faults(row)
        if row.code in self.known:
            yield from self._difference_faults(row, self.known[row.code])

    def _code_faults(self, row: TypedUnit) -> Iterator[CellFault]:
        fault = self.given.layout.fault
        if not row.code:
            yield fault(row.number, "code", "", "单位编码不能为空", "请填写编码，如 PJ01")
        elif not code_fits(row.code):
            yield fault(
                row.number, "code", row.code, f"{CODE_RULE}，不超过{LONGEST_CODE}个字符", "请改正编码"
            )
        elif self.first_row[row.code] != row.number:
            rule = f"编码重复，第{self.first_row[row.code]}行已用"
            yield fault(row.number, "code", row.code, rule, "请改为不同的编码，或删去重复的行")

    def _text_faults(self, row: TypedUnit) -> Iterator[CellFault]:
        fault = self.given.layout.fault
        if not row.title:
            yield fault(row.number, "title", "", "单位名称不能为空", "请填写单位全称")
        elif len(row.title) > LONGEST_TITLE:
            yield fault(row.number, "title", row.title, f"名称不得超过{LONGEST_TITLE}个字", "请改短")
        if len(row.short) > LONGEST_SHORT:
            yield fault(row.number, "short", row.short, f"简称不得超过{LONGEST_SHORT}个字", "请改短")

    def _kind_faults(self, row: TypedUnit) -> Iterator[CellFault]:
        if kind_of(row.kind) is not None:
            return
        near = self.near_kind.of(row.kind)
        rule = f"没有类别“{shown(row.kind)}”" if row.kind else "类别不能为空"
        remedy = f"是否想写“{near}”？" if near else f"请填写下列之一：{'、'.join(KINDS.values())}"
        yield self.given.layout.fault(row.number, "kind", row.kind, rule, remedy)

    def _parent_faults(self, row: TypedUnit) -> Iterator[CellFault]:
        fault = self.given.layout.fault
        parent = self.known.get(row.parent)
        if row.parent == TOP:
            return
        if row.parent == row.code:
            yield fault(row.number, "parent", row.parent, "上级编码是本单位自己", "请改为上级单位的编码")
        elif parent is None and row.parent not in self.first_row:
            near = self.near_parent.of(row.parent)
            remedy = f"是否想写“{near}”？" if near else "请先在表中列出该上级单位"
            yield fault(row.number, "parent", row.parent, f"没有编码为“{shown(row.parent)}”的单位", remedy)
        elif parent is not None and parent.closed_on is not None:
            rule = f"上级单位“{parent.title}”已于{parent.closed_on:%Y-%m-%d}撤销"
            yield fault(row.number, "parent", row.parent, rule, "请另选上级单位")
        elif parent is not None and parent.stands_from is None:
            rule = f"上级单位“{parent.title}”不在这棵机构树中"
            yield fault(row.number, "parent", row.parent, rule, "请另选上级单位")
        elif parent is not None and parent.stands_from is not None and self.on < parent.stands_from:
            rule = f"上级单位“{parent.title}”{parent.stands_from:%Y-%m-%d}才设立"
            yield fault(row.number, "parent", row.parent, rule, "请把导入的起始日期改为该日或以后")

    def _alias_faults(self, row: TypedUnit) -> Iterator[CellFault]:
        for text in row.aliases:
            bearer = self.borne[text]
            if len(text) > LONGEST_TITLE:
                rule = f"别名不得超过{LONGEST_TITLE}个字"
                yield self.given.layout.fault(row.number, "aliases", text, rule, "请改短")
            elif bearer != row.code:
                rule = f"“{shown(text)}”已是单位 {bearer} 的名称或别名"
                yield self.given.layout.fault(row.number, "aliases", text, rule, "请删去这个别名")

    def _difference_faults(self, row: TypedUnit, unit: Known) -> Iterator[CellFault]:
        """Name what the sheet says otherwise of a unit already there: an import sets up, it never changes."""
        fault = self.given.layout.fault
        if unit.closed_on is not None:
            rule = f"编码“{row.code}”的单位已于{unit.closed_on:%Y-%m-%d}撤销，编码不得重新启用"
            yield fault(row.number, "code", row.code, rule, "请改用新的编码")
            return
        if row.title and row.title != unit.title:
            rule = f"该编码已是“{unit.title}”"
            yield fault(row.number, "title", row.title, rule, "更名请在单位页面办理，或改用新的编码")
        if row.short and row.short != unit.short:
            rule = f"该单位的简称已是“{unit.short}”" if unit.short else "该单位已建立，未设简称"
            yield fault(row.number, "short", row.short, rule, "更改简称请在单位页面办理")
        if kind_of(row.kind) not in (None, unit.kind):
            rule = f"该单位的类别已是“{KINDS.get(unit.kind, unit.kind)}”"
            yield fault(row.number, "kind", row.kind, rule, "请改为一致")
        if row.parent != unit.parent:
            rule = f"该单位的上级已是“{unit.parent}”" if unit.parent else "该单位已是最上级单位"
            yield fault(row.number, "parent", row.parent, rule, "调整隶属请在单位页面办理")
        strange = [text for text in row.aliases if text not in unit.aliases]
        if strange:
            rule = f"该单位已建立，没有别名“{'、'.join(strange)}”"
            yield fault(row.number, "aliases", "、".join(strange), rule, "添加别名请在单位页面办理")

    def _chains(self, found: dict[int, list[CellFault]]) -> None:
        """Follow parents within the sheet: refuse circles, too many levels, and rows below a broken one."""
        new = {
            row.code: row
            for row in self.typed
            if row.code and row.code not in self.known and self.first_row[row.code] == row.number
        }
        depths: dict[str, int | None] = {code: unit.depth for code, unit in self.known.items()}
        for row in new.values():
            self._climb(row, new, depths)
        below: Mapping[str, list[TypedUnit]] = _below(self.typed)
        for row in new.values():
            depth = depths[row.code]
            if depth is None and row.parent != row.code:
                found[row.number].append(
                    self._parent_fault(row, "上级编码绕成一圈", "请改正其中一个上级编码")
                )
            elif depth is not None and depth + 1 > DEEPEST:
                rule = f"机构树最多{DEEPEST}级，本单位将在第{depth + 1}级"
                found[row.number].append(self._parent_fault(row, rule, "请减少层级"))
        broken = [row for row in self.typed if found[row.number]]
        while broken:
            above = broken.pop()
            for row in below.get(above.code, ()):
                if not found[row.number] and new.get(above.code) is above:
                    rule = f"上级单位“{above.code}”所在的第{above.number}行有错误"
                    found[row.number].append(self._parent_fault(row, rule, "请先改正该行"))
                    broken.append(row)

    def _climb(self, row: TypedUnit, new: Mapping[str, TypedUnit], depths: dict[str, int | None]) -> None:
        """Set the depth of a row and of those above it; None for all on or below a circle."""
        path: dict[str, None] = {}
        code = row.code
        while code not in depths and code in new and code not in path:
            path[code] = None
            code = new[code].parent
        depth = None if code in path else depths.get(code, -1)
        for step in reversed(path):
            depth = None if depth is None else depth + 1
            depths[step] = depth

    def _parent_fault(self, row: TypedUnit, rule: str, remedy: str) -> CellFault:
        return self.given.layout.fault(row.number, "parent", row.parent, rule, remedy)

    def _taken(self, row: TypedUnit, *, broken: bool) -> UnitRow:
        state: State = "broken" if broken else "same" if row.code in self.known else "new"
        return UnitRow(
            number=row.number,
            code=row.code,
            title=row.title,
            short=row.short,
            kind=kind_of(row.kind) or row.kind,
            parent_code=row.parent or None,
            aliases=row.aliases,
            state=state,
        )


def _below(rows: Sequence[TypedUnit]) -> dict[str, list[TypedUnit]]:
    found: dict[str, list[TypedUnit]] = defaultdict(list)
    for row in rows:
        found[row.parent].append(row)
    return found
