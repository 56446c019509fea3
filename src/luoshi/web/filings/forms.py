"""What the pages of filings ask for; the correction form follows from the form's own fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from luoshi.kernel.definitions.fields import Field, FieldKind
from luoshi.kernel.filings.heads import Template
from luoshi.web.filings.many_forms import MORE_ROWS, RowsTable, RowsWidget, tables_of
from luoshi.web.shell.forms import PeriodField, UploadField

PERIOD_HELP = {
    "month": "按月填报，如 2023年1月",
    "quarter": "按季填报，如 2023年第一季度",
    "half": "按半年填报，如 2023年上半年",
    "year": "按年填报，如 2023年",
    "node": "按节点填报，如 2023年第1节点",
    "range": "按若干个月合并填报，如 2023年1—4月",
}
PERIOD_MISSING = "请填写这份表所属的期间。"


class OpenForm(forms.Form):
    """The period to be opened."""

    period = PeriodField(label="开放期间")

    def __init__(self, *args: object, kind: str, **settings: object) -> None:
        super().__init__(*args, **settings)
        self.fields["period"].help_text = PERIOD_HELP[kind]


class ImportForm(forms.Form):
    """A template, the period when the template asks for it, and the table."""

    template = forms.ChoiceField(label="导入模板")
    period = PeriodField(required=False, error_messages={"required": PERIOD_MISSING})
    table = UploadField()
    replaces = forms.UUIDField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: object, templates: Sequence[Template], kind: str, **settings: object) -> None:
        super().__init__(*args, **settings)
        self.fields["template"].choices = [(each.ref, each.ref.partition(".")[2]) for each in templates]
        self.fields["template"].initial = templates[0].ref if templates else ""
        if len(templates) == 1:
            self.fields["template"].widget = forms.HiddenInput()
        self.fields["period"].help_text = PERIOD_HELP[kind]
        self.fields["period"].required = all(each.asks_period for each in templates)
        self.asking = {each.ref for each in templates if each.asks_period}
        if not self.asking:
            del self.fields["period"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        wanted = data.get("template") in self.asking and "period" not in self.errors
        if wanted and not data.get("period"):
            self.add_error("period", PERIOD_MISSING)
        if self.errors and data.get("table"):
            self.add_error("table", "请改正上述问题后，重新选择表格文件。")
        return data


class CorrectForm(forms.Form):
    """The values in force, to be changed, and the reason. What fits is judged by the action."""

    def __init__(
        self, *args: object, fields: Sequence[Field], now_in_force: Mapping[str, str | None], **settings
    ):
        super().__init__(*args, **settings)
        self.asked = [field for field in fields if field.kind is not FieldKind.FILES]
        for field in self.asked:
            self.fields[field.key] = input_of(field, now_in_force.get(field.key))
        self.fields["reason"] = forms.CharField(
            label="更正理由",
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text="写明依据或来源，随更正一并留痕。",
            error_messages={"required": "请说明更正理由。"},
        )

    def lines(self) -> list[tuple[BoundField, RowsTable | None]]:
        """Return the inputs in order, each with its table where it has one."""
        tables = tables_of(self, self.asked, {field.key: MORE_ROWS for field in self.asked})
        return [(bound, tables.get(bound.name)) for bound in self]


def input_of(field: Field, value: str | None) -> forms.Field:
    """Return the input of one field, filled with the value in force."""
    label = f"{field.title}（{field.unit}）" if field.unit else field.title
    shared = {"label": label, "required": False, "initial": value or "", "help_text": field.help}
    if field.kind is FieldKind.ROWS:
        return forms.CharField(widget=RowsWidget(), **shared)
    if field.kind is FieldKind.VOCAB:
        choices = [("", "（空）"), *field.options.items()]
        return forms.ChoiceField(choices=choices, **shared)
    attributes = {"inputmode": "decimal"} if field.numeric else {}
    return forms.CharField(max_length=2000, widget=forms.TextInput(attrs=attributes), **shared)
