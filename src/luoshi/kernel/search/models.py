"""The texts that can be found. Not in the ledger: they follow from the records."""

from __future__ import annotations

from django.db import models

from luoshi.db.fields import CodeField


class SearchDocument(models.Model):
    """What can be found of one record. ``id``: record id × 16 + number of its kind, so that the newest record
    of a kind has the highest. ``text``: folded, its parts on lines of their own.
    """

    id = models.BigIntegerField("编号", primary_key=True)
    kind = CodeField("类别", max_length=20)
    object_id = models.BigIntegerField("记录")
    text = models.TextField("检索内容")

    class Meta:
        verbose_name = verbose_name_plural = "检索内容"
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="search_one_document")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
