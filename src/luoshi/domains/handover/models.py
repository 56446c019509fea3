"""Handovers with their lines and supplements, and how many working days one may take."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.ledger.rows import Ledgered, Root


class Ground(models.TextChoices):
    """Why somebody leaves a post."""

    PROMOTED = "promoted", "提拔"
    MOVED = "moved", "调任"
    REMOVED = "removed", "免职"
    RESIGNED = "resigned", "辞职"
    RETIRED = "retired", "退休"
    OTHER = "other", "其他"


class State(models.TextChoices):
    """How far a handover has come. Whether it is overdue is derived, never stored."""

    PREPARING = "preparing", "准备中"
    OFFERED = "offered", "待接收核对"
    CHECKED = "checked", "待签字"
    SIGNED = "signed", "已交接"
    CANCELLED = "cancelled", "已撤销"


class Answer(models.TextChoices):
    """What the successor says to a line."""

    NONE = "none", "未核对"
    ACCEPTED = "accepted", "接收"
    DISPUTED = "disputed", "有异议"


class Side(models.TextChoices):
    """Who signs: each a person of their own."""

    GIVER = "giver", "移交人"
    TAKER = "taker", "接收人"
    WITNESS = "witness", "监交人"


class HandoverRules(Root):
    """How long a handover may take, in working days from the day somebody leaves. A district sets its own."""

    ledger_type: ClassVar[str] = "handover_rules"

    workdays = models.PositiveSmallIntegerField("交接期限（工作日）")
    set_at = models.DateTimeField("设定时间")

    class Meta:
        verbose_name = verbose_name_plural = "交接期限"

    def __str__(self) -> str:
        return f"{self.workdays}"


class Handover(Root):
    """The handover of one post by who leaves it, numbered within a year without gaps.

    ``appointment``: the one that ends. ``to_post``: the post that goes on with the duties, mostly the same.
    ``witness_post``: whose holder watches the handover. ``due_on``: the last day, ``due_provisional`` while
    that year's holidays are not published.
    """

    ledger_type: ClassVar[str] = "handover"
    ledger_private: ClassVar[tuple[str, ...]] = ("reason",)

    year = models.PositiveSmallIntegerField("年份")
    number = models.PositiveIntegerField("序号")
    appointment = models.ForeignKey(
        "org.Appointment", verbose_name="任职", on_delete=models.PROTECT, related_name="+"
    )
    post = models.ForeignKey("org.Post", verbose_name="岗位", on_delete=models.PROTECT, related_name="+")
    post_title = models.CharField("岗位名称", max_length=60)
    unit = models.ForeignKey("org.Unit", verbose_name="单位", on_delete=models.PROTECT, related_name="+")
    unit_title = models.CharField("单位名称", max_length=100)
    giver = models.ForeignKey("org.Person", verbose_name="移交人", on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey(
        "org.Person", verbose_name="接收人", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    to_post = models.ForeignKey(
        "org.Post", verbose_name="承接岗位", on_delete=models.PROTECT, related_name="+"
    )
    witness_post = models.ForeignKey(
        "org.Post", verbose_name="监交岗位", on_delete=models.PROTECT, related_name="+"
    )
    organ_title = models.CharField("通知单位", max_length=100)
    ground = CodeField("离任原因", max_length=10, choices=Ground.choices)
    leaves_on = models.DateField("离任日期")
    due_on = models.DateField("交接期限")
    due_provisional = models.BooleanField("期限暂定", default=False)
    noticed_at = models.DateTimeField("通知时间")
    noticed_by_account = models.BigIntegerField("通知账号")
    offered_at = models.DateTimeField("提交核对时间", null=True, blank=True)
    signed_at = models.DateTimeField("签字完成时间", null=True, blank=True)
    state = CodeField("状态", max_length=10, choices=State.choices)
    reason = models.TextField("撤销理由", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "离任交接"
        constraints = [
            models.UniqueConstraint(
                fields=["year", "number"],
                name="handover_number_once",
                violation_error_message="交接编号不得重复。",
            ),
            models.UniqueConstraint(
                fields=["appointment"],
                condition=~models.Q(state="cancelled"),
                name="handover_one_an_appointment",
                violation_error_message="这项任职的交接已经在办。",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=State.values),
                name="handover_state_known",
                violation_error_message="交接状态不在规定之列。",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="handover_by_due")]

    def __str__(self) -> str:
        return f"交接〔{self.year}〕{self.number}号"


class HandoverLine(Ledgered):
    """One thing handed over: a live record named by ``kind`` and ``ref``, or one written in by hand.

    ``source``: a list of ``org.handing.LISTS``, or a heading of ``lines.TYPED``. Title and state are those of
    the day the package was made.
    """

    ledger_type: ClassVar[str] = "handover_line"
    ledger_private: ClassVar[tuple[str, ...]] = ("title", "giver_note", "taker_note")

    handover = models.ForeignKey(
        Handover, verbose_name="交接", on_delete=models.PROTECT, related_name="lines"
    )
    source = CodeField("清单", max_length=20)
    kind = CodeField("记录类别", max_length=32, blank=True)
    ref = models.BigIntegerField("记录", null=True, blank=True)
    number = models.CharField("编号", max_length=80, blank=True)
    title = models.CharField("名称", max_length=300)
    sort = models.CharField("种类", max_length=60, blank=True)
    state = models.CharField("现状", max_length=60, blank=True)
    due_on = models.DateField("期限", null=True, blank=True)
    giver_note = models.TextField("移交人说明", blank=True)
    taker_note = models.TextField("接收人意见", blank=True)
    answer = CodeField("核对", max_length=10, choices=Answer.choices, default=Answer.NONE)
    answered_at = models.DateTimeField("核对时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "交接事项"
        constraints = [
            models.UniqueConstraint(
                fields=["handover", "kind", "ref"],
                condition=models.Q(ref__isnull=False),
                name="handover_record_once",
                violation_error_message="同一记录在一份交接中只列一次。",
            ),
        ]
        indexes = [models.Index(fields=["kind", "ref"], name="handover_of_record")]

    def __str__(self) -> str:
        return f"{self.handover_id} {self.source} {self.kind}{self.ref or ''}"


class HandoverSign(Ledgered):
    """One signature; the three are of three persons and accounts."""

    ledger_type: ClassVar[str] = "handover_sign"

    handover = models.ForeignKey(
        Handover, verbose_name="交接", on_delete=models.PROTECT, related_name="signs"
    )
    side = CodeField("签字方", max_length=8, choices=Side.choices)
    person = models.ForeignKey("org.Person", verbose_name="人员", on_delete=models.PROTECT, related_name="+")
    account = models.BigIntegerField("账号")
    post = CodeField("岗位", max_length=60, blank=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "交接签字"
        constraints = [
            models.UniqueConstraint(fields=["handover", "side"], name="handover_one_sign_a_side"),
            models.UniqueConstraint(
                fields=["handover", "person"],
                name="handover_signers_apart",
                violation_error_message="移交人、接收人、监交人必须是不同的人。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handover_id} {self.side}"


class HandoverSupplement(Ledgered):
    """What was found out after the signing and changes nothing signed. The other side confirms it."""

    ledger_type: ClassVar[str] = "handover_supplement"
    ledger_private: ClassVar[tuple[str, ...]] = ("text",)

    handover = models.ForeignKey(
        Handover, verbose_name="交接", on_delete=models.PROTECT, related_name="supplements"
    )
    number = models.PositiveSmallIntegerField("序号")
    side = CodeField("提出方", max_length=8, choices=Side.choices)
    text = models.TextField("内容")
    at = models.DateTimeField("提出时间")
    by_account = models.BigIntegerField("提出账号")
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    confirmed_by_account = models.BigIntegerField("确认账号", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "补充交接"
        constraints = [
            models.UniqueConstraint(fields=["handover", "number"], name="handover_supplement_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.handover_id} 补充 {self.number}"
