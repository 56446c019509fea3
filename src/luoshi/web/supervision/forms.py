"""The forms of this area. The actions judge what was typed."""

from __future__ import annotations

from typing import Any

from django import forms

from luoshi.domains.supervision.queries import KINDS, STANDINGS

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
NONE = [("", "请选择")]


class PlanForm(forms.Form):
    """A plan to be drafted."""

    title = forms.CharField(label="名称", required=False, max_length=200)
    kind = forms.ChoiceField(label="督查方式", required=False, choices=[*NONE, *KINDS.items()])
    matter = forms.CharField(
        label="督查事项", required=False, max_length=200, help_text="与其他单位的计划按事项、对象、时间比对。"
    )
    content = forms.CharField(label="督查内容", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    from_on = forms.DateField(label="开始日期", required=False, widget=DAY)
    until_on = forms.DateField(label="结束日期", required=False, widget=DAY)
    units = forms.MultipleChoiceField(
        label="督查对象",
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 10}),
        help_text="按住 Ctrl 可选多个单位。",
    )

    def __init__(self, *args: Any, units: list[tuple[str, str]], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.fields["units"].choices = units


class AuthorityForm(forms.Form):
    """An authority to be recorded."""

    unit_code = forms.ChoiceField(label="督查单位", required=False)
    standing = forms.ChoiceField(label="身份", required=False, choices=[*NONE, *STANDINGS.items()])
    granted_by = forms.CharField(label="授权机关", required=False, max_length=200)
    paper = forms.CharField(label="授权文号", required=False, max_length=200)
    matter = forms.CharField(label="督查事项", required=False, max_length=400)
    scope = forms.CharField(label="对象范围", required=False, max_length=400)
    duty = forms.CharField(label="职责", required=False, max_length=400)
    from_on = forms.DateField(label="起始日期", required=False, widget=DAY)
    until_on = forms.DateField(
        label="截止日期", required=False, widget=DAY, help_text="指定部门必填；督查机构可不填。"
    )

    def __init__(self, *args: Any, units: list[tuple[str, str]], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.fields["unit_code"].choices = [*NONE, *units]


class ReasonForm(forms.Form):
    """A reason under a label."""

    reason = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 1000}))

    def __init__(self, *args: Any, label: str, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.fields["reason"].label = label


class PartForm(forms.Form):
    """How much earlier the parts are due, and what each co-unit does."""

    earlier = forms.IntegerField(
        label="提前（工作日）", min_value=0, max_value=60, help_text="协办期限比主件期限早几个工作日。"
    )


class SpanForm(forms.Form):
    """The days a bulletin covers, by the day of handing out."""

    since = forms.DateField(label="交办日期从", required=False, widget=DAY)
    until = forms.DateField(label="到", required=False, widget=DAY)
