"""Which function writes a kind of definition in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from luoshi.kernel.definitions.queries import Def
from luoshi.web.packs.figure_words import indicator_words, scheme_words
from luoshi.web.packs.form_words import form_words, import_words
from luoshi.web.packs.item_words import item_words, migrate_words
from luoshi.web.packs.list_words import list_words
from luoshi.web.packs.notice_words import notice_words
from luoshi.web.packs.report_words import report_words
from luoshi.web.packs.slip_words import slip_words
from luoshi.web.packs.words import Titles, Words, role_words, slot_words, test_words, vocab_words

WRITERS: Mapping[str, Callable[[Mapping[str, Any], Titles], Words]] = {
    "form": form_words,
    "import": import_words,
    "indicator": indicator_words,
    "item": item_words,
    "list": list_words,
    "migrate": migrate_words,
    "notice": notice_words,
    "report": report_words,
    "role": role_words,
    "scheme": scheme_words,
    "slip": slip_words,
    "slot": slot_words,
    "test": test_words,
    "vocab": vocab_words,
}


def words_of(found: Def, titles: Titles) -> Words:
    """Return a definition in words."""
    return WRITERS[found.kind](found.body, titles)
