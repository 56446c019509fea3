"""The evidence of items: what stands, what a move was taken with, whether it suffices, who reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet

from luoshi.core.actor import Actor
from luoshi.kernel.definitions.fields import FILE_KINDS, PICTURES
from luoshi.kernel.evidence.models import Revision
from luoshi.kernel.evidence.queries import EvidenceView, evidence_view
from luoshi.kernel.items.models import Item, ItemEvidence, MoveEvidence
from luoshi.kernel.items.schema import evidence_needed
from luoshi.kernel.items.sight import items_visible
from luoshi.kernel.items.types import ItemType


@dataclass(frozen=True, slots=True)
class ItemProof:
    """A piece of evidence of an item; ``revisions``: newest first. ``counts``: handed in since the item was
    taken in or last reopened. ``used``: a move was taken with it. ``unit_id``: whose it is.
    """

    evidence_id: int
    unit_id: int
    unit_title: str
    dropped: bool
    counts: bool
    used: bool
    revisions: tuple[EvidenceView, ...]

    @property
    def now(self) -> EvidenceView:
        """Return the revision that stands."""
        return self.revisions[0]


def proofs_of(item: Item) -> list[ItemProof]:
    """Return the evidence of an item, first added first, dropped pieces too. Three queries."""
    links = list(_links(item).select_related("evidence__unit"))
    if not links:
        return []
    revisions: dict[int, list[EvidenceView]] = defaultdict(list)
    rows = Revision.objects.filter(evidence_id__in=[link.evidence_id for link in links])
    for row in rows.order_by("evidence_id", "-number"):
        revisions[row.evidence_id].append(evidence_view(row))
    taken = MoveEvidence.objects.filter(step__item=item).order_by()
    used = set(taken.values_list("revision__evidence_id", flat=True))
    return [
        ItemProof(
            evidence_id=link.evidence_id,
            unit_id=link.evidence.unit_id,
            unit_title=link.evidence.unit.title,
            dropped=link.evidence.dropped_at is not None,
            counts=link.step >= item.since_step,
            used=link.evidence_id in used,
            revisions=tuple(revisions[link.evidence_id]),
        )
        for link in links
    ]


def revisions_standing(item: Item) -> list[Revision]:
    """Return the revisions that stand and count: handed in since the item was taken in or last reopened."""
    links = _links(item).filter(evidence__dropped_at=None, step__gte=item.since_step)
    ids = list(links.values_list("evidence_id", flat=True))
    if not ids:
        return []
    standing = Revision.objects.filter(evidence_id__in=ids, number=F("evidence__current"))
    return list(standing.order_by("id"))


def proof_faults(kind: ItemType, need: Iterable[str], revisions: Collection[Revision]) -> dict[str, str]:
    """Return what lacks for a move that needs evidence, by the spelling of its need; {} when it suffices."""
    faults: dict[str, str] = {}
    for text in need:
        number = evidence_needed(text)
        if not number:
            continue
        kinds = {revision.kind for revision in revisions}
        listed = "、".join(FILE_KINDS[key] for key in kind.evidence.kinds)
        if len(revisions) < number:
            have = f"现有 {len(revisions)} 份"
            faults[text] = f"须有佐证至少 {number} 份，{have}，请上传（{listed}）。"
        elif kinds <= PICTURES and not kind.evidence.pictures_suffice:
            others = "或".join(FILE_KINDS[key] for key in kind.evidence.kinds if key not in PICTURES)
            faults[text] = f"照片、截图不能作为唯一佐证，请另附{others}。"
    return faults


def moves_proved(item: Item) -> dict[int, list[EvidenceView]]:
    """Return by number of the step the evidence it was taken with. One query."""
    found: dict[int, list[EvidenceView]] = defaultdict(list)
    rows = MoveEvidence.objects.filter(step__item=item).select_related("step", "revision").order_by("id")
    for row in rows:
        found[row.step.number].append(evidence_view(row.revision))
    return dict(found)


def sees_evidence(actor: Actor, revision_id: int, today: date) -> bool:
    """Say whether a revision is evidence of an item in the actor's sight; what was dropped nobody reads."""
    standing = Revision.objects.filter(pk=revision_id, evidence__dropped_at=None)
    found = standing.order_by().values("evidence_id")
    item = ItemEvidence.objects.filter(evidence_id__in=found).order_by().values("item_id")
    return items_visible(actor).filter(pk__in=item).exists()


def _links(item: Item) -> QuerySet[ItemEvidence]:
    return ItemEvidence.objects.filter(item=item).order_by("id")
