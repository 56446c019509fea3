"""What the pages of plans ask for. Fields are named as the actions name them: refusals stand beside them."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms

from luoshi.web.duties.forms import day, text, year
from luoshi.web.shell.forms import UploadField

UNIT_HELP = "填单位全称、简称或编码"


class PlanForm(forms.Form):
    """A new plan."""

    title = text("计划名称", "如 2023年度重点任务分解", most=100)
    year = year()
    issued_on = day("发文日期", "完成时限不得早于这一天")
    sources = text("依据文件", "文件名称和文号，多件分行写", most=1000, lines=3, required=False)
    verifier = text("核查单位", f"核查各项举措的单位，应是本单位以外的单位；{UNIT_HELP}", most=100)


class MeasureForm(forms.Form):
    """One measure, as it is typed."""

    code = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput())
    aspect = text("方面", "同一方面写同样的文字", most=200)
    demand = text("要求", "同一要求写同样的文字", most=200)
    title = text("举措", "做什么、做到什么程度，不超过200字", most=200, lines=3)
    lead = text("牵头单位", f"只填一个，{UNIT_HELP}", most=100, required=False)
    co = text("配合单位", "多个用“、”隔开", most=2000, lines=2, required=False)
    due = text("完成时限", "如 2023-06-30、6月底前、第三季度、年底前、长期坚持", most=40, required=False)
    leader = text("责任领导", "填岗位，如 分管副区长；不填姓名", most=60, required=False)
    sources = text("依据文件", "文件名称和文号，多件用“；”隔开", most=1000, lines=2, required=False)
    weight = text("权重", "1 至 1000 的整数，留空按 1 计", most=4, required=False)


class BindForm(forms.Form):
    """The figure that tells how far a measure is."""

    indicator = forms.ChoiceField(
        label="指标", required=False, help_text="按牵头单位全年计算；留空为不对应指标"
    )
    target = forms.DecimalField(
        label="目标值",
        required=False,
        help_text="达到即为 100%，单位与指标相同",
        error_messages={"invalid": "目标值应为数字。"},
    )

    def __init__(self, *args: object, indicators: Iterable[tuple[str, str]], **settings: object) -> None:
        super().__init__(*args, **settings)
        self.fields["indicator"].choices = [("", "不对应指标"), *indicators]


class ReasonForm(forms.Form):
    """Why something ends."""

    reason = text("理由", "写明依据；会写入留痕", most=200, lines=3)


class CloseForm(forms.Form):
    """What a plan came to."""

    note = text("办结说明", "写明完成情况；办结后计划不再改动", most=200, lines=3)


class SaidForm(forms.Form):
    """What a unit says about how far it is."""

    percent = forms.IntegerField(
        label="自报进度",
        help_text="0 至 100 的整数；只作参考，不计入按记录计算的进度",
        min_value=0,
        max_value=100,
        error_messages={
            "required": "请填写自报进度。",
            "invalid": "自报进度应为 0 至 100 的整数。",
            "min_value": "自报进度应为 0 至 100。",
            "max_value": "自报进度应为 0 至 100。",
        },
    )
    text = text("进展", "写明已做什么、还差什么、需要协调什么", most=500, lines=4)


class BaselineForm(forms.Form):
    """What a baseline is called."""

    label = text("基线名称", "如 年中调整前", most=40)


class SheetForm(forms.Form):
    """A breakdown in a spreadsheet."""

    table = UploadField()
