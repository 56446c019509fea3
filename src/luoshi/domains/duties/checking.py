"""Reading one item as it was typed: on a page, in a spreadsheet, or in the list of a pack. Writes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from luoshi.core.errors import nearest
from luoshi.core.rhythm import EVENT, FREQUENCIES, ONCE, PERIODS, RULE, due_fits, due_read
from luoshi.domains.duties.audience import Audience
from luoshi.domains.duties.models import DutyList, Holder, Kind
from luoshi.kernel.definitions.queries import definitions_of
from luoshi.kernel.filings.forms import Form, forms_of

CODE = re.compile(r"[A-Z][A-Z0-9-]{0,19}")
ELEMENT = re.compile(r"[A-Z][A-Z0-9]{0,19}")
PLAIN = "提示"
_PARTED = re.compile(r"[、，,;；/\s]+")
LONGEST = {"aspect": 40, "requirement": 500, "evidence_hint": 300, "legal_basis": 300}
TITLES: Mapping[str, str] = {
    "code": "事项编码",
    "aspect": "方面",
    "requirement": "要求",
    "holders": "责任人",
    "frequency": "频次",
    "due": "时限",
    "applies_to": "适用单位",
    "review_unit": "审核单位",
    "answer": "办理方式",
    "evidence_hint": "佐证提示",
    "legal_basis": "依据",
}
"""What the fields of an item are called, in the order of the spreadsheet."""


@dataclass(frozen=True, slots=True)
class ItemTyped:
    """One item as texts: codes, or the words that a page and a spreadsheet use for them.

    ``holders``: parted by 、. ``answer``: 提示, the title or name of a form, or the code of a data element.
    """

    code: str
    aspect: str
    requirement: str
    holders: str
    frequency: str
    due: str = ""
    applies_to: str = ""
    review_unit: str = ""
    answer: str = PLAIN
    evidence_hint: str = ""
    legal_basis: str = ""


@dataclass(frozen=True, slots=True)
class ItemFault:
    """What is wrong with one field of an item: the rule and the remedy."""

    field: str
    value: str
    rule: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ItemRead:
    """One item ready to be kept: columns of ``DutyItem`` by name, without list and order."""

    columns: Mapping[str, object]


class Desk:
    """Everything an item is held against: units of a day, the forms in force. Few queries, made once."""

    def __init__(self, on: date) -> None:
        self.audience = Audience.on(on)
        self.forms: dict[str, Form] = {form.ref: form for form in forms_of(definitions_of("form"))}
        self._form_names = {form.title: form.ref for form in reversed(self.forms.values())}
        self._units = {
            text: node.id
            for node in reversed(self.audience.nodes)
            for text in (node.short, node.title, node.code)
            if text
        }

    def read(self, duty_list: DutyList, typed: ItemTyped) -> tuple[ItemRead | None, tuple[ItemFault, ...]]:
        """Return the item, or None with everything that is wrong with it."""
        reader = _Reader(self, duty_list, typed)
        columns = reader.columns()
        return (None if reader.faults else ItemRead(columns)), tuple(reader.faults)

    def unit_id(self, text: str) -> int | None:
        """Return the id of the unit of this name or code."""
        return self._units.get(text)

    def near_unit(self, text: str) -> str | None:
        """Return the name that looks most like this one."""
        return nearest(text, self._units)

    def form_ref(self, text: str) -> str | None:
        """Return the form of this title or name."""
        return text if text in self.forms else self._form_names.get(text)


class _Reader:
    """Reads the fields of one item and gathers what is wrong."""

    def __init__(self, desk: Desk, duty_list: DutyList, typed: ItemTyped) -> None:
        self.desk, self.duty_list, self.typed = desk, duty_list, typed
        self.faults: list[ItemFault] = []

    def columns(self) -> dict[str, object]:
        frequency = self._frequency()
        form_ref, element = self._answer(frequency)
        return {
            "code": self._code(),
            **{field: self._text(field) for field in LONGEST},
            "frequency": frequency,
            "due": self._due(frequency, form_ref),
            "holders": self._holders(),
            "applies_to": self._applies_to(),
            "review_unit_id": self._review_unit(),
            "form_ref": form_ref,
            "element": element,
        }

    def fault(self, field: str, rule: str, remedy: str) -> None:
        self.faults.append(ItemFault(field, str(getattr(self.typed, field)), rule, remedy))

    def _code(self) -> str:
        code = self.typed.code.strip()
        if not CODE.fullmatch(code):
            self.fault(
                "code",
                "事项编码以大写字母开头，只含大写字母、数字和短横，不超过20个字符",
                "请写作 A01 这样的编码",
            )
        return code

    def _text(self, field: str) -> str:
        text = str(getattr(self.typed, field)).strip()
        if not text and field in ("aspect", "requirement"):
            self.fault(field, f"{TITLES[field]}不能为空", f"请填写{TITLES[field]}")
        if len(text) > LONGEST[field]:
            self.fault(field, f"{TITLES[field]}不得超过{LONGEST[field]}个字", "请改短")
        return text

    def _holders(self) -> list[str]:
        known = {**{each.label: each.value for each in Holder}, **{each.value: each.value for each in Holder}}
        found: list[str] = []
        for part in filter(None, _PARTED.split(self.typed.holders.strip())):
            if part not in known:
                self.fault("holders", f"没有责任人“{part}”", f"可填：{'、'.join(Holder.labels)}")
            elif known[part] not in self.duty_list.holders:
                allowed = "、".join(Holder(each).label for each in self.duty_list.holders)
                self.fault("holders", f"本清单不涉及{Holder(known[part]).label}", f"可填：{allowed}")
            else:
                found.append(known[part])
        if not self.typed.holders.strip():
            self.fault("holders", "责任人不能为空", f"可填：{'、'.join(Holder.labels)}")
        return [each for each in Holder.values if each in found]

    def _frequency(self) -> str:
        text = self.typed.frequency.strip()
        known = {**{title: key for key, title in FREQUENCIES.items()}, **{key: key for key in FREQUENCIES}}
        if text not in known:
            rule = f"没有频次“{text}”" if text else "频次不能为空"
            self.fault("frequency", rule, f"可填：{'、'.join(FREQUENCIES.values())}")
        return known.get(text, "")

    def _answer(self, frequency: str) -> tuple[str, str]:
        text = self.typed.answer.strip()
        if text in ("", PLAIN):
            return "", ""
        if self.duty_list.kind == Kind.NEGATIVE:
            self.fault("answer", "负面清单只作提示，不要求填报", f"请填“{PLAIN}”")
            return "", ""
        ref = self.desk.form_ref(text)
        if ref is None:
            if ELEMENT.fullmatch(text):
                return "", text
            near = nearest(text, (form.title for form in self.desk.forms.values()))
            remedy = (
                f"是否想写“{near}”？" if near else f"请填表单名称、数据元编码，或“{PLAIN}”；表单须先安装启用"
            )
            self.fault("answer", f"没有名为“{text}”的表单", remedy)
            return "", ""
        form = self.desk.forms[ref]
        if frequency and PERIODS.get(frequency) != form.period_kind:
            self.fault(
                "frequency",
                f"频次与表单《{form.title}》的周期不一致",
                f"请填“{_rhythm(form)}”，或另选表单",
            )
        return ref, ""

    def _due(self, frequency: str, form_ref: str) -> str:
        text = self.typed.due.strip()
        due = text if re.fullmatch(RULE, text) else due_read(text)
        if due is None:
            self.fault("due", f"时限“{text}”写法不对", "请写作 期末后10个工作日、生效后30日 或 按各件时限")
            return ""
        if due and form_ref:
            self.fault("due", "由表单填报的事项，时限由表单规定", "请留空；要改时限，请修改表单")
        elif due and self.duty_list.kind == Kind.NEGATIVE:
            self.fault("due", "负面清单不设时限", "请留空")
        elif frequency and not due_fits(frequency, due):
            label = FREQUENCIES[frequency]
            self.fault("due", f"频次为“{label}”的事项不能这样写时限", f"请写作 {_EXAMPLES[frequency]}")
        return due

    def _applies_to(self) -> str:
        expression, fault = self.desk.audience.read(self.typed.applies_to)
        if fault:
            self.fault("applies_to", fault, "请改正；留空为本清单的全部适用单位")
        return expression

    def _review_unit(self) -> int | None:
        text = self.typed.review_unit.strip()
        if not text:
            return None
        found = self.desk.unit_id(text)
        if found is None:
            near = self.desk.near_unit(text)
            remedy = f"是否想写“{near}”？" if near else "请写单位全称、简称或编码"
            self.fault("review_unit", f"没有名为“{text}”的单位", remedy)
        return found


_PERIODIC = "期末后10个工作日"
_EXAMPLES: Mapping[str, str] = {
    ONCE: "生效后30日",
    EVENT: "发生后5个工作日 或 按各件时限",
    **dict.fromkeys(PERIODS, _PERIODIC),
}


def _rhythm(form: Form) -> str:
    """Return the frequency that a form has, as it is typed."""
    found = [FREQUENCIES[each] for each, kind in PERIODS.items() if kind == form.period_kind]
    return found[0] if found else "与表单一致的频次"


def faults_told(faults: Iterable[ItemFault]) -> Iterator[tuple[str, str]]:
    """Yield (field, one sentence) of faults, for the fields of a page."""
    for fault in faults:
        yield fault.field, f"{fault.rule}。{fault.remedy}{'' if fault.remedy.endswith('？') else '。'}"
