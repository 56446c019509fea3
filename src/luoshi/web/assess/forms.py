"""What is asked before a round is computed or published."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms

from luoshi.kernel.assess.appeal_queries import OUTCOMES
from luoshi.web.shell.forms import PeriodField

WHOLE = ("", "得分单整体")


class ComputeForm(forms.Form):
    """A scheme and a period."""

    scheme = forms.ChoiceField(
        label="考核方案",
        error_messages={"required": "请选择考核方案。", "invalid_choice": "没有这个考核方案，请重新选择。"},
    )
    period = PeriodField()

    def __init__(self, *args: object, schemes: Iterable[tuple[str, str]], **settings: object) -> None:
        super().__init__(*args, **settings)
        self.fields["scheme"].choices = list(schemes)


class PublishForm(forms.Form):
    """The word that publishing is for good."""

    sure = forms.BooleanField(
        label="已核对得分，知悉发布后不可撤销、不可修改",
        error_messages={"required": "请先勾选确认。发布后不可撤销，如需更正只能另发更正轮次。"},
    )


class PreviewForm(forms.Form):
    """The word that a previewed trial stands still."""

    sure = forms.BooleanField(
        label="已核对得分，向各单位预告",
        error_messages={"required": "请先勾选确认。预告后得分不再变动，只有申诉被采纳才可重新试算。"},
    )


class AppealForm(forms.Form):
    """What is appealed against, and why."""

    item = forms.ChoiceField(
        label="申诉的考核项",
        required=False,
        error_messages={"invalid_choice": "得分单上没有这个考核项，请重新选择。"},
    )
    reason = forms.CharField(
        label="申诉理由",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": 2000}),
        help_text="写明哪一项取值或扣分有误、正确的应是多少、凭什么核对；10 至 2000 字。",
    )

    def __init__(self, *args: object, lines: list[tuple[str, str]], **settings: object) -> None:
        super().__init__(*args, **settings)
        self.fields["item"].choices = [WHOLE, *lines]


class DecisionForm(forms.Form):
    """The outcome of an appeal, with reasons."""

    outcome = forms.ChoiceField(
        label="复核结论",
        choices=list(OUTCOMES.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "请选择复核结论。", "invalid_choice": "请选择复核结论。"},
    )
    reason = forms.CharField(
        label="复核意见",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": 2000}),
        help_text="写明核对了什么、依据是什么；申诉单位可见。采纳的，须更正记录并重新试算、预告。",
    )
