"""Whom the roles of an item are when they are told something: posts behind duties, posts and units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from luoshi.core.beijing import local_day
from luoshi.kernel.definitions.queries import slots_bound
from luoshi.kernel.items.models import Item, ItemDuty
from luoshi.kernel.items.schema import Holder
from luoshi.kernel.items.types import LEAD
from luoshi.kernel.notify.recipients import To, filler, head, holder, inside
from luoshi.kernel.org.models import Post, Unit
from luoshi.kernel.org.queries import ancestor_chain

OFFICE_ROLES = ("office", "reviewer", "clerk")


class Told:
    """The open duties of some items, read at once. Units and slots are looked up as they are needed, once."""

    def __init__(self, duties: Mapping[int, Sequence[ItemDuty]], now: datetime) -> None:
        self._duties, self._on = duties, local_day(now)
        self._slots: dict[tuple[str, str], tuple[str, int] | None] = {}
        self._above: dict[int, int | None] = {}

    def unit(self, item_id: int) -> int | None:
        """Return the unit whose matter the item is: the one that leads it."""
        return next((row.unit_id for row in self._duties[item_id] if row.role == LEAD), None)

    def to(self, item: Item, holders: Iterable[Holder]) -> tuple[To, ...]:
        """Return the recipients behind some roles; a duty nobody holds and a slot not bound are nobody."""
        return tuple(dict.fromkeys(to for each in holders for to in self._one(item, each)))

    def _one(self, item: Item, role: Holder) -> list[To]:
        if role.kind == "duty":
            rows = [row for row in self._duties[item.pk] if row.role == role.name]
            return [to for row in rows if (to := self._duty(row, role)) is not None]
        if role.kind == "any":
            return []
        found = self._slot(item.type_ref.partition(".")[0], role)
        if found is None:
            return []
        code, unit_id = found
        if role.kind == "unit":
            return [inside(unit_id, OFFICE_ROLES, role.title)]
        return [holder(code, unit_id, role.title)]

    def _duty(self, row: ItemDuty, role: Holder) -> To | None:
        if role.part == "head":
            return head(row.unit_id)
        if role.part == "super":
            above = self._over(row.unit_id)
            return None if above is None else head(above)
        if row.post_id is None:
            return filler(row.unit_id)
        code = Post.objects.values_list("code", flat=True).get(pk=row.post_id)
        return holder(code, row.unit_id, role.title)

    def _over(self, unit_id: int) -> int | None:
        if unit_id not in self._above:
            chain = ancestor_chain(unit_id, self._on)
            self._above[unit_id] = chain[0][1] if chain else None
        return self._above[unit_id]

    def _slot(self, pack: str, role: Holder) -> tuple[str, int] | None:
        """Return the code a slot is bound to and the unit it belongs to."""
        known = (pack, role.name)
        if known not in self._slots:
            bound = slots_bound([pack]).get(known)
            code = bound.target if bound is not None else ""
            named = Post.objects.filter(code=code).values_list("unit_id", flat=True)
            own = Unit.objects.filter(code=code).values_list("id", flat=True)
            unit_id = own.order_by("id").first() if role.kind == "unit" else named.order_by("id").first()
            self._slots[known] = None if unit_id is None else (code, unit_id)
        return self._slots[known]
