"""The grain ``filing``: which names an indicator may use over a form's filings and which columns they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from luoshi.core.errors import ExpressionInvalid
from luoshi.core.expr import Kind
from luoshi.kernel.definitions.fields import Field, field_of
from luoshi.kernel.definitions.slots import Slot, slots_planned
from luoshi.kernel.filings.forms import Vocabs
from luoshi.kernel.indicators.compiler import Column, Compiler
from luoshi.kernel.indicators.dialects import DIALECTS
from luoshi.kernel.indicators.measure import How, Measure, is_boolean, measure_of

# Names that every filing has. Frozen on the opening day of the obligation, so a later move changes no figure.
COMMON: dict[str, Column] = {
    "unit.code": Column("unit_code", Kind.TEXT),
    "unit.kind": Column("unit_kind", Kind.TEXT),
    "unit.branch": Column("unit_branch", Kind.TEXT),
    "unit.parent": Column("unit_parent", Kind.TEXT),
    "period": Column("period_code", Kind.TEXT),
    "answer": Column("answer", Kind.TEXT),
    "timing": Column("timing", Kind.TEXT),
}


def columns_of(fields: Iterable[Field], slots: Mapping[str, Slot]) -> dict[str, Column]:
    """Return every name an indicator over a form may use. ``fields``: those marked ``fact: true``.

    A field without a column yet (the form was never opened) is null in every row.
    """
    columns = dict(COMMON)
    for field in fields:
        slot = slots.get(field.key)
        sql = slot.column if slot else f"CAST(NULL AS {'BIGINT' if field.numeric else 'TEXT'})"
        if not field.numeric:
            columns[field.key] = Column(sql, Kind.TEXT)
            continue
        scale = slot.scale if slot else field.digits
        columns[field.key] = Column(sql, Kind.NUMBER, scale, field.bound * 10 ** (scale - field.digits))
    return columns


def check_columns(form_body: Mapping[str, Any], vocabs: Vocabs) -> dict[str, Column]:
    """Return the names an indicator may use over a form that was never opened, as a pack is loaded.

    Raises: Invalid when the form has more counted fields than there are columns.
    """
    fields = [field_of(field, vocabs) for field in form_body["fields"] if field.get("fact")]
    return columns_of(fields, slots_planned({}, fields))


def check_definition(body: Mapping[str, Any], form_body: Mapping[str, Any], vocabs: Vocabs) -> Measure:
    """Check an indicator against the form it counts, as a pack is loaded; return what it means.

    Raises: ExpressionInvalid for unknown or uncounted fields, kinds that do not fit, row-by-row division and
    numbers that could leave 64 bits; Invalid as ``check_columns`` does.
    """
    columns = check_columns(form_body, vocabs)
    measure = measure_of(body)
    compiler = Compiler(columns, DIALECTS["sqlite"])
    if measure.where is not None:
        compiler.truth(measure.where)
    for expr in measure.valued:
        kind = compiler.compile(expr).kind
        if is_boolean(expr.tree) != (kind is Kind.BOOL) or kind is Kind.TEXT:
            raise ExpressionInvalid(f"算式“{expr.text}”应得出数字或是否。")
        if kind is Kind.BOOL and measure.how in (How.SUM, How.MEAN):
            raise ExpressionInvalid(f"算式“{expr.text}”得出的是“是否”，计数请用 num 与 den。")
    return measure
