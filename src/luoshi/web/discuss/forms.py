"""The forms of this area. Texts are taken as typed; the actions judge them."""

from __future__ import annotations

from django import forms

from luoshi.kernel.discuss.actions import LONGEST
from luoshi.kernel.discuss.hooks import Topic


class _TextForm(forms.Form):
    text = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 3, "maxlength": LONGEST, "required": True})
    )


class CommentForm(_TextForm):
    """A comment."""

    def __init__(self, *args: object, **settings: object) -> None:
        super().__init__(*args, **settings)
        self.fields["text"].label = "意见"
        self.fields["text"].help_text = "看得到本条的岗位都能看到；写下后不能修改，本人可以划去。"


class AskForm(_TextForm):
    """A question about a form or one of its fields."""

    field = forms.ChoiceField(label="填报项", required=False)

    def __init__(self, *args: object, topic: Topic, **settings: object) -> None:
        super().__init__(*args, **settings)
        self.order_fields(["field", "text"])
        self.fields["field"].choices = [("", "整张表"), *topic.fields.items()]
        self.fields["text"].label = "问题"
        self.fields[
            "text"
        ].help_text = (
            "答复后连同问题一起公布给所有填报单位，不显示提问的单位和个人；请勿写人名、电话等个人信息。"
        )


class AnswerForm(_TextForm):
    """An answer, or a new version of it."""

    def __init__(self, *args: object, **settings: object) -> None:
        super().__init__(*args, **settings)
        self.fields["text"].label = "答复"
        self.fields[
            "text"
        ].help_text = "答复后对所有填报单位公布，列为常见问题；以后可以修订，原答复仍可查看。"
