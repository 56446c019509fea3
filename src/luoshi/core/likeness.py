"""How alike two short titles are, so that the same thing asked under two names is noticed."""

from __future__ import annotations

import unicodedata
from collections import Counter

# Alike from here on. A parameter of ours, chosen on titles of published forms; nothing is refused by it.
NEAR_PERCENT = 70


def likeness(one: str, other: str) -> int:
    """Return how alike two titles are, 0 to 100: twice the shared pairs of neighbouring characters (bigrams)
    by all pairs of both, cut to a whole percent.

    Width, case, spaces and marks do not count. A title of one character is like itself only.
    Source: Dice coefficient over bigrams.

    >>> likeness("清单在办事项数", "清单在办事项数（件）"), likeness("在办事项数", "清单在办事项数")
    (92, 80)
    >>> likeness("发现问题数", "已整改问题数"), likeness("约谈", "约谈"), likeness("人", "件")
    (44, 100, 0)
    """
    first, second = _plain(one), _plain(other)
    if first == second:
        return 100 if first else 0
    pairs, others = _pairs(first), _pairs(second)
    whole = pairs.total() + others.total()
    return 200 * (pairs & others).total() // whole if whole else 0


def near(one: str, other: str) -> bool:
    """Say whether two titles are near enough to be shown to whoever admits a form.

    >>> near("清单在办事项数", "在办事项数"), near("受理件数", "办结件数")
    (True, False)
    """
    return likeness(one, other) >= NEAR_PERCENT


def _plain(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def _pairs(text: str) -> Counter[str]:
    return Counter(text[place : place + 2] for place in range(len(text) - 1))
