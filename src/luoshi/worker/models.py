from __future__ import annotations

from django.db import models

from luoshi.db.fields import CodeField


class Lease(models.Model):
    """Who may do a job until when. Held in real time, also while the demo runs on its own clock."""

    name = CodeField("名称", max_length=40, unique=True)
    holder = CodeField("持有者", max_length=80)
    until = models.DateTimeField("有效至")

    class Meta:
        verbose_name = "租约"
        verbose_name_plural = "租约"

    def __str__(self) -> str:
        return self.name
