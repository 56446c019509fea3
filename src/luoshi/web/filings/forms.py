"""What the pages of filings ask for; the correction form follows from the form's own fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django import forms

from luoshi.kernel.filings.fields import Field, FieldKind
from luoshi.kernel.filings.heads import Template
from luoshi.web.shell.forms import PeriodField, UploadField

PERIOD_HELP = {
    "month": "按月填报，如 2023-01",
    "quarter": "按季填报，如 2023-Q1",
    "half": "按半年填报，如 2023-H1",
    "year": "按年填报，如 2023",
    "node": "按节点填报，如 2023-N1",
    "range": "按若干个月合并填报，如 2023-01..2023-04",
}


class OpenForm(forms.Form):
    """The period to be opened."""

    period = PeriodField(label="开放期间")


class ImportForm(forms.Form):
    """A template, the period when the template asks for it, and the table."""

    template = forms.ChoiceField(label="导入模板")
    period = PeriodField(required=False)
    table = UploadField()

    def __init__(self, *args: object, templates: Sequence[Template], kind: str, **settings: object) -> None:
        super().__init__(*args, **settings)
        self.fields["template"].choices = [(each.ref, each.ref.partition(".")[2]) for each in templates]
        self.fields["template"].initial = templates[0].ref if templates else ""
        if len(templates) == 1:
            self.fields["template"].widget = forms.HiddenInput()
        self.fields["period"].help_text = PERIOD_HELP[kind]
        if not any(each.asks_period for each in templates):
            del self.fields["period"]


class CorrectForm(forms.Form):
    """The values in force, to be changed, and the reason. What fits is judged by the action."""

    def __init__(
        self, *args: object, fields: Sequence[Field], now_in_force: Mapping[str, str | None], **settings
    ):
        super().__init__(*args, **settings)
        for field in fields:
            self.fields[field.key] = input_of(field, now_in_force.get(field.key))
        self.fields["reason"] = forms.CharField(
            label="更正理由",
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text="写明依据或来源，随更正一并留痕。",
            error_messages={"required": "请说明更正理由。"},
        )


def input_of(field: Field, value: str | None) -> forms.Field:
    """Return the input of one field, filled with the value in force."""
    label = f"{field.title}（{field.unit}）" if field.unit else field.title
    shared = {"label": label, "required": False, "initial": value or "", "help_text": field.help}
    if field.kind is FieldKind.VOCAB:
        choices = [("", "（空）"), *field.options.items()]
        return forms.ChoiceField(choices=choices, **shared)
    attributes = {"inputmode": "decimal"} if field.numeric else {}
    return forms.CharField(max_length=2000, widget=forms.TextInput(attrs=attributes), **shared)
