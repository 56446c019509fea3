"""Obligations, versioned filings and reviews. What stands around them has modules of its own, named here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.filings.draft_models import Draft
from luoshi.kernel.filings.evidence_models import EntryEvidence, FilingEvidence
from luoshi.kernel.filings.fact_models import (
    CODE_COLUMNS,
    INTEGER_COLUMNS,
    FactSlot,
    FilingFact,
    Timing,
)
from luoshi.kernel.filings.import_models import ImportBatch, ImportDraft
from luoshi.kernel.filings.standing_models import FormStanding, StandingKind, StandingState
from luoshi.kernel.ledger.rows import Ledgered, Root

__all__ = [
    "SAVED",
    "CODE_COLUMNS",
    "INTEGER_COLUMNS",
    "Answer",
    "Decision",
    "Draft",
    "EntryEvidence",
    "FactSlot",
    "Filing",
    "FilingEvidence",
    "FilingFact",
    "FormStanding",
    "How",
    "ImportBatch",
    "ImportDraft",
    "LockMode",
    "Obligation",
    "Review",
    "StandingKind",
    "StandingState",
    "State",
    "Timing",
]


class Answer(models.TextChoices):
    """What an obligation was answered with. Missing is not an answer: it is ``none`` past the due time."""

    NONE = "none", "未报"
    FILED = "filed", "已报"
    NIL = "nil", "零报告"
    EXCUSED = "excused", "免报"


class State(models.TextChoices):
    """The life of one version of a filing. It answers its obligation in the first three."""

    SUBMITTED = "submitted", "已提交"
    SIGNED = "signed", "已审签"
    ACCEPTED = "accepted", "已通过"
    RETURNED = "returned", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"
    SUPERSEDED = "superseded", "已被更正"


class LockMode(models.TextChoices):
    """What happens to an entry after the lock time."""

    NONE = "none", "不锁定"
    SOFT = "soft", "须说明理由"
    HARD = "hard", "不再接收"


class Decision(models.TextChoices):
    """What a reviewer decided."""

    ACCEPT = "accept", "通过"
    RETURN = "return", "退回"


class How(models.TextChoices):
    """How the value of a field came about."""

    TYPED = "typed", "手工填写"
    HELD = "held", "已有数据，确认无变化"
    CHANGED = "changed", "改动了已有数据"
    COMPUTED = "computed", "由记录得出"
    IMPORT = "import", "由表格导入"


# The values that nobody had to type.
SAVED = frozenset({How.HELD, How.COMPUTED})


class Obligation(Root):
    """One unit owes one form for one period. It keeps its unit, parents and place in the base for ever.

    ``parents``: list of [code, id] from the root of the tree down to the direct parent, on the opening day.
    ``definition`` is the form as it was on that day. ``current_version``: the newest version filed, which
    answers it unless it was returned or withdrawn. ``mend_by``: set by the return of a version that was on
    time, when later than due; the next version is on time by then. A return cures no lateness.
    """

    ledger_type: ClassVar[str] = "obligation"
    ledger_private: ClassVar[tuple[str, ...]] = ("excuse_reason", "excuse_reply")
    ledger_derived: ClassVar[tuple[str, ...]] = ("unit_branch", "unit_parent")
    ledger_later: ClassVar[Mapping[str, object]] = {
        "claimed_at": None,
        "claimed_by_account": None,
        "claimed_by_post": "",
        "mend_by": None,
        "returns": 0,
        "excuse_asked_at": None,
        "excuse_asked_by_account": None,
        "excuse_asked_by_post": "",
        "excuse_decided_at": None,
        "excuse_decided_by_account": None,
        "excuse_decided_by_post": "",
        "excuse_reply": "",
    }

    form_ref = CodeField("表单", max_length=80)
    definition = models.ForeignKey(
        "definitions.Definition", verbose_name="表单定义", on_delete=models.PROTECT, related_name="+"
    )
    unit = models.ForeignKey("org.Unit", verbose_name="单位", on_delete=models.PROTECT, related_name="+")
    unit_code = CodeField("开放日单位编码", max_length=40)
    unit_kind = CodeField("开放日单位类别", max_length=20)
    period_code = CodeField("期间", max_length=20)
    period_kind = CodeField("期间类别", max_length=8)
    period_start = models.DateField("期间首日")
    period_end = models.DateField("期间末日")
    opened_on = models.DateField("开放日")
    due_at = models.DateTimeField("截止时间", null=True, blank=True)
    due_provisional = models.BooleanField("截止时间暂定", default=False)
    lock_at = models.DateTimeField("锁定时间", null=True, blank=True)
    lock_mode = CodeField("锁定方式", max_length=8, choices=LockMode.choices, default=LockMode.NONE)
    answer = CodeField("答复", max_length=8, choices=Answer.choices, default=Answer.NONE)
    claimed_at = models.DateTimeField("认领时间", null=True, blank=True)
    claimed_by_account = models.BigIntegerField("认领账号", null=True, blank=True)
    claimed_by_post = CodeField("认领岗位", max_length=60, blank=True)
    mend_by = models.DateTimeField("补正期限", null=True, blank=True)
    returns = models.PositiveSmallIntegerField("退回次数", default=0)
    excuse_reason = models.TextField("免报理由", blank=True)
    excuse_asked_at = models.DateTimeField("申请免报时间", null=True, blank=True)
    excuse_asked_by_account = models.BigIntegerField("申请免报账号", null=True, blank=True)
    excuse_asked_by_post = CodeField("申请免报岗位", max_length=60, blank=True)
    excuse_decided_at = models.DateTimeField("免报决定时间", null=True, blank=True)
    excuse_decided_by_account = models.BigIntegerField("免报决定账号", null=True, blank=True)
    excuse_decided_by_post = CodeField("免报决定岗位", max_length=60, blank=True)
    excuse_reply = models.TextField("免报答复", blank=True)
    parents = models.JSONField("开放日上级链", default=list)
    unit_branch = CodeField("所属分支", max_length=40, blank=True)
    unit_parent = CodeField("上级单位", max_length=40, blank=True)
    current_version = models.PositiveIntegerField("现行版次", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "应报"
        constraints = [
            models.UniqueConstraint(
                fields=["form_ref", "unit", "period_code"],
                name="filings_one_obligation",
                violation_error_message="该单位本期的这张表单已经开放。",
            ),
            models.CheckConstraint(
                condition=models.Q(period_start__lte=models.F("period_end")),
                name="filings_period_order",
                violation_error_message="期间首日不得晚于末日。",
            ),
            models.CheckConstraint(
                condition=models.Q(answer__in=Answer.values),
                name="filings_answer_known",
                violation_error_message="答复只能是未报、已报、零报告或免报。",
            ),
            models.CheckConstraint(
                condition=models.Q(answer__in=[Answer.NONE, Answer.EXCUSED])
                | models.Q(current_version__gt=0),
                name="filings_answer_has_version",
                violation_error_message="已报或零报告必须有填报版次。",
            ),
            models.CheckConstraint(
                condition=models.Q(mend_by__isnull=True) | models.Q(mend_by__gt=models.F("due_at")),
                name="filings_mend_after_due",
                violation_error_message="补正期限应晚于截止时间。",
            ),
        ]
        indexes = [
            models.Index(fields=["form_ref", "period_start", "period_end"], name="filings_form_period"),
            models.Index(fields=["form_ref", "answer"], name="filings_form_answer"),
            models.Index(fields=["unit", "answer"], name="filings_unit_answer"),
        ]

    def __str__(self) -> str:
        return f"{self.form_ref} {self.unit_code} {self.period_code}"


class Filing(Ledgered):
    """One version of the answer to an obligation.

    ``values``: field key → canonical text (decimals in plain spelling, dates ISO) or null where left blank.
    ``explained``: field key → why the value jumped against the period before. ``sources``: field key → a
    ``How``; None for a version from before this was noted. ``offered``: field key → {value, words, target} of
    what was known when it was filed. ``mend_by``: the obligation's when this version was submitted.
    ``minutes_spent``: what the filler says it took, if anything; it checks the estimate of the form, never a
    unit. ``unit_of_one``: one person both filled and signed, since the unit has no other. ``ended_at``: when
    it ceased to count: returned, withdrawn or replaced.
    """

    ledger_type: ClassVar[str] = "filing"
    ledger_private: ClassVar[tuple[str, ...]] = ("note", "explained", "late_reason")
    ledger_later: ClassVar[Mapping[str, object]] = {
        "nil": False,
        "explained": None,
        "late_reason": "",
        "mend_by": None,
        "signed_at": None,
        "signed_by_account": None,
        "signed_by_post": "",
        "unit_of_one": False,
        "ended_at": None,
        "sources": None,
        "offered": None,
        "minutes_spent": None,
    }
    ledger_derived: ClassVar[tuple[str, ...]] = ("fields_given", "fields_saved")

    obligation = models.ForeignKey(
        Obligation, verbose_name="应报", on_delete=models.PROTECT, related_name="filings"
    )
    version = models.PositiveIntegerField("版次")
    state = CodeField("状态", max_length=12, choices=State.choices, default=State.SUBMITTED)
    values = models.JSONField("填报值", default=dict)
    nil = models.BooleanField("零报告", default=False)
    note = models.TextField("说明", blank=True)
    explained = models.JSONField("变动说明", null=True, blank=True)
    sources = models.JSONField("数据来历", null=True, blank=True)
    offered = models.JSONField("填报时已有数据", null=True, blank=True)
    fields_given = models.PositiveSmallIntegerField("填写项数", default=0)
    fields_saved = models.PositiveSmallIntegerField("免录项数", default=0)
    minutes_spent = models.PositiveSmallIntegerField("自报用时（分钟）", null=True, blank=True)
    late_reason = models.TextField("迟报理由", blank=True)
    occurred_on = models.DateField("发生日期", null=True, blank=True)
    mend_by = models.DateTimeField("补正期限", null=True, blank=True)
    submitted_at = models.DateTimeField("提交时间")
    submitted_by_account = models.BigIntegerField("提交账号")
    submitted_by_post = CodeField("提交岗位", max_length=40, blank=True)
    submitted_by_unit = CodeField("提交单位", max_length=40, blank=True)
    signed_at = models.DateTimeField("审签时间", null=True, blank=True)
    signed_by_account = models.BigIntegerField("审签账号", null=True, blank=True)
    signed_by_post = CodeField("审签岗位", max_length=60, blank=True)
    unit_of_one = models.BooleanField("单位仅一人", default=False)
    ended_at = models.DateTimeField("失效时间", null=True, blank=True)
    source_batch = models.ForeignKey(
        ImportBatch,
        verbose_name="导入批次",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="filings",
    )
    source_row = models.PositiveIntegerField("导入行号", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "填报版次"
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "version"],
                name="filings_one_version",
                violation_error_message="同一应报的版次不得重复。",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=State.values),
                name="filings_state_known",
                violation_error_message="填报状态不在规定之列。",
            ),
            models.CheckConstraint(
                condition=models.Q(version__gte=1),
                name="filings_version_from_one",
                violation_error_message="版次从 1 起编。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obligation_id} 第{self.version}版"


class Review(Ledgered):
    """One decision on one version. ``round`` counts the decisions on an obligation from 1.

    ``items``: list of {field, code, text}; an empty field means the form as a whole.
    ``mend_by``: until when a returned version should be mended.
    """

    ledger_type: ClassVar[str] = "review"
    ledger_private: ClassVar[tuple[str, ...]] = ("items", "talk_note", "comment")

    obligation = models.ForeignKey(
        Obligation, verbose_name="应报", on_delete=models.PROTECT, related_name="reviews"
    )
    filing = models.OneToOneField(
        Filing, verbose_name="填报版次", on_delete=models.PROTECT, related_name="review"
    )
    round = models.PositiveSmallIntegerField("审核次序")
    decision = CodeField("决定", max_length=8, choices=Decision.choices)
    items = models.JSONField("退回事项", default=list, blank=True)
    talk_note = models.TextField("沟通记录", blank=True)
    comment = models.TextField("审核意见", blank=True)
    mend_by = models.DateTimeField("补正期限", null=True, blank=True)
    at = models.DateTimeField("审核时间")
    by_account = models.BigIntegerField("审核账号")
    by_post = CodeField("审核岗位", max_length=60, blank=True)
    by_unit = CodeField("审核单位", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "审核"
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "round"],
                name="filings_one_review_a_round",
                violation_error_message="同一应报的审核次序不得重复。",
            ),
            models.CheckConstraint(
                condition=models.Q(decision__in=Decision.values),
                name="filings_decision_known",
                violation_error_message="审核决定只能是通过或退回。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obligation_id} 第{self.round}次审核"
