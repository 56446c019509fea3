"""Which single events somebody may open who may not read the whole ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from luoshi.core.actor import Actor
from luoshi.core.errors import NotFound
from luoshi.domains.plans.queries import plan_visible
from luoshi.domains.slips.queries import slip_visible
from luoshi.kernel.access.policy import can
from luoshi.kernel.assess.queries import round_visible
from luoshi.kernel.discuss.sight import asker_visible
from luoshi.kernel.filings.queries import obligation_visible
from luoshi.kernel.ledger.queries import EventView, event_get
from luoshi.kernel.reports.queries import issue_visible

# The records a figure leads to, each with the query that refuses what the reader may not see.
LEADING_HERE: Mapping[str, Callable[[Actor, int], object]] = {
    "obligation": obligation_visible,
    "round": round_visible,
    "issue": issue_visible,
    # An event names who asked, which readers of the answer are not told.
    "question": asker_visible,
    "slip": slip_visible,
    "plan": plan_visible,
}


def event_visible(actor: Actor, event_id: int) -> EventView:
    """Return an event: any of them for who reads the ledger, else one of a record the actor may see.

    Raises: NotFound, alike for an event that does not exist and for one that may not be seen.
    """
    event = event_get(event_id)
    if can(actor, "ledger.view"):
        return event
    noun, record_id = event.obj
    if noun not in LEADING_HERE:
        raise NotFound("没有这条留痕，或您无权查看。")
    LEADING_HERE[noun](actor, record_id)
    return event
