"""Evidence and its revisions. Which record it proves stands in the app that owns the record."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.definitions.fields import FILE_KINDS
from luoshi.kernel.ledger.rows import Ledgered, Root


class Evidence(Root):
    """One proof. ``owner``: the app whose records it may prove, which says who sees it.

    ``current``: the number of the revision that stands. ``dropped_at``: when it was taken back before any
    record was proved by it; its revisions stay, since the ledger names them.
    """

    ledger_type: ClassVar[str] = "evidence"

    owner = CodeField("所属", max_length=20)
    unit = models.ForeignKey("org.Unit", verbose_name="单位", on_delete=models.PROTECT, related_name="+")
    current = models.PositiveIntegerField("现行版次", default=1)
    added_at = models.DateTimeField("添加时间")
    added_by_account = models.BigIntegerField("添加账号")
    dropped_at = models.DateTimeField("移除时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "佐证"

    def __str__(self) -> str:
        return f"佐证 {self.pk}"


class Revision(Ledgered):
    """One file as proof, never changed: a replaced file is a new revision.

    ``occurred_on``: the day it is about; ``recorded_at``: when it was put here. Names and titles may hold
    personal data and stand in the ledger as commitments only.
    """

    ledger_type: ClassVar[str] = "evidence_revision"
    ledger_private: ClassVar[tuple[str, ...]] = ("title", "file_name")

    evidence = models.ForeignKey(
        Evidence, verbose_name="佐证", on_delete=models.PROTECT, related_name="revisions"
    )
    number = models.PositiveIntegerField("版次")
    kind = CodeField("类别", max_length=12, choices=list(FILE_KINDS.items()))
    title = models.CharField("名称", max_length=100)
    occurred_on = models.DateField("发生日期")
    file = models.ForeignKey(
        "files.StoredFile", verbose_name="文件", on_delete=models.PROTECT, related_name="+"
    )
    sha256 = CodeField("内容哈希", max_length=64)
    size = models.PositiveBigIntegerField("字节数")
    file_name = models.CharField("文件名", max_length=255)
    recorded_at = models.DateTimeField("记录时间")
    recorded_by_account = models.BigIntegerField("记录账号")
    recorded_by_post = CodeField("记录岗位", max_length=60, blank=True)
    recorded_by_unit = CodeField("记录单位", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "佐证版次"
        constraints = [
            models.UniqueConstraint(
                fields=["evidence", "number"],
                name="evidence_one_number",
                violation_error_message="同一佐证的版次不得重复。",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=list(FILE_KINDS)),
                name="evidence_kind_known",
                violation_error_message="佐证类别不在规定之列。",
            ),
        ]

    def __str__(self) -> str:
        return f"佐证 {self.evidence_id} 第{self.number}版"
