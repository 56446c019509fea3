"""The evidence at hand for a version, what a version was filed with, and who may read either."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from django.db.models import F

from luoshi.core.actor import Actor
from luoshi.core.errors import Incomplete
from luoshi.kernel.definitions.fields import FILE_KINDS, MISSING, PICTURES, FieldKind
from luoshi.kernel.evidence.models import Revision
from luoshi.kernel.evidence.queries import EvidenceView, evidence_view
from luoshi.kernel.filings.flows import Step, flow_of
from luoshi.kernel.filings.forms import Form
from luoshi.kernel.filings.models import EntryEvidence, Filing, FilingEvidence, Obligation
from luoshi.kernel.filings.policy import may_step
from luoshi.kernel.filings.sight import obligations_visible

# Parameters of the hint, see DOMAIN: nothing follows from it but a second look.
HINT_WITHIN = timedelta(hours=1)
HINT_DATES = 5


def at_hand(obligations: Collection[Obligation]) -> dict[int, list[tuple[str, Revision]]]:
    """Return by obligation id what is at hand, first added first: (field, revision). At most two queries."""
    found: dict[int, list[tuple[str, Revision]]] = {each.pk: [] for each in obligations}
    links = list(EntryEvidence.objects.filter(obligation_id__in=found).order_by("id"))
    if not links:
        return found
    standing = Revision.objects.filter(
        evidence_id__in=[link.evidence_id for link in links], number=F("evidence__current")
    )
    revisions = {each.evidence_id: each for each in standing.order_by("id")}
    for link in links:
        found[link.obligation_id].append((link.field, revisions[link.evidence_id]))
    return found


def links_write(
    filings: Iterable[tuple[Filing, Iterable[tuple[str, Revision]]]],
) -> dict[int, list[FilingEvidence]]:
    """Link versions to the evidence they are filed with; return the links by filing id, for the event."""
    links = [
        FilingEvidence(filing=filing, revision=revision, field=field)
        for filing, proofs in filings
        for field, revision in proofs
    ]
    found: dict[int, list[FilingEvidence]] = {}
    for link in FilingEvidence.objects.bulk_create(links):
        found.setdefault(link.filing_id, []).append(link)
    return found


def filed_with(filing_ids: Collection[int]) -> dict[int, list[tuple[str, Revision]]]:
    """Return by filing id what versions were filed with: (field, revision). One query."""
    found: dict[int, list[tuple[str, Revision]]] = {each: [] for each in filing_ids}
    links = FilingEvidence.objects.filter(filing_id__in=found).select_related("revision").order_by("id")
    for link in links:
        found[link.filing_id].append((link.field, link.revision))
    return found


def evidence_check(form: Form, proofs: Collection[tuple[str, Revision]]) -> None:
    """Refuse a filing whose required evidence is missing or nothing but pictures.

    Raises: Incomplete with a message beside each field.
    """
    faults: dict[str, str] = {}
    for field in form.fields:
        if field.kind is not FieldKind.FILES or field.blank:
            continue
        kinds = {revision.kind for key, revision in proofs if key == field.key}
        if not kinds:
            taken = "、".join(FILE_KINDS[kind] for kind in field.file_kinds)
            faults[field.key] = f"{MISSING}，请上传{field.title}（{taken}）。"
        elif kinds <= PICTURES:
            others = "或".join(FILE_KINDS[kind] for kind in field.file_kinds if kind not in PICTURES)
            faults[field.key] = f"照片、截图不能作为唯一佐证，请另附{others}。"
    if faults:
        named = "；".join(f"{form.field(key).title}：{text.rstrip('。')}" for key, text in faults.items())
        raise Incomplete(f"有 {len(faults)} 项须改正后再提交：{named}。", fields=faults)


def evidence_at_hand(obligation: Obligation) -> dict[str, list[EvidenceView]]:
    """Return what is at hand for the next version, by field. The caller has checked that it is filled."""
    found: dict[str, list[EvidenceView]] = {}
    for field, revision in at_hand([obligation])[obligation.pk]:
        found.setdefault(field, []).append(evidence_view(revision))
    return found


def sees_evidence(actor: Actor, revision_id: int, today: date) -> bool:
    """Say whether an actor reads a revision: whoever sees the obligation, once a version was filed with it.

    Before that only those who fill it: nothing has been said yet.
    """
    seen = obligations_visible(actor).select_related(None).order_by()
    if FilingEvidence.objects.filter(revision_id=revision_id, filing__obligation__in=seen).exists():
        return True
    ever = EntryEvidence.objects.filter(evidence__revisions__id=revision_id, obligation__in=seen)
    link = ever.select_related("obligation").order_by("id").first()
    return link is not None and may_step(
        actor, flow_of(link.obligation.definition_id), Step.FILL, link.obligation, today
    )


def entered_at_once(obligation: Obligation, filing: Filing) -> int:
    """Return on how many different days things happened that the unit recorded within one hour.

    Counts the days of evidence, and of filings that state one; 0 below ``HINT_DATES``. A hint for the
    reviewer, not a fault. Two queries.
    """
    last = max(
        (revision.recorded_at for _, revision in filed_with([filing.pk])[filing.pk]),
        default=filing.submitted_at,
    )
    days = _days_of_evidence(obligation.unit_id, last) | _days_of_filings(
        obligation.unit_id, filing.submitted_at
    )
    return len(days) if len(days) >= HINT_DATES else 0


def _days_of_evidence(unit_id: int, until: datetime) -> set[date]:
    rows = Revision.objects.filter(
        evidence__unit_id=unit_id,
        evidence__dropped_at=None,
        recorded_at__gt=until - HINT_WITHIN,
        recorded_at__lte=until,
    )
    return set(rows.order_by().values_list("occurred_on", flat=True).distinct())


def _days_of_filings(unit_id: int, until: datetime) -> set[date]:
    rows = Filing.objects.filter(
        obligation__unit_id=unit_id,
        occurred_on__isnull=False,
        submitted_at__gt=until - HINT_WITHIN,
        submitted_at__lte=until,
    )
    return {day for day in rows.order_by().values_list("occurred_on", flat=True).distinct() if day}
