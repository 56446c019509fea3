"""Forms of the frame, and the field classes every other form builds on."""

from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import UploadedFile

from luoshi.core.errors import Invalid
from luoshi.core.periods import Period, parse_period


class SigninForm(forms.Form):
    """Name and password; all checks are the action's."""

    username = forms.CharField(
        label="账号",
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label="密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class PasswordForm(forms.Form):
    """Old password once, new password twice."""

    old = forms.CharField(
        label="原密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label="新密码",
        strip=False,
        help_text="不少于 10 位，大写字母、小写字母、数字、符号中至少含三类。",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="再输一次", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, str]:
        data = super().clean()
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", "两次输入的新密码不一致，请重新输入。")
        return data


class PeriodField(forms.CharField):
    """A period code typed by hand; gives a ``Period``."""

    def __init__(self, **settings: object) -> None:
        settings.setdefault("label", "期间")
        settings.setdefault("help_text", "如 2023-01、2023-Q1、2023 或 2023-01..2023-04")
        offered = forms.TextInput(attrs={"list": "periods", "autocomplete": "off"})
        super().__init__(max_length=20, widget=offered, **settings)

    def clean(self, value: str) -> Period | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_period(text)
        except Invalid as refusal:
            raise forms.ValidationError(refusal.message) from refusal


LARGEST_UPLOAD = 30 * 1024 * 1024


class UploadField(forms.FileField):
    """A spreadsheet. What is inside is checked by ``kernel.files``; here its size, before it is read."""

    def __init__(self, **settings: object) -> None:
        settings.setdefault("label", "表格文件")
        settings.setdefault("help_text", "支持 .xlsx 和 .csv")
        super().__init__(
            widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
            error_messages={
                "required": "请选择要导入的表格文件。",
                "empty": "文件是空的，请检查后重新选择。",
            },
            **settings,
        )

    def clean(self, data: UploadedFile | None, initial: object = None) -> UploadedFile | None:
        found = super().clean(data, initial)
        if found and found.size > LARGEST_UPLOAD:
            most = LARGEST_UPLOAD // 1024 // 1024
            raise forms.ValidationError(f"文件超过 {most} MB，请分成几个文件导入。")
        return found
