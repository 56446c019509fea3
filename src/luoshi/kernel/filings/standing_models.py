"""What the district decided about a form after its pack was installed: records, never edits of the pack."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.ledger.rows import Root


class StandingKind(models.TextChoices):
    """What is decided about a form."""

    STOP = "stop", "停用"
    RENEW = "renew", "续期"


class StandingState(models.TextChoices):
    """Where a decision stands. A stop is in force at once; a renewal is asked for first."""

    ASKED = "asked", "待批准"
    GRANTED = "granted", "已生效"
    REFUSED = "refused", "未获批准"


class FormStanding(Root):
    """One decision about a form. The newest granted one rules; ``seq`` counts them from 1.

    ``until``: the last day on which a renewed form opens; empty for a stop. ``basis`` is the document behind
    a renewal, ``reason`` what is said for it or for the stop, ``reply`` what the one who decided answered.
    """

    ledger_type: ClassVar[str] = "form_standing"
    ledger_private: ClassVar[tuple[str, ...]] = ("reason", "reply")

    form_ref = CodeField("表单", max_length=80)
    seq = models.PositiveIntegerField("次序")
    kind = CodeField("类别", max_length=8, choices=StandingKind.choices)
    state = CodeField("状态", max_length=8, choices=StandingState.choices)
    until = models.DateField("有效期至", null=True, blank=True)
    basis = models.CharField("依据", max_length=100, blank=True)
    reason = models.TextField("理由", blank=True)
    asked_at = models.DateTimeField("提出时间")
    asked_by_account = models.BigIntegerField("提出账号")
    asked_by_post = CodeField("提出岗位", max_length=60, blank=True)
    asked_by_unit = CodeField("提出单位", max_length=40, blank=True)
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    decided_by_account = models.BigIntegerField("决定账号", null=True, blank=True)
    decided_by_post = CodeField("决定岗位", max_length=60, blank=True)
    reply = models.TextField("答复", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "报表管理决定"
        constraints = [
            models.UniqueConstraint(
                fields=["form_ref", "seq"],
                name="filings_standing_once",
                violation_error_message="同一表单的决定次序不得重复。",
            ),
            models.UniqueConstraint(
                fields=["form_ref"],
                condition=models.Q(state=StandingState.ASKED),
                name="filings_one_renewal_asked",
                violation_error_message="该表单已有一份续期申请等待答复。",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=StandingKind.STOP, until__isnull=True)
                | models.Q(kind=StandingKind.RENEW, until__isnull=False),
                name="filings_renewal_has_day",
                violation_error_message="续期须写明有效期，停用不写。",
            ),
            models.CheckConstraint(
                condition=models.Q(state=StandingState.ASKED, decided_at__isnull=True)
                | models.Q(
                    state__in=[StandingState.GRANTED, StandingState.REFUSED], decided_at__isnull=False
                ),
                name="filings_standing_decided",
                violation_error_message="已决定的须有决定时间，未决定的没有。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form_ref} {self.seq}"
