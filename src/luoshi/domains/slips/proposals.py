"""What should be issued and is not: obligations overdue beyond the days of a level (应发而未发)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from luoshi.domains.slips.models import Slip, SlipLine, SlipState
from luoshi.domains.slips.rules import Level, Rules, calendar_of, overdue_days, overdue_since
from luoshi.kernel.filings.models import Answer, Obligation
from luoshi.kernel.org.models import Unit

ORDER = ("unit__sort", "unit__code", "due_at", "form_ref", "pk")
# A slip that no further level can follow.
SHUT = (SlipState.ESCALATED, SlipState.CANCELLED, SlipState.NOTICE)


@dataclass(frozen=True, slots=True)
class Owed:
    """One unanswered obligation: until when, since how many working days, whether it was returned."""

    obligation: Obligation
    owed_by: datetime
    days: int
    returned: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """One slip to be issued. ``former``: the one it follows, None on the first level."""

    level: Level
    unit: Unit
    former: Slip | None
    owed: tuple[Owed, ...]

    @property
    def longest(self) -> int:
        """Return the most working days that one of them is overdue."""
        return max(each.days for each in self.owed)


def proposals(rules: Rules, now: datetime) -> list[Proposal]:
    """Return what should be issued: the highest level first, then by unit. Two queries for each level."""
    if not rules.forms:
        return []
    found = first_level(rules, now)
    for level in rules.levels[:-1]:
        higher = rules.next_of(level.key)
        assert higher is not None
        found += next_level(rules, level, higher, now)
    order = [each.key for each in rules.levels]
    return sorted(
        found, key=lambda each: (-order.index(each.level.key), each.unit.sort, each.unit.code, each.longest)
    )


def first_level(rules: Rules, now: datetime, unit_ids: Collection[int] | None = None) -> list[Proposal]:
    """Return what no slip presses for yet, one proposal for each unit (of ``unit_ids``)."""
    level = rules.levels[0]
    pressed = SlipLine.objects.filter(obligation_id=OuterRef("pk"), standing=True)
    rows = overdue(rules, level, now).filter(~Exists(pressed))
    if unit_ids is not None:
        rows = rows.filter(unit_id__in=unit_ids)
    by_unit: dict[int, list[Owed]] = defaultdict(list)
    for owed in owed_of(rules, rows, now):
        by_unit[owed.obligation.unit_id].append(owed)
    return [Proposal(level, some[0].obligation.unit, None, tuple(some)) for some in by_unit.values()]


def next_level(rules: Rules, level: Level, higher: Level, now: datetime) -> list[Proposal]:
    """Return the slips of a level whose obligations are overdue beyond the days of the level above."""
    late = overdue(rules, higher, now)
    lines = SlipLine.objects.filter(standing=True, level=level.key, slip__rules_ref=rules.ref)
    lines = lines.exclude(slip__state__in=SHUT).filter(obligation_id__in=late.order_by().values("pk"))
    slips: dict[int, Slip] = {}
    asked: dict[int, int] = {}
    for line in lines.select_related("slip__unit").order_by("slip_id", "id"):
        slips[line.slip_id] = line.slip
        if line.obligation_id is not None:
            asked[line.obligation_id] = line.slip_id
    by_slip: dict[int, list[Owed]] = defaultdict(list)
    for owed in owed_of(rules, late.filter(pk__in=list(asked)), now):
        by_slip[asked[owed.obligation.pk]].append(owed)
    return [Proposal(higher, slips[key].unit, slips[key], tuple(some)) for key, some in by_slip.items()]


def unanswered(rules: Rules, slip: Slip, now: datetime) -> list[Owed]:
    """Return what of a slip is still owed, however long it is overdue."""
    lines = slip.lines.filter(standing=True).order_by()
    about = lines.filter(obligation__isnull=False).values("obligation_id")
    rows = Obligation.objects.filter(answer=Answer.NONE, pk__in=about)
    return owed_of(rules, rows.select_related("unit").order_by(*ORDER), now)


def overdue(rules: Rules, level: Level, now: datetime) -> QuerySet[Obligation]:
    """Return the unanswered obligations of the forms of rules that are overdue beyond a level's days."""
    assert level.after is not None  # checked when the pack was loaded: rules about forms have it
    since = overdue_since(calendar_of(rules), level.after, now)
    late = Q(mend_by__lte=since) | Q(mend_by__isnull=True, due_at__lte=since)
    rows = Obligation.objects.filter(late, form_ref__in=rules.forms, answer=Answer.NONE)
    return rows.select_related("unit").order_by(*ORDER)


def owed_of(rules: Rules, rows: QuerySet[Obligation], now: datetime) -> list[Owed]:
    """Return obligations that have a due time with how long they are overdue."""
    calendar = calendar_of(rules)
    found = []
    for row in rows:
        owed_by = row.mend_by or row.due_at
        if owed_by is not None:
            days = overdue_days(calendar, owed_by, now)
            found.append(Owed(row, owed_by, days, row.current_version > 0))
    return found
