"""What packs have put into force: one row per pack version, one per definition, one per bound slot."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.ledger.rows import Ledgered, Root


class PackVersion(Root):
    """One installed version of a pack. It is never changed; retiring it only takes it out of use."""

    ledger_type: ClassVar[str] = "pack_version"

    pack = CodeField("业务包", max_length=40)
    version = models.PositiveIntegerField("版本")
    title = models.CharField("名称", max_length=100)
    content_hash = CodeField("内容摘要", max_length=64)
    installed_at = models.DateTimeField("安装时间")
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = "业务包版本"
        ordering: ClassVar = ["pack", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pack", "version"],
                name="pack_version_once",
                violation_error_message="该业务包的这一版本已经安装。",
            ),
            models.UniqueConstraint(
                fields=["pack", "content_hash"],
                name="pack_content_once",
                violation_error_message="该业务包的同一内容已以另一版本号安装。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack} {self.version}"


class PackText(Ledgered):
    """The pack file of a version that was written here, whole, so that it can be installed elsewhere."""

    ledger_type: ClassVar[str] = "pack_text"
    ledger_private: ClassVar[tuple[str, ...]] = ("reason",)

    pack_version = models.OneToOneField(
        PackVersion, models.PROTECT, related_name="written", verbose_name="业务包版本"
    )
    text = models.TextField("业务包文件")
    reason = models.CharField("改动说明", max_length=500, blank=True)

    class Meta:
        verbose_name = "业务包文件"

    def __str__(self) -> str:
        return f"{self.pack_version_id}"


class Definition(Ledgered):
    """One entry of one section of a pack version: its canonical JSON text and the hash of that text."""

    ledger_type: ClassVar[str] = "definition"

    pack_version = models.ForeignKey(
        PackVersion, models.PROTECT, related_name="definitions", verbose_name="业务包版本"
    )
    kind = CodeField("类别", max_length=20)
    key = CodeField("代码", max_length=40)
    body = models.TextField("内容")
    body_hash = CodeField("内容摘要", max_length=64)

    class Meta:
        verbose_name = "业务包定义"
        ordering: ClassVar = ["pack_version_id", "kind", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pack_version", "kind", "key"], name="definition_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class SlotBinding(Ledgered):
    """Which real post or unit of this district stands in a slot of a pack. Kept across versions."""

    ledger_type: ClassVar[str] = "slot_binding"

    pack = CodeField("业务包", max_length=40)
    slot = CodeField("槽位", max_length=40)
    kind = CodeField("类别", max_length=10)
    target = CodeField("对应代码", max_length=60)

    class Meta:
        verbose_name = "业务包槽位"
        ordering: ClassVar = ["pack", "slot"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pack", "slot"], name="slot_bound_once"),
        ]

    def __str__(self) -> str:
        return f"{self.pack}.{self.slot}"
