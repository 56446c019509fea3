"""``luoshi verify search``: the index against the records it was made from."""

from __future__ import annotations

from collections.abc import Iterator

from luoshi.kernel.ledger.checkers import Finding, Progress


def search_finding(progress: Progress) -> Finding:
    """Compare what can be found with the records, and the grams with the texts; changes nothing."""
    from luoshi.kernel.search.models import SearchDocument  # models are not loaded when this is registered

    faults = list(_faults(progress))
    return Finding(f"已核对检索内容 {SearchDocument.objects.count()} 件", tuple(faults))


def _faults(progress: Progress) -> Iterator[str]:
    from luoshi.kernel.search.actions import document_id, text_held
    from luoshi.kernel.search.engines import gram_sum, gram_sums
    from luoshi.kernel.search.grams import grams_held
    from luoshi.kernel.search.models import SearchDocument
    from luoshi.kernel.search.sources import sources

    held = dict(SearchDocument.objects.order_by("id").values_list("id", "text"))
    sums = gram_sums()
    done = 0
    for source in sources():
        for object_id, text in source.texts():
            done += 1
            progress("核对检索内容", done)
            row_id, wanted = document_id(source, object_id), text_held(text)
            if held.pop(row_id, None) != wanted:
                yield f"{source.title} {object_id}：检索内容与记录不符。"
            if sums.pop(row_id, 0) != gram_sum(grams_held(wanted)):
                yield f"{source.title} {object_id}：检索词与内容不符。"
    for row_id in sorted({*held, *sums}):
        yield f"检索库中多出编号 {row_id}，没有对应的记录。"
