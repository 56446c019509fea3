"""Numbers that come in addresses."""

from __future__ import annotations


def number_or_none(text: str | None) -> int | None:
    """Return a positive whole number of an address, None for anything else.

    >>> number_or_none("12"), number_or_none("-1"), number_or_none("x"), number_or_none(None)
    (12, None, None, None)
    """
    if not text or not text.isascii() or not text.isdigit() or len(text) > 15:
        return None
    return int(text)
