"""Asking the index. It knows nothing of who asks: what it finds goes through the owner's ``*_visible``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from luoshi.kernel.search.engines import TABLE, match_condition
from luoshi.kernel.search.grams import folded, grams_asked, is_plain
from luoshi.kernel.search.models import SearchDocument
from luoshi.kernel.search.sources import KINDS, source_of

DOCUMENTS = SearchDocument._meta.db_table


def found_ids(
    kind: str, words: Sequence[str], *, most: int, below: int | None = None, above: int | None = None
) -> list[int]:
    """Return the ids of the newest ``most`` records of a kind that hold every word, the newest first.

    ``below``: only records older than this id. ``above``: only newer ones, and then the oldest of them, the
    oldest first. A list shorter than ``most`` is whole. One query.
    """
    source = source_of(kind)
    asked = [folded(word) for word in words]
    grams = list(dict.fromkeys(gram for word in asked for gram in grams_asked(word)))
    named = TABLE if grams else DOCUMENTS
    row = "rowid" if grams else "id"
    conditions, params = [f"{named}.{row} %% {KINDS} = %s"], [source.number]
    listed: list[Any] = list(params)
    if grams:
        condition, given = match_condition(grams)
        conditions.insert(0, condition)
        listed.insert(0, given)
    if below is not None:
        conditions.append(f"{named}.{row} < %s")
        listed.append(below * KINDS)
    if above is not None:
        conditions.append(f"{named}.{row} >= %s")
        listed.append((above + 1) * KINDS)
    unsure = [word for word in asked if not is_plain(word)]
    joined = named
    if unsure and grams:
        joined = f"{TABLE} CROSS JOIN {DOCUMENTS}"
        conditions.append(f"{DOCUMENTS}.id = {TABLE}.rowid")
    for word in unsure:
        conditions.append(f"{DOCUMENTS}.text LIKE %s ESCAPE '\\'")
        listed.append(f"%{_escaped(word)}%")
    order = "ASC" if above is not None else "DESC"
    query = (
        f"SELECT {named}.{row} FROM {joined} WHERE {' AND '.join(conditions)} "
        f"ORDER BY {named}.{row} {order} LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [*listed, most])
        return [found // KINDS for (found,) in cursor.fetchall()]


def holds(kind: str, words: Sequence[str], column: str) -> Exists:
    """Return the condition that the document of the record in ``column`` holds every word.

    It looks at one document a row, for lists that are short or walked in order; ``found_ids`` finds.
    """
    condition = Q()
    for word in words:
        condition &= Q(text__contains=folded(word))
    rows: QuerySet[SearchDocument] = SearchDocument.objects.filter(
        condition, kind=source_of(kind).kind, object_id=OuterRef(column)
    )
    return Exists(rows.order_by())


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
