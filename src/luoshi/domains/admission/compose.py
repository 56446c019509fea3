"""From what was typed to the form a pack holds, with what is wrong beside each thing that was typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from luoshi.domains.admission.audience import expression_of
from luoshi.domains.admission.design import Design, FieldDesign, RuleDesign
from luoshi.kernel.filings.fact_models import CODE_COLUMNS, INTEGER_COLUMNS

PERIODS: Mapping[str, str] = {
    "month": "每月",
    "quarter": "每季",
    "half": "每半年",
    "year": "每年",
    "range": "不定期，由督查部门开放",
}
BY_HAND = frozenset({"range"})
KINDS: Mapping[str, str] = {
    "int": "整数",
    "decimal": "小数",
    "percent": "百分率",
    "money": "金额（元）",
    "text": "文字",
    "date": "日期",
    "choice": "单选",
}
NUMERIC = frozenset({"int", "decimal", "percent", "money"})
WITH_DIGITS = frozenset({"decimal", "percent"})
RELATIONS: Mapping[str, str] = {
    "le": "不得大于",
    "ge": "不得小于",
    "eq": "应等于",
    "le_sum": "不得大于（两项之和）",
    "eq_sum": "应等于（两项之和）",
}
SIGNS: Mapping[str, str] = {"le": "<=", "ge": ">=", "eq": "==", "le_sum": "<=", "eq_sum": "=="}
ANCHORS: Mapping[str, str] = {"end-": "期末前", "end+": "期末后", "start+": "期初后", "open+": "开放后"}
UNITS: Mapping[str, str] = {"workday": "个工作日", "day": "天"}
LOCKS: Mapping[str, str] = {"none": "不锁定", "soft": "锁定，补报须说明理由", "hard": "锁定，不再接收"}
FILLS: Mapping[str, str] = {"clerk": "本单位填报员"}
SIGNERS: Mapping[str, str] = {"head": "本单位负责人", "none": "不需审签"}
REVIEWS: Mapping[str, str] = {
    "owner": "申请单位的审核岗",
    "reviewer": "负责该单位的审核岗",
    "office": "督查专员",
    "none": "不需审核",
}
CHOICES: Mapping[str, Mapping[str, str]] = {
    "period": PERIODS,
    "open_from": {key: title for key, title in ANCHORS.items() if key != "open+"},
    "open_unit": UNITS,
    "due_from": ANCHORS,
    "due_unit": UNITS,
    "lock_mode": LOCKS,
    "fill": FILLS,
    "sign": SIGNERS,
    "review": REVIEWS,
    "nil": {"yes": "允许", "no": "不允许"},
}
"""What each choice of a design may be, in words."""
_WHOLE = re.compile(r"0|[1-9]\d{0,3}", re.ASCII)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,11})(?:\.\d{1,6})?", re.ASCII)
_ELEMENT = re.compile(r"[A-Z][A-Z0-9]{0,19}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
MOST_OPTIONS = 50

Options = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Composed:
    """A form for the pack. ``body`` leaves out what could not be read; ``faults``: place → what is wrong.

    Places are names of the design: ``title``, ``fields.2.least``, ``rules.0``.
    """

    body: Mapping[str, Any]
    vocab: Options
    faults: Mapping[str, str]


class _Composing:
    """One composing of one design."""

    def __init__(self, design: Design, key: str, options: Options) -> None:
        self.design = design
        self.key = key
        self.known = options
        self.vocab: dict[str, dict[str, str]] = {}
        self.faults: dict[str, str] = {}

    def body(self) -> dict[str, Any]:
        design = self.design
        self._texts()
        return {
            "title": design["title"].strip(),
            "period": design["period"],
            "to": expression_of(design),
            "window": self._window(),
            "flow": {
                "fill": design["fill"],
                "sign": design["sign"],
                "review": design["review"],
                "returns": self._whole("returns", 0, 9, "退回次数"),
            },
            "nil": {"need": ["note"]} if design["nil"] == "yes" else "none",
            "admission": {
                "basis": design["basis"].strip(),
                "until": design["until"].strip(),
                "minutes": self._whole("minutes", 1, 600, "预计用时"),
            },
            **({"source": design["source"].strip()} if design["source"].strip() else {}),
            "fields": self._fields(),
            "rules": [self._rule(number, rule) for number, rule in enumerate(design.rules)],
        }

    def _texts(self) -> None:
        """What must be written, and what may be chosen."""
        for name, words in (("title", "表单名称"), ("basis", "发文依据")):
            text = self.design[name].strip()
            if not text:
                self.faults[name] = f"请填写{words}。"
            elif len(text) > 100:
                self.faults[name] = f"{words}不得超过 100 字。"
        for name, choices in CHOICES.items():
            if self.design[name] not in choices:
                self.faults[name] = "请从所列各项中选择。"
        if not self.design["until"].strip():
            self.faults["until"] = "请填写准入有效期至哪一天。"
        for name, text in self.design.texts.items():
            self._clean(name, text)
        for number, row in enumerate(self.design.fields):
            for name in ("title", "unit", "options", "help"):
                self._clean(f"fields.{number}.{name}", getattr(row, name))

    def _clean(self, place: str, text: str) -> None:
        if _CONTROL.search(text):
            self.faults[place] = "含有不可见的控制字符，请删去后重填。"

    def _whole(self, name: str, least: int, most: int, words: str) -> int:
        text = self.design[name].strip()
        if _WHOLE.fullmatch(text) and least <= int(text) <= most:
            return int(text)
        self.faults.setdefault(name, f"{words}应为 {least} 至 {most} 之间的整数。")
        return least

    def _window(self) -> Any:
        if self.design["period"] in BY_HAND:
            return "none"
        window: dict[str, Any] = {"calendar": "cn", "open": self._moment("open"), "due": self._moment("due")}
        if self.design["lock_mode"] in ("soft", "hard"):
            days = self._whole("lock_days", 1, 999, "锁定天数")
            window["lock"] = {"at": f"due + {days} workday", "mode": self.design["lock_mode"]}
        return window

    def _moment(self, name: str) -> str:
        anchor, unit = self.design[f"{name}_from"], self.design[f"{name}_unit"]
        days = self._whole(f"{name}_days", 0, 366, "天数")
        if anchor not in CHOICES[f"{name}_from"] or unit not in UNITS:
            return "end"
        sign = f" {anchor[-1:]} {days} {unit}" if days else ""
        return f"{anchor[:-1]}{sign}"

    def _fields(self) -> list[dict[str, Any]]:
        if not self.design.fields:
            self.faults["fields"] = "请至少设一个填报项。"
        left = {True: len(INTEGER_COLUMNS), False: len(CODE_COLUMNS)}
        found = []
        for number, row in enumerate(self.design.fields):
            body = self._field(f"fields.{number}", row)
            numeric = row.kind in NUMERIC
            # What figures may count: numbers, choices and dates, as far as the fact table has columns.
            if row.kind != "text" and left[numeric]:
                left[numeric] -= 1
                body["fact"] = True
            found.append(body)
        return found

    def _field(self, place: str, row: FieldDesign) -> dict[str, Any]:
        body: dict[str, Any] = {"key": row.key, "title": row.title.strip(), "type": self._type(place, row)}
        if not row.title.strip():
            self.faults[f"{place}.title"] = "请填写名称。"
        if row.unit.strip() and row.kind in NUMERIC:
            body["unit"] = row.unit.strip()
        if row.kind in NUMERIC:
            for name, key in (("least", "min"), ("most", "max")):
                number = self._number(f"{place}.{name}", getattr(row, name))
                if number is not None:
                    body[key] = number
            if row.jump.strip():
                body["jump"] = self._jump(f"{place}.jump", row.jump)
        if row.required != "yes":
            body["blank"] = True
        if row.element.strip():
            body["element"] = row.element.strip()
            if not _ELEMENT.fullmatch(row.element.strip()):
                self.faults[f"{place}.element"] = "数据元编码应为大写字母开头的字母和数字，如 LZ01。"
        if row.keep == "yes":
            body["keep"] = True
        if row.help.strip():
            body["help"] = row.help.strip()
        return body

    def _type(self, place: str, row: FieldDesign) -> str:
        if row.kind not in KINDS:
            self.faults[f"{place}.kind"] = "请从所列种类中选择。"
            return "text"
        if row.kind == "choice":
            return self._options(place, row)
        if row.kind in WITH_DIGITS:
            least = 1 if row.kind == "decimal" else 0
            if not re.fullmatch(r"[0-6]", row.digits.strip(), re.ASCII) or int(row.digits) < least:
                self.faults[f"{place}.digits"] = f"小数位数应为 {least} 至 6。"
                return f"{row.kind}:2"
            return f"{row.kind}:{int(row.digits)}"
        return row.kind

    def _options(self, place: str, row: FieldDesign) -> str:
        """Write the choices down as a vocab; a choice that was there before keeps its code."""
        name = f"{self.key}_{row.key}"
        titles = list(filter(None, map(str.strip, row.options.splitlines())))
        if len(titles) < 2 or len(titles) > MOST_OPTIONS:
            self.faults[f"{place}.options"] = f"每行写一个选项，2 至 {MOST_OPTIONS} 个。"
        if len(set(titles)) < len(titles):
            self.faults[f"{place}.options"] = "选项重复，请删去多余的。"
        before = {title: code for code, title in self.known.get(name, {}).items()}
        free = (f"o{number}" for number in range(1, 9999) if f"o{number}" not in before.values())
        self.vocab[name] = {before.get(title) or next(free): title for title in titles} or {"o1": "—"}
        return f"vocab:{name}"

    def _number(self, place: str, text: str) -> Decimal | None:
        if not text.strip():
            return None
        if _NUMBER.fullmatch(text.strip()):
            return Decimal(text.strip())
        self.faults[place] = "应为数字，不带单位和千分号。"
        return None

    def _jump(self, place: str, text: str) -> int:
        if _WHOLE.fullmatch(text.strip()) and int(text) > 0:
            return int(text)
        self.faults[place] = "应为正整数，如 50 表示与上期相差超过 50% 须说明。"
        return 1

    def _rule(self, number: int, rule: RuleDesign) -> dict[str, str]:
        place = f"rules.{number}"
        titles = {row.key: row.title.strip() for row in self.design.fields if row.kind in NUMERIC}
        summed = rule.relation.endswith("_sum")
        named = [rule.left, rule.right, *([rule.also] if summed else [])]
        if rule.relation not in RELATIONS or any(key not in titles for key in named):
            self.faults[place] = "请从数字项中选择，并选择两者的关系。"
            return {"must": "1 == 1", "say": "—"}
        if len(set(named)) < len(named):
            self.faults[place] = "同一项不能与自己比较，请另选。"
        right = " + ".join(named[1:])
        words = f"{titles[rule.left]}{RELATIONS[rule.relation].partition('（')[0]}" + "与".join(
            titles[key] for key in named[1:]
        )
        say = f"{words}之和" if summed else words
        return {"must": f"{rule.left} {SIGNS[rule.relation]} {right}", "say": say[:100]}


def composed(design: Design, *, key: str, options: Options) -> Composed:
    """Return the form that a design makes. ``options``: the lists of the version it changes, by vocab key."""
    work = _Composing(design, key, options)
    body = work.body()
    return Composed(body, work.vocab, work.faults)


_FIELD = re.compile(r"fields\[(\d+)\](?:\.(\w+))?.*")
_RULE = re.compile(r"rules\[(\d+)\].*")
_FIELD_NAMES = {"min": "least", "max": "most", "type": "kind", "key": "title"}
_PLACES = {"to": "audience", "nil": "nil", "period": "period", "title": "title", "source": "source"}


def place_of(path: str) -> str:
    """Return the place in a design of a path that the pack check names, "" for the form as a whole.

    >>> [place_of(path) for path in ("fields[2].min", "rules[0].must", "admission.until", "window.due")]
    ['fields.2.least', 'rules.0', 'until', 'due_days']
    """
    found = _FIELD.fullmatch(path)
    if found:
        name = found[2] or "title"
        return f"fields.{found[1]}.{_FIELD_NAMES.get(name, name)}"
    found = _RULE.fullmatch(path)
    if found:
        return f"rules.{found[1]}"
    head, _, rest = path.partition(".")
    if head == "window":
        return {"open": "open_days", "lock": "lock_days"}.get(rest.partition(".")[0], "due_days")
    if head in ("admission", "flow"):
        return rest if rest and rest != "owner" else ""
    return _PLACES.get(head, "")
