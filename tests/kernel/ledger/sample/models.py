"""A root with private text and a derived column, and a row that it owns with every kind of column."""

from __future__ import annotations

from django.db import models

from luoshi.kernel.ledger.rows import Ledgered, Root


class Folder(Root):
    ledger_type = "sample_folder"
    ledger_private = ("keeper",)
    ledger_derived = ("sheet_count",)

    title = models.CharField("标题", max_length=50)
    keeper = models.CharField("保管人", max_length=50, blank=True)
    sheet_count = models.IntegerField("页数", default=0)

    class Meta:
        verbose_name = "卷宗"

    def __str__(self) -> str:
        return self.title


class Sheet(Ledgered):
    ledger_type = "sample_sheet"
    ledger_private = ("note",)

    folder = models.ForeignKey(Folder, on_delete=models.PROTECT)
    amount = models.DecimalField("金额", max_digits=10, decimal_places=2, null=True)
    note = models.TextField("说明", blank=True)
    values = models.JSONField("内容", default=dict)
    day = models.DateField("日期", null=True)
    seen_at = models.DateTimeField("查看时间", null=True)
    open = models.BooleanField("公开", default=False)
    mark = models.BinaryField("印记", default=b"")
    took = models.DurationField("用时", null=True)
    token = models.UUIDField("标识", null=True)

    class Meta:
        verbose_name = "页"

    def __str__(self) -> str:
        return str(self.pk)
