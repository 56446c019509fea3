"""What is asked before a report is opened or frozen."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms

from luoshi.web.shell.forms import PeriodField
from luoshi.web.shell.names import without_holes


class OpenForm(forms.Form):
    """A report and a period."""

    report = forms.ChoiceField(
        label="通报",
        error_messages={"required": "请选择通报。", "invalid_choice": "没有这种通报，请重新选择。"},
    )
    period = PeriodField()

    def __init__(self, *args: object, reports: Iterable[tuple[str, str]], **settings: object) -> None:
        super().__init__(*args, **settings)
        self.fields["report"].choices = [(ref, without_holes(title)) for ref, title in reports]


class FreezeForm(forms.Form):
    """The document number the office gave, if any; and, for a second freezing, that it is a correction."""

    number = forms.CharField(
        label="文号",
        required=False,
        max_length=60,
        help_text="由本单位文书编发，没有可不填；系统不自拟文号。如 示热通〔2023〕6号",
    )
    correcting = forms.BooleanField(label="更正定稿（注明所更正的原件）", required=False)
