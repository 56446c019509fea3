"""Evidence of filings: handing in, replacing and removing it before a version is filed.

Every version is filed with what is at hand then, and keeps it. What proved a version is never dropped.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from luoshi.core.actor import Actor
from luoshi.core.errors import Duplicate, Invalid, NotFound, Refusal
from luoshi.kernel.definitions.fields import FILE_KINDS, Field, FieldKind
from luoshi.kernel.evidence.actions import Proof, evidence_add, evidence_drop, evidence_revise
from luoshi.kernel.evidence.models import Revision
from luoshi.kernel.filings.at_hand import at_hand
from luoshi.kernel.filings.entries import lock_check
from luoshi.kernel.filings.forms import Form, form_by_id
from luoshi.kernel.filings.models import EntryEvidence, FilingEvidence, Obligation
from luoshi.kernel.filings.submitting import fillable

OWNER = "filing"


@transaction.atomic
def filing_evidence_add(
    *, actor: Actor, obligation_id: int, field: str, proof: Proof, now: datetime
) -> Revision:
    """Put a file at hand for the next version, in a field of files.

    Raises: NotFound, NotAllowed, WrongState (answered), Frozen (hard lock); Incomplete, Invalid, Duplicate
    with ``fields`` FIELD.file, FIELD.kind, FIELD.title, FIELD.occurred_on.
    Ledger: ``evidence.added``.
    """
    obligation, asked = _asked(actor, obligation_id, field, now)
    standing = [revision for key, revision in at_hand([obligation])[obligation.pk] if key == field]
    if len(standing) >= asked.most_many:
        most = f"“{asked.title}”最多 {asked.most_many} 份，请先移除不用的，或更换其中一份。"
        raise Invalid(most, fields={f"{field}.file": most})
    _kind_check(asked, proof)
    try:
        revision = evidence_add(actor=actor, owner=OWNER, unit_id=obligation.unit_id, proof=proof, now=now)
    except Refusal as refusal:
        raise _named(refusal, field) from refusal
    _twice_check(asked, standing, revision)
    EntryEvidence.objects.create(obligation=obligation, evidence_id=revision.evidence_id, field=field)
    return revision


@transaction.atomic
def filing_evidence_replace(
    *, actor: Actor, obligation_id: int, evidence_id: int, proof: Proof, now: datetime
) -> Revision:
    """Put a file in place of one at hand; versions filed with the former one keep it.

    Raises: as ``filing_evidence_add``; NotFound when it is not at hand here.
    Ledger: ``evidence.revised``.
    """
    obligation, link, asked = _linked(actor, obligation_id, evidence_id, now)
    _kind_check(asked, proof)
    hand = at_hand([obligation])[obligation.pk]
    standing = [revision for key, revision in hand if key == link.field]
    try:
        revision = evidence_revise(actor=actor, evidence_id=evidence_id, proof=proof, now=now)
    except Refusal as refusal:
        raise _named(refusal, link.field) from refusal
    _twice_check(asked, [each for each in standing if each.evidence_id != evidence_id], revision)
    return revision


@transaction.atomic
def filing_evidence_remove(*, actor: Actor, obligation_id: int, evidence_id: int, now: datetime) -> None:
    """Take a file out of the next version. One that proved a version stays with it.

    Raises: NotFound (also when it is not at hand here), NotAllowed, WrongState, Frozen.
    Ledger: ``evidence.dropped`` when it proved nothing, else none: the next version says what it has.
    """
    _, link, _ = _linked(actor, obligation_id, evidence_id, now)
    link.delete()
    if not FilingEvidence.objects.filter(revision__evidence_id=evidence_id).exists():
        evidence_drop(actor=actor, evidence_id=evidence_id, now=now)


def _asked(actor: Actor, obligation_id: int, key: str, now: datetime) -> tuple[Obligation, Field]:
    """Return an obligation that the actor fills, locked, and one of its fields of files."""
    obligation, _ = fillable(actor, obligation_id, now)
    lock_check(obligation, now)
    return obligation, _files_field(form_by_id(obligation.definition_id), key)


def _linked(
    actor: Actor, obligation_id: int, evidence_id: int, now: datetime
) -> tuple[Obligation, EntryEvidence, Field]:
    obligation, _ = fillable(actor, obligation_id, now)
    lock_check(obligation, now)
    link = EntryEvidence.objects.filter(obligation=obligation, evidence_id=evidence_id).first()
    if link is None:
        raise NotFound("没有这份佐证，或它已被移除。")
    return obligation, link, _files_field(form_by_id(obligation.definition_id), link.field)


def _files_field(form: Form, key: str) -> Field:
    for each in form.fields:
        if each.key == key and each.kind is FieldKind.FILES:
            return each
    raise Invalid(f"表单“{form.title}”没有可上传佐证的字段 {key}。")


def _kind_check(asked: Field, proof: Proof) -> None:
    if proof.kind not in asked.file_kinds:
        allowed = "、".join(FILE_KINDS[kind] for kind in asked.file_kinds)
        message = f"“{asked.title}”只收：{allowed}，请重新选择类别。"
        raise Invalid(message, fields={f"{asked.key}.kind": message})


def _twice_check(asked: Field, standing: list[Revision], revision: Revision) -> None:
    """Refuse the same content twice; the transaction takes back what was written for it."""
    for each in standing:
        if each.sha256 == revision.sha256:
            message = f"文件“{revision.file_name}”与已有的佐证“{each.title}”内容相同，不必重复上传。"
            raise Duplicate(message, fields={f"{asked.key}.file": message})


def _named(refusal: Refusal, field: str) -> Refusal:
    """Return the refusal with the names its inputs have on the page."""
    return type(refusal)(
        refusal.message, fields={f"{field}.{name}": text for name, text in refusal.fields.items()}
    )
