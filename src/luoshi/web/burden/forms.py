"""What the pages of the registry ask for."""

from __future__ import annotations

from django import forms

from luoshi.kernel.filings.entries import LONGEST_REASON
from luoshi.kernel.filings.renewing import LONGEST_BASIS, MOST_YEARS


def reason_field(label: str, wanted: str, help_text: str = "", *, required: bool = True) -> forms.CharField:
    """Return a field for a reason of a few lines."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": wanted},
    )


class StopForm(forms.Form):
    """Why a form is taken out of use."""

    reason = reason_field("停用理由", "请说明停用理由。", "如：与《履责记实月报》重复，改由该表带出")


class RenewForm(forms.Form):
    """Until when a form should run, on what basis and why."""

    until = forms.DateField(
        label="有效期至",
        help_text=f"该日及以前开放的期间照常填报；一次续期不超过 {MOST_YEARS} 年",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写有效期。", "invalid": "日期写法不对，请写作 2027-12-31。"},
    )
    basis = forms.CharField(
        label="续期依据",
        max_length=LONGEST_BASIS,
        help_text="发文名称和文号",
        error_messages={"required": "请填写续期依据。"},
    )
    reason = reason_field(
        "仍须填报的理由", "请说明仍须填报的理由。", "写明用在哪里、为什么不能由已有数据得出"
    )


class DecideForm(forms.Form):
    """The answer to a renewal; a refusal needs one."""

    reply = reason_field("答复", "请说明不同意续期的理由。", "不同意时必填", required=False)
