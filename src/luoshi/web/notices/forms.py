"""What the pages of notices ask for."""

from __future__ import annotations

from django import forms

TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
WRONG = {"invalid": "时间请写作 08:30。", "required": "请填写时间。"}


class HoursForm(forms.Form):
    """The hours of the district."""

    digest_at = forms.TimeField(
        label="每日汇总时间",
        widget=TIME,
        error_messages=WRONG,
        help_text="工作日到此时间，各岗位的消息汇总发送一次。",
    )
    quiet_from = forms.TimeField(label="免打扰起", widget=TIME, error_messages=WRONG)
    quiet_to = forms.TimeField(
        label="免打扰止",
        widget=TIME,
        error_messages=WRONG,
        help_text="此时段内不发邮件、不推送，网站上不显示未读数。",
    )
    workdays_only = forms.BooleanField(
        label="休息日免打扰", required=False, help_text="按工作日历，休息日全天不发送。"
    )


class WebhookForm(forms.Form):
    """Where digests are pushed to."""

    address = forms.CharField(
        label="推送地址",
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
        help_text="以 http:// 或 https:// 开头；留空即停用。内部网络的主机须先列入 LUOSHI_WEBHOOK_HOSTS。",
    )


class PreferenceForm(forms.Form):
    """The own mailbox and topics."""

    mailbox = forms.CharField(
        label="邮箱",
        required=False,
        max_length=120,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="每日汇总发到这里；留空即不发邮件。",
    )
    muted = forms.MultipleChoiceField(
        label="不再接收的类别",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="告警级消息不受此限。",
    )

    def __init__(self, *given: object, topics: dict[str, str], **named: object) -> None:
        super().__init__(*given, **named)
        self.fields["muted"].choices = list(topics.items())
