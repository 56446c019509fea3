"""Names of uploaded files: only ever shown, never used as a path."""

from __future__ import annotations

import re
import unicodedata

LONGEST_NAME = 255
# Control, format (bidi, zero width), surrogate and private-use characters have no place in a shown name.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def plain_name(name: str) -> str:
    """Return the last part of ``name`` without hidden characters, at most 255 characters; never empty.

    >>> plain_name("C:\\\\tmp\\\\八月\\u202e通报.xlsx")
    '八月通报.xlsx'
    """
    leaf = re.split(r"[\\/]", name)[-1]
    shown = "".join(char for char in leaf if unicodedata.category(char) not in _HIDDEN).strip()
    if len(shown) > LONGEST_NAME:
        stem, dot, ending = shown.rpartition(".")
        shown = f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}" if dot else shown[:LONGEST_NAME]
    return shown[:LONGEST_NAME] or "未命名"


def kind_of_name(name: str) -> str:
    """Return the ending in small letters, at most 10 characters, or "" when there is none.

    >>> kind_of_name("通报.XLSX"), kind_of_name("通报")
    ('xlsx', '')
    """
    _, dot, ending = plain_name(name).rpartition(".")
    return ending.lower()[:10] if dot else ""
