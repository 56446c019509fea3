"""A new version of a pack and the open items of the versions before it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from luoshi.core.actor import Actor
from luoshi.core.errors import WrongState
from luoshi.kernel.definitions.queries import definitions_in
from luoshi.kernel.items.facts import facts_rebuild
from luoshi.kernel.items.models import Item
from luoshi.kernel.items.schema import ENDED, Stage
from luoshi.kernel.items.slots import slots_allot
from luoshi.kernel.items.steps import MIGRATE, Step, nothing_read, open_duties, step_write
from luoshi.kernel.items.types import ItemType, type_of

BATCH = 500
NAMED = 5


@transaction.atomic
def items_take_along(*, actor: Actor, pack_version_id: int, now: datetime) -> int:
    """Bring the open items of a pack in line with a version just installed; return how many went over.

    Items keep the version they were born under. Those of a type with a ``migrate`` entry go over to the new
    one, in the state it names or their own. Raises: WrongState when open items stand in a state that the new
    version has neither kept nor mapped, or that it would close, void or hold for reported, naming them.
    Ledger: ``item.migrated`` on every item that goes over.
    """
    maps = {each.key: each.body["states"] for each in definitions_in(pack_version_id, "migrate")}
    moved = 0
    for found in definitions_in(pack_version_id, "item"):
        kind = type_of(found)
        if slots_allot(kind.ref, kind.facts):
            facts_rebuild(kind.ref)
        older = Item.objects.filter(type_ref=kind.ref).exclude(definition_id=kind.definition_id)
        open_ones = older.exclude(stage__in=[stage.value for stage in ENDED]).order_by("id")
        mapped = maps.get(found.key, {})
        stranded = open_ones.exclude(state__in=[*kind.states, *mapped])
        if stranded.exists():
            raise WrongState(_stranded(kind, list(stranded[: NAMED + 1])))
        _honest(kind, mapped, open_ones)
        if found.key in maps:
            moved += _go_over(kind, mapped, list(open_ones.values_list("id", flat=True)), actor, now)
    return moved


def _go_over(
    kind: ItemType, mapped: Mapping[str, str], waiting: list[int], actor: Actor, now: datetime
) -> int:
    for start in range(0, len(waiting), BATCH):
        chunk = waiting[start : start + BATCH]
        duties = open_duties(chunk)
        for item in Item.objects.select_for_update().filter(pk__in=chunk).order_by("id"):
            item.definition_id = kind.definition_id
            step_write(
                Step(
                    item,
                    kind,
                    duties[item.pk],
                    MIGRATE,
                    mapped.get(item.state, item.state),
                    nothing_read(),
                    actor,
                    now,
                    "item.migrated",
                    data={"version": kind.pack_version},
                )
            )
    return len(waiting)


def _honest(kind: ItemType, mapped: Mapping[str, str], open_ones: QuerySet[Item]) -> None:
    """Refuse an upgrade that ends items, or passes them on to be verified, without anybody having done it.

    States that keep their key but change their stage count too.
    """
    to = {state.key: state.key for state in kind.states.values()} | dict(mapped)
    ending = [old for old, new in to.items() if kind.states[new].stage in ENDED]
    checking = [old for old, new in to.items() if kind.states[new].stage is Stage.VERIFYING]
    pushed = open_ones.filter(Q(state__in=ending) | (Q(state__in=checking) & ~Q(stage=Stage.VERIFYING.value)))
    if pushed.exists():
        named = "、".join(item.number for item in pushed[:NAMED])
        raise WrongState(
            f"“{kind.title}”第 {kind.pack_version} 版会把未经办理、核查的在办事项直接变为待核查、办结或作废："
            f"{named}。请把原状态对应到办理中的状态，再逐件办理。"
        )


def _stranded(kind: ItemType, items: list[Item]) -> str:
    named = "、".join(f"{item.number}（{item.state}）" for item in items[:NAMED])
    more = "等" if len(items) > NAMED else ""
    return (
        f"“{kind.title}”第 {kind.pack_version} 版没有下列在办事项所处的状态：{named}{more}。"
        f"请先办结这些事项，或在业务包里写 migrate，说明原状态对应哪个现状态。"
    )
