"""Stored figures: what a round or a report said, with everything needed to say it again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.ledger.rows import Ledgered


class Figure(Ledgered):
    """One figure as it was computed; a row of the round or report issue that ``owner`` names.

    ``num``, ``den``, ``value``: decimals as text; ``den`` null for counts and sums, ``value`` for a dash.
    ``text`` is the printed form. ``fingerprint`` names the rows counted (see ``engine.fingerprint``).
    """

    ledger_type: ClassVar[str] = "figure"

    owner_type = CodeField("所属记录类型", max_length=32)
    owner_id = models.BigIntegerField("所属记录编号")
    key = CodeField("键", max_length=80)
    indicator_ref = CodeField("指标", max_length=80)
    unit = models.ForeignKey(
        "org.Unit", verbose_name="单位", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    period_code = CodeField("期间", max_length=20)
    num = models.TextField("分子")
    den = models.TextField("分母", null=True, blank=True)
    value = models.TextField("数值", null=True, blank=True)
    text = models.CharField("印出形式", max_length=60)
    base = models.BigIntegerField("计入行数")
    fingerprint = CodeField("行指纹", max_length=60)
    formula_hash = CodeField("定义摘要", max_length=64)
    pack_version = models.PositiveIntegerField("业务包版本")
    position = models.BigIntegerField("取数时的留痕序号")

    class Meta:
        verbose_name = verbose_name_plural = "数字"
        constraints = [
            models.UniqueConstraint(
                fields=["owner_type", "owner_id", "key", "unit"],
                name="indicators_one_figure_of_unit",
                violation_error_message="同一记录里同一单位的同一数字只存一次。",
            ),
            models.UniqueConstraint(
                fields=["owner_type", "owner_id", "key"],
                condition=models.Q(unit__isnull=True),
                name="indicators_one_figure",
                violation_error_message="同一记录里的同一数字只存一次。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.text}"
