"""The loop with a form that wants evidence: files at hand, submitted, and looked at."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from luoshi.core.actor import Actor
from luoshi.kernel.evidence.actions import Proof
from luoshi.kernel.evidence.models import Evidence, Revision
from luoshi.kernel.filings.actions import filing_evidence_add
from luoshi.kernel.filings.models import EntryEvidence, Filing, FilingEvidence
from tests.kernel.files.samples import pdf
from tests.kernel.filings.loop import IN_TIME, Cast, loop_world, opened, owed, submit
from tests.kernel.filings.loop import snapshot as loop_snapshot

PACK = Path(__file__).parent / "packs" / "proven" / "loop"
ROWS = [{"what": "路灯不亮", "done_on": "2021-01-05", "count": "2", "level": "high"}]
GIVEN = {"cases": "10", "list": json.dumps(ROWS)}


def proven_world() -> Cast:
    """Plant the district with the pack of this form, and open December 2020."""
    cast = loop_world(pack=PACK)
    opened()
    return cast


def proof(content: bytes | None = None, **given: Any) -> Proof:
    """Return a file handed in: a small PDF about 2021-01-04 unless said otherwise."""
    return Proof(
        **{
            "kind": "document",
            "title": "整改通知",
            "occurred_on": date(2021, 1, 4),
            "file_name": "整改通知.pdf",
            "content": pdf() if content is None else content,
        }
        | given
    )


def added(
    actor: Actor,
    given: Proof | None = None,
    *,
    field: str = "proof",
    code: str = "S1",
    now: datetime = IN_TIME,
) -> Revision:
    return filing_evidence_add(
        actor=actor, obligation_id=owed(code).pk, field=field, proof=given or proof(), now=now
    )


def proven(actor: Actor, *, now: datetime = IN_TIME, **given: Any) -> Filing:
    """Submit for S1 with everything the form asks for typed."""
    return submit(actor, now=now, **({"values": GIVEN, "occurred": "2021-01-03"} | given))


def snapshot() -> tuple[Any, ...]:
    tables = (Evidence, Revision, EntryEvidence, FilingEvidence)
    return (*loop_snapshot(), *(list(table.objects.order_by("pk").values()) for table in tables))
