"""What signing, accepting and returning ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django import forms
from django.forms import BoundField

from luoshi.core.errors import Refusal
from luoshi.kernel.filings.forms import Form
from luoshi.kernel.filings.reviewing import RETURN_CODES, ReturnItem

WHOLE = "@"


class SureForm(forms.Form):
    """The confirmation of what cannot be undone, and a comment where there may be one."""

    sure = forms.BooleanField(error_messages={"required": "请先核对并勾选确认。"})
    comment = forms.CharField(label="审核意见", required=False, widget=forms.Textarea(attrs={"rows": 2}))


@dataclass(frozen=True)
class ReturnRow:
    """One thing that can be returned: its tick, reason and words."""

    title: str
    pick: BoundField
    code: BoundField
    text: BoundField


class ReturnForm(forms.Form):
    """Items to be mended, one row for each field and one for the whole; a row with words counts as ticked."""

    def __init__(self, *args: object, form: Form, **settings: object) -> None:
        super().__init__(*args, **settings)
        self.titles = {**{field.key: field.title for field in form.fields}, WHOLE: "整表"}
        for key, title in self.titles.items():
            self.fields[f"pick.{key}"] = forms.BooleanField(label=title, required=False)
            self.fields[f"code.{key}"] = forms.ChoiceField(
                label=f"{title}的退回原因",
                choices=[("", "请选择原因"), *RETURN_CODES.items()],
                required=False,
            )
            self.fields[f"text.{key}"] = forms.CharField(
                label=f"{title}怎样补正",
                required=False,
                widget=forms.Textarea(attrs={"rows": 1, "placeholder": "怎样补正"}),
            )
        self.fields["talk_note"] = forms.CharField(
            label="沟通记录",
            required=False,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text="再次退回前须与填报单位沟通，写明何时、与谁、怎么说的。",
        )
        self.fields["mend_by"] = forms.DateField(
            label="补正期限",
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}),
            help_text="不填为 3 个工作日内。",
            error_messages={"invalid": "请写作 2023-01-31 这样的日期。"},
        )

    def rows(self) -> list[ReturnRow]:
        """Return the rows as the page draws them."""
        return [
            ReturnRow(title, self[f"pick.{key}"], self[f"code.{key}"], self[f"text.{key}"])
            for key, title in self.titles.items()
        ]

    def picked(self) -> list[str]:
        """Return the keys of the rows that were ticked or written in, in order."""
        given = self.cleaned_data
        return [key for key in self.titles if given[f"pick.{key}"] or given[f"text.{key}"]]

    def items(self) -> list[ReturnItem]:
        """Return what is to be mended."""
        given = self.cleaned_data
        return [
            ReturnItem("" if key == WHOLE else key, given[f"code.{key}"], given[f"text.{key}"])
            for key in self.picked()
        ]

    @contextmanager
    def items_named(self) -> Iterator[None]:
        """Let a refusal name the inputs of this form where it names items by their number."""
        try:
            yield
        except Refusal as refusal:
            raise type(refusal)(refusal.message, fields=self._named(refusal.fields)) from refusal

    def _named(self, fields: Mapping[str, str]) -> dict[str, str]:
        picked = self.picked()
        found = {}
        for name, text in fields.items():
            head, _, rest = name.partition(".")
            number, _, part = rest.partition(".")
            found[f"{part}.{picked[int(number)]}" if head == "items" else name] = text
        return found
