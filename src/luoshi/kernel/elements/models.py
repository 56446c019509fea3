"""Held values. Derived from filings (later registers and indicators too), so they can be made anew."""

from __future__ import annotations

from django.db import models

from luoshi.db.fields import CodeField


class HeldValue(models.Model):
    """The newest known value of one element for one unit and period. Not in the ledger: its source is."""

    element = CodeField("数据元", max_length=40)
    unit = models.ForeignKey("org.Unit", verbose_name="单位", on_delete=models.PROTECT, related_name="+")
    period_code = CodeField("期间", max_length=20)
    value = models.TextField("值", help_text="规范文本：数值为十进制写法，日期为 ISO 写法。")
    source_type = CodeField("来源类型", max_length=24)
    source_id = models.BigIntegerField("来源编号")

    class Meta:
        verbose_name = verbose_name_plural = "已有数据"
        constraints = [
            models.UniqueConstraint(
                fields=["element", "unit", "period_code"],
                name="elements_one_value",
                violation_error_message="同一数据元、单位和期间只保留一个值。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.element} {self.period_code}"
