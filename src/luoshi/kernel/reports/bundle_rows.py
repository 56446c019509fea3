"""The rows behind the figures of a frozen report, without personal data, each with its filing event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from luoshi.core.canonical import canonical_bytes
from luoshi.core.merkle import merkle_root
from luoshi.core.periods import parse_period
from luoshi.kernel.definitions.fields import Field, FieldKind
from luoshi.kernel.filings.facts import chunks, row_tag
from luoshi.kernel.filings.forms import Form
from luoshi.kernel.filings.models import Filing, FilingFact
from luoshi.kernel.indicators.models import Figure
from luoshi.kernel.ledger.queries import EventView, namings_of
from luoshi.kernel.ledger.rows import milliseconds

Row = dict[str, Any]


@dataclass(frozen=True)
class Gathered:
    """Rows in the order of form, period and filing, and the events that filed them."""

    rows: Sequence[Row]
    events: Sequence[EventView]


def rows_gathered(figures: Iterable[Figure], forms: Mapping[str, Form], named: frozenset[str]) -> Gathered:
    """Return every version of a filing that one of ``figures`` could have counted.

    ``forms``: form ref → form; ``named``: the names that the definitions read. A version counts for a figure
    when the event that filed it stands before the figure's ledger position and none before it ended it, so
    the same rows are found whatever was filed, returned or corrected since.
    """
    figures = list(figures)
    periods = [parse_period(code) for code in sorted({figure.period_code for figure in figures})]
    if not periods:
        return Gathered([], [])
    last = max(figure.position for figure in figures)
    facts = FilingFact.objects.filter(
        form_ref__in=sorted(forms),
        period_start__gte=min(each.start for each in periods),
        period_end__lte=max(each.end for each in periods),
    ).order_by("form_ref", "period_code", "filing_id")
    wanted = [
        fact
        for fact in facts.iterator()
        if any(
            each.code == fact.period_code or each.contains(parse_period(fact.period_code)) for each in periods
        )
    ]
    rows: list[Row] = []
    events: dict[int, EventView] = {}
    for chunk in chunks(wanted):
        ids = [fact.filing_id for fact in chunk]
        filings = Filing.objects.in_bulk(ids)
        namings = namings_of(Filing.ledger_type, ids)
        for fact in chunk:
            filed = namings[fact.filing_id][0]
            if filed.position is None or filed.position >= last:
                continue
            form = forms[fact.form_ref]
            rows.append(_row(fact, filings[fact.filing_id], form, named, namings[fact.filing_id], last))
            events[filed.id] = filed
    return Gathered(rows, [events[key] for key in sorted(events)])


def _row(
    fact: FilingFact,
    filing: Filing,
    form: Form,
    named: frozenset[str],
    events: Sequence[EventView],
    last: int,
) -> Row:
    public = {field.key for field in form.fields if _public(field, named)}
    values = {key: value for key, value in filing.values.items() if key in public}
    filed = events[0]
    ended = _ended(fact, events)
    return {
        "filing": filing.pk,
        "form": fact.form_ref,
        "period": fact.period_code,
        "unit_id": fact.unit_id,
        "unit": fact.unit_code,
        "kind": fact.unit_kind,
        "branch": fact.unit_branch,
        "parent": fact.unit_parent,
        "answer": fact.answer,
        "timing": fact.timing,
        "from": filed.position,
        # An end after the newest figure changes none of them, and would make every later bundle another one.
        "to": ended if ended is not None and ended < last else None,
        "values": values,
        "whole": values.keys() == filing.values.keys(),
        "tag": row_tag(filing),
        "digest": next(
            digest for kind, pk, digest in filed.after if (kind, pk) == (filing.ledger_type, filing.pk)
        ),
    }


def _public(field: Field, named: frozenset[str]) -> bool:
    """Say whether a bundle tells a field: counted, no personal data, and free text only where it is read."""
    return field.fact and not field.pii and (field.kind is not FieldKind.TEXT or field.key in named)


def _ended(fact: FilingFact, events: Sequence[EventView]) -> int | None:
    """Return the position of the event that ended a version, None while it stands or the event waits."""
    if fact.to_ms is None:
        return None
    after = [event for event in events[1:] if milliseconds(event.at) == fact.to_ms]
    return (after or events)[-1].position


def manifests_of(lines: Iterable[tuple[Row, bytes]]) -> list[dict[str, Any]]:
    """Return, for each form and period, how many rows there are and the Merkle root over their bytes."""
    grouped = groupby(lines, key=lambda pair: (pair[0]["form"], pair[0]["period"]))
    found = []
    for (form, period), pairs in grouped:
        owned = [line for _, line in pairs]
        found.append({"form": form, "period": period, "rows": len(owned), "root": merkle_root(owned).hex()})
    return found


def row_line(row: Row) -> bytes:
    """Return the bytes of a row in the bundle."""
    return canonical_bytes(row)
