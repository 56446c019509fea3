"""Small helpers of the ledger's tests: an actor, an opened folder, raw SQL behind the guards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from luoshi.core.actor import By
from luoshi.kernel.ledger.actions import record
from tests.harness.flush import guards_lifted
from tests.harness.times import NOW
from tests.kernel.ledger.sample.models import Folder, Sheet

CLERK = By(7, "desk", "u01")


def folder_opened(*, title: str = "甲", keeper: str = "张三", sheets: int = 1) -> tuple[Folder, list[Sheet]]:
    """Save a folder with its sheets and record it as one event."""
    with transaction.atomic():
        folder = Folder.objects.create(title=title, keeper=keeper)
        rows = [
            Sheet.objects.create(
                folder=folder,
                amount=Decimal("1.50"),
                note=f"说明{number}",
                values={"a": ["1.5", None, True]},
                day=date(2021, 1, 4),
                seen_at=NOW,
                mark=b"\x01",
            )
            for number in range(sheets)
        ]
        record(folder, "folder.opened", by=CLERK, at=NOW, rows=rows, data={"sheets": sheets})
    return folder, rows


def folder_changed(folder: Folder, title: str, **given: Any) -> None:
    """Save a new title and record it."""
    with transaction.atomic():
        folder.title = title
        folder.save()
        record(folder, "folder.changed", by=CLERK, at=NOW, **given)


def tamper(sql: str, parameters: Sequence[Any] = ()) -> int:
    """Run one statement with the guards lifted, as somebody with the rights of the database owner would."""
    with transaction.atomic(), guards_lifted(connection), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.rowcount


def codes(verdict: Any) -> set[str]:
    return {fault.code for fault in verdict.faults}
