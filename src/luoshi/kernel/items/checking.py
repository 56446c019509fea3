"""What this app registers with apps below: ``luoshi verify item_facts``, and who reads item evidence."""

from __future__ import annotations

from datetime import date

from luoshi.core.actor import Actor
from luoshi.kernel.ledger.checkers import Finding, Progress


def facts_finding(progress: Progress) -> Finding:
    """Compare every fact row with the item and moves it follows from; changes nothing."""
    from luoshi.kernel.items.facts import facts_check  # models are not loaded yet when this is registered

    verdict = facts_check(progress)
    return Finding(f"已核对事项 {verdict.rows} 步的事实行", tuple(f"{fault}。" for fault in verdict.faults))


def evidence_seen(actor: Actor, revision_id: int, today: date) -> bool:
    """Say whether an actor reads a revision of evidence that hangs on items."""
    from luoshi.kernel.items.proofs import sees_evidence  # as above

    return sees_evidence(actor, revision_id, today)
