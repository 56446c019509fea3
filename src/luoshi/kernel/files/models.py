"""Which contents are in the store. The bytes lie in ``settings.LUOSHI_FILES_DIR`` under their own hash."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from luoshi.db.fields import CodeField


class StoredFile(models.Model):
    """One content, stored once however often it comes; ``original_name`` is the name it came with first."""

    sha256 = CodeField("内容哈希", max_length=64, unique=True)
    size = models.PositiveBigIntegerField("字节数")
    kind = CodeField("类型", max_length=10)
    original_name = models.CharField("原文件名", max_length=255)
    stored_at = models.DateTimeField("入库时间")

    class Meta:
        verbose_name = "文件"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="stored_file_hash_is_sha256",
                violation_error_message="内容哈希应为64位小写十六进制数。",
            ),
        ]

    def __str__(self) -> str:
        return self.original_name
