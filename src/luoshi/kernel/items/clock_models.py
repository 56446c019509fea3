"""Clocks of items with their pauses and extensions. Overdue, light and verdict are never stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from luoshi.core.timing import Unit
from luoshi.db.fields import CodeField
from luoshi.kernel.ledger.rows import Ledgered


class Answer(models.TextChoices):
    """What became of a request for an extension."""

    ASKED = "asked", "待批准"
    APPROVED = "approved", "已批准"
    REFUSED = "refused", "未批准"


class ItemClock(Ledgered):
    """One round of a clock of an item. ``definition``: the type whose rule it runs by, frozen at the start.

    ``total``, ``extended``, ``excluded`` and ``left`` are ticks: days, or milliseconds for hours.
    ``fixed_on``, ``fixed_at``: the day or moment that a field named, instead of a budget.
    ``base_at``: counting begins after it.
    ``due_at`` is null while paused; then ``held_at`` is when it was due and ``left`` what remains.
    ``bound_at``: after it the clock is missed if nobody does anything; null when there is none.
    ``calendar_print``: the content of the calendar by which ``due_at`` was computed.
    ``next_step_at``: when the next step of its ladder falls due. ``outside``: it was started by a step of
    another system, so that nobody was or will be told of its ladder.
    """

    ledger_type: ClassVar[str] = "item_clock"
    ledger_derived: ClassVar[tuple[str, ...]] = ("next_step_at",)
    ledger_later: ClassVar[Mapping[str, object]] = {"fixed_at": None, "outside": False}

    item = models.ForeignKey(
        "items.Item", verbose_name="事项", on_delete=models.PROTECT, related_name="clocks"
    )
    key = CodeField("时限", max_length=40)
    round = models.PositiveSmallIntegerField("第几次")
    definition = models.ForeignKey(
        "definitions.Definition", verbose_name="类型定义", on_delete=models.PROTECT, related_name="+"
    )
    from_step = models.PositiveIntegerField("起始流转")
    unit = CodeField("单位", max_length=12)
    total = models.BigIntegerField("目标")
    fixed_on = models.DateField("限定日期", null=True, blank=True)
    fixed_at = models.DateTimeField("限定时刻", null=True, blank=True)
    next_day = models.BooleanField("次日起算")
    cutoff = models.TimeField("截止时刻", null=True, blank=True)
    hours = CodeField("作息", max_length=40, blank=True)
    calendar = CodeField("日历", max_length=20)
    calendar_print = CodeField("日历版本", max_length=64)
    started_at = models.DateTimeField("起算时间")
    base_at = models.DateTimeField("计数起点")
    first_due_at = models.DateTimeField("原定期限")
    due_at = models.DateTimeField("期限", null=True, blank=True)
    held_at = models.DateTimeField("挂起前期限", null=True, blank=True)
    left = models.BigIntegerField("剩余", null=True, blank=True)
    paused_at = models.DateTimeField("挂起时间", null=True, blank=True)
    until_at = models.DateTimeField("挂起至", null=True, blank=True)
    bound_at = models.DateTimeField("逾期界限", null=True, blank=True)
    provisional = models.BooleanField("暂定")
    extended = models.BigIntegerField("已延长", default=0)
    excluded = models.BigIntegerField("已扣除", default=0)
    stopped_at = models.DateTimeField("停止时间", null=True, blank=True)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    next_step_at = models.DateTimeField("下一催办时间", null=True, blank=True)
    outside = models.BooleanField("来自外部记录", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "时限"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "key", "round"], name="items_one_clock_a_round"),
            models.CheckConstraint(
                condition=models.Q(unit__in=[unit.value for unit in Unit]), name="items_clock_unit_known"
            ),
            models.CheckConstraint(
                condition=models.Q(due_at__isnull=False, paused_at__isnull=True, left__isnull=True)
                | models.Q(
                    due_at__isnull=True, paused_at__isnull=False, left__isnull=False, held_at__isnull=False
                ),
                name="items_clock_due_or_paused",
                violation_error_message="时限挂起时没有到期时间，只有剩余；不挂起时相反。",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["bound_at", "item"],
                condition=models.Q(stopped_at__isnull=True, voided_at__isnull=True),
                name="items_clock_running",
            ),
            models.Index(
                fields=["next_step_at"],
                condition=models.Q(stopped_at__isnull=True, voided_at__isnull=True),
                name="items_clock_next_step",
            ),
            models.Index(
                fields=["until_at"],
                condition=models.Q(stopped_at__isnull=True, voided_at__isnull=True),
                name="items_clock_pause_ends",
            ),
            models.Index(
                fields=["calendar", "calendar_print"],
                condition=models.Q(stopped_at__isnull=True, voided_at__isnull=True, provisional=True),
                name="items_clock_provisional",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.key} {self.round}"


class ClockPause(Ledgered):
    """A span in which a clock stood still. ``state``: why; empty for time between a stop and a return."""

    ledger_type: ClassVar[str] = "clock_pause"

    clock = models.ForeignKey(ItemClock, verbose_name="时限", on_delete=models.PROTECT, related_name="pauses")
    state = CodeField("状态", max_length=40, blank=True)
    from_at = models.DateTimeField("挂起时间")
    until_at = models.DateTimeField("最迟恢复时间", null=True, blank=True)
    ended_at = models.DateTimeField("恢复时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "挂起"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clock"],
                condition=models.Q(ended_at__isnull=True),
                name="items_one_open_pause",
                violation_error_message="同一时限不能重复挂起。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.from_at:%Y-%m-%d}"


class ClockExtension(Ledgered):
    """More time, asked for before the due moment, and what was decided. ``ticks`` as in the clock."""

    ledger_type: ClassVar[str] = "clock_extension"
    ledger_private: ClassVar[tuple[str, ...]] = ("reason", "note")

    clock = models.ForeignKey(
        ItemClock, verbose_name="时限", on_delete=models.PROTECT, related_name="extensions"
    )
    ticks = models.BigIntegerField("延长")
    reason = models.TextField("理由")
    asked_at = models.DateTimeField("申请时间")
    asked_by_account = models.BigIntegerField("申请账号")
    asked_by_post = CodeField("申请岗位", max_length=60, blank=True)
    asked_by_unit = CodeField("申请单位", max_length=40, blank=True)
    answer = CodeField("结果", max_length=10, choices=Answer.choices, default=Answer.ASKED)
    decided_at = models.DateTimeField("批复时间", null=True, blank=True)
    decided_by_account = models.BigIntegerField("批复账号", null=True, blank=True)
    decided_by_post = CodeField("批复岗位", max_length=60, blank=True)
    decided_by_unit = CodeField("批复单位", max_length=40, blank=True)
    note = models.TextField("批复意见", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "延期"
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(answer__in=Answer.values), name="items_answer_known"),
            models.CheckConstraint(condition=models.Q(ticks__gt=0), name="items_extension_positive"),
            models.CheckConstraint(
                condition=models.Q(answer=Answer.ASKED)
                | (
                    models.Q(decided_by_account__isnull=False)
                    & ~models.Q(decided_by_account=models.F("asked_by_account"))
                ),
                name="items_extension_by_another",
                violation_error_message="延期不能由申请人自己批准。",
            ),
            models.UniqueConstraint(
                fields=["clock"],
                condition=models.Q(answer=Answer.ASKED),
                name="items_one_open_extension",
                violation_error_message="该时限已有一项延期申请待批准。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.answer}"
