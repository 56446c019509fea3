"""Which names an indicator may use over the rows it counts, and which columns they are: at load and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from luoshi.core.beijing import end_of_day
from luoshi.core.errors import ExpressionInvalid
from luoshi.core.expr import Kind
from luoshi.core.periods import Period
from luoshi.kernel.definitions.fields import Field, field_of
from luoshi.kernel.definitions.queries import Def, definition
from luoshi.kernel.definitions.slots import Slot, slots_planned
from luoshi.kernel.filings.forms import Vocabs, form_def
from luoshi.kernel.filings.slots import slots_of as form_slots
from luoshi.kernel.indicators.compiler import Column, Compiler
from luoshi.kernel.indicators.dialects import DIALECTS
from luoshi.kernel.indicators.fields import field_columns
from luoshi.kernel.indicators.grains import END, FILING, ITEM, MOVE, OF_ITEMS, Grain, grain_of, require_axis
from luoshi.kernel.indicators.item_names import Moment, item_columns
from luoshi.kernel.indicators.measure import How, Measure, is_boolean, measure_of
from luoshi.kernel.indicators.part_names import clock_columns, item_join, move_columns
from luoshi.kernel.indicators.parts import Wanted
from luoshi.kernel.items.slots import slots_of as item_slots
from luoshi.kernel.items.types import type_of

# Names that every filing has. Frozen on the opening day of the obligation, so a later move changes no figure.
COMMON: dict[str, Column] = {
    "unit.code": Column("f.unit_code", Kind.TEXT),
    "unit.kind": Column("f.unit_kind", Kind.TEXT),
    "unit.branch": Column("f.unit_branch", Kind.TEXT),
    "unit.parent": Column("f.unit_parent", Kind.TEXT),
    "period": Column("f.period_code", Kind.TEXT),
    "answer": Column("f.answer", Kind.TEXT),
    "timing": Column("f.timing", Kind.TEXT),
}
ITEM_NOUN = "一类事项"
NEVER = Moment(None, datetime(1970, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Named:
    """What the rows of one form or item type offer: names and time axes. ``scope``: the form or type."""

    scope: str
    columns: Mapping[str, Column]
    axes: Mapping[str, str]
    always: str = ""


def columns_of(fields: Iterable[Field], slots: Mapping[str, Slot]) -> dict[str, Column]:
    """Return every name an indicator over a form may use. ``fields``: those marked ``fact: true``."""
    return COMMON | field_columns(fields, slots, "f.")


def owner_of(body: Mapping[str, Any]) -> tuple[str, str]:
    """Return (kind, key) of the definition whose rows an indicator counts.

    >>> owner_of({"grain": "filing", "form": "monthly"}), owner_of({"grain": "case"})
    (('form', 'monthly'), ('item', 'case'))
    """
    grain = grain_of(body["grain"])
    if grain is FILING:
        return "form", body["form"]
    return "item", body["item"] if grain.word in OF_ITEMS else body["grain"]


def named_of(found: Def, moment: Moment) -> Named:
    """Return what an indicator's rows offer at a moment. Raises: NotFound."""
    kind, key = owner_of(found.body)
    ref = f"{found.pack}.{key}"
    if kind == "form":
        form = form_def(ref, found.pack_version)
        return Named(ref, columns_of(form.facts, form_slots(ref)), {})
    of = type_of(definition("item", ref, found.pack_version))
    grain, slots = grain_of(found.body["grain"]), item_slots(ref)
    if grain is ITEM:
        return Named(ref, *item_columns(of.facts, slots, of.moves, of.clocks, moment))
    part = move_columns if grain is MOVE else clock_columns
    return Named(ref, *part(of.facts, slots, moment), item_join(moment))


def moment_of(found: Def, period: Period, at: datetime | None, now: datetime | None) -> Moment:
    """Return the moment an indicator's rows stand at: what is asked, for ``time: end`` at most the end."""
    asked = at or now or NEVER.now
    if found.body["time"] != END:
        return Moment(at, asked)
    end = end_of_day(period.end)
    return Moment(end if at is None else min(at, end), min(asked, end))


def wanted_of(found: Def, named: Named, moment: Moment = NEVER) -> Wanted:
    """Return an indicator as the query takes it."""
    body = found.body
    return Wanted(
        measure_of(body),
        named.scope,
        named.columns,
        grain_of(body["grain"]),
        body["time"],
        named.axes,
        body.get("clock") or "",
        named.always,
        moment.at if body["time"] == END else None,
    )


def check_columns(owner: Mapping[str, Any], vocabs: Vocabs) -> dict[str, Column]:
    """Return the names an indicator may use over a form that was never opened, as a pack is loaded.

    Raises: Invalid when the form has more counted fields than there are columns.
    """
    fields = _facts(owner, vocabs)
    return columns_of(fields, slots_planned({}, fields))


def check_item_columns(owner: Mapping[str, Any], vocabs: Vocabs) -> tuple[dict[str, Column], dict[str, str]]:
    """Return names and time axes over an item type that has no items yet. Raises: Invalid as above."""
    fields = _facts(owner, vocabs)
    moves = [move["do"] for move in owner["moves"]]
    slots = slots_planned({}, fields, ITEM_NOUN)
    return item_columns(fields, slots, moves, list(owner.get("clocks") or {}), NEVER)


def _facts(owner: Mapping[str, Any], vocabs: Vocabs) -> list[Field]:
    return [field_of(field, vocabs) for field in owner["fields"] if field.get("fact")]


def check_definition(body: Mapping[str, Any], owner: Mapping[str, Any], vocabs: Vocabs) -> Measure:
    """Check an indicator against the form or item type it counts, as a pack is loaded; return its meaning.

    Raises: ExpressionInvalid for unknown or uncounted fields, kinds that do not fit, row-by-row division and
    numbers that could leave 64 bits; Invalid as ``check_columns`` does, and for an unknown time axis.
    """
    grain = grain_of(body.get("grain", FILING.word))
    columns = _checked_columns(grain, body, owner, vocabs)
    measure = measure_of(body)
    compiler = Compiler(columns, DIALECTS["sqlite"])
    if measure.where is not None:
        compiler.truth(measure.where)
    for expr in measure.valued:
        kind = compiler.compile(expr).kind
        if is_boolean(expr.tree) != (kind is Kind.BOOL) or kind is Kind.TEXT:
            raise ExpressionInvalid(f"算式“{expr.text}”应得出数字或是否。")
        if kind is Kind.BOOL and measure.how in (How.SUM, How.MEAN, How.MEDIAN):
            raise ExpressionInvalid(f"算式“{expr.text}”得出的是“是否”，计数请用 num 与 den。")
    return measure


def _checked_columns(
    grain: Grain, body: Mapping[str, Any], owner: Mapping[str, Any], vocabs: Vocabs
) -> Mapping[str, Column]:
    if grain is FILING:
        return check_columns(owner, vocabs)
    columns, axes = check_item_columns(owner, vocabs)
    if grain.word in OF_ITEMS:
        fields = _facts(owner, vocabs)
        part = move_columns if grain is MOVE else clock_columns
        columns, axes = part(fields, slots_planned({}, fields, ITEM_NOUN), NEVER)
    if body["time"] != END:
        require_axis(body["time"], axes)
    return columns
