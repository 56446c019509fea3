"""Reading one measure as it was typed, on a page or in a spreadsheet. Writes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from luoshi.core.deadlines import Deadline, deadline_read
from luoshi.domains.plans.models import Plan
from luoshi.kernel.org.models import Person, Unit
from luoshi.kernel.org.names import name_key
from luoshi.kernel.org.queries import UnitIndex

CODE = re.compile(r"[1-9][0-9]{0,2}\.[1-9][0-9]{0,2}\.[1-9][0-9]{0,2}")
_PARTED = re.compile(r"[、，,;；\n]+")
LONGEST_TITLE, LONGEST_LEADER, LONGEST_SOURCE = 200, 60, 100
MOST_CO, MOST_SOURCES, MOST_WEIGHT = 100, 10, 1000
TITLES: Mapping[str, str] = {
    "code": "编号",
    "aspect": "方面",
    "demand": "要求",
    "title": "举措",
    "lead": "牵头单位",
    "co": "配合单位",
    "due": "完成时限",
    "leader": "责任领导",
    "sources": "依据文件",
    "weight": "权重",
}
"""What the fields are called, in the order of the spreadsheet."""


@dataclass(frozen=True, slots=True)
class Typed:
    """One measure as texts. ``lead``, ``co``: names of units; ``due``: a day, "6月底前" or "长期坚持"."""

    code: str = ""
    aspect: str = ""
    demand: str = ""
    title: str = ""
    lead: str = ""
    co: str = ""
    due: str = ""
    leader: str = ""
    sources: str = ""
    weight: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """Something about one field: what stands there, the rule and the remedy."""

    field: str
    value: str
    rule: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Read:
    """A measure ready to be kept. ``sources``: documents; ``co``: units in their order."""

    title: str
    lead: Unit | None
    co: tuple[Unit, ...]
    deadline: Deadline
    leader: str
    sources: tuple[str, ...]
    weight: int

    @property
    def columns(self) -> dict[str, object]:
        """Return the columns of ``PlanNode`` it fills."""
        return {
            "title": self.title,
            "lead_id": self.lead.pk if self.lead else None,
            "due_on": self.deadline.on,
            "lasting": self.deadline.lasting,
            "leader": self.leader,
            "sources": list(self.sources),
            "weight": self.weight,
        }

    @property
    def words(self) -> dict[str, str]:
        """Return field → text, as the sheets show it."""
        return {
            "title": self.title,
            "lead": self.lead.title if self.lead else "",
            "co": "、".join(unit.title for unit in self.co),
            "due": self.deadline.words,
            "leader": self.leader,
            "sources": "；".join(self.sources),
            "weight": str(self.weight),
        }


@dataclass(slots=True)
class Reading:
    """What came of one measure. ``faults`` stand in the way, ``wants`` only tell what is missing."""

    read: Read | None = None
    faults: list[Said] = field(default_factory=list)
    wants: list[Said] = field(default_factory=list)


class Desk:
    """Everything a measure is held against: units of a day, names of persons, the plan. Few queries."""

    def __init__(self, plan: Plan, on: date) -> None:
        self.plan = plan
        self.units = UnitIndex(on)
        names = Person.objects.order_by("id").values_list("name", flat=True)
        self.persons = {name_key(name) for name in names}

    def read(self, typed: Typed) -> Reading:
        """Return the measure with everything that is wrong with it, and what it still wants."""
        reading = Reading()
        lead = self._lead(typed, reading)
        found = Read(
            title=self._title(typed, reading),
            lead=lead,
            co=self._co(typed, lead, reading),
            deadline=self._due(typed, reading),
            leader=self._leader(typed, reading),
            sources=self._sources(typed, reading),
            weight=self._weight(typed, reading),
        )
        if not reading.faults:
            reading.read = found
        return reading

    def _title(self, typed: Typed, reading: Reading) -> str:
        text = " ".join(typed.title.split())
        if not text:
            reading.faults.append(Said("title", "", "举措不能为空", "请填写举措内容"))
        if len(text) > LONGEST_TITLE:
            rule = f"举措不得超过 {LONGEST_TITLE} 字，现有 {len(text)} 字"
            reading.faults.append(Said("title", f"{text[:20]}……", rule, "请精简，细节写入附件"))
        return text

    def _lead(self, typed: Typed, reading: Reading) -> Unit | None:
        names = parted(typed.lead)
        if not names:
            reading.wants.append(Said("lead", "", "缺牵头单位", "下达前请补上"))
            return None
        if len(names) > 1 and self.units.find(typed.lead) is None:
            remedy = f"请只留一个，其余移到“{TITLES['co']}”"
            reading.faults.append(Said("lead", typed.lead, f"牵头单位有 {len(names)} 个，只能有一个", remedy))
            return None
        return self._unit("lead", typed.lead.strip(), reading)

    def _co(self, typed: Typed, lead: Unit | None, reading: Reading) -> tuple[Unit, ...]:
        found: dict[int, Unit] = {}
        names = parted(typed.co)
        if len(names) > MOST_CO:
            rule = f"配合单位最多 {MOST_CO} 个，现有 {len(names)} 个"
            reading.faults.append(Said("co", "", rule, "请减少配合单位"))
        for name in names[:MOST_CO]:
            unit = self._unit("co", name, reading)
            if unit is not None and lead is not None and unit.pk == lead.pk:
                reading.faults.append(Said("co", name, "配合单位与牵头单位相同", "请从配合单位中删去"))
            elif unit is not None:
                found[unit.pk] = unit
        return tuple(found.values())

    def _unit(self, name: str, text: str, reading: Reading) -> Unit | None:
        look = self.units.look(text)
        if look.unit is None:
            reading.faults.append(Said(name, text, look.rule, look.remedy))
        elif look.unit.kind == "group":
            rule = f"“{look.unit.title}”是单位分组，不能承担任务"
            reading.faults.append(Said(name, text, rule, "请写明具体单位"))
            return None
        return look.unit

    def _due(self, typed: Typed, reading: Reading) -> Deadline:
        text = typed.due.strip()
        if not text:
            reading.wants.append(Said("due", "", "缺完成时限", "下达前请补上；长期任务请填“长期坚持”"))
            return Deadline(None)
        found = deadline_read(text, self.plan.year)
        if found is None:
            remedy = f"请写作 {self.plan.year}-06-30、6月底前、第三季度、年底前 或 长期坚持"
            reading.faults.append(Said("due", text, "完成时限看不懂", remedy))
            return Deadline(None)
        if found.on is not None and found.on < self.plan.issued_on:
            rule = f"完成时限 {found.on} 早于发文日期 {self.plan.issued_on}"
            reading.faults.append(Said("due", text, rule, "请核对年份和月份"))
        return found

    def _leader(self, typed: Typed, reading: Reading) -> str:
        text = " ".join(typed.leader.split())
        if len(text) > LONGEST_LEADER:
            reading.faults.append(Said("leader", text[:20], f"不得超过 {LONGEST_LEADER} 字", "请改短"))
        if any(name_key(part) in self.persons for part in parted(text)):
            rule = "责任领导应填岗位，不填姓名"
            reading.faults.append(Said("leader", text, rule, "请写作“分管副区长”等岗位名称"))
        return text

    def _sources(self, typed: Typed, reading: Reading) -> tuple[str, ...]:
        parts = re.split(r"[；;\n]+", typed.sources)
        found = tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
        if len(found) > MOST_SOURCES:
            rule = f"依据文件最多 {MOST_SOURCES} 件，现有 {len(found)} 件"
            reading.faults.append(Said("sources", "", rule, "请只写主要文件"))
        for text in found:
            if len(text) > LONGEST_SOURCE:
                rule = f"文件名称和文号不得超过 {LONGEST_SOURCE} 字"
                reading.faults.append(Said("sources", text[:20], rule, "请改短"))
        return found

    def _weight(self, typed: Typed, reading: Reading) -> int:
        text = typed.weight.strip()
        if not text:
            return 1
        if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_WEIGHT:
            rule = f"权重应为 1 至 {MOST_WEIGHT} 的整数"
            reading.faults.append(Said("weight", text, rule, "请改正；留空按 1 计"))
            return 1
        return int(text)


def parted(text: str) -> list[str]:
    """Return the parts of a list written with 、 or ；.

    >>> parted("区财政管理局、松涧街道；")
    ['区财政管理局', '松涧街道']
    """
    return [part.strip() for part in _PARTED.split(text) if part.strip()]


def sort_of(code: str) -> int:
    """Return the place of a node in the tree.

    >>> sort_of("2") < sort_of("2.1") < sort_of("2.1.3") < sort_of("2.1.12") < sort_of("10")
    True
    """
    parts = [int(part) for part in code.split(".")] + [0, 0]
    return (parts[0] * 1000 + parts[1]) * 1000 + parts[2]


def faults_told(faults: Collection[Said], say: Callable[[Said], str] | None = None) -> dict[str, str]:
    """Return field → one sentence, for the fields of a page."""
    told: dict[str, str] = {}
    for each in faults:
        text = say(each) if say else f"{each.rule}。{each.remedy}{'' if each.remedy.endswith('？') else '。'}"
        told[each.field] = told.get(each.field, "") + text
    return told
