"""What changed between two versions of a filing: values, table rows, evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from luoshi.kernel.definitions.fields import Field, FieldKind
from luoshi.kernel.definitions.table_rows import rows_changed
from luoshi.kernel.evidence.models import Revision
from luoshi.kernel.evidence.queries import evidence_view
from luoshi.kernel.filings.at_hand import filed_with
from luoshi.kernel.filings.forms import form_by_id
from luoshi.kernel.filings.models import Filing, Obligation
from luoshi.kernel.filings.offers import Origin, origins_of
from luoshi.kernel.filings.sharing import Contradiction, contradictions

EVIDENCE_HEADS = ("名称", "类别", "发生日期", "上传")


@dataclass(frozen=True, slots=True)
class Part:
    """One table row or file: ``sign`` is "" (in both versions), "added" or "removed".

    ``cells`` as shown; ``revision_id`` of a file.
    """

    sign: str
    cells: tuple[str, ...]
    revision_id: int | None = None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field in two versions, as shown; ``explained``: why it jumped against the period before.

    ``origin``: how the value came about when it was known before. ``unlike``: what other forms of the same
    time state instead. ``parts`` of a field of table rows or files stand under ``heads``.
    """

    key: str
    title: str
    unit: str
    before: str
    now: str
    changed: bool
    explained: str
    origin: Origin | None = None
    unlike: tuple[Contradiction, ...] = ()
    heads: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()


def filing_diff(filing: Filing, previous: Filing | None) -> list[FieldChange]:
    """Return every field of a version beside the version before it, in the order of the form.

    Without ``previous`` nothing is changed. The caller has checked the sight. Few queries.
    """
    form = form_by_id(Obligation.objects.get(pk=filing.obligation_id).definition_id)
    former = filing if previous is None else previous
    proofs = filed_with({filing.pk, former.pk})
    origins = {origin.key: origin for origin in origins_of(form, filing)}
    unlike: dict[str, tuple[Contradiction, ...]] = {}
    for each in contradictions(filing):
        unlike[each.key] = (*unlike.get(each.key, ()), each)
    changes = []
    for field in form.fields:
        if field.kind is FieldKind.FILES:
            now, before = (
                [each for key, each in proofs[pk] if key == field.key] for pk in (filing.pk, former.pk)
            )
            changes.append(_files(field, before, now))
        else:
            change = _values(field, filing, former)
            known, others = origins.get(field.key), unlike.get(field.key, ())
            changes.append(replace(change, origin=known, unlike=others))
    return changes


def version_before(filing: Filing) -> Filing | None:
    """Return the version before this one, whatever became of it."""
    return (
        Filing.objects.filter(obligation_id=filing.obligation_id, version__lt=filing.version)
        .order_by("-version")
        .first()
    )


def _values(field: Field, filing: Filing, former: Filing) -> FieldChange:
    now, before = filing.values.get(field.key), former.values.get(field.key)
    table = field.kind is FieldKind.ROWS
    rows = rows_changed(field, before, now) if table else ()
    return FieldChange(
        key=field.key,
        title=field.title,
        unit=field.unit,
        before=field.display(before),
        now=field.display(now),
        changed=before != now,
        explained=(filing.explained or {}).get(field.key, ""),
        heads=tuple(column.title for column in field.columns),
        parts=tuple(Part(row.sign, row.cells) for row in rows),
    )


def _of_field(proofs: Sequence[tuple[str, Revision]], key: str) -> list[Revision]:
    return [revision for field, revision in proofs if field == key]


def _files(field: Field, before: Sequence[Revision], now: Sequence[Revision]) -> FieldChange:
    old, new = {each.pk for each in before}, {each.pk for each in now}
    listed = [("removed", each) for each in before if each.pk not in new]
    listed += [("" if each.pk in old else "added", each) for each in now]
    return FieldChange(
        key=field.key,
        title=field.title,
        unit="",
        before=f"{len(before)} 份",
        now=f"{len(now)} 份",
        changed=old != new,
        explained="",
        heads=EVIDENCE_HEADS,
        parts=tuple(Part(sign, evidence_view(each).cells, each.pk) for sign, each in listed),
    )
