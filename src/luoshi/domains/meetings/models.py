"""Meetings with who attends, topics with their steps, statements, votes, and what decisions became."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.ledger.rows import Ledgered, Root


class MeetingState(models.TextChoices):
    PLANNED = "planned", "筹备中"
    OPEN = "open", "进行中"
    CLOSED = "closed", "已结束"


class Part(models.TextChoices):
    """In which part somebody attends. The head is a member who speaks last."""

    HEAD = "head", "主要负责人"
    MEMBER = "member", "班子成员"
    GUEST = "guest", "列席"


class Present(models.TextChoices):
    UNKNOWN = "unknown", "未登记"
    YES = "yes", "到会"
    NO = "no", "缺席"


class Kind(models.TextChoices):
    DECISION = "decision", "重大决策"
    STAFF = "staff", "重要人事任免"
    PROJECT = "project", "重大项目安排"
    MONEY = "money", "大额资金使用"
    OTHER = "other", "其他议题"


class TopicState(models.TextChoices):
    LISTED = "listed", "待审议"
    DISCUSSED = "discussed", "审议中"
    PASSED = "passed", "通过"
    DEFERRED = "deferred", "缓议"
    REJECTED = "rejected", "未通过"
    WITHDRAWN = "withdrawn", "撤下"


class Stance(models.TextChoices):
    FOR = "for", "赞成"
    AGAINST = "against", "反对"
    DEFER = "defer", "缓议"
    ABSTAIN = "abstain", "弃权"


class Step(models.TextChoices):
    """What may have to be done before a topic comes to a meeting."""

    SURVEY = "survey", "调查研究"
    EXPERTS = "experts", "专家论证"
    RISK = "risk", "风险评估"
    LEGAL = "legal", "合法性审查"
    OPINIONS = "opinions", "征求意见"


class MeetingRules(Root):
    """What a district sets for its meetings. ``quorum``: percent of members that must be present.

    ``papers_days``: working days before the meeting by which papers are with the members.
    """

    ledger_type: ClassVar[str] = "meeting_rules"

    papers_days = models.PositiveSmallIntegerField("材料提前送达（工作日）")
    quorum = models.PositiveSmallIntegerField("到会比例（%）")

    class Meta:
        verbose_name = verbose_name_plural = "议事规则参数"

    def __str__(self) -> str:
        return f"{self.papers_days} {self.quorum}"


class Meeting(Root):
    """One meeting of the leading body of a unit, numbered within the body and year."""

    ledger_type: ClassVar[str] = "meeting"

    organ = models.ForeignKey("org.Unit", verbose_name="议事单位", on_delete=models.PROTECT, related_name="+")
    organ_title = models.CharField("议事单位名称", max_length=100)
    year = models.PositiveSmallIntegerField("年份")
    number = models.PositiveIntegerField("序号")
    title = models.CharField("会议名称", max_length=100)
    held_at = models.DateTimeField("开会时间")
    place = models.CharField("地点", max_length=100)
    state = CodeField("状态", max_length=8, choices=MeetingState.choices)
    opened_at = models.DateTimeField("开始时间", null=True, blank=True)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    planned_by_account = models.BigIntegerField("筹备账号")

    class Meta:
        verbose_name = verbose_name_plural = "会议"
        constraints = [
            models.UniqueConstraint(fields=["organ", "year", "number"], name="meetings_number_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=MeetingState.values), name="meetings_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organ_title}〔{self.year}〕第{self.number}次会议"


class Attendee(Ledgered):
    """Who is to attend, by the post held on the day; at most one is the head."""

    ledger_type: ClassVar[str] = "meeting_attendee"
    ledger_private: ClassVar[tuple[str, ...]] = ("reason",)

    meeting = models.ForeignKey(
        Meeting, verbose_name="会议", on_delete=models.PROTECT, related_name="attendees"
    )
    post = models.ForeignKey("org.Post", verbose_name="岗位", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("org.Person", verbose_name="人员", on_delete=models.PROTECT, related_name="+")
    part = CodeField("身份", max_length=8, choices=Part.choices)
    present = CodeField("到会", max_length=8, choices=Present.choices, default=Present.UNKNOWN)
    reason = models.CharField("缺席原因", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "参会人员"
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "person"],
                name="meetings_person_once",
                violation_error_message="同一人在一次会议中只列一次。",
            ),
            models.UniqueConstraint(
                fields=["meeting"],
                condition=models.Q(part="head"),
                name="meetings_one_head",
                violation_error_message="一次会议只有一名主要负责人。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.person_id}"


class Topic(Ledgered):
    """One topic of a meeting. ``papers_at``: when the papers were with the members."""

    ledger_type: ClassVar[str] = "meeting_topic"
    ledger_private: ClassVar[tuple[str, ...]] = ("title", "summary", "decision")

    meeting = models.ForeignKey(Meeting, verbose_name="会议", on_delete=models.PROTECT, related_name="topics")
    number = models.PositiveSmallIntegerField("序号")
    title = models.CharField("议题", max_length=200)
    kind = CodeField("类别", max_length=10, choices=Kind.choices)
    sponsor = models.ForeignKey(
        "org.Unit", verbose_name="提请单位", on_delete=models.PROTECT, related_name="+"
    )
    summary = models.TextField("提请事项")
    papers_at = models.DateTimeField("材料送达时间", null=True, blank=True)
    state = CodeField("状态", max_length=10, choices=TopicState.choices)
    decision = models.TextField("决定", blank=True)
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "议题"
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="meetings_topic_number_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=TopicState.values), name="meetings_topic_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} 议题{self.number}"


class TopicStep(Ledgered):
    """A step that a topic needs before it is discussed, with what proves it."""

    ledger_type: ClassVar[str] = "meeting_step"
    ledger_private: ClassVar[tuple[str, ...]] = ("note",)

    topic = models.ForeignKey(Topic, verbose_name="议题", on_delete=models.PROTECT, related_name="steps")
    step = CodeField("程序", max_length=10, choices=Step.choices)
    done_on = models.DateField("完成日期", null=True, blank=True)
    note = models.CharField("结论", max_length=300, blank=True)
    file = models.ForeignKey(
        "files.StoredFile",
        verbose_name="材料",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    file_name = models.CharField("文件名", max_length=255, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "会前程序"
        constraints = [models.UniqueConstraint(fields=["topic", "step"], name="meetings_step_once")]

    def __str__(self) -> str:
        return f"{self.topic_id} {self.step}"


class Recusal(Ledgered):
    """A member who takes no part in a topic."""

    ledger_type: ClassVar[str] = "meeting_recusal"
    ledger_private: ClassVar[tuple[str, ...]] = ("reason",)

    topic = models.ForeignKey(Topic, verbose_name="议题", on_delete=models.PROTECT, related_name="recusals")
    attendee = models.ForeignKey(
        Attendee, verbose_name="回避人", on_delete=models.PROTECT, related_name="recusals"
    )
    reason = models.CharField("事由", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "回避"
        constraints = [models.UniqueConstraint(fields=["topic", "attendee"], name="meetings_recused_once")]

    def __str__(self) -> str:
        return f"{self.topic_id} {self.attendee_id}"


class Statement(Ledgered):
    """What a member said to a topic, in the order of speaking, and the vote given afterwards."""

    ledger_type: ClassVar[str] = "meeting_statement"
    ledger_private: ClassVar[tuple[str, ...]] = ("text",)

    topic = models.ForeignKey(Topic, verbose_name="议题", on_delete=models.PROTECT, related_name="statements")
    attendee = models.ForeignKey(
        Attendee, verbose_name="发言人", on_delete=models.PROTECT, related_name="statements"
    )
    order = models.PositiveSmallIntegerField("发言次序")
    stance = CodeField("表态", max_length=8, choices=Stance.choices)
    text = models.TextField("意见")
    at = models.DateTimeField("发言时间")
    by_account = models.BigIntegerField("记录账号")
    vote = CodeField("表决", max_length=8, choices=Stance.choices, blank=True)
    voted_at = models.DateTimeField("表决时间", null=True, blank=True)
    voted_by_account = models.BigIntegerField("表决记录账号", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "发言和表决"
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "attendee"],
                name="meetings_one_statement",
                violation_error_message="每人对一个议题记一次表态发言。",
            ),
            models.UniqueConstraint(fields=["topic", "order"], name="meetings_order_once"),
        ]

    def __str__(self) -> str:
        return f"{self.topic_id} {self.order}"


class DecisionTask(Ledgered):
    """An item that carries out a decision."""

    ledger_type: ClassVar[str] = "meeting_task"

    topic = models.ForeignKey(Topic, verbose_name="议题", on_delete=models.PROTECT, related_name="tasks")
    item = models.OneToOneField(
        "items.Item", verbose_name="落实事项", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "决定的落实"

    def __str__(self) -> str:
        return f"{self.topic_id} {self.item_id}"
