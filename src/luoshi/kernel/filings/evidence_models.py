"""Which evidence proves a version of a filing, and which is at hand for the next one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.ledger.rows import Ledgered


class FilingEvidence(Ledgered):
    """One revision of evidence that a version was filed with, in a field of its form. Never changed."""

    ledger_type: ClassVar[str] = "filing_evidence"

    filing = models.ForeignKey(
        "filings.Filing", verbose_name="填报版次", on_delete=models.PROTECT, related_name="evidence"
    )
    revision = models.ForeignKey(
        "evidence.Revision", verbose_name="佐证版次", on_delete=models.PROTECT, related_name="+"
    )
    field = CodeField("字段", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "填报佐证"
        constraints = [
            models.UniqueConstraint(
                fields=["filing", "revision"],
                name="filings_one_evidence",
                violation_error_message="同一份佐证在一个版次中只用一次。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} {self.field} {self.revision_id}"


class EntryEvidence(models.Model):
    """Evidence at hand for the next version of an obligation's filing. Not in the ledger, like a draft.

    It stays after a version was filed, so that the one after a return starts with the same evidence.
    """

    obligation = models.ForeignKey(
        "filings.Obligation", verbose_name="应报", on_delete=models.PROTECT, related_name="evidence_at_hand"
    )
    evidence = models.OneToOneField(
        "evidence.Evidence", verbose_name="佐证", on_delete=models.PROTECT, related_name="+"
    )
    field = CodeField("字段", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "待用佐证"

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.field} {self.evidence_id}"
