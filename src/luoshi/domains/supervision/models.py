"""Authorities to supervise, plans with the units they visit, and answers to overlaps of plans."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.ledger.rows import Ledgered, Root


class Standing(models.TextChoices):
    """By what a unit supervises (条例第 6、7 条)."""

    BODY = "body", "督查机构"
    DESIGNATED = "designated", "指定部门"


class Kind(models.TextChoices):
    """The kinds of supervision (条例第 14 条)."""

    OVERALL = "overall", "综合督查"
    SPECIAL = "special", "专项督查"
    EVENT = "event", "事件调查"
    DAILY = "daily", "日常督办"
    CLUE = "clue", "线索核查"


class PlanState(models.TextChoices):
    """How far a plan has come. Whether it is running follows from its days."""

    DRAFT = "draft", "待审批"
    APPROVED = "approved", "已批准"
    CANCELLED = "cancelled", "已取消"


class Authority(Root):
    """A unit may supervise a matter within a scope from a day until a day; a body has no last day.

    ``ended_on``: the first day on which it no longer holds, when it was ended before its time.
    """

    ledger_type: ClassVar[str] = "supervision_authority"

    unit = models.ForeignKey("org.Unit", verbose_name="单位", on_delete=models.PROTECT, related_name="+")
    unit_code = CodeField("单位编码", max_length=40)
    unit_title = models.CharField("单位名称", max_length=100)
    standing = CodeField("身份", max_length=12, choices=Standing.choices)
    granted_by = models.CharField("授权机关", max_length=100)
    paper = models.CharField("授权文号", max_length=100)
    matter = models.CharField("督查事项", max_length=200)
    scope = models.CharField("对象范围", max_length=200)
    duty = models.CharField("职责", max_length=200)
    from_on = models.DateField("起始日期")
    until_on = models.DateField("截止日期", null=True, blank=True)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by_account = models.BigIntegerField("登记账号")
    ended_on = models.DateField("终止日期", null=True, blank=True)
    end_reason = models.CharField("终止理由", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "督查授权"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(standing__in=Standing.values), name="supervision_standing_known"
            ),
            models.CheckConstraint(
                condition=models.Q(standing=Standing.BODY) | models.Q(until_on__isnull=False),
                name="supervision_designated_has_a_term",
                violation_error_message="指定部门的授权须有期限。",
            ),
            models.CheckConstraint(
                condition=models.Q(until_on__isnull=True) | models.Q(until_on__gte=models.F("from_on")),
                name="supervision_term_not_reversed",
                violation_error_message="截止日期不得早于起始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_code} {self.paper}"


class Plan(Root):
    """One planned supervision: who visits whom about what, and when."""

    ledger_type: ClassVar[str] = "supervision_plan"
    ledger_private: ClassVar[tuple[str, ...]] = ("content", "cancel_reason")

    year = models.PositiveSmallIntegerField("年份")
    seq = models.PositiveIntegerField("序号")
    title = models.CharField("名称", max_length=100)
    kind = CodeField("方式", max_length=10, choices=Kind.choices)
    matter = models.CharField("督查事项", max_length=100)
    content = models.TextField("督查内容")
    authority = models.ForeignKey(
        Authority, verbose_name="授权依据", on_delete=models.PROTECT, related_name="plans"
    )
    organ_code = CodeField("督查单位编码", max_length=40)
    organ_title = models.CharField("督查单位", max_length=100)
    from_on = models.DateField("开始日期")
    until_on = models.DateField("结束日期")
    state = CodeField("状态", max_length=10, choices=PlanState.choices, default=PlanState.DRAFT)
    drafted_at = models.DateTimeField("拟订时间")
    drafted_by_account = models.BigIntegerField("拟订账号")
    approved_at = models.DateTimeField("批准时间", null=True, blank=True)
    approved_by_account = models.BigIntegerField("批准账号", null=True, blank=True)
    cancel_reason = models.TextField("取消理由", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "督查计划"
        constraints = [
            models.UniqueConstraint(fields=["year", "seq"], name="supervision_plan_number_once"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="supervision_kind_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=PlanState.values), name="supervision_plan_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(until_on__gte=models.F("from_on")),
                name="supervision_window_not_reversed",
                violation_error_message="结束日期不得早于开始日期。",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by_account__isnull=True)
                | ~models.Q(approved_by_account=models.F("drafted_by_account")),
                name="supervision_plan_by_another",
                violation_error_message="督查计划不能由拟订人自己批准。",
            ),
        ]
        indexes = [models.Index(fields=["from_on", "until_on"], name="supervision_window")]

    def __str__(self) -> str:
        return f"督计〔{self.year}〕{self.seq}号"


class PlanObject(Ledgered):
    """A unit that a plan visits."""

    ledger_type: ClassVar[str] = "supervision_object"

    plan = models.ForeignKey(
        Plan, verbose_name="督查计划", on_delete=models.PROTECT, related_name="objects_of"
    )
    unit = models.ForeignKey("org.Unit", verbose_name="单位", on_delete=models.PROTECT, related_name="+")
    unit_code = CodeField("单位编码", max_length=40)
    unit_title = models.CharField("单位名称", max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = "督查对象"
        constraints = [models.UniqueConstraint(fields=["plan", "unit"], name="supervision_object_once")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.unit_code}"


class OverlapAnswer(Ledgered):
    """Why a plan goes on although another one visits the same units about the same matter at that time."""

    ledger_type: ClassVar[str] = "supervision_overlap"
    ledger_private: ClassVar[tuple[str, ...]] = ("reason",)

    plan = models.ForeignKey(Plan, verbose_name="督查计划", on_delete=models.PROTECT, related_name="overlaps")
    other = models.ForeignKey(Plan, verbose_name="重叠的计划", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField("理由")
    at = models.DateTimeField("时间")
    by_account = models.BigIntegerField("答复账号")

    class Meta:
        verbose_name = verbose_name_plural = "重叠答复"
        constraints = [models.UniqueConstraint(fields=["plan", "other"], name="supervision_overlap_once")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.other_id}"
