"""What of a text the index holds: every letter, digit and Chinese character, alone and with the next.

Chinese has no blanks between words, and most words searched for have two characters: pairs find them
without a dictionary. Whoever looks for a longer word asks for all its pairs; the text itself is compared
afterwards.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 4000
MOST_ASKED = 24
_RUN = re.compile(r"[^\W_]+")
_BLANK = re.compile(r"[^\S\n]+")


def folded(text: str) -> str:
    """Return a text as it is compared: full and half width alike, capitals and small letters alike.

    >>> folded("ＺＱ２０２３  续贷")
    'zq2023 续贷'
    """
    return _BLANK.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def grams_held(text: str) -> set[str]:
    """Return what the index holds of a folded text, each as code points in hex, so that no tokenizer differs.

    >>> sorted(grams_held("续贷"))
    ['7eed', '7eedx8d37', '8d37']
    """
    found: set[str] = set()
    for run in _RUN.findall(text[:LONGEST]):
        points = [f"{ord(char):x}" for char in run]
        found.update(points)
        found.update(f"{one}x{two}" for one, two in zip(points, points[1:], strict=False))
    return found


def grams_asked(word: str) -> list[str]:
    """Return what every text holding a folded word must hold; nothing for a word of signs alone.

    >>> grams_asked("续贷难"), grams_asked("续"), grams_asked("，")
    (['7eedx8d37', '8d37x96be'], ['7eed'], [])
    """
    found: list[str] = []
    for run in _RUN.findall(word):
        points = [f"{ord(char):x}" for char in run]
        pairs = [f"{one}x{two}" for one, two in zip(points, points[1:], strict=False)]
        found += pairs or points
    return list(dict.fromkeys(found))[:MOST_ASKED]


def is_plain(word: str) -> bool:
    """Say whether holding the grams of a folded word means holding the word: it is one or two characters.

    >>> is_plain("续贷"), is_plain("续贷难"), is_plain("a b"), is_plain("")
    (True, False, False, False)
    """
    return 0 < len(word) <= 2 and _RUN.fullmatch(word) is not None
