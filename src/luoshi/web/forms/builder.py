"""The page of a design as a form: what was sent becomes a design, a design becomes inputs with its faults."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from luoshi.domains.admission.audience import Audience
from luoshi.domains.admission.compose import CHOICES, KINDS, NUMERIC, RELATIONS, WITH_DIGITS
from luoshi.domains.admission.design import (
    DEFAULTS,
    FIELD_NAMES,
    MOST_FIELDS,
    MOST_RULES,
    PICKS,
    RULE_NAMES,
    Design,
    FieldDesign,
    RuleDesign,
)
from luoshi.kernel.filings.admission import Near
from luoshi.web.filings.entry_forms import TypedField

_KEY = re.compile(r"f([1-9]\d{0,3})", re.ASCII)
LABELS: Mapping[str, str] = {
    "title": "表单名称",
    "basis": "发文依据",
    "source": "数据从哪里来",
    "period": "填报周期",
    "open_from": "开放",
    "open_days": "开放天数",
    "open_unit": "开放天数单位",
    "due_from": "截止",
    "due_days": "截止天数",
    "due_unit": "截止天数单位",
    "lock_mode": "锁定方式",
    "lock_days": "截止后第几个工作日锁定",
    "fill": "谁填报",
    "sign": "谁审签",
    "review": "谁审核",
    "returns": "最多退回几次",
    "nil": "零报告",
    "minutes": "填一次约需几分钟",
    "until": "准入有效期至",
    "note": "申请说明",
}
HELPS: Mapping[str, str] = {
    "title": "写全称，如 街道公共设施巡检月报",
    "basis": "写文件名称和文号，没有依据的表不能下发",
    "source": "填报人从哪本台账取数，可不填",
    "minutes": "由熟悉业务的人实填一次估计，用于计算负担",
    "until": "到期自动停止开放，需要的可续期",
    "nil": "确无情况时，只写说明即可",
    "returns": "第二次起退回须先与填报人沟通",
    "note": "写明为什么要这张表、停用了哪些旧表；审批人据此决定",
}
FIELD_LABELS: Mapping[str, str] = {
    "title": "名称",
    "kind": "种类",
    "digits": "小数位数",
    "unit": "计量单位",
    "required": "必填",
    "least": "最小",
    "most": "最大",
    "jump": "变动超过（%）须说明",
    "options": "选项，每行一个",
    "element": "数据元",
    "keep": "带出上期值",
    "help": "填写说明",
}
RULE_LABELS: Mapping[str, str] = {"left": "填报项", "relation": "关系", "right": "填报项", "also": "与"}
FIELD_CHOICES: Mapping[str, Mapping[str, str]] = {
    "kind": KINDS,
    "required": {"yes": "必填", "": "选填"},
    "keep": {"": "不带", "yes": "带出，只改变动"},
}
AREAS = frozenset({"note"})


def design_sent(post: QueryDict, kept: Design) -> Design:
    """Return what a page sent as a design. What the page did not show stays as it was kept."""
    texts = {name: _text(post.get(name, kept[name])) for name in DEFAULTS}
    picks = {name: tuple(dict.fromkeys(post.getlist(name))) for name in PICKS if post.getlist(name)}
    before = {row.key: row for row in kept.fields}
    keys = [key for key in dict.fromkeys(post.getlist("row")) if _given(key, kept.last)]
    rows = tuple(_row(post, key, before.get(key, FieldDesign(key))) for key in keys[:MOST_FIELDS])
    rules = tuple(
        RuleDesign(**{name: _text(post.get(f"rule.{number}.{name}", "")) for name in RULE_NAMES})
        for number in range(min(len(post.getlist("rule")), MOST_RULES))
    )
    return replace(kept, texts=texts, picks=picks, fields=rows, rules=rules)


def _given(key: str, last: int) -> bool:
    found = _KEY.fullmatch(key)
    return bool(found) and int(found[1]) <= last


def _row(post: QueryDict, key: str, kept: FieldDesign) -> FieldDesign:
    sent = {
        name: _text(post.get(f"{key}.{name}", getattr(kept, name))) for name in FIELD_NAMES if name != "key"
    }
    return FieldDesign(key=key, **sent)


def _text(text: str) -> str:
    return text.replace("\r\n", "\n")


class BuilderForm(forms.Form):
    """Every input of a design, bound to it, with the faults beside them."""

    def __init__(self, design: Design, audience: Audience, elements: Sequence[Any]) -> None:
        super().__init__(_data(design))
        self.design = design
        for name in DEFAULTS:
            self.fields[name] = _input(
                LABELS[name], CHOICES.get(name), HELPS.get(name, ""), area=name in AREAS
            )
        self.fields["until"].widget = forms.DateInput(attrs={"type": "date"})
        for name in PICKS:
            self.fields[name] = _picker(name, audience)
        for row in design.fields:
            for name, label in FIELD_LABELS.items():
                self.fields[f"{row.key}.{name}"] = _input(
                    label, FIELD_CHOICES.get(name), area=name == "options"
                )
            self.fields[f"{row.key}.element"].widget.attrs["list"] = "elements"
        numbers = {row.key: row.title or "（未命名）" for row in design.fields if row.kind in NUMERIC}
        for place in range(len(design.rules)):
            for name, label in RULE_LABELS.items():
                choices = RELATIONS if name == "relation" else {"": "请选择", **numbers}
                self.fields[f"rule.{place}.{name}"] = _input(label, choices)
        self.fields["audience"] = forms.CharField(required=False)
        self.fields["fields_place"] = forms.CharField(required=False)
        self.full_clean()

    def faults_beside(self, faults: Mapping[str, str]) -> None:
        """Put each fault beside the input it is about."""
        for place, text in faults.items():
            name = self.name_of(place)
            self.add_error(name if name in self.fields else None, text)

    def name_of(self, place: str) -> str:
        """Return the input of a place of the design."""
        head, _, rest = place.partition(".")
        number, _, name = rest.partition(".")
        if head == "fields" and number.isdigit() and int(number) < len(self.design.fields):
            return f"{self.design.fields[int(number)].key}.{name}"
        if head == "rules":
            return f"rule.{number}.left"
        return "fields_place" if head == "fields" else head


@dataclass(frozen=True)
class FieldCard:
    """One field of the design as the page draws it: its inputs, those of its kind, what asks the same."""

    row: FieldDesign
    number: int
    first: bool
    last: bool
    main: tuple[BoundField, ...]
    more: tuple[BoundField, ...]
    near: tuple[Near, ...]
    faulty: bool


def cards_of(form: BuilderForm, near: Sequence[Near]) -> list[FieldCard]:
    """Return the fields of a design in order."""
    rows = form.design.fields
    cards = []
    for place, row in enumerate(rows):
        shown = [form[f"{row.key}.{name}"] for name in _shown(row)]
        cards.append(
            FieldCard(
                row=row,
                number=place + 1,
                first=place == 0,
                last=place == len(rows) - 1,
                main=tuple(shown[:4]),
                more=tuple(shown[4:]),
                near=tuple(each for each in near if each.key == row.key),
                faulty=any(each.errors for each in shown),
            )
        )
    return cards


def _shown(row: FieldDesign) -> list[str]:
    """Return the inputs that a kind of field has use for."""
    numeric = row.kind in NUMERIC
    names = ["title", "kind", "required"]
    names += ["unit"] if numeric and row.kind not in ("money", "percent") else ["help"]
    names += ["options"] if row.kind == "choice" else []
    names += ["digits"] if row.kind in WITH_DIGITS else []
    names += ["least", "most", "jump"] if numeric else []
    names += ["element", "keep"]
    return names if "help" in names else [*names, "help"]


def rule_lines(form: BuilderForm) -> list[dict[str, Any]]:
    """Return the rules as rows of inputs."""
    return [
        {
            "number": place,
            "inputs": [form[f"rule.{place}.{name}"] for name in RULE_LABELS],
            "summed": rule.relation.endswith("_sum"),
            "errors": form[f"rule.{place}.left"].errors,
        }
        for place, rule in enumerate(form.design.rules)
    ]


def _data(design: Design) -> dict[str, Any]:
    data: dict[str, Any] = {name: design[name] for name in DEFAULTS}
    data |= {name: list(design.picked(name)) for name in PICKS}
    for row in design.fields:
        data |= {f"{row.key}.{name}": getattr(row, name) for name in FIELD_LABELS}
    for place, rule in enumerate(design.rules):
        data |= {f"rule.{place}.{name}": getattr(rule, name) for name in RULE_NAMES}
    return data


def _input(
    label: str, choices: Mapping[str, str] | None, help_text: str = "", *, area: bool = False
) -> TypedField:
    if choices is not None:
        widget: forms.Widget = forms.Select(choices=list(choices.items()))
    elif area:
        widget = forms.Textarea(attrs={"rows": 3})
    else:
        widget = forms.TextInput(attrs={"autocomplete": "off"})
    return TypedField(label=label, widget=widget, help_text=help_text)


class PickedField(forms.MultipleChoiceField):
    """Codes as picked; whether they exist is judged with the design."""

    def valid_value(self, value: str) -> bool:
        return True


def _picker(name: str, audience: Audience) -> PickedField:
    labels = {"groups": "按分组", "kinds": "按类别", "units": "点名单位"}
    choices = [
        (each.code, each.title if name == "units" else f"{each.title}（{each.units} 个单位）")
        for each in audience.choices[name]
    ]
    if name == "units":
        widget: forms.Widget = forms.SelectMultiple(attrs={"size": 8})
    else:
        widget = forms.CheckboxSelectMultiple()
    return PickedField(label=labels[name], choices=choices, required=False, widget=widget)
