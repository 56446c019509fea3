"""The form that takes a draft."""

from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import UploadedFile

from luoshi.kernel.files.drafts import ENDINGS, MOST_BYTES


class DraftField(forms.FileField):
    """A draft. What is inside is checked by ``kernel.files``; here its size, before it is read."""

    def __init__(self, **settings: object) -> None:
        accept = ",".join(f".{ending}" for ending in ENDINGS)
        super().__init__(
            label="文稿",
            help_text="支持 .docx、.xlsx、.csv 和 .txt，20 MB 以内",
            widget=forms.ClearableFileInput(attrs={"accept": accept}),
            error_messages={"required": "请选择要校对的文稿。", "empty": "文件是空的，请检查后重新选择。"},
            **settings,
        )

    def clean(self, data: UploadedFile | None, initial: object = None) -> UploadedFile | None:
        found = super().clean(data, initial)
        if found and found.size > MOST_BYTES:
            raise forms.ValidationError(
                f"文件超过 {MOST_BYTES // 1024 // 1024} MB，请删去图片或拆分后再校对。"
            )
        return found


class DraftForm(forms.Form):
    """One draft to be checked."""

    draft = DraftField()
