"""Which node of a plan each line of a sheet is. Codes never change their meaning, also after a node ended.

A line with a code is that measure. A line without one is the live measure with the same words under the same
requirement, else a new one with the next number that was never used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from luoshi.domains.plans.checking import CODE, LONGEST_TITLE, Said, Typed
from luoshi.domains.plans.models import Level, PlanNode

WORDS = {Level.ASPECT: ("aspect", "方面"), Level.REQUIREMENT: ("demand", "要求")}


@dataclass(slots=True)
class Line:
    """One line of a sheet. ``code``: of the measure, of the requirement where the line has no measure."""

    number: int
    typed: Typed
    faults: list[Said] = field(default_factory=list)
    code: str = ""

    @property
    def measured(self) -> bool:
        """Say whether anything but aspect and requirement was typed."""
        return any((self.typed.title, self.typed.lead, self.typed.co, self.typed.due, self.typed.code))


@dataclass(slots=True)
class Heads:
    """Aspects and requirements by code: their words and the line they came from, 0 for those that stand."""

    titles: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def code_of(self, parent: str, title: str) -> str | None:
        """Return the code of the head of these words under a parent ("" for aspects)."""
        return next(
            (code for code, text in self.titles.items() if text == title and _parent(code) == parent), None
        )


class Matching:
    """Gives every line its code. ``nodes``: all of the plan, also ended ones."""

    def __init__(self, nodes: Iterable[PlanNode]) -> None:
        self.nodes: dict[str, PlanNode] = {node.code: node for node in nodes}
        self.live = {code: node for code, node in self.nodes.items() if node.ended_on is None}
        self.heads = Heads()
        self._highest: dict[str, int] = {}
        for code in self.nodes:
            self._used(code)
        self._measures = {
            (_parent(code), node.title): code
            for code, node in reversed(self.live.items())
            if node.level == Level.MEASURE
        }
        self._taken: dict[str, int] = {}

    def take(self, lines: Iterable[Line]) -> None:
        """Give the lines their codes, those with a code first; faults go to the lines."""
        listed = list(lines)
        for line in listed:
            if line.typed.code:
                self._coded(line)
        self._known_heads()
        for line in listed:
            if not line.typed.code and not line.faults:
                self._uncoded(line)

    def _coded(self, line: Line) -> None:
        code = line.typed.code
        if not CODE.fullmatch(code):
            remedy = "请写作 1.2.3；新增举措请留空，由系统编号"
            line.faults.append(Said("code", code, "编号写法不对", remedy))
            return
        node = self.nodes.get(code)
        if node is not None and node.ended_on is not None:
            rule = f"编号 {code} 的举措已于 {node.ended_on} 终止，编号不再使用"
            line.faults.append(Said("code", code, rule, "请留空，由系统另编新号"))
            return
        demand = _parent(code)
        if self._head(line, Level.ASPECT, _parent(demand)) and self._head(line, Level.REQUIREMENT, demand):
            self._measure(line, code)

    def _known_heads(self) -> None:
        """Let lines without a code find the heads that stand, but for those that the sheet words anew."""
        for code, node in self.live.items():
            if node.level != Level.MEASURE and code not in self.heads.titles:
                self.heads.titles[code], self.heads.lines[code] = node.title, 0

    def _uncoded(self, line: Line) -> None:
        aspect = self._named(line, Level.ASPECT, "")
        demand = self._named(line, Level.REQUIREMENT, aspect) if aspect else ""
        if not demand:
            return
        if not line.measured:
            line.code = demand
            return
        standing = self._measures.get((demand, " ".join(line.typed.title.split())))
        free = standing is not None and standing not in self._taken
        self._measure(line, standing if free and standing else self._next(demand), said=standing)

    def _named(self, line: Line, level: Level, parent: str) -> str:
        """Return the code of the aspect or requirement a line names by its words, a new one if need be."""
        name, noun = WORDS[level]
        title = " ".join(str(getattr(line.typed, name)).split())
        fault = _head_fault(title, noun)
        if fault is not None:
            line.faults.append(Said(name, title[:20], *fault))
            return ""
        code = self.heads.code_of(parent, title) or self._next(parent)
        self.heads.titles.setdefault(code, title)
        self.heads.lines.setdefault(code, line.number)
        self._used(code)
        return code

    def _head(self, line: Line, level: Level, code: str) -> bool:
        """Hold the words of a head against those that another line gave it."""
        name, noun = WORDS[level]
        title = " ".join(str(getattr(line.typed, name)).split())
        fault = _head_fault(title, noun)
        if fault is None and self.heads.titles.setdefault(code, title) != title:
            said = self.heads.titles[code]
            fault = (
                f"编号 {code} 的{noun}在第 {self.heads.lines[code]} 行写作“{said[:20]}”，这里不同",
                "请写成一致，或改编号",
            )
        ended = self.nodes.get(code)
        if fault is None and ended is not None and ended.ended_on is not None:
            fault = (f"编号 {code} 的{noun}已终止，编号不再使用", "请把编号留空，由系统另编新号")
        if fault is not None:
            line.faults.append(Said(name, title[:20], *fault))
            return False
        self.heads.lines.setdefault(code, line.number)
        self._used(code)
        return True

    def _measure(self, line: Line, code: str, said: str | None = None) -> None:
        first = self._taken.get(code if said is None else said)
        if first is not None:
            what = "编号" if said is None else "要求下的举措"
            name = "code" if said is None else "title"
            value = str(getattr(line.typed, name))
            rule = f"同一{what}出现两次，第 {first} 行已有"
            line.faults.append(Said(name, value[:20], rule, "请删去重复的一行，或改写"))
            return
        self._used(code)
        self._taken[code] = line.number
        self._measures.setdefault((_parent(code), " ".join(line.typed.title.split())), code)
        line.code = code

    def _next(self, parent: str) -> str:
        number = self._highest.get(parent, 0) + 1
        return f"{parent}.{number}" if parent else str(number)

    def _used(self, code: str) -> None:
        head, _, last = code.rpartition(".")
        self._highest[head] = max(self._highest.get(head, 0), int(last))


def _parent(code: str) -> str:
    return code.rpartition(".")[0]


def _head_fault(title: str, noun: str) -> tuple[str, str] | None:
    if not title:
        return f"缺{noun}", "请填写；与上一行同属一格的，请合并单元格"
    if len(title) > LONGEST_TITLE:
        return f"{noun}不得超过 {LONGEST_TITLE} 字，现有 {len(title)} 字", "请精简"
    return None


def heads_changed(matching: Matching) -> Mapping[str, tuple[str, str]]:
    """Return code → (old words, new words) of the aspects and requirements that a sheet words anew."""
    return {
        code: (matching.live[code].title, title)
        for code, title in matching.heads.titles.items()
        if code in matching.live and matching.live[code].title != title
    }
