"""The periods that have been opened, to be offered where a period is typed."""

from __future__ import annotations

from luoshi.core.actor import Actor
from luoshi.core.errors import Invalid
from luoshi.core.periods import Period, PeriodKind, parse_period
from luoshi.kernel.filings.queries import obligations_visible


def periods_opened(actor: Actor, form_ref: str = "") -> list[Period]:
    """Return every period of the obligations in sight (of one form), the latest first. One query."""
    found = obligations_visible(actor)
    if form_ref:
        found = found.filter(form_ref=form_ref)
    codes = found.order_by().values_list("period_code", flat=True).distinct()
    return sorted(map(parse_period, codes), key=lambda each: (each.end, each.code), reverse=True)


def year_or_none(text: str) -> Period | None:
    """Return the year that an address names, None for anything else.

    >>> year_or_none("2023").end.isoformat(), year_or_none("2023-01"), year_or_none("20x")
    ('2023-12-31', None, None)
    """
    try:
        period = parse_period(text)
    except Invalid:
        return None
    return period if period.kind is PeriodKind.YEAR else None
