"""Notices, the messages they became, who was passed over and why; digests and the outbox."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.ledger.rows import Ledgered, Root


class Level(models.TextChoices):
    """How pressing a notice is; a red one cannot be muted."""

    BLUE = "blue", "提示"
    YELLOW = "yellow", "预警"
    RED = "red", "告警"


class Reason(models.TextChoices):
    """Why somebody who should have been told was not, or somebody else in their place."""

    VACANT = "vacant", "岗位空缺"
    NOBODY = "nobody", "无人在岗，也没有上级可告知"
    UNSET = "unset", "未设包联领导"
    MUTED = "muted", "收件人已关闭此类消息"
    OLDER = "older", "补发时已过，仅发最近一步"
    ANSWERED = "answered", "当时已答复"


class Channel(models.TextChoices):
    """How a digest leaves the house. What is shown inside is the message itself."""

    MAIL = "mail", "邮件"
    WEBHOOK = "webhook", "推送"


class Sent(models.TextChoices):
    """How far a delivery has come."""

    WAITING = "waiting", "待发送"
    SENT = "sent", "已发送"
    FAILED = "failed", "发送失败"
    SKIPPED = "skipped", "未发送"


class Notice(Root):
    """One thing that was to be told, once ever: ``key`` says what. Its messages and skips belong to it.

    ``subject_kind`` and ``subject_id`` name the record it is about, ``unit`` whose record that is. ``step``:
    of a rule, empty for a single notice. ``step_at``: the moment the step fell due, which lies before
    ``made_at`` when the scan came late.
    """

    ledger_type: ClassVar[str] = "notice"
    ledger_private: ClassVar[tuple[str, ...]] = ("text",)

    key = CodeField("编号", max_length=160, unique=True)
    topic = CodeField("类别", max_length=40)
    level = CodeField("级别", max_length=8, choices=Level.choices)
    step = CodeField("步骤", max_length=40, blank=True)
    text = models.CharField("内容", max_length=300)
    subject_kind = CodeField("事由类别", max_length=32)
    subject_id = models.BigIntegerField("事由")
    unit = models.ForeignKey(
        "org.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    step_at = models.DateTimeField("应发时间")
    made_at = models.DateTimeField("发出时间")

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(level__in=Level.values), name="notify_level_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject_kind", "subject_id"], name="notify_notice_subject"),
            models.Index(fields=["-made_at", "-id"], name="notify_notice_newest"),
        ]

    def __str__(self) -> str:
        return self.key


class Digest(models.Model):
    """What one post is told of one day, at once. Not in the ledger: the messages are."""

    post = models.ForeignKey("org.Post", models.PROTECT, related_name="+", verbose_name="岗位")
    day = models.DateField("日期")
    made_at = models.DateTimeField("生成时间")

    class Meta:
        verbose_name = verbose_name_plural = "每日汇总"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post", "day"], name="notify_one_digest_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.post_id} {self.day:%Y-%m-%d}"


class Message(Ledgered):
    """A notice to one post. Root: the notice.

    ``duty``: in what capacity, in words. ``read_at`` is a mark of the post for its own list and is not in the
    ledger: nobody is measured by it.
    """

    ledger_type: ClassVar[str] = "message"
    ledger_derived: ClassVar[tuple[str, ...]] = ("read_at", "digest_id", "digest")

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="messages", verbose_name="通知")
    post = models.ForeignKey("org.Post", models.PROTECT, related_name="+", verbose_name="岗位")
    duty = models.CharField("身份", max_length=40)
    made_at = models.DateTimeField("发出时间")
    read_at = models.DateTimeField("标为已读时间", null=True, blank=True)
    digest = models.ForeignKey(
        Digest, models.PROTECT, null=True, blank=True, related_name="messages", verbose_name="每日汇总"
    )

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "post"], name="notify_message_once_a_post"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["post", "-made_at", "-id"], name="notify_message_of_post"),
            models.Index(
                fields=["post"], condition=models.Q(read_at__isnull=True), name="notify_message_unread"
            ),
            models.Index(
                fields=["made_at"], condition=models.Q(digest__isnull=True), name="notify_message_loose"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} > {self.post_id}"


class Skip(Ledgered):
    """Somebody who should have been told and was not. Root: the notice.

    ``duty``: in what capacity; ``post``: which post, where there is one. ``instead``: who was told in their
    place.
    """

    ledger_type: ClassVar[str] = "notice_skip"

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="skips", verbose_name="通知")
    unit = models.ForeignKey(
        "org.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    post = models.ForeignKey(
        "org.Post", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="岗位"
    )
    duty = models.CharField("身份", max_length=80)
    reason = CodeField("原因", max_length=12, choices=Reason.choices)
    instead = models.ForeignKey(
        "org.Post", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="改告知"
    )

    class Meta:
        verbose_name = verbose_name_plural = "未告知"
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(reason__in=Reason.values), name="notify_reason_known"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.duty} {self.reason}"


class Delivery(models.Model):
    """One digest on its way out by one channel. Not in the ledger: it is machinery.

    ``key`` goes out with it, so that a receiver recognises one sent twice. ``account``: whose mailbox.
    ``result``: what came of it, in words for the office; never an address or a password.
    """

    key = CodeField("编号", max_length=80, unique=True)
    digest = models.ForeignKey(Digest, models.PROTECT, related_name="deliveries", verbose_name="每日汇总")
    channel = CodeField("渠道", max_length=8, choices=Channel.choices)
    account = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="账号"
    )
    state = CodeField("状态", max_length=8, choices=Sent.choices, default=Sent.WAITING)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    next_try = models.DateTimeField("下次发送", null=True, blank=True)
    result = models.CharField("结果", max_length=200, blank=True)
    changed_at = models.DateTimeField("变动时间")

    class Meta:
        verbose_name = verbose_name_plural = "发送"
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=Sent.values), name="notify_sent_known"),
            models.CheckConstraint(
                condition=~models.Q(state=Sent.WAITING) | models.Q(next_try__isnull=False),
                name="notify_waiting_has_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_try"], condition=models.Q(state=Sent.WAITING), name="notify_delivery_due"
            ),
            models.Index(fields=["state", "-changed_at"], name="notify_delivery_state"),
        ]

    def __str__(self) -> str:
        return self.key


class Preference(models.Model):
    """What an account wants for itself: a mailbox, and topics it need not hear of. Not in the ledger."""

    account = models.OneToOneField(
        "access.Account", models.PROTECT, related_name="notice_preference", verbose_name="账号"
    )
    mailbox = models.EmailField("邮箱", max_length=120, blank=True)
    muted = models.JSONField("关闭的类别", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "个人提醒设置"

    def __str__(self) -> str:
        return f"{self.account_id}"


class Setting(Root):
    """How the district wants to be told: the time of the digest and the quiet hours. One row, code "main".

    ``quiet_from`` to ``quiet_to`` is the night: nothing leaves the house then, nor on days off when
    ``workdays_only``.
    """

    ledger_type: ClassVar[str] = "notice_setting"

    code = CodeField("编码", max_length=10, unique=True)
    digest_at = models.TimeField("汇总时间")
    quiet_from = models.TimeField("免打扰起")
    quiet_to = models.TimeField("免打扰止")
    workdays_only = models.BooleanField("休息日免打扰", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "提醒设置"

    def __str__(self) -> str:
        return self.code


class Webhook(Root):
    """Where digests are pushed to. One row, code "main"; without an address nothing is pushed.

    ``salt``: from it and the key of the installation the shared secret is computed; no secret is kept.
    """

    ledger_type: ClassVar[str] = "webhook"
    ledger_private: ClassVar[tuple[str, ...]] = ("address",)
    ledger_derived: ClassVar[tuple[str, ...]] = ("salt",)

    code = CodeField("编码", max_length=10, unique=True)
    address = models.CharField("推送地址", max_length=300, blank=True)
    salt = CodeField("密钥盐", max_length=32)

    class Meta:
        verbose_name = verbose_name_plural = "推送设置"

    def __str__(self) -> str:
        return self.code
