"""Facts: one row for each version of a filing, from which figures are computed.

They are made in the transaction of the filing and from nothing else than obligation and filing, so that they
can be made again at any time: ``facts_check`` compares, ``facts_rebuild`` replaces.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import TypeVar

from luoshi.core.canonical import canonical_bytes
from luoshi.kernel.definitions.slots import Slot
from luoshi.kernel.filings.models import Answer, Filing, FilingFact, Obligation, Timing
from luoshi.kernel.filings.slots import slots_of
from luoshi.kernel.ledger.rows import milliseconds

T = TypeVar("T")
BATCH = 500
COLUMNS = tuple(field.attname for field in FilingFact._meta.concrete_fields if not field.primary_key)


@dataclass(frozen=True, slots=True)
class FactFault:
    """A fact that does not follow from its filing: missing, extra or changed (``columns`` differ)."""

    code: str
    filing_id: int
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        what = {"missing": "缺少事实行", "extra": "多出事实行，没有对应的填报"}.get(
            self.code, f"事实行与填报不符：{'、'.join(self.columns)}"
        )
        return f"填报 {self.filing_id}：{what}"


@dataclass(frozen=True, slots=True)
class FactsVerdict:
    """What a comparison found. ``rows`` is the number of filings looked at."""

    rows: int
    faults: tuple[FactFault, ...]

    @property
    def ok(self) -> bool:
        """Say whether every fact follows from its filing and every filing has its fact."""
        return not self.faults


def fact_of(
    obligation: Obligation, filing: Filing, slots: Mapping[str, Slot], to_ms: int | None = None
) -> FilingFact:
    """Return the fact of one version; ``to_ms`` is when it ceased to count."""
    period_end = obligation.period_end
    submitted = milliseconds(filing.submitted_at)
    return FilingFact(
        filing_id=filing.pk,
        obligation_id=obligation.pk,
        form_ref=obligation.form_ref,
        unit_id=obligation.unit_id,
        unit_code=obligation.unit_code,
        unit_kind=obligation.unit_kind,
        unit_branch=branch_of(obligation),
        unit_parent=obligation.parents[-1][0] if obligation.parents else "",
        period_code=obligation.period_code,
        period_kind=obligation.period_kind,
        period_start=obligation.period_start,
        period_end=period_end,
        month=period_end.year * 100 + period_end.month,
        answer=Answer.NIL if filing.nil else Answer.FILED,
        timing=Timing.LATE if came_late(obligation, filing) else Timing.ON_TIME,
        submitted_ms=submitted,
        due_ms=None if obligation.due_at is None else milliseconds(obligation.due_at),
        from_ms=submitted,
        to_ms=to_ms,
        tag=row_tag(filing),
        **{slot.column: slot.stored(filing.values.get(key)) for key, slot in slots.items()},
    )


def came_late(obligation: Obligation, filing: Filing) -> bool:
    """Say whether a version came in after it was due, or after the mend-by time it was given."""
    owed_by = filing.mend_by or obligation.due_at
    return owed_by is not None and filing.submitted_at > owed_by


def branch_of(obligation: Obligation) -> str:
    """Return the code of the unit at depth 1 above, as it was on the opening day; "" for none."""
    return str(obligation.parents[1][0]) if len(obligation.parents) > 1 else ""


def row_tag(filing: Filing) -> int:
    """Return 31 bits of the SHA-256 over id and values, so that a changed value changes fingerprints."""
    named = canonical_bytes([filing.pk, dict(filing.values)])
    return int.from_bytes(hashlib.sha256(named).digest()[:4]) >> 1


def facts_write(pairs: Sequence[tuple[Obligation, Filing]], slots: Mapping[str, Slot]) -> None:
    """Write the facts of new versions (all of one form) and end those of the versions they replace."""
    for chunk in chunks(pairs):
        replaced = [obligation.pk for obligation, filing in chunk if filing.version > 1]
        if replaced:
            ended = milliseconds(chunk[0][1].submitted_at)
            FilingFact.objects.filter(obligation_id__in=replaced, to_ms=None).update(to_ms=ended)
        FilingFact.objects.bulk_create([fact_of(*pair, slots) for pair in chunk])


def facts_end(filing: Filing) -> None:
    """End the fact of a version that was returned or withdrawn, at its ``ended_at``."""
    assert filing.ended_at is not None
    FilingFact.objects.filter(filing_id=filing.pk).update(to_ms=milliseconds(filing.ended_at))


def facts_expected(form_ref: str | None = None) -> Iterator[list[FilingFact]]:
    """Yield the facts that should stand, in chunks, made from obligations and filings alone."""
    obligations = Obligation.objects.filter(current_version__gt=0)
    if form_ref is not None:
        obligations = obligations.filter(form_ref=form_ref)
    slots: dict[str, dict[str, Slot]] = {}
    for chunk in chunks(obligations.order_by("id").iterator(chunk_size=BATCH)):
        versions: dict[int, list[Filing]] = {obligation.pk: [] for obligation in chunk}
        filings = Filing.objects.filter(obligation_id__in=versions)
        for filing in filings.order_by("obligation_id", "version"):
            versions[filing.obligation_id].append(filing)
        made: list[FilingFact] = []
        for obligation in chunk:
            form_slots = slots.setdefault(obligation.form_ref, slots_of(obligation.form_ref))
            own = versions[obligation.pk]
            for filing, after in zip_longest(own, own[1:]):
                # Versions of before there was ``ended_at`` ended with the next one.
                ended = filing.ended_at or (after.submitted_at if after else None)
                to_ms = None if ended is None else milliseconds(ended)
                made.append(fact_of(obligation, filing, form_slots, to_ms))
        yield made


def facts_check(progress: Callable[[str, int], None] = lambda stage, done: None) -> FactsVerdict:
    """Compare every fact with the filing it was made from, and look for facts without a filing."""
    faults: list[FactFault] = []
    rows = 0
    for wanted in facts_expected():
        rows += len(wanted)
        progress("核对事实行", rows)
        found = {
            fact.filing_id: fact
            for fact in FilingFact.objects.filter(filing_id__in=[each.filing_id for each in wanted]).order_by(
                "id"
            )
        }
        faults.extend(fault for want in wanted if (fault := _differs(want, found.get(want.filing_id))))
    known = Filing.objects.order_by().values("id")
    extra = FilingFact.objects.exclude(filing_id__in=known).order_by("filing_id")
    faults.extend(FactFault("extra", filing_id) for filing_id in extra.values_list("filing_id", flat=True))
    return FactsVerdict(rows, tuple(faults))


def _differs(want: FilingFact, found: FilingFact | None) -> FactFault | None:
    if found is None:
        return FactFault("missing", want.filing_id)
    columns = tuple(name for name in COLUMNS if getattr(want, name) != getattr(found, name))
    return FactFault("changed", want.filing_id, columns) if columns else None


def facts_rebuild(form_ref: str | None = None) -> int:
    """Make the facts of a form (None: of all) anew; return how many. Call it inside a transaction."""
    standing = FilingFact.objects.all() if form_ref is None else FilingFact.objects.filter(form_ref=form_ref)
    standing.delete()
    count = 0
    for facts in facts_expected(form_ref):
        FilingFact.objects.bulk_create(facts)
        count += len(facts)
    return count


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """Yield ``items`` in lists of at most 500, in order."""
    waiting = iter(items)
    while chunk := list(islice(waiting, BATCH)):
        yield chunk
