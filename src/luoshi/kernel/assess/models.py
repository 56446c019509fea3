"""Rounds of an assessment scheme, and the appeals of units.

A round owns its sheets, the lines of the sheets and their figures. An appeal is a matter of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.definitions.models import Definition
from luoshi.kernel.indicators.models import Figure
from luoshi.kernel.ledger.rows import Ledgered, Root
from luoshi.kernel.org.models import Unit


class Round(Root):
    """One application of a scheme to the units of its groups over a period.

    While it is previewed (预告) its sheets stand still and their units may appeal, until ``appeal_until``.
    ``computed_by`` and ``previewed_by`` are accounts: neither may decide an appeal.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "试算"
        PREVIEW = "preview", "预告"
        PUBLISHED = "published", "已发布"

    ledger_type = "round"
    ledger_later: ClassVar[Mapping[str, object]] = {
        "computed_by": None,
        "previewed_by": None,
        "previewed_at": None,
        "appeal_until": None,
    }

    scheme_ref = CodeField("考核方案", max_length=120)
    definition = models.ForeignKey(Definition, on_delete=models.PROTECT, related_name="+")
    period_code = CodeField("期间", max_length=40)
    period_start = models.DateField("期间起")
    period_end = models.DateField("期间止")
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    computed_at = models.DateTimeField("计算时间")
    computed_by = models.BigIntegerField("试算账号", null=True)
    previewed_at = models.DateTimeField("预告时间", null=True)
    previewed_by = models.BigIntegerField("预告账号", null=True)
    appeal_until = models.DateField("申诉截止", null=True)
    published_at = models.DateTimeField("发布时间", null=True)
    position = models.BigIntegerField("计算时的留痕序号")
    sheets_hash = models.CharField("得分单校验值", max_length=64)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="superseded_by", verbose_name="更正的轮次"
    )

    class Meta:
        verbose_name = "考核轮次"
        ordering = ["-period_end", "scheme_ref", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme_ref", "period_code"],
                condition=models.Q(state__in=["draft", "preview"]),
                name="round_one_open_per_scheme_and_period",
            ),
            models.UniqueConstraint(
                fields=["scheme_ref", "period_code"],
                condition=models.Q(state="published", supersedes__isnull=True),
                name="round_one_first_publication",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "preview"], published_at__isnull=True)
                | models.Q(state="published", published_at__isnull=False),
                name="round_published_has_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="preview")
                | models.Q(
                    previewed_at__isnull=False, previewed_by__isnull=False, appeal_until__isnull=False
                ),
                name="round_previewed_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_ref} {self.period_code}"


class Sheet(Ledgered):
    """What one unit got in one round."""

    class Status(models.TextChoices):
        RANKED = "ranked", "参加排名"
        SCORED = "scored", "计分不排名"
        ITEMS = "items", "只列分项"
        APART = "apart", "另列"

    ledger_type = "sheet"
    ledger_later: ClassVar[Mapping[str, object]] = {"grade": "", "grade_title": ""}

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="sheets")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    group = CodeField("组别", max_length=60)
    group_title = models.CharField("组别名称", max_length=60)
    seq = models.PositiveIntegerField("序号")
    total = models.CharField("总分", max_length=40, null=True)
    rank = models.PositiveIntegerField("名次", null=True)
    status = models.CharField("状态", max_length=8, choices=Status.choices)
    reason = models.CharField("说明", max_length=200, blank=True)
    grade = CodeField("等次", max_length=60, blank=True)
    grade_title = models.CharField("等次名称", max_length=60, blank=True)
    steps = models.JSONField("合计算式", default=list)

    class Meta:
        verbose_name = "得分单"
        ordering = ["round_id", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["round", "group", "unit"], name="sheet_one_per_unit_and_group"),
            models.UniqueConstraint(fields=["round", "seq"], name="sheet_seq_in_round"),
        ]

    def __str__(self) -> str:
        return f"得分单 {self.round_id}-{self.seq}"


class Line(Ledgered):
    """One criterion on one sheet: the value that went in, the points that came out, and why."""

    ledger_type = "line"

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="lines")
    seq = models.PositiveIntegerField("序号")
    key = CodeField("指标键", max_length=60)
    title = models.CharField("考核项", max_length=120)
    input = models.CharField("取值", max_length=40, null=True)
    input_text = models.CharField("取值（印刷）", max_length=60, blank=True)
    points = models.CharField("得分", max_length=40, null=True)
    weight = models.CharField("权重", max_length=40, null=True)
    note = models.TextField("说明", blank=True)
    steps = models.JSONField("算式", default=list)
    figure = models.ForeignKey(Figure, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "得分项"
        ordering = ["sheet_id", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "key"], name="line_one_per_criterion"),
            models.UniqueConstraint(fields=["sheet", "seq"], name="line_seq_in_sheet"),
        ]

    def __str__(self) -> str:
        return f"{self.title}"


class Appeal(Root):
    """What a unit says against its own sheet while the round is previewed, and what was decided.

    ``key``: the criterion appealed against, empty for the whole sheet. ``stated``: the printed points it was
    about, kept in words because a new trial replaces the lines. ``due_on``: to be decided by the end of it.
    """

    class State(models.TextChoices):
        OPEN = "open", "待复核"
        UPHELD = "upheld", "予以采纳"
        PARTLY = "partly", "部分采纳"
        REJECTED = "rejected", "不予采纳"
        WITHDRAWN = "withdrawn", "已撤回"

    ledger_type = "appeal"
    ledger_private: ClassVar[tuple[str, ...]] = ("reason", "decision")

    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="appeals", verbose_name="考核轮次"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="申诉单位")
    key = CodeField("考核项", max_length=60, blank=True)
    title = models.CharField("考核项名称", max_length=120)
    stated = models.CharField("预告得分", max_length=60)
    reason = models.TextField("申诉理由")
    state = CodeField("状态", max_length=12, choices=State.choices, default=State.OPEN)
    filed_at = models.DateTimeField("申诉时间")
    filed_by = models.BigIntegerField("申诉账号")
    filed_post = CodeField("申诉岗位", max_length=60, blank=True)
    due_on = models.DateField("复核期限")
    decided_at = models.DateTimeField("复核时间", null=True)
    decided_by = models.BigIntegerField("复核账号", null=True)
    decided_post = CodeField("复核岗位", max_length=60, blank=True)
    decision = models.TextField("复核意见", blank=True)

    class Meta:
        verbose_name = "考核申诉"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "unit", "key"],
                condition=models.Q(state="open"),
                name="appeal_one_open_per_criterion",
                violation_error_message="该考核项已有待复核的申诉。",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", decided_at__isnull=True)
                | (~models.Q(state="open") & models.Q(decided_at__isnull=False)),
                name="appeal_decided_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.unit_id} {self.key}"
