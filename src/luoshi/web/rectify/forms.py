"""The forms of this area. Texts are taken as typed; the actions judge them."""

from __future__ import annotations

from typing import Any

from django import forms

from luoshi.domains.rectify.objections import CHANNELS

DAY = forms.DateInput(attrs={"type": "date"})
WHEN = {"required": "请填写日期。", "invalid": "请写作 2023-01-31 这样的日期。"}


def words(label: str, required: bool = True, help_text: str = "") -> forms.CharField:
    """A longer text."""
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=1000,
        error_messages={"required": f"请填写{label}。"},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class MeasureForm(forms.Form):
    """One measure; units left blank are those of the problem."""

    title = forms.CharField(
        label="措施",
        max_length=200,
        help_text="做什么、做到什么程度",
        error_messages={"required": "请填写措施。"},
    )
    standard = words("完成标准", help_text="可以查证的结果，不少于 10 字")
    due_on = forms.DateField(
        label="完成期限", help_text="不晚于问题的整改期限", error_messages=WHEN, widget=DAY
    )
    lead = forms.ChoiceField(label="责任单位", required=False)
    verify = forms.ChoiceField(label="核查单位", required=False, help_text="不得是责任单位")

    def __init__(self, *args: Any, units: list[tuple[str, str]], **settings: Any) -> None:
        super().__init__(*args, **settings)
        for key in ("lead", "verify"):
            self.fields[key].choices = [("", "与问题相同"), *units]


class SiblingForm(forms.Form):
    """Which units are asked, what for, until when."""

    scope = words("排查要求", help_text="查哪些点位、对照什么标准，不少于 10 字")
    due_on = forms.DateField(label="答复期限", error_messages=WHEN, widget=DAY)
    units = forms.MultipleChoiceField(
        label="同类单位",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一个单位。"},
        help_text="与责任单位同类别、同分支的单位；已布置过的不重复布置",
    )

    def __init__(self, *args: Any, units: list[tuple[str, str]], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.fields["units"].choices = units


class NoteForm(forms.Form):
    """One reason."""

    note = words("理由")


class ObjectionForm(forms.Form):
    """An objection; who raised it is not asked for."""

    channel = forms.ChoiceField(label="途径", choices=CHANNELS)
    received_on = forms.DateField(label="收到日期", error_messages=WHEN, widget=DAY)
    text = words("意见内容", help_text="只记反映的情况，不记反映人")


class AnswerForm(forms.Form):
    """What was found on an objection."""

    upheld = forms.ChoiceField(label="核实结论", choices=[("no", "不成立"), ("yes", "成立，退回整改")])
    answer = words("核实情况")


class PublishForm(forms.Form):
    """Why a table is published again."""

    note = words("再次公开的原因", required=False, help_text="首次公开可不填")


class MergeForm(forms.Form):
    """Into which report another is merged, and why."""

    into = forms.IntegerField()
    note = words("并件理由")
