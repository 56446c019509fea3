"""What is asked before a round is computed or published."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms

from luoshi.web.shell.forms import PeriodField


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
