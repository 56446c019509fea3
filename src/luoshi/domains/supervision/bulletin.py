"""What became of the matters of each unit, for the bulletin (通报)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.domains.supervision.listing import light_of
from luoshi.domains.supervision.parts import CLOCK, MATTER
from luoshi.kernel.items.clock_models import ItemClock
from luoshi.kernel.items.models import Item, ItemDuty, ItemMove
from luoshi.kernel.items.schema import Stage
from luoshi.kernel.items.sight import items_visible


@dataclass(frozen=True, slots=True)
class UnitCount:
    """What became of the matters a unit leads. ``overdue``: open past their time; ``late``: closed late.

    ``lasting``: kept up for good, in no other column; ``returned``: how often reports came back.
    """

    code: str
    title: str
    total: int
    done: int
    going: int
    lasting: int
    overdue: int
    late: int
    returned: int
    slips: int


def bulletin(
    actor: Actor, now: datetime, since: date, until: date, slips: dict[int, int] | None = None
) -> list[UnitCount]:
    """Return the count of each unit over the matters handed out within some days, most overdue first.

    ``slips``: item → number of slips about it. Merged and void matters are left out. Three queries.
    """
    found = {
        item.pk: item for item in Item.objects.filter(pk__in=items_handed(actor, since, until)).order_by("id")
    }
    rows = _read_short(list(found))
    units: dict[tuple[str, str], list[int]] = defaultdict(list)
    for item_id, duty in rows[1].items():
        units[duty.unit_code, duty.unit.title].append(item_id)
    counted = [
        _count(code, title, [found[each] for each in ids], rows[0], now, slips or {})
        for (code, title), ids in units.items()
    ]
    return sorted(counted, key=lambda each: (-each.overdue, -each.late, each.code))


def items_handed(actor: Actor, since: date, until: date) -> list[int]:
    """Return the matters in sight first handed out within some days, merged and void ones left out."""
    items = items_visible(actor).filter(type_ref=MATTER, merged_into=None).exclude(stage=Stage.VOID.value)
    sent = ItemMove.objects.filter(move="send", nth=1, item__in=items.order_by()).order_by("item_id")
    rows = sent.values_list("item_id", "at")
    return [item_id for item_id, at in rows if since <= local_day(at) <= until]


def _read_short(ids: list[int]) -> tuple[dict[int, ItemClock], dict[int, ItemDuty]]:
    clocks = ItemClock.objects.filter(item_id__in=ids, key=CLOCK).order_by("round")
    duties = ItemDuty.objects.filter(item_id__in=ids, to_step=None, role="lead").select_related("unit")
    return {row.item_id: row for row in clocks}, {row.item_id: row for row in duties.order_by("id")}


def _count(
    code: str,
    title: str,
    items: Sequence[Item],
    clocks: dict[int, ItemClock],
    now: datetime,
    slips: dict[int, int],
) -> UnitCount:
    done = [item for item in items if item.stage == Stage.DONE]
    lasting = [item for item in items if item.state == "long"]
    going = [item for item in items if item not in done and item not in lasting]
    return UnitCount(
        code=code,
        title=title,
        total=len(items),
        done=len(done),
        going=len(going),
        lasting=len(lasting),
        overdue=sum(light_of(item, clocks.get(item.pk), now).startswith("红") for item in going),
        late=sum(light_of(item, clocks.get(item.pk), now).startswith("红") for item in done),
        returned=sum(int(item.counts.get("rework", 0)) for item in items),
        slips=sum(slips.get(item.pk, 0) for item in items),
    )
