"""Reading evidence: what is shown of it, its bytes, and whether somebody may have them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.errors import NotFound
from luoshi.kernel.definitions.fields import FILE_KINDS
from luoshi.kernel.evidence.models import Revision
from luoshi.kernel.evidence.owners import owner_sees
from luoshi.kernel.files.names import kind_of_name
from luoshi.kernel.files.proofs import MEDIA
from luoshi.kernel.files.queries import ContentDamaged, file_content


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One revision as pages show it. ``gap``: days from what it is about to when it was recorded."""

    revision_id: int
    evidence_id: int
    number: int
    kind: str
    kind_title: str
    title: str
    file_name: str
    size: int
    sha256: str
    occurred_on: date
    recorded_at: datetime
    recorded_by: tuple[int, str, str]

    @property
    def gap(self) -> int:
        """Return the days between the day it is about and the day it was recorded."""
        return (local_day(self.recorded_at) - self.occurred_on).days

    @property
    def cells(self) -> tuple[str, ...]:
        """Return what tells it from others in a comparison."""
        return (self.title, self.kind_title, f"{self.occurred_on:%Y-%m-%d}", f"第 {self.number} 次上传")


def evidence_view(revision: Revision) -> EvidenceView:
    """Return a revision as pages show it. The caller has checked the sight."""
    return EvidenceView(
        revision_id=revision.pk,
        evidence_id=revision.evidence_id,
        number=revision.number,
        kind=revision.kind,
        kind_title=FILE_KINDS[revision.kind],
        title=revision.title,
        file_name=revision.file_name,
        size=revision.size,
        sha256=revision.sha256,
        occurred_on=revision.occurred_on,
        recorded_at=revision.recorded_at,
        recorded_by=(revision.recorded_by_account, revision.recorded_by_post, revision.recorded_by_unit),
    )


def revision_visible(actor: Actor, revision_id: int, today: date) -> Revision:
    """Return one revision with its file. Raises: NotFound, also when its record is out of sight."""
    found = Revision.objects.select_related("evidence", "file").filter(pk=revision_id).first()
    if found is None or not owner_sees(found.evidence.owner, actor, revision_id, today):
        raise NotFound("没有这份佐证，或您无权查看。")
    return found


def revision_content(revision: Revision) -> bytes:
    """Return the bytes of a revision, checked against its own digest. Raises: ContentDamaged."""
    if revision.file.sha256 != revision.sha256:
        raise ContentDamaged(f"evidence revision {revision.pk}: the stored file is another one")
    return file_content(revision.file)


def media_type(revision: Revision) -> str:
    """Return the media type a revision is handed out under, from its checked ending."""
    return MEDIA[kind_of_name(revision.file_name)]
