"""Which evidence an item has, and which of it a move was taken with."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from luoshi.kernel.ledger.rows import Ledgered


class ItemEvidence(Ledgered):
    """A piece of evidence of an item. ``step``: the newest step when its standing revision was handed in."""

    ledger_type: ClassVar[str] = "item_evidence"

    item = models.ForeignKey(
        "items.Item", verbose_name="事项", on_delete=models.PROTECT, related_name="evidence"
    )
    evidence = models.OneToOneField(
        "evidence.Evidence", verbose_name="佐证", on_delete=models.PROTECT, related_name="+"
    )
    step = models.PositiveIntegerField("提交时流转")

    class Meta:
        verbose_name = verbose_name_plural = "事项佐证"

    def __str__(self) -> str:
        return f"{self.item_id} {self.evidence_id}"


class MoveEvidence(Ledgered):
    """One revision of evidence that a move was taken with. Never changed."""

    ledger_type: ClassVar[str] = "move_evidence"

    step = models.ForeignKey(
        "items.ItemMove", verbose_name="流转", on_delete=models.PROTECT, related_name="evidence"
    )
    revision = models.ForeignKey(
        "evidence.Revision", verbose_name="佐证版次", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "流转佐证"
        constraints = [
            models.UniqueConstraint(
                fields=["step", "revision"],
                name="items_one_evidence_a_move",
                violation_error_message="同一份佐证在一次流转中只用一次。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step_id} {self.revision_id}"
