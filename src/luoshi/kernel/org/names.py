"""Names and codes of units: what a code may look like, and when two spellings are the same name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from luoshi.core.errors import nearest

LONGEST_CODE = 40
LONGEST_TITLE = 100
LONGEST_SHORT = 40
CODE_RULE = "编码由字母、数字和 . _ - 组成，以字母或数字开头"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SPACE = re.compile(r"\s+")


def code_fits(code: str, longest: int = LONGEST_CODE) -> bool:
    """Say whether a text may be a code: ASCII letters, digits and ``. _ -``, at most ``longest`` characters.

    >>> code_fits("PJ01"), code_fits("盘锦"), code_fits("-a"), code_fits("")
    (True, False, False, False)
    """
    return len(code) <= longest and bool(_CODE.fullmatch(code))


def tidy(text: str) -> str:
    """Return a name as it is kept: composed characters, single inner spaces, none outside.

    >>> tidy("  盘锦市  兴隆台区 ")
    '盘锦市 兴隆台区'
    """
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()


def name_key(text: str) -> str:
    """Return what two spellings of one name share: width, case and spaces do not count.

    >>> name_key("兴隆台区（本级）") == name_key("兴隆台 区(本级)")
    True
    """
    return _SPACE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def shown(text: str, most: int = 40) -> str:
    """Return a typed text as a message repeats it: cut when somebody filled a page into a cell.

    >>> shown("兴隆街道"), shown("长" * 50) == "长" * 40 + "…"
    ('兴隆街道', True)
    """
    return text if len(text) <= most else f"{text[:most]}…"


class Suggestions:
    """The known name nearest to a typed one, for the faults of one table.

    Comparing is slow (20 ms with 5,000 names), so at most ``most`` different texts are compared: a table in
    which everything is wrong is answered as fast as one in which something is.
    """

    def __init__(self, names: Iterable[str], most: int = 100) -> None:
        self._names = sorted(set(names))
        self._most = most
        self._given: dict[str, str | None] = {}

    def of(self, text: str) -> str | None:
        """Return the nearest name; None when none is close or too many were asked for already."""
        if text not in self._given:
            if len(self._given) >= self._most or len(text) > LONGEST_TITLE:
                return None
            self._given[text] = nearest(text, self._names)
        return self._given[text]


def some(names: Sequence[str], most: int = 3) -> str:
    """Return the first few names for a message, and how many there are when there are more.

    >>> some(["甲", "乙"]), some(["甲", "乙", "丙", "丁"])
    ('甲、乙', '甲、乙、丙等4个')
    """
    shown = "、".join(names[:most])
    return shown if len(names) <= most else f"{shown}等{len(names)}个"
