"""The forms of this area. Whether what is given fits is the actions' to say."""

from __future__ import annotations

from django import forms

from luoshi.domains.handover.packaging import TYPED
from luoshi.domains.handover.queries import GROUNDS

LONGEST = 1000


class NoticeForm(forms.Form):
    """Who leaves which post when, who takes over, who watches."""

    appointment = forms.TypedChoiceField(
        label="离任人和岗位", coerce=int, error_messages={"required": "请选择离任人和岗位。"}
    )
    ground = forms.ChoiceField(label="离任原因", choices=[("", "请选择"), *GROUNDS])
    leaves_on = forms.DateField(
        label="离任日期",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="不再担任该岗位的第一天；期限从这一天起算，通知更晚的从通知起算",
        error_messages={"required": "请填写离任日期。", "invalid": "日期应写作 2023-06-01。"},
    )
    taker = forms.TypedChoiceField(
        label="接收人",
        coerce=int,
        empty_value=None,
        required=False,
        help_text="尚未确定的可以先空着，提交核对前确定",
    )
    to_post = forms.ChoiceField(
        label="承接岗位",
        required=False,
        help_text="与原岗位相同的不填；另设岗位承接的，点名原岗位的事项随之转移",
    )
    witness_post = forms.ChoiceField(label="监交岗位", error_messages={"required": "请选择监交岗位。"})

    def __init__(
        self,
        *args: object,
        leavers: list[tuple[int, str]],
        persons: list[tuple[int, str]],
        posts: list[tuple[str, str]],
        **settings: object,
    ) -> None:
        super().__init__(*args, **settings)
        self.fields["appointment"].choices = [("", "请选择"), *leavers]
        self.fields["taker"].choices = [("", "尚未确定"), *persons]
        self.fields["to_post"].choices = [("", "与原岗位相同"), *posts]
        self.fields["witness_post"].choices = [("", "请选择"), *posts]


class TakerForm(forms.Form):
    """Who takes over."""

    taker = forms.TypedChoiceField(label="接收人", coerce=int, error_messages={"required": "请选择接收人。"})

    def __init__(self, *args: object, persons: list[tuple[int, str]], **settings: object) -> None:
        super().__init__(*args, **settings)
        self.fields["taker"].choices = [("", "请选择"), *persons]


class LineForm(forms.Form):
    """What no record holds."""

    source = forms.ChoiceField(label="种类", choices=[("", "请选择"), *TYPED.items()])
    title = forms.CharField(label="内容", max_length=300, help_text="名称、数量、存放处或情况")
    note = forms.CharField(label="说明", required=False, max_length=LONGEST)


class TextForm(forms.Form):
    """One text under a label."""

    text = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3, "maxlength": LONGEST}))

    def __init__(self, *args: object, label: str = "", help_text: str = "", **settings: object) -> None:
        super().__init__(*args, **settings)
        self.fields["text"].label = label
        self.fields["text"].help_text = help_text


class NoteForm(forms.Form):
    """The word of who leaves about a line."""

    note = forms.CharField(required=False, max_length=LONGEST)


class AnswerForm(forms.Form):
    """What the successor says to the lines ticked."""

    answer = forms.ChoiceField(
        label="意见",
        choices=[("accepted", "接收"), ("disputed", "有异议")],
        error_messages={"required": "请选择意见。"},
    )
    note = forms.CharField(label="说明", required=False, max_length=LONGEST, help_text="有异议的必须写明理由")


class LimitForm(forms.Form):
    """How long a handover may take."""

    workdays = forms.IntegerField(label="交接期限（工作日）", error_messages={"required": "请填写工作日数。"})
