"""What of filings hangs on the head of a unit or its clerk when they leave."""

from __future__ import annotations

from datetime import datetime

from luoshi.core.beijing import local_day
from luoshi.core.periods import parse_period
from luoshi.kernel.filings.forms import form_by_id
from luoshi.kernel.filings.models import Answer, Obligation
from luoshi.kernel.org.handing import Held, Holding

MOST = 500


def filings_owed(holding: Holding, now: datetime) -> list[Held]:
    """Return what the unit of a post still owes, the longest overdue first, at most 500. Two queries."""
    owed = Obligation.objects.filter(unit_id=holding.unit_id, answer=Answer.NONE).order_by("due_at", "id")
    return [
        Held(
            kind="obligation",
            id=row.pk,
            number="",
            title=f"{form_by_id(row.definition_id).title}　{parse_period(row.period_code).title}",
            state="逾期未报" if row.due_at is not None and row.due_at < now else "未报",
            due_on=local_day(row.due_at) if row.due_at is not None else None,
        )
        for row in owed[:MOST]
    ]
