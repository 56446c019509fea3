"""The forms of this area. Whether what is given fits is the actions' to say."""

from __future__ import annotations

from django import forms

from luoshi.core.beijing import LOCAL
from luoshi.domains.meetings.queries import KINDS, PARTS, RESULTS, STANCES, STEPS

LONGEST = 2000


def _text(label: str, *, help_text: str = "", required: bool = False) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3, "maxlength": LONGEST})
    return forms.CharField(label=label, required=required, widget=area, help_text=help_text)


class Choosing(forms.Form):
    """A form some of whose fields offer what is there at the moment."""

    def __init__(self, *args: object, offered: dict[str, list] | None = None, **settings: object) -> None:
        super().__init__(*args, **settings)
        for name, choices in (offered or {}).items():
            if name in self.fields:
                self.fields[name].choices = [("", "请选择"), *choices]


class MeetingForm(Choosing):
    organ = forms.ChoiceField(label="议事单位", error_messages={"required": "请选择议事单位。"})
    title = forms.CharField(label="会议名称", required=False, max_length=100)
    held_at = forms.DateTimeField(
        label="开会时间",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"required": "请填写开会时间。", "invalid": "时间应写作 2023-06-20 09:00。"},
    )
    place = forms.CharField(label="地点", required=False, max_length=100)

    def clean_held_at(self):
        """Return the moment as one of Beijing."""
        return self.cleaned_data["held_at"].replace(tzinfo=LOCAL)


class RulesForm(forms.Form):
    papers_days = forms.IntegerField(
        label="材料提前送达（工作日）", error_messages={"required": "请填写工作日数。"}
    )
    quorum = forms.IntegerField(label="到会比例（%）", error_messages={"required": "请填写比例。"})


class SeatForm(Choosing):
    post = forms.ChoiceField(label="岗位", error_messages={"required": "请选择岗位。"})
    part = forms.ChoiceField(
        label="身份",
        choices=[("", "请选择"), *PARTS],
        help_text="主要负责人最后表态；列席人员只看本单位提请的议题，不表决",
        error_messages={"required": "请选择身份。"},
    )


class MarkForm(forms.Form):
    attendee = forms.IntegerField(widget=forms.HiddenInput)
    present = forms.ChoiceField(label="到会", choices=[("yes", "到会"), ("no", "缺席")])
    reason = forms.CharField(label="缺席原因", required=False, max_length=100)


class TopicForm(Choosing):
    title = forms.CharField(label="议题", required=False, max_length=200)
    kind = forms.ChoiceField(
        label="类别", choices=[("", "请选择"), *KINDS], error_messages={"required": "请选择议题类别。"}
    )
    sponsor = forms.ChoiceField(label="提请单位", error_messages={"required": "请选择提请单位。"})
    summary = _text("提请事项")
    steps = forms.MultipleChoiceField(
        label="会前程序",
        choices=STEPS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="重大决策至少要有合法性审查和征求意见；列明的程序完成后才能审议",
    )


class StepForm(forms.Form):
    step = forms.CharField(widget=forms.HiddenInput)
    done_on = forms.DateField(
        label="完成日期",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "请填写完成日期。", "invalid": "日期应写作 2023-06-01。"},
    )
    note = forms.CharField(label="结论", required=False, max_length=300)
    file = forms.FileField(label="材料", required=False)


class RecuseForm(Choosing):
    attendee = forms.TypedChoiceField(
        label="回避人", coerce=int, error_messages={"required": "请选择回避人。"}
    )
    reason = forms.CharField(label="事由", required=False, max_length=200)


class StatementForm(Choosing):
    attendee = forms.TypedChoiceField(
        label="发言人", coerce=int, error_messages={"required": "请选择发言人。"}
    )
    stance = forms.ChoiceField(
        label="表态", choices=[("", "请选择"), *STANCES], error_messages={"required": "请选择表态。"}
    )
    text = _text("意见", help_text="按发言先后记录；主要负责人最后表态")


class VoteForm(Choosing):
    attendee = forms.TypedChoiceField(
        label="表决人", coerce=int, error_messages={"required": "请选择表决人。"}
    )
    vote = forms.ChoiceField(
        label="表决", choices=[("", "请选择"), *STANCES], error_messages={"required": "请选择表决意见。"}
    )


class DecisionForm(forms.Form):
    result = forms.ChoiceField(
        label="结果", choices=[("", "请选择"), *RESULTS], error_messages={"required": "请选择结果。"}
    )
    decision = _text("决定内容")


class WithdrawForm(forms.Form):
    reason = forms.CharField(label="撤下理由", required=False, max_length=300)


class EmptyForm(forms.Form):
    """A form without fields, to carry what was refused."""
