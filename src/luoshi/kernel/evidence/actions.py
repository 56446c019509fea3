"""Adding, replacing and dropping evidence. Called by the app that owns the record, in its transaction.

The caller has checked that the actor may change the record and keeps the link; sight is its business too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, Invalid, WrongState
from luoshi.kernel.definitions.fields import FILE_KINDS
from luoshi.kernel.evidence.models import Evidence, Revision
from luoshi.kernel.evidence.owners import require_owner
from luoshi.kernel.files.actions import file_store
from luoshi.kernel.files.names import plain_name
from luoshi.kernel.files.proofs import MOST_BYTES, check_proof
from luoshi.kernel.ledger.actions import record

LONGEST_TITLE = 100
EARLIEST = date(1949, 10, 1)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Proof:
    """A file as handed in. ``title`` "" takes the file's name; ``occurred_on``: the day it is about."""

    kind: str
    title: str
    occurred_on: date | None
    file_name: str
    content: bytes


@transaction.atomic
def evidence_add(*, actor: Actor, owner: str, unit_id: int, proof: Proof, now: datetime) -> Revision:
    """Keep a file as proof for a record of ``owner``.

    Raises: Incomplete and Invalid with ``fields`` kind, title, occurred_on, file.
    Ledger: ``evidence.added``.
    """
    require_owner(owner)
    title = _checked(proof, now)
    evidence = Evidence.objects.create(
        owner=owner, unit_id=unit_id, current=1, added_at=now, added_by_account=actor.account_id
    )
    return _revision(evidence, proof, title, "evidence.added", actor, now)


@transaction.atomic
def evidence_revise(*, actor: Actor, evidence_id: int, proof: Proof, now: datetime) -> Revision:
    """Put a file in place of the one that stands; the former revision stays with the records it proved.

    Raises: as ``evidence_add``; WrongState when it was dropped.
    Ledger: ``evidence.revised``.
    """
    evidence = _standing(evidence_id)
    title = _checked(proof, now)
    evidence.current += 1
    evidence.save()
    return _revision(evidence, proof, title, "evidence.revised", actor, now)


@transaction.atomic
def evidence_drop(*, actor: Actor, evidence_id: int, now: datetime) -> Evidence:
    """Take back evidence that proved no record yet. Raises: WrongState when it was dropped already.

    Ledger: ``evidence.dropped``.
    """
    evidence = _standing(evidence_id)
    evidence.dropped_at = now
    evidence.save()
    record(evidence, "evidence.dropped", by=actor.by, at=now, data={"number": evidence.current})
    return evidence


def _standing(evidence_id: int) -> Evidence:
    evidence = Evidence.objects.select_for_update().get(pk=evidence_id)
    if evidence.dropped_at is not None:
        raise WrongState("这份佐证已移除，请刷新页面。")
    return evidence


def _checked(proof: Proof, now: datetime) -> str:
    """Return the title of a proof that may be kept. Raises: Incomplete, Invalid."""
    name = plain_name(proof.file_name)
    title = proof.title.strip() or (name.rpartition(".")[0] or name)[:LONGEST_TITLE]
    if proof.kind not in FILE_KINDS:
        raise _unfit("kind", f"请选择佐证类别：{'、'.join(FILE_KINDS.values())}。")
    if not title or len(title) > LONGEST_TITLE:
        raise _unfit("title", f"佐证名称应为 1 至 {LONGEST_TITLE} 字。")
    if _CONTROL.search(title):
        raise _unfit("title", "佐证名称含有不可见的控制字符，请删去后重填。")
    if proof.occurred_on is None:
        message = "请填写佐证所反映事项的发生日期。"
        raise Incomplete(message, fields={"occurred_on": message})
    if proof.occurred_on > local_day(now):
        raise _unfit("occurred_on", "发生日期不得晚于今天，请核对。")
    if proof.occurred_on < EARLIEST:
        raise _unfit("occurred_on", "发生日期过早，请核对年份。")
    try:
        check_proof(proof.file_name, proof.content, kind=proof.kind, max_bytes=MOST_BYTES)
    except Invalid as refusal:
        raise _unfit("file", refusal.message) from refusal
    return title


def _unfit(field: str, message: str) -> Invalid:
    return Invalid(message, fields={field: message})


def _revision(
    evidence: Evidence, proof: Proof, title: str, kind: str, actor: Actor, now: datetime
) -> Revision:
    stored = file_store(name=proof.file_name, content=proof.content, now=now)
    assert proof.occurred_on is not None
    revision = Revision.objects.create(
        evidence=evidence,
        number=evidence.current,
        kind=proof.kind,
        title=title,
        occurred_on=proof.occurred_on,
        file=stored,
        sha256=stored.sha256,
        size=stored.size,
        file_name=plain_name(proof.file_name),
        recorded_at=now,
        recorded_by_account=actor.account_id,
        recorded_by_post=actor.post_code,
        recorded_by_unit=actor.unit_code,
    )
    data = {"owner": evidence.owner, "number": revision.number, "kind": proof.kind, "file": stored.sha256}
    record(evidence, kind, by=actor.by, at=now, rows=[revision], data=data)
    return revision
