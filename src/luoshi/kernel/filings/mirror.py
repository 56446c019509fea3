"""The mirror of burden: who asked how much of others. Issuers are ranked, never those who fill."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from luoshi.core.actor import SYSTEM_ACTOR, Actor
from luoshi.core.periods import Period
from luoshi.kernel.definitions.queries import Def, slots_bound
from luoshi.kernel.elements.sources import SourceValue
from luoshi.kernel.filings.burden import NOTHING, Load, forms_of_units, loads_summed, owed_in
from luoshi.kernel.filings.standing import admission_of
from luoshi.kernel.org.models import Unit


@dataclass(frozen=True, slots=True)
class Issuer:
    """What one owner of forms asked of others in the time. ``code`` is empty for forms without an owner."""

    rank: int
    code: str
    title: str
    forms: tuple[str, ...]
    units: int
    load: Load


@dataclass(frozen=True, slots=True)
class Issued:
    """What one owner asked of all units in a time: how many different forms, and the load of them."""

    forms: int
    load: Load


def issuers(actor: Actor, *, first: date, last: date) -> list[Issuer]:
    """Return who caused the burden, the most minutes first; equal ones share a rank. Fillers are not ranked.

    Of the units in the actor's sight. Queries: those of sight, and nine.
    """
    owed = owed_in(actor, first, last)
    forms = forms_of_units(owed)
    owners = _owners(forms)
    loads: dict[str, Load] = defaultdict(Load)
    titles: dict[str, dict[str, str]] = defaultdict(dict)
    for row_id, *numbers in loads_summed(owed, forms, "definition_id"):
        loads[owners[row_id]] += Load(*numbers)
        titles[owners[row_id]][forms[row_id].ref] = forms[row_id].title
    addressed: dict[str, set[int]] = defaultdict(set)
    pairs = owed.filter(definition_id__in=forms).values_list("definition_id", "unit_id").distinct()
    for row_id, unit_id in pairs:
        addressed[owners[row_id]].add(unit_id)
    names = dict(Unit.objects.filter(code__in=loads).order_by("id").values_list("code", "title"))
    return [
        Issuer(
            rank=1 + sum(each.minutes > loads[code].minutes for each in loads.values()),
            code=code,
            title=names.get(code, code) or "未登记责任单位",
            forms=tuple(titles[code].values()),
            units=len(addressed[code]),
            load=loads[code],
        )
        for code in sorted(loads, key=lambda code: (-loads[code].minutes, code))
    ]


def issued_by(unit_code: str, *, first: date, last: date) -> Issued:
    """Return what the forms of one owner asked of all units, in periods that end in a time.

    For the owner's own check (burden against last year): everybody's obligations count, nothing of a single
    unit is told. Eight queries.
    """
    owed = owed_in(SYSTEM_ACTOR, first, last)
    forms = forms_of_units(owed)
    owners = _owners(forms)
    own = {row_id: form for row_id, form in forms.items() if owners[row_id] == unit_code}
    loads = [Load(*numbers) for _, *numbers in loads_summed(owed, own, "definition_id")]
    return Issued(len({form.ref for form in own.values()}), sum(loads, NOTHING))


def issued_forms(unit_id: int, period: Period) -> SourceValue | None:
    """Say how many forms a unit itself issued in a period, beside the year before: a source of elements."""
    now, before = _both(unit_id, period)
    return _told(str(now.forms), f"本单位自发报表 {now.forms} 张，上年同期 {before.forms} 张")


def issued_minutes(unit_id: int, period: Period) -> SourceValue | None:
    """Say how many minutes the forms a unit itself issued in a period take others: a source of elements."""
    now, before = _both(unit_id, period)
    return _told(
        str(now.load.minutes),
        f"按准入时预计用时计 {now.load.minutes} 分钟，上年同期 {before.load.minutes} 分钟",
    )


def _both(unit_id: int, period: Period) -> tuple[Issued, Issued]:
    """Return what a unit issued in a period and in the same one a year earlier."""
    code = Unit.objects.values_list("code", flat=True).get(pk=unit_id)
    earlier = period.same_last_year()
    return (
        issued_by(code, first=period.start, last=period.end),
        issued_by(code, first=earlier.start, last=earlier.end),
    )


def _told(value: str, words: str) -> SourceValue:
    return SourceValue(value, f"{words}（负担统计）")


def _owners(forms: Mapping[int, Def]) -> dict[int, str]:
    """Return the code of the owner of each form, empty where there is none. One query."""
    slots = slots_bound({form.pack for form in forms.values()})
    found: dict[int, str] = {}
    for row_id, form in forms.items():
        admission = admission_of(form.body)
        bound = slots.get((form.pack, admission.slot)) if admission else None
        found[row_id] = bound.target if bound is not None and bound.kind == "unit" else ""
    return found
