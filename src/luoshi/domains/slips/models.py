"""Slips, what each is about, and what the unit replied."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.ledger.rows import Ledgered, Root


class SlipState(models.TextChoices):
    """How far a slip has come. Whether a reply is overdue is derived, never stored."""

    ISSUED = "issued", "待回复"
    REPLIED = "replied", "待签批"
    SIGNED = "signed", "待认可"
    ACCEPTED = "accepted", "已办结"
    ESCALATED = "escalated", "已升级"
    CANCELLED = "cancelled", "已撤销"
    NOTICE = "notice", "撤销函"


class Tone(models.TextChoices):
    """How pressing a level is."""

    BLUE = "blue", "蓝"
    ORANGE = "orange", "橙"
    RED = "red", "红"


class Decision(models.TextChoices):
    """What the office made of a reply."""

    ACCEPT = "accept", "认可"
    RETURN = "return", "退回"


class Slip(Root):
    """One slip to one unit, numbered without gaps within its level word and year.

    ``definition``: the rules it was issued under. Titles are those of the day, as the letter prints them.
    ``former``: the slip of the level below that it follows. ``cancels``: what a cancelling slip withdraws;
    only such a one has no ``reply_by``.
    """

    ledger_type: ClassVar[str] = "slip"
    ledger_private: ClassVar[tuple[str, ...]] = ("text",)

    definition = models.ForeignKey(
        "definitions.Definition", verbose_name="督办规则", on_delete=models.PROTECT, related_name="+"
    )
    rules_ref = CodeField("督办规则代码", max_length=80)
    level = CodeField("级别", max_length=40)
    level_title = models.CharField("级别名称", max_length=20)
    tone = CodeField("级别颜色", max_length=8, choices=Tone.choices)
    year = models.PositiveSmallIntegerField("年份")
    number = models.PositiveIntegerField("序号")
    unit = models.ForeignKey("org.Unit", verbose_name="单位", on_delete=models.PROTECT, related_name="+")
    unit_code = CodeField("单位编码", max_length=40)
    unit_title = models.CharField("单位名称", max_length=100)
    organ_code = CodeField("发出单位编码", max_length=40)
    organ_title = models.CharField("发出单位", max_length=100)
    text = models.TextField("附言", blank=True)
    issued_at = models.DateTimeField("发出时间")
    issued_by_account = models.BigIntegerField("发出账号")
    issued_by_post = CodeField("发出岗位", max_length=60, blank=True)
    reply_by = models.DateTimeField("回复期限", null=True, blank=True)
    reply_provisional = models.BooleanField("回复期限暂定", default=False)
    state = CodeField("状态", max_length=12, choices=SlipState.choices)
    former = models.ForeignKey(
        "self", verbose_name="前一级", on_delete=models.PROTECT, null=True, blank=True, related_name="nexts"
    )
    cancels = models.OneToOneField(
        "self",
        verbose_name="撤销",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cancelled_by",
    )

    class Meta:
        verbose_name = verbose_name_plural = "督办单"
        constraints = [
            models.UniqueConstraint(
                fields=["level_title", "year", "number"],
                name="slips_number_once",
                violation_error_message="文号不得重复。",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=SlipState.values),
                name="slips_state_known",
                violation_error_message="督办单状态不在规定之列。",
            ),
            models.CheckConstraint(
                condition=models.Q(number__gte=1),
                name="slips_number_from_one",
                violation_error_message="文号从 1 起编。",
            ),
            models.CheckConstraint(
                condition=models.Q(cancels__isnull=True, reply_by__isnull=False)
                | models.Q(cancels__isnull=False, reply_by__isnull=True),
                name="slips_reply_asked",
                violation_error_message="督办单须有回复期限，撤销函没有。",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "state"], name="slips_of_unit"),
            models.Index(fields=["-issued_at", "-id"], name="slips_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.level_title}〔{self.year}〕{self.number}号"


class SlipLine(Ledgered):
    """One thing a slip is about: an obligation or an item. ``standing`` ends when the slip is cancelled.

    ``cause``: what pressed for an item, the same for the same step of the same clock; empty for obligations.
    """

    ledger_type: ClassVar[str] = "slip_line"

    slip = models.ForeignKey(Slip, verbose_name="督办单", on_delete=models.PROTECT, related_name="lines")
    obligation = models.ForeignKey(
        "filings.Obligation",
        verbose_name="应报",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    item = models.ForeignKey(
        "items.Item", verbose_name="事项", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cause = CodeField("起因", max_length=120, blank=True)
    level = CodeField("级别", max_length=40)
    owed_by = models.DateTimeField("时限")
    overdue_days = models.PositiveIntegerField("逾期工作日")
    returned = models.BooleanField("退回未补正", default=False)
    standing = models.BooleanField("有效", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "督办事项"
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "level"],
                condition=models.Q(standing=True),
                name="slips_once_a_level",
                violation_error_message="同一应报同一级别只能发一次。",
            ),
            models.UniqueConstraint(
                fields=["item", "level", "cause"],
                condition=models.Q(standing=True, item__isnull=False),
                name="slips_once_a_cause",
                violation_error_message="同一事项因同一情形同一级别只能发一次。",
            ),
            models.CheckConstraint(
                condition=models.Q(obligation__isnull=False, item__isnull=True, cause="")
                | models.Q(obligation__isnull=True, item__isnull=False),
                name="slips_about_one_thing",
                violation_error_message="督办单的每一行或是应报，或是事项。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slip_id} {self.obligation_id or self.item_id}"


class CallState(models.TextChoices):
    """What the office made of a call for a slip."""

    OPEN = "open", "待处理"
    ISSUED = "issued", "已发单"
    DROPPED = "dropped", "不发"


class SlipCall(Root):
    """A step of an item's clock calls for a slip of the first level. ``key``: one for each step that came."""

    ledger_type: ClassVar[str] = "slip_call"
    ledger_private: ClassVar[tuple[str, ...]] = ("reason",)

    key = CodeField("起因", max_length=120, unique=True)
    rules_ref = CodeField("督办规则代码", max_length=80)
    item = models.ForeignKey("items.Item", verbose_name="事项", on_delete=models.PROTECT, related_name="+")
    clock = models.CharField("时限", max_length=40)
    step = models.CharField("步骤", max_length=40)
    due_at = models.DateTimeField("期限")
    at = models.DateTimeField("提请时间")
    state = CodeField("状态", max_length=8, choices=CallState.choices, default=CallState.OPEN)
    slip = models.ForeignKey(
        Slip, verbose_name="督办单", on_delete=models.PROTECT, null=True, blank=True, related_name="calls"
    )
    reason = models.TextField("不发的理由", blank=True)
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)
    decided_by_account = models.BigIntegerField("处理账号", null=True, blank=True)
    decided_by_post = CodeField("处理岗位", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "督办提请"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=CallState.values), name="slips_call_state_known"
            ),
        ]
        indexes = [models.Index(fields=["state", "item"], name="slips_call_of_item")]

    def __str__(self) -> str:
        return self.key


class SlipReply(Ledgered):
    """One version of the unit's reply; it counts once the head has signed it."""

    ledger_type: ClassVar[str] = "slip_reply"
    ledger_private: ClassVar[tuple[str, ...]] = ("text", "comment")

    slip = models.ForeignKey(Slip, verbose_name="督办单", on_delete=models.PROTECT, related_name="replies")
    version = models.PositiveIntegerField("版次")
    text = models.TextField("回复")
    at = models.DateTimeField("回复时间")
    by_account = models.BigIntegerField("回复账号")
    by_post = CodeField("回复岗位", max_length=60, blank=True)
    by_unit = CodeField("回复单位", max_length=40, blank=True)
    signed_at = models.DateTimeField("签批时间", null=True, blank=True)
    signed_by_account = models.BigIntegerField("签批账号", null=True, blank=True)
    signed_by_post = CodeField("签批岗位", max_length=60, blank=True)
    decision = CodeField("处理", max_length=8, choices=Decision.choices, blank=True)
    comment = models.TextField("处理意见", blank=True)
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)
    decided_by_account = models.BigIntegerField("处理账号", null=True, blank=True)
    decided_by_post = CodeField("处理岗位", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "督办回复"
        constraints = [
            models.UniqueConstraint(
                fields=["slip", "version"],
                name="slips_one_reply_version",
                violation_error_message="同一督办单的回复版次不得重复。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.slip_id} 第{self.version}版"


class SlipReplyFile(Ledgered):
    """One revision of evidence that a reply was written with. Never changed."""

    ledger_type: ClassVar[str] = "slip_reply_file"

    reply = models.ForeignKey(
        SlipReply, verbose_name="督办回复", on_delete=models.PROTECT, related_name="files"
    )
    revision = models.ForeignKey(
        "evidence.Revision", verbose_name="佐证版次", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "督办回复佐证"
        constraints = [
            models.UniqueConstraint(fields=["reply", "revision"], name="slips_one_file_a_reply"),
        ]

    def __str__(self) -> str:
        return f"{self.reply_id} {self.revision_id}"
