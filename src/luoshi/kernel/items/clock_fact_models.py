"""The facts of clocks that figures read: one row for each version of each round."""

from __future__ import annotations

from django.db import models

from luoshi.db.fields import CodeField


class ClockFact(models.Model):
    """One version of one round of a clock, from one change until the next (``from_ms`` … ``to_ms``).

    ``newest``: no later round had begun. How it stands is not kept: it follows from ``due_ms``,
    ``stopped_ms``, ``bound_ms`` (missed after it if nobody does anything), the pause, and the moment asked
    about.
    ``net``, ``gross``: what it took, in hundredths of a day or hour, null while it runs; ``late_days``: whole
    days from due to stop, 0 when it was met. ``outer_…``: from the start of the first round on, against its
    due moment. ``month``: year × 100 + month of the start. ``tag``: 31 bits of SHA-256.
    """

    clock_id = models.BigIntegerField("时限")
    item_id = models.BigIntegerField("事项")
    type_ref = CodeField("事项类型", max_length=80)
    key = CodeField("时限代码", max_length=40)
    round = models.PositiveSmallIntegerField("第几次")
    newest = models.BooleanField("最近一次")
    unit = CodeField("单位", max_length=12)
    started_on = models.DateField("起算日期")
    month = models.IntegerField("起算月")
    due_on = models.DateField("到期日期", null=True)
    stopped_on = models.DateField("停止日期", null=True)
    due_ms = models.BigIntegerField("到期毫秒", null=True)
    bound_ms = models.BigIntegerField("逾期界限毫秒", null=True)
    paused_ms = models.BigIntegerField("挂起毫秒", null=True)
    until_ms = models.BigIntegerField("挂起至毫秒", null=True)
    stopped_ms = models.BigIntegerField("停止毫秒", null=True)
    voided_ms = models.BigIntegerField("作废毫秒", null=True)
    net = models.BigIntegerField("净用时", null=True)
    gross = models.BigIntegerField("总用时", null=True)
    late_days = models.BigIntegerField("迟办天数", null=True)
    outer_due_on = models.DateField("首次到期日期", null=True)
    outer_due_ms = models.BigIntegerField("首次到期毫秒", null=True)
    outer_net = models.BigIntegerField("合计净用时", null=True)
    outer_gross = models.BigIntegerField("合计总用时", null=True)
    outer_late_days = models.BigIntegerField("合计迟办天数", null=True)
    from_ms = models.BigIntegerField("起效毫秒")
    to_ms = models.BigIntegerField("失效毫秒", null=True)
    tag = models.BigIntegerField("行标记")

    class Meta:
        verbose_name = verbose_name_plural = "时限事实"
        constraints = [
            models.UniqueConstraint(
                fields=["clock_id"],
                condition=models.Q(to_ms__isnull=True),
                name="items_one_clock_fact_stands",
            )
        ]
        indexes = [
            models.Index(fields=["item_id", "key", "round"], name="items_clock_fact_of_item"),
            models.Index(fields=["type_ref", "key", "month"], name="items_clock_fact_month"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.key} {self.round}"
