"""What this app registers with apps below: ``luoshi verify facts``, and who reads the evidence of filings."""

from __future__ import annotations

from datetime import date

from luoshi.core.actor import Actor
from luoshi.kernel.ledger.checkers import Finding, Progress


def facts_finding(progress: Progress) -> Finding:
    """Compare every fact row with the filing it follows from; changes nothing."""
    from luoshi.kernel.filings.facts import facts_check  # models are not loaded yet when this is registered

    verdict = facts_check(progress)
    return Finding(f"已核对事实行 {verdict.rows} 条", tuple(f"{fault}。" for fault in verdict.faults))


def evidence_seen(actor: Actor, revision_id: int, today: date) -> bool:
    """Say whether an actor reads a revision of evidence that hangs on filings."""
    from luoshi.kernel.filings.at_hand import sees_evidence  # as above

    return sees_evidence(actor, revision_id, today)
