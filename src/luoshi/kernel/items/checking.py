"""``luoshi verify item_facts``."""

from __future__ import annotations

from luoshi.kernel.ledger.checkers import Finding, Progress


def facts_finding(progress: Progress) -> Finding:
    """Compare every fact row with the item and moves it follows from; changes nothing."""
    from luoshi.kernel.items.facts import facts_check  # models are not loaded yet when this is registered

    verdict = facts_check(progress)
    return Finding(f"已核对事项 {verdict.rows} 步的事实行", tuple(f"{fault}。" for fault in verdict.faults))
