"""Tables of the ledger. Imported only inside this app; no foreign keys, so that nothing can cascade into it.

All but ``Naming`` are append-only, guarded by triggers (``guards.py``); it is derived from the bodies.
"""

from __future__ import annotations

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.ledger.kinds import LONGEST_KIND
from luoshi.kernel.ledger.rows import LONGEST_TYPE

LONGEST_CODE = 64
LONGEST_KEY = 64


class Event(models.Model):
    """One action on one root. ``body`` holds the canonical bytes that are hashed; the columns repeat it."""

    id = models.BigAutoField("编号", primary_key=True)
    obj_type = CodeField("对象类别", max_length=LONGEST_TYPE)
    obj_id = models.BigIntegerField("对象编号")
    ver = models.PositiveIntegerField("版本")
    kind = CodeField("事件", max_length=LONGEST_KIND)
    at_ms = models.BigIntegerField("时间（毫秒）")
    account = models.BigIntegerField("账号")
    unit = CodeField("单位编码", max_length=LONGEST_CODE)
    body = models.BinaryField("原文")

    class Meta:
        verbose_name = "留痕事件"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("obj_type", "obj_id", "ver"), name="ledger_event_object_version"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.obj_type} {self.obj_id} v{self.ver}"


class Pending(models.Model):
    """Outbox: an event without a position yet, and the SHA-256 of its body taken when it was written."""

    event_id = models.BigIntegerField("事件编号", primary_key=True)
    hash = models.BinaryField("原文摘要")

    class Meta:
        verbose_name = "待编号事件"
        ordering = ("event_id",)

    def __str__(self) -> str:
        return str(self.event_id)


class Leaf(models.Model):
    """The position of an event, contiguous from 0, and its RFC 6962 leaf hash, SHA-256(0x00, body)."""

    leaf_index = models.BigIntegerField("留痕序号", primary_key=True)
    event_id = models.BigIntegerField("事件编号", unique=True)
    hash_sha256 = models.BinaryField("叶摘要")

    class Meta:
        verbose_name = "留痕序号"
        ordering = ("leaf_index",)

    def __str__(self) -> str:
        return str(self.leaf_index)


class Naming(models.Model):
    """Derived: which events name a row that is not itself a root. Rebuilt from the bodies at any time."""

    pk = models.CompositePrimaryKey("row_type", "row_id", "event_id")
    row_type = CodeField("行类别", max_length=LONGEST_TYPE)
    row_id = models.BigIntegerField("行编号")
    event_id = models.BigIntegerField("事件编号")

    class Meta:
        verbose_name = "留痕索引"
        ordering = ("row_type", "row_id", "event_id")

    def __str__(self) -> str:
        return f"{self.row_type} {self.row_id} {self.event_id}"


class PrivateField(models.Model):
    """The salt of one commitment. Erasing sets ``salt`` to null: nobody can prove or guess the text then."""

    event_id = models.BigIntegerField("事件编号")
    row_type = CodeField("行类别", max_length=LONGEST_TYPE)
    row_id = models.BigIntegerField("行编号")
    name = CodeField("列", max_length=LONGEST_CODE)
    salt = models.BinaryField("盐", null=True)

    class Meta:
        db_table = "ledger_private"
        verbose_name = "个人信息承诺"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("row_type", "row_id", "name", "event_id"), name="ledger_private_row_column_event"
            ),
        )

    def __str__(self) -> str:
        return f"{self.row_type} {self.row_id} {self.name} {self.event_id}"


class Request(models.Model):
    """A request key that has taken effect and the result that the same key is answered with again."""

    account = models.BigIntegerField("账号")
    key = CodeField("请求编号", max_length=LONGEST_KEY)
    at_ms = models.BigIntegerField("时间（毫秒）")
    result = models.BinaryField("结果")

    class Meta:
        verbose_name = "请求"
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("account", "key"), name="ledger_request_account_key"),)

    def __str__(self) -> str:
        return f"{self.account} {self.key}"


class SecurityEntry(models.Model):
    """A refusal, a denied access or a sign-in. Written after rollback; never part of the ledger."""

    kind = CodeField("类别", max_length=LONGEST_KIND)
    account = models.BigIntegerField("账号", null=True)
    at_ms = models.BigIntegerField("时间（毫秒）")
    detail = models.BinaryField("详情")

    class Meta:
        db_table = "ledger_security"
        verbose_name = "安全日志"
        ordering = ("id",)
        indexes = (models.Index(fields=("kind", "account", "at_ms"), name="ledger_security_kind_account"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.account}"
