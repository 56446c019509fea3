"""Files taken in: the batch in the ledger, and the upload that still waits."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.ledger.rows import Root


class ImportBatch(Root):
    """One file taken in: for which form and period, how many rows went in and how many stayed out."""

    ledger_type: ClassVar[str] = "import_batch"
    ledger_private: ClassVar[tuple[str, ...]] = ("file_name",)

    token = models.UUIDField("凭据", unique=True, help_text="草稿的凭据：同一草稿只入库一次。")
    form_ref = CodeField("表单", max_length=80)
    import_ref = CodeField("导入模板", max_length=80)
    period_code = CodeField("期间", max_length=20, blank=True, help_text="为空时各行自带期间。")
    file_name = models.CharField("文件名", max_length=255)
    file_sha = CodeField("文件摘要", max_length=64)
    rows_taken = models.PositiveIntegerField("入库行数")
    rows_left = models.PositiveIntegerField("未入库行数")
    taken_at = models.DateTimeField("入库时间")
    taken_by_account = models.BigIntegerField("操作账号")

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        indexes = [models.Index(fields=["form_ref", "-taken_at"], name="filings_batch_of_form")]

    def __str__(self) -> str:
        return f"{self.file_name} {self.period_code}".strip()


class ImportDraft(models.Model):
    """An uploaded file that waits for "take" or "cancel". Not in the ledger: nothing has happened yet."""

    token = models.UUIDField("凭据", unique=True)
    account_id = models.BigIntegerField("上传账号")
    form_ref = CodeField("表单", max_length=80)
    import_ref = CodeField("导入模板", max_length=80)
    period_code = CodeField("期间", max_length=20, blank=True)
    file_name = models.CharField("文件名", max_length=255)
    file_sha = CodeField("文件摘要", max_length=64)
    created_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = verbose_name_plural = "导入草稿"
        indexes = [models.Index(fields=["account_id", "-created_at"], name="filings_draft_of_account")]

    def __str__(self) -> str:
        return f"{self.file_name} {self.token}"
