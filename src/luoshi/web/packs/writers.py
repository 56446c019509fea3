"""Which function writes a kind of definition in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from luoshi.kernel.definitions.queries import Def
from luoshi.web.packs.item_words import item_words, migrate_words
from luoshi.web.packs.notice_words import notice_words
from luoshi.web.packs.slip_words import slip_words
from luoshi.web.packs.words import WRITERS, Titles, Words

ALL_WRITERS: Mapping[str, Callable[[Mapping[str, Any], Titles], Words]] = {
    **WRITERS,
    "item": item_words,
    "migrate": migrate_words,
    "notice": notice_words,
    "slip": slip_words,
}


def words_of(found: Def, titles: Titles) -> Words:
    """Return a definition in words."""
    return ALL_WRITERS[found.kind](found.body, titles)
