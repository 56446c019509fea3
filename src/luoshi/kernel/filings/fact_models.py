"""The facts that figures are computed from: derived rows, made anew from filings at any time."""

from __future__ import annotations

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.definitions.slots import CODE_COLUMNS, INTEGER_COLUMNS


class Timing(models.TextChoices):
    """Whether a version came in by the time it was owed by."""

    ON_TIME = "on_time", "按时"
    LATE = "late", "迟报"


class FactSlot(models.Model):
    """Which column of the fact table holds a field of a form.

    ``kind`` is ``integer`` (the value times 10^scale) or ``code`` (text, scale 0). It never moves.
    """

    form_ref = CodeField("表单", max_length=80)
    field = CodeField("字段", max_length=40)
    column = CodeField("列", max_length=3)
    scale = models.PositiveSmallIntegerField("小数位")
    kind = CodeField("列类", max_length=8)

    class Meta:
        verbose_name = verbose_name_plural = "事实列"
        constraints = [
            models.UniqueConstraint(
                fields=["form_ref", "field"],
                name="filings_slot_of_field",
                violation_error_message="同一字段只占一列。",
            ),
            models.UniqueConstraint(
                fields=["form_ref", "column"],
                name="filings_slot_of_column",
                violation_error_message="同一列只给一个字段。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form_ref}.{self.field} → {self.column}"


class FilingFact(models.Model):
    """One version of a filing as figures read it; derived, written in the transaction of the filing.

    ``from_ms`` … ``to_ms`` (milliseconds, half open, null: still in force) is when the version counted.
    ``timing`` compares submission with the due time, or with the mend-by time that a return set.
    ``month`` is year × 100 + month in which the period ends. ``tag`` is 31 bits of the row's SHA-256.
    """

    filing_id = models.BigIntegerField("填报", unique=True)
    obligation_id = models.BigIntegerField("应报")
    form_ref = CodeField("表单", max_length=80)
    unit_id = models.BigIntegerField("单位")
    unit_code = CodeField("单位编码", max_length=40)
    unit_kind = CodeField("单位类别", max_length=20)
    unit_branch = CodeField("所属分支", max_length=40)
    unit_parent = CodeField("上级单位", max_length=40)
    period_code = CodeField("期间", max_length=20)
    period_kind = CodeField("期间类别", max_length=8)
    period_start = models.DateField("期间首日")
    period_end = models.DateField("期间末日")
    month = models.IntegerField("统计月")
    answer = CodeField("答复", max_length=8)
    timing = CodeField("时效", max_length=8, choices=Timing.choices, default=Timing.ON_TIME)
    submitted_ms = models.BigIntegerField("提交毫秒")
    due_ms = models.BigIntegerField("截止毫秒", null=True)
    from_ms = models.BigIntegerField("起效毫秒")
    to_ms = models.BigIntegerField("失效毫秒", null=True)
    tag = models.BigIntegerField("行标记")

    class Meta:
        verbose_name = verbose_name_plural = "填报事实"
        indexes = [
            models.Index(fields=["form_ref", "month", "unit_id"], name="filings_fact_month"),
            models.Index(fields=["obligation_id"], name="filings_fact_obligation"),
        ]

    def __str__(self) -> str:
        return f"{self.form_ref} {self.unit_code} {self.period_code}"


for _column in INTEGER_COLUMNS:
    models.BigIntegerField(_column, null=True).contribute_to_class(FilingFact, _column)
for _column in CODE_COLUMNS:
    CodeField(_column, max_length=200, null=True).contribute_to_class(FilingFact, _column)
