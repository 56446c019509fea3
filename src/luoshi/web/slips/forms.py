"""The forms of this area. Texts are taken as typed; the actions judge them."""

from __future__ import annotations

from django import forms

LONGEST = 1000


class WordsForm(forms.Form):
    """One text under a label."""

    text = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3, "maxlength": LONGEST}))

    def __init__(self, *args: object, label: str, help_text: str = "", **settings: object) -> None:
        super().__init__(*args, **settings)
        self.fields["text"].label = label
        self.fields["text"].help_text = help_text
