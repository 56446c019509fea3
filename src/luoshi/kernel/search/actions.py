"""Writing the index: in the transaction of the action that changed the record, or the whole of it anew.

Nothing here is in the ledger: what the index says follows from the records.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from django.db import transaction

from luoshi.kernel.search.engines import grams_clear, grams_drop, grams_put
from luoshi.kernel.search.grams import LONGEST, folded, grams_held
from luoshi.kernel.search.models import SearchDocument
from luoshi.kernel.search.sources import KINDS, Source, source_of, sources

AT_ONCE = 500


def document_put(kind: str, object_id: int, text: str) -> bool:
    """Let a record be found by ``text``, its parts on lines of their own; return whether anything changed.

    Call it inside the transaction that writes the record, and never with personal fields.
    Raises: LookupError for a kind nobody registered. Ledger: none.
    """
    row_id = document_id(source_of(kind), object_id)
    text = text_held(text)
    found = SearchDocument.objects.filter(pk=row_id).order_by("id").first()
    if found is not None and found.text == text:
        return False
    if found is None:
        SearchDocument.objects.create(id=row_id, kind=kind, object_id=object_id, text=text)
    else:
        grams_drop([(row_id, grams_held(found.text))])
        found.text = text
        found.save(update_fields=["text"])
    grams_put([(row_id, grams_held(text))])
    return True


def document_drop(kind: str, object_id: int) -> bool:
    """Let a record be found no more; return whether it could be. Call it in the transaction that removes it.

    Raises: LookupError for a kind nobody registered. Ledger: none.
    """
    row_id = document_id(source_of(kind), object_id)
    found = SearchDocument.objects.filter(pk=row_id).order_by("id").first()
    if found is None:
        return False
    grams_drop([(row_id, grams_held(found.text))])
    found.delete()
    return True


@transaction.atomic
def search_rebuild(progress: Callable[[str, int], None] = lambda stage, done: None) -> int:
    """Make the whole index anew from the records; return how many can be found. Ledger: none."""
    SearchDocument.objects.all().delete()
    grams_clear()
    done = 0
    for source in sources():
        waiting = source.texts()
        while chunk := list(islice(waiting, AT_ONCE)):
            documents_add(source, chunk)
            done += len(chunk)
            progress(f"重建检索：{source.title}", done)
    return done


def documents_add(source: Source, texts: list[tuple[int, str]]) -> None:
    """Write the documents of records that have none yet, (record id, text) each. Needs a transaction."""
    rows = [
        SearchDocument(
            id=document_id(source, object_id), kind=source.kind, object_id=object_id, text=text_held(text)
        )
        for object_id, text in texts
    ]
    SearchDocument.objects.bulk_create(rows)
    grams_put((row.pk, grams_held(row.text)) for row in rows)


def document_id(source: Source, object_id: int) -> int:
    """Return the row id of a record's document."""
    return object_id * KINDS + source.number


def text_held(text: str) -> str:
    """Return a text as documents hold it: folded, cut where the index ends, lines kept."""
    lines = (folded(line) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)[:LONGEST]
