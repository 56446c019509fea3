"""Plans with their nodes, the units that help, what units say themselves, and baselines."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.ledger.rows import Ledgered, Root


class State(models.TextChoices):
    """The life of a plan. Who may see it hangs on it: a draft is its keeper's."""

    DRAFT = "draft", "编制中"
    ISSUED = "issued", "已下达"
    CLOSED = "closed", "已办结"


class Level(models.IntegerChoices):
    """The three levels of the tree."""

    ASPECT = 1, "方面"
    REQUIREMENT = 2, "要求"
    MEASURE = 3, "举措"


class Plan(Root):
    """A plan of a year. ``sources``: titles and numbers of the documents it is drawn from.

    ``keeper``: the unit that breaks it down and hands it out. ``verifier``: the unit that verifies measures,
    the keeper those that the verifier leads.
    """

    ledger_type: ClassVar[str] = "plan"
    ledger_private: ClassVar[tuple[str, ...]] = ("close_note",)

    code = CodeField("计划编码", max_length=40, unique=True)
    title = models.CharField("名称", max_length=100)
    year = models.PositiveSmallIntegerField("年度")
    issued_on = models.DateField("发文日期")
    sources = models.JSONField("依据文件", default=list)
    keeper = models.ForeignKey(
        "org.Unit", verbose_name="主管单位", on_delete=models.PROTECT, related_name="+"
    )
    verifier = models.ForeignKey(
        "org.Unit", verbose_name="核查单位", on_delete=models.PROTECT, related_name="+"
    )
    state = CodeField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    made_at = models.DateTimeField("建立时间")
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    close_note = models.TextField("办结说明", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "任务计划"
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="plans_state_known"),
            models.CheckConstraint(
                condition=~models.Q(keeper=models.F("verifier")),
                name="plans_verified_by_another",
                violation_error_message="核查单位应是主管单位以外的单位。",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PlanNode(Ledgered):
    """One aspect, requirement or measure. Its code is never given again, also after it ended.

    ``leader``: the post of the leader in charge, never a name. ``lasting``: goes on without a date.
    ``item``: the task it was handed out as; measures of several plans may share one. ``indicator`` and
    ``target``: the figure that tells how far it is. ``said_percent``, ``said_on``: the newest ``PlanSaid``.
    """

    ledger_type: ClassVar[str] = "plan_node"
    ledger_private: ClassVar[tuple[str, ...]] = ("end_reason",)
    ledger_derived: ClassVar[tuple[str, ...]] = ("said_percent", "said_on")

    plan = models.ForeignKey(Plan, verbose_name="计划", on_delete=models.PROTECT, related_name="nodes")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    level = models.PositiveSmallIntegerField("层级", choices=Level.choices)
    code = CodeField("编号", max_length=20)
    sort = models.BigIntegerField("次序")
    title = models.CharField("内容", max_length=200)
    weight = models.PositiveSmallIntegerField("权重", default=1)
    sources = models.JSONField("依据文件", default=list)
    lead = models.ForeignKey(
        "org.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="牵头单位"
    )
    leader = models.CharField("责任领导岗位", max_length=60, blank=True)
    due_on = models.DateField("完成时限", null=True, blank=True)
    lasting = models.BooleanField("长期坚持", default=False)
    item = models.ForeignKey(
        "items.Item", models.PROTECT, null=True, blank=True, related_name="plan_nodes", verbose_name="任务"
    )
    handed_on = models.DateField("下达日期", null=True, blank=True)
    indicator = CodeField("指标", max_length=80, blank=True)
    target = models.DecimalField("目标值", max_digits=18, decimal_places=4, null=True, blank=True)
    ended_on = models.DateField("终止日期", null=True, blank=True)
    end_reason = models.TextField("终止理由", blank=True)
    said_percent = models.PositiveSmallIntegerField("自报进度", null=True, blank=True)
    said_on = models.DateField("自报日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "任务分解"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "code"],
                name="plans_code_once",
                violation_error_message="同一计划的编号不得重复，终止的编号也不再使用。",
            ),
            models.CheckConstraint(
                condition=models.Q(level=Level.ASPECT, parent__isnull=True)
                | models.Q(level__gt=Level.ASPECT, parent__isnull=False),
                name="plans_parent_by_level",
            ),
            models.CheckConstraint(
                condition=models.Q(level=Level.MEASURE) | models.Q(item__isnull=True, due_on__isnull=True),
                name="plans_only_measures_are_tasks",
            ),
            models.CheckConstraint(
                condition=models.Q(lasting=False) | models.Q(due_on__isnull=True),
                name="plans_lasting_has_no_day",
            ),
            models.CheckConstraint(
                condition=models.Q(item__isnull=True) | models.Q(handed_on__isnull=False),
                name="plans_handed_out_on_a_day",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["plan", "level", "sort"], name="plans_in_order"),
            models.Index(fields=["lead", "plan"], name="plans_of_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.code}"


class NodeCo(Ledgered):
    """A unit that helps with a measure."""

    ledger_type: ClassVar[str] = "plan_co"

    node = models.ForeignKey(PlanNode, verbose_name="举措", on_delete=models.PROTECT, related_name="cos")
    unit = models.ForeignKey("org.Unit", verbose_name="单位", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "配合单位"
        constraints: ClassVar = [models.UniqueConstraint(fields=["node", "unit"], name="plans_co_once")]

    def __str__(self) -> str:
        return f"{self.node_id} {self.unit_id}"


class PlanSaid(Ledgered):
    """What a unit says itself about how far a measure is. It stands beside the facts and never counts."""

    ledger_type: ClassVar[str] = "plan_said"
    ledger_private: ClassVar[tuple[str, ...]] = ("text",)

    item = models.ForeignKey("items.Item", models.PROTECT, related_name="plan_said", verbose_name="任务")
    percent = models.PositiveSmallIntegerField("自报进度")
    text = models.TextField("进展")
    at = models.DateTimeField("时间")
    by_account = models.BigIntegerField("自报账号")
    by_post = CodeField("自报岗位", max_length=60, blank=True)
    by_unit = CodeField("自报单位", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "自报进展"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(percent__lte=100),
                name="plans_said_at_most_all",
                violation_error_message="自报进度应为 0 至 100。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.percent}%"


class PlanBaseline(Ledgered):
    """The plan as it stood at a moment. ``body``: code → what is compared, one object a live measure."""

    ledger_type: ClassVar[str] = "plan_baseline"

    plan = models.ForeignKey(Plan, verbose_name="计划", on_delete=models.PROTECT, related_name="baselines")
    label = models.CharField("名称", max_length=40)
    at = models.DateTimeField("留存时间")
    body = models.JSONField("内容")

    class Meta:
        verbose_name = verbose_name_plural = "计划基线"

    def __str__(self) -> str:
        return f"{self.plan_id} {self.label}"
