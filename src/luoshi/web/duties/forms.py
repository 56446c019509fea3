"""What the pages of lists ask for. Fields are named as the actions name them: refusals stand beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django import forms

from luoshi.core.rhythm import FREQUENCIES
from luoshi.domains.duties.checking import TITLES
from luoshi.domains.duties.queries import Holder
from luoshi.web.shell.forms import UploadField

HOLDERS = "、".join(Holder.labels)
AUDIENCE = "填单位、分组或类别的名称，用“、”隔开，如 街道、区财政管理局"


def text(
    label: str, help_text: str = "", *, most: int, lines: int = 1, required: bool = True
) -> forms.CharField:
    """Return a field of text with its help."""
    widget = forms.TextInput() if lines == 1 else forms.Textarea(attrs={"rows": lines})
    return forms.CharField(
        label=label,
        max_length=most,
        help_text=help_text,
        required=required,
        widget=widget,
        error_messages={"required": f"请填写{label}。", "max_length": f"{label}不得超过{most}个字。"},
    )


def day(label: str, help_text: str = "") -> forms.DateField:
    """Return a field of a day."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": f"请填写{label}。", "invalid": "日期请写作 2021-01-15。"},
    )


def year() -> forms.IntegerField:
    """Return a field of a year."""
    return forms.IntegerField(
        label="年度",
        min_value=2000,
        max_value=2999,
        error_messages={
            "required": "请填写年度。",
            "invalid": "年度应为四位数，如 2023。",
            "min_value": "年度应为四位数，如 2023。",
            "max_value": "年度应为四位数，如 2023。",
        },
    )


class ListForm(forms.Form):
    """A new list."""

    title = text("清单名称", "如 松涧街道个性清单", most=100)
    code = text("清单编码", "小写字母、数字和短横，如 jd01；各年各版沿用同一编码", most=40)
    kind = forms.ChoiceField(
        label="类别", help_text="个性清单由本单位起草；共性和负面清单由负责全区清单的部门起草"
    )
    year = year()
    holders = text("责任人", f"可填：{HOLDERS}，用“、”隔开", most=100)
    applies_to = text("适用单位", AUDIENCE, most=500)
    basis = text("依据文件", "文件名称和文号", most=200)

    def __init__(self, *args: object, kinds: Iterable[tuple[str, str]], **settings: object) -> None:
        super().__init__(*args, **settings)
        self.fields["kind"].choices = list(kinds)

    def clean_holders(self) -> list[str]:
        """Turn the words into codes; what is not known is left for the action to refuse."""
        known = dict(zip(Holder.labels, Holder.values, strict=True))
        parts = [part for part in re.split(r"[、，,;；\s]+", self.cleaned_data["holders"]) if part]
        return [known.get(part, part) for part in parts]


class AdoptForm(forms.Form):
    """A template of a pack and what the list taken from it is called."""

    template = forms.ChoiceField(label="清单范本", error_messages={"required": "请选择清单范本。"})
    code = text("清单编码", "小写字母、数字和短横，如 gx", most=40)
    year = year()

    def __init__(self, *args: object, templates: Iterable[tuple[str, str]], **settings: object) -> None:
        super().__init__(*args, **settings)
        self.fields["template"].choices = list(templates)


class ItemForm(forms.Form):
    """One item, as it is typed."""

    code = text(TITLES["code"], "大写字母开头，如 X01；同一编码再次保存即为修改", most=20)
    aspect = text(TITLES["aspect"], "同一方面的事项排在一起，如 统筹部署", most=40)
    requirement = text(TITLES["requirement"], "写清做什么、做到什么程度", most=500, lines=3)
    holders = text(TITLES["holders"], f"可填：{HOLDERS}，用“、”隔开", most=60)
    frequency = forms.ChoiceField(
        label=TITLES["frequency"], choices=[(title, title) for title in FREQUENCIES.values()]
    )
    due = text(
        TITLES["due"],
        "如 期末后10个工作日、生效后30日、发生后5个工作日、按各件时限；由表单填报的留空",
        most=40,
        required=False,
    )
    applies_to = text(TITLES["applies_to"], f"{AUDIENCE}；留空为本清单全部单位", most=500, required=False)
    review_unit = text(TITLES["review_unit"], "由哪个单位审核；没有的留空", most=60, required=False)
    answer = text(
        TITLES["answer"], "填表单名称、数据元编码（由记录得出，不用填报），或“提示”", most=100, required=False
    )
    evidence_hint = text(TITLES["evidence_hint"], most=300, lines=2, required=False)
    legal_basis = text(TITLES["legal_basis"], most=300, lines=2, required=False)


class PublishForm(forms.Form):
    """From when a draft holds, and the word that it is for good."""

    effective_from = day("生效日期", "今天或以后；上一版到这一天为止")
    sure = forms.BooleanField(
        label="已核对各事项，知悉发布后不可修改，只能修订出新的一版",
        error_messages={"required": "请先勾选确认。"},
    )


class RetireForm(forms.Form):
    """Until when a list holds, and why it ends."""

    on = day("停用日期", "今天或以后，从这一天起不再适用")
    reason = text("停用理由", most=200, lines=2)


class SheetForm(forms.Form):
    """A table of items."""

    table = UploadField()
