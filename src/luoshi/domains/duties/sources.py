"""What filings themselves tell of a unit: how much it answered in time, and what it mended after a return.

Both are of a period that is over: what fell due in it and was not answered by its last day counts as missing.
"""

from __future__ import annotations

from datetime import datetime, time

from luoshi.core.beijing import LOCAL, end_of_day
from luoshi.core.canonical import decimal_text
from luoshi.core.periods import Period
from luoshi.kernel.elements.sources import SourceValue
from luoshi.kernel.filings.models import Answer, Obligation
from luoshi.kernel.filings.statistics import By, Counts, counts_of

ON_TIME, MENDED = "QD91", "QD92"
TITLES = {ON_TIME: "应报事项按时答复率", MENDED: "退回事项已补正数"}


def on_time_share(unit_id: int, period: Period) -> SourceValue | None:
    """Return the percentage of what fell due in ``period`` that was answered in time; None for none."""
    owed = Obligation.objects.filter(
        unit_id=unit_id, due_at__gte=_begin(period), due_at__lte=end_of_day(period.end)
    )
    found = counts_of(owed, by=By.ALL, at=end_of_day(period.end)).get((), Counts())
    rate = found.on_time_rate
    if rate is None:
        return None
    return SourceValue(decimal_text(rate), f"{period.title}到期{found.due}份，按时{found.on_time}份")


def returns_mended(unit_id: int, period: Period) -> SourceValue | None:
    """Return how many obligations of periods inside ``period`` were answered anew after a return."""
    owed = Obligation.objects.filter(
        unit_id=unit_id, period_start__gte=period.start, period_end__lte=period.end, returns__gt=0
    )
    returned = owed.order_by().count()
    if not returned:
        return None
    mended = owed.filter(answer__in=[Answer.FILED, Answer.NIL]).order_by().count()
    return SourceValue(str(mended), f"{period.title}被退回{returned}份，已补正{mended}份")


def _begin(period: Period) -> datetime:
    return datetime.combine(period.start, time(), tzinfo=LOCAL)
