"""Objections to a public notice, and the published tables of citizens' reports."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.ledger.rows import Ledgered, Root


class Channel(models.TextChoices):
    """How an objection came in. Who raised it is not kept: the matter is checked, not the person."""

    LETTER = "letter", "来信"
    PHONE = "phone", "来电"
    VISIT = "visit", "来访"
    NET = "net", "网上"


class Objection(Ledgered):
    """One objection to a problem on public notice, and what was found. ``upheld`` None: not answered."""

    ledger_type: ClassVar[str] = "rectify_objection"
    ledger_private: ClassVar[tuple[str, ...]] = ("text", "answer")

    item = models.ForeignKey("items.Item", verbose_name="问题", on_delete=models.PROTECT, related_name="+")
    channel = CodeField("途径", max_length=10, choices=Channel.choices)
    received_on = models.DateField("收到日期")
    text = models.TextField("意见内容")
    at = models.DateTimeField("登记时间")
    by_account = models.BigIntegerField("登记账号")
    by_unit = CodeField("登记单位", max_length=40, blank=True)
    upheld = models.BooleanField("是否成立", null=True)
    answer = models.TextField("核实情况", blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_by_account = models.BigIntegerField("答复账号", null=True)
    answered_by_unit = CodeField("答复单位", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "公示意见"
        indexes = [models.Index(fields=["item"], name="rectify_objection_item")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(upheld__isnull=True, answered_at__isnull=True)
                | models.Q(upheld__isnull=False, answered_at__isnull=False),
                name="rectify_answered_whole",
                violation_error_message="答复须同时写明是否成立和时间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.received_on}"


class PublicTable(Root):
    """One version of the published table of a batch, as it was published. ``rows``: see ``publishing``."""

    ledger_type: ClassVar[str] = "rectify_table"

    batch = models.ForeignKey("items.Item", verbose_name="批次", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField("版次")
    rows = models.JSONField("表行", default=list)
    note = models.CharField("说明", max_length=200, blank=True)
    at = models.DateTimeField("公开时间")
    by_account = models.BigIntegerField("公开账号")
    by_unit = CodeField("公开单位", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "公开情况一览表"
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "version"],
                name="rectify_one_table_a_version",
                violation_error_message="同一批次的版次不得重复。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} 第{self.version}版"
