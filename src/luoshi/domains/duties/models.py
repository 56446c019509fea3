"""Responsibility lists and their items. A list is one version of a line with one code."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from luoshi.core.rhythm import FREQUENCIES
from luoshi.db.fields import CodeField
from luoshi.kernel.ledger.rows import Ledgered, Root


class Kind(models.TextChoices):
    """What a list is: the "1" that all share, the "X" of some, or what nobody may do."""

    COMMON = "common", "共性清单"
    OWN = "own", "个性清单"
    NEGATIVE = "negative", "负面清单"


class Holder(models.TextChoices):
    """Who answers for an item. Never a person: whoever holds the post on the day."""

    TEAM = "team", "领导班子"
    HEAD = "head", "第一责任人"
    MEMBER = "member", "班子成员"
    WATCH = "watch", "监督责任"


class State(models.TextChoices):
    """The life of one version. Which version is in force on a day is told by its days alone."""

    DRAFT = "draft", "起草中"
    PUBLISHED = "published", "已发布"
    SUPERSEDED = "superseded", "已被新版替代"
    RETIRED = "retired", "已停用"
    DROPPED = "dropped", "已作废"


class DutyList(Root):
    """One version of a list, in force from ``effective_from`` up to, without, ``effective_to``.

    ``keeper``: the unit that keeps the list. ``applies_to``: which units hold it, an expression for
    ``org.queries.units_selected``. ``holders``: codes of ``Holder`` that items may name. ``editors``: every
    account that wrote into the draft; none of them may publish it. ``template``: the pack's list it was
    copied from, empty when written by hand.
    """

    ledger_type: ClassVar[str] = "duty_list"
    ledger_private: ClassVar[tuple[str, ...]] = ("retire_reason",)

    code = CodeField("清单编码", max_length=40)
    version = models.PositiveIntegerField("版次")
    title = models.CharField("名称", max_length=100)
    kind = CodeField("类别", max_length=10, choices=Kind.choices)
    holders = models.JSONField("责任人类别", default=list)
    year = models.PositiveSmallIntegerField("年度")
    keeper = models.ForeignKey(
        "org.Unit", verbose_name="主管单位", on_delete=models.PROTECT, related_name="+"
    )
    applies_to = models.CharField("适用单位", max_length=500)
    basis = models.CharField("依据文件", max_length=200)
    template = CodeField("清单范本", max_length=80, blank=True)
    state = CodeField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    editors = models.JSONField("起草账号", default=list)
    drafted_at = models.DateTimeField("起草时间")
    effective_from = models.DateField("生效日期", null=True, blank=True)
    effective_to = models.DateField("失效日期", null=True, blank=True)
    approved_at = models.DateTimeField("发布时间", null=True, blank=True)
    approved_by_account = models.BigIntegerField("发布账号", null=True, blank=True)
    approved_by_post = CodeField("发布岗位", max_length=60, blank=True)
    retire_reason = models.TextField("停用理由", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "责任清单"
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"],
                name="duties_one_version",
                violation_error_message="同一清单的版次不得重复。",
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=models.Q(state="draft"),
                name="duties_one_draft",
                violation_error_message="同一清单同时只能有一份草案。",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=Kind.values),
                name="duties_kind_known",
                violation_error_message="清单类别只能是共性、个性或负面。",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "dropped"], effective_from__isnull=True)
                | models.Q(
                    state__in=["published", "superseded", "retired"],
                    effective_from__isnull=False,
                    approved_at__isnull=False,
                ),
                name="duties_published_has_day",
                violation_error_message="发布的清单必须有生效日期。",
            ),
            models.CheckConstraint(
                condition=models.Q(effective_to__isnull=True)
                | models.Q(effective_to__gt=models.F("effective_from")),
                name="duties_day_order",
                violation_error_message="失效日期应晚于生效日期。",
            ),
        ]
        indexes = [models.Index(fields=["effective_from", "effective_to"], name="duties_in_force")]

    def __str__(self) -> str:
        return f"{self.code} 第{self.version}版"


class DutyItem(Ledgered):
    """One item of one version of a list.

    ``due``: a rule of ``core.rhythm``. ``applies_to`` narrows the units of the list, empty for all. It is
    answered by the form ``form_ref``, by records behind the data element ``element``, or by neither: then it
    only reminds.
    """

    ledger_type: ClassVar[str] = "duty_item"
    ledger_private: ClassVar[tuple[str, ...]] = ("requirement", "evidence_hint", "legal_basis")

    duty_list = models.ForeignKey(
        DutyList, verbose_name="清单", on_delete=models.PROTECT, related_name="items"
    )
    code = CodeField("事项编码", max_length=20)
    sort = models.PositiveIntegerField("次序")
    aspect = models.CharField("方面", max_length=40)
    requirement = models.TextField("要求")
    evidence_hint = models.TextField("佐证提示", blank=True)
    legal_basis = models.TextField("依据", blank=True)
    frequency = CodeField("频次", max_length=10, choices=list(FREQUENCIES.items()))
    due = CodeField("时限", max_length=40, blank=True)
    holders = models.JSONField("责任人", default=list)
    applies_to = models.CharField("适用单位", max_length=500, blank=True)
    review_unit = models.ForeignKey(
        "org.Unit", verbose_name="审核单位", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    form_ref = CodeField("表单", max_length=80, blank=True)
    element = CodeField("数据元", max_length=20, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "清单事项"
        constraints = [
            models.UniqueConstraint(
                fields=["duty_list", "code"],
                name="duties_one_item",
                violation_error_message="同一版清单的事项编码不得重复。",
            ),
            models.CheckConstraint(
                condition=models.Q(form_ref="") | models.Q(element=""),
                name="duties_answered_one_way",
                violation_error_message="事项由表单填报或由记录得出，只能选一种。",
            ),
            models.CheckConstraint(
                condition=models.Q(frequency__in=list(FREQUENCIES)),
                name="duties_frequency_known",
                violation_error_message="频次不在规定之列。",
            ),
        ]
        indexes = [models.Index(fields=["form_ref"], name="duties_of_form")]

    def __str__(self) -> str:
        return f"{self.duty_list_id} {self.code}"
