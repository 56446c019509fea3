"""What the pages of units and people ask for."""

from __future__ import annotations

from django import forms

from luoshi.web.shell.forms import UploadField


class UploadForm(forms.Form):
    """A table of units and the day from which they stand."""

    on = forms.DateField(
        label="设立日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="表中各单位自该日起设立并隶属于所填上级。",
        error_messages={"invalid": "日期请写作 2021-01-15。", "required": "请填写设立日期。"},
    )
    table = UploadField()


class PeopleUploadForm(UploadForm):
    """A table of people and the day from which they hold their posts."""

    on = forms.DateField(
        label="任职日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="表中各人自该日起任职。",
        error_messages={"invalid": "日期请写作 2021-01-15。", "required": "请填写任职日期。"},
    )
