"""``luoshi verify facts``."""

from __future__ import annotations

from luoshi.kernel.ledger.checkers import Finding, Progress


def facts_finding(progress: Progress) -> Finding:
    """Compare every fact row with the filing it follows from; changes nothing."""
    from luoshi.kernel.filings.facts import facts_check  # models are not loaded yet when this is registered

    verdict = facts_check(progress)
    return Finding(f"已核对事实行 {verdict.rows} 条", tuple(f"{fault}。" for fault in verdict.faults))
