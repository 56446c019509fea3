"""The periods that have been opened, to be offered where a period is typed."""

from __future__ import annotations

from luoshi.core.actor import Actor
from luoshi.core.periods import Period, parse_period
from luoshi.kernel.filings.queries import obligations_visible


def periods_opened(actor: Actor) -> list[Period]:
    """Return every period of the obligations in sight, the latest first. One query."""
    codes = obligations_visible(actor).order_by().values_list("period_code", flat=True).distinct()
    return sorted(map(parse_period, codes), key=lambda each: (each.end, each.code), reverse=True)
