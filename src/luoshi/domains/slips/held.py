"""What of slips hangs on the head of a unit when they leave."""

from __future__ import annotations

from datetime import datetime

from luoshi.core.beijing import local_day
from luoshi.domains.slips.models import Slip, SlipState
from luoshi.kernel.org.handing import Held, Holding

OPEN = (SlipState.ISSUED, SlipState.REPLIED, SlipState.SIGNED)


def slips_held(holding: Holding, now: datetime) -> list[Held]:
    """Return the slips to the unit of a post that are not done, the oldest first. One query."""
    rows = Slip.objects.filter(unit_id=holding.unit_id, state__in=OPEN).order_by("issued_at", "id")
    return [
        Held(
            kind="slip",
            id=slip.pk,
            number=str(slip),
            title=f"{slip.organ_title}{slip.level_title}",
            state=slip.get_state_display(),
            due_on=local_day(slip.reply_by) if slip.reply_by is not None else None,
        )
        for slip in rows
    ]
