"""Who is told of what becomes of a handover."""

from __future__ import annotations

from datetime import datetime

from luoshi.core.actor import Actor
from luoshi.domains.handover.models import Handover
from luoshi.kernel.notify.actions import Target, notice_send
from luoshi.kernel.notify.recipients import holder

TOPIC = "handover"


def tell(handover: Handover, step: str, text: str, actor: Actor, now: datetime) -> None:
    """Tell who holds the post, the post that goes on with its duties, and the post that watches."""
    posts = {each.code: each.unit_id for each in (handover.post, handover.to_post, handover.witness_post)}
    notice_send(
        by=actor,
        to=tuple(holder(code, unit_id, "离任交接") for code, unit_id in posts.items()),
        topic=TOPIC,
        text=text,
        target=Target(handover.ledger_type, handover.pk, handover.unit_id),
        now=now,
        key=f"handover:{handover.pk}:{step}",
    )
