"""What is typed before it is said."""

from __future__ import annotations

from django.db import models


class Draft(models.Model):
    """What was typed so far for an obligation. Not in the ledger: nothing has been said yet.

    ``values`` and ``explained``: field key → text as typed. ``rev`` grows with every save; it is kept until
    nobody can fill any more, so that an old page never overwrites a newer text.
    """

    obligation = models.OneToOneField(
        "filings.Obligation", verbose_name="应报", on_delete=models.PROTECT, related_name="draft"
    )
    values = models.JSONField("填报值", default=dict)
    note = models.TextField("说明", blank=True)
    explained = models.JSONField("变动说明", default=dict)
    late_reason = models.TextField("迟报理由", blank=True)
    occurred = models.CharField("事项发生日期", max_length=20, blank=True)
    rev = models.PositiveIntegerField("修订号")
    saved_at = models.DateTimeField("保存时间")
    saved_by_account = models.BigIntegerField("保存账号")
    saved_by_name = models.CharField("保存人", max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = "填报草稿"

    def __str__(self) -> str:
        return f"{self.obligation_id} 草稿 {self.rev}"
