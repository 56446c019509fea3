"""Issued reports. An issue owns the figures that were frozen with it."""

from __future__ import annotations

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.definitions.models import Definition
from luoshi.kernel.ledger.rows import Root


class Issue(Root):
    """One report frozen for one period: its words, its figures, and the ledger position they were read at.

    ``document`` is the canonical JSON of the document tree, ``bounds`` the list of what each figure key is
    bound to; ``document_hash`` is the SHA-256 over both and is printed as the check code of the report.
    """

    ledger_type = "issue"

    report_ref = CodeField("报告", max_length=120)
    definition = models.ForeignKey(Definition, on_delete=models.PROTECT, related_name="+")
    title = models.CharField("标题", max_length=200)
    period_code = CodeField("期间", max_length=40)
    period_start = models.DateField("期间起")
    period_end = models.DateField("期间止")
    number = models.CharField("文号", max_length=60, blank=True)
    frozen_at = models.DateTimeField("定稿时间")
    position = models.BigIntegerField("取数时的留痕序号")
    document = models.TextField("正文")
    bounds = models.TextField("数字对应")
    document_hash = models.CharField("校验值", max_length=64)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="superseded_by", verbose_name="更正的报告"
    )

    class Meta:
        verbose_name = "已定稿报告"
        ordering = ["-period_end", "report_ref", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report_ref", "period_code"],
                condition=models.Q(supersedes__isnull=True),
                name="issue_first_per_report_and_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_ref} {self.period_code}"
