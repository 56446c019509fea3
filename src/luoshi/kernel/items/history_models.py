"""Items brought in from another system: the file taken in, where each item came from, uploads that wait."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.ledger.rows import Ledgered, Root

LONGEST_NUMBER = 80


class ItemIntake(Root):
    """One file of histories taken in: how many items it brought, how many stood already or stayed out."""

    ledger_type: ClassVar[str] = "item_intake"
    ledger_private: ClassVar[tuple[str, ...]] = ("file_name",)

    token = models.UUIDField("凭据", unique=True, help_text="草稿的凭据：同一草稿只导入一次。")
    type_ref = CodeField("事项类型", max_length=80)
    import_ref = CodeField("导入模板", max_length=80)
    file_name = models.CharField("文件名", max_length=255)
    file_sha = CodeField("文件摘要", max_length=64)
    items_taken = models.PositiveIntegerField("导入件数")
    items_same = models.PositiveIntegerField("已有件数")
    items_left = models.PositiveIntegerField("未导入件数")
    taken_at = models.DateTimeField("导入时间")
    taken_by_account = models.BigIntegerField("操作账号")

    class Meta:
        verbose_name = verbose_name_plural = "外部记录批次"
        indexes: ClassVar = [models.Index(fields=["type_ref", "-taken_at"], name="items_intake_of_type")]

    def __str__(self) -> str:
        return f"{self.file_name} {self.type_ref}"


class ItemOrigin(Ledgered):
    """What another system says of an item: its number there and the whole history as it was brought in.

    ``said``: ``title``, ``values`` (field key → canonical text), ``duties`` (role → unit codes) and ``steps``
    (lists of move, what it is called there, milliseconds since 1970, who, note).
    """

    ledger_type: ClassVar[str] = "item_origin"
    ledger_private: ClassVar[tuple[str, ...]] = ("said",)

    item = models.OneToOneField(
        "items.Item", verbose_name="事项", on_delete=models.PROTECT, related_name="history"
    )
    type_ref = CodeField("事项类型", max_length=80)
    number = CodeField("原编号", max_length=LONGEST_NUMBER)
    intake = models.ForeignKey(ItemIntake, verbose_name="批次", on_delete=models.PROTECT, related_name="+")
    first_row = models.PositiveIntegerField("首行")
    said = models.JSONField("原记录")

    class Meta:
        verbose_name = verbose_name_plural = "外部来源"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["type_ref", "number"],
                name="items_origin_number_once",
                violation_error_message="同一类事项的原编号不得重复导入。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.type_ref} {self.number}"


class HistoryDraft(models.Model):
    """An uploaded file that waits for "take" or "drop". Not in the ledger: nothing has happened yet."""

    token = models.UUIDField("凭据", unique=True)
    account_id = models.BigIntegerField("上传账号")
    import_ref = CodeField("导入模板", max_length=80)
    file_name = models.CharField("文件名", max_length=255)
    file_sha = CodeField("文件摘要", max_length=64)
    created_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = verbose_name_plural = "外部记录草稿"

    def __str__(self) -> str:
        return f"{self.file_name} {self.token}"
