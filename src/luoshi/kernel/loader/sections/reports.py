"""Sections reports and tests."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, StringConstraints, model_serializer

from luoshi.kernel.loader.sections.base import Code, ColumnTitle, FilePath, PeriodCode, Section, Title, Words

Rows = Literal["sheets", "units", "lines"]


class TableLine(Section):
    """A table: one row per sheet, unit or scored line."""

    title: Title
    rows: Rows
    columns: Annotated[list[str], Field(min_length=1, max_length=12)]


class ChartLine(Section):
    """A chart over the same rows as a table."""

    kind: Literal["bar", "line"]
    title: Title
    rows: Rows
    label: str
    series: Annotated[list[str], Field(min_length=1, max_length=4)]
    unit: Annotated[str, StringConstraints(max_length=10)] = ""


class Line(Section):
    """One line of a report: exactly one of heading, paragraph, quotation, table or chart."""

    h1: Title | None = None
    h2: Title | None = None
    h3: Title | None = None
    p: Words | None = None
    q: Words | None = None
    source: Title | None = None
    table: TableLine | None = None
    chart: ChartLine | None = None

    @model_serializer(mode="wrap")
    def only_given(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A line is told by its one key, so that the others are left out."""
        return {key: value for key, value in handler(self).items() if value is not None}


class Report(Section):
    """Prose with bound figures. ``title`` in lines; ``organ`` is a slot; ``scheme`` a scheme or none."""

    title: Annotated[list[Title], Field(min_length=1, max_length=4)]
    style: Literal["gbt9704"]
    organ: Annotated[str, StringConstraints(pattern=r"^@[a-z][a-z0-9_]*$")]
    scheme: Code
    lines: Annotated[list[Line], Field(min_length=1)]
    notes: list[Words] = []


class Differs(Section):
    """A published value that is not what the published inputs give, with the reason."""

    unit: ColumnTitle
    period: PeriodCode | None = None
    column: ColumnTitle
    published: ColumnTitle
    computed: ColumnTitle
    why: Words


class PackTest(Section):
    """Fixture rows and what they must give; run whenever the pack is checked.

    Rows are filings taken by an ``import`` for ``units`` in a ``period``, or items of a type, one row each
    under the names that indicators use; then only ``figures`` are wanted, of a ``period`` or of all rows.
    ``units`` is a unit table (head as the import of units), ``want`` a table of scores to be met,
    ``figures`` printed totals by indicator, ``refused`` words that the refusal must contain.
    """

    import_: Annotated[Code | None, Field(alias="import")] = None
    item: Code | None = None
    rows: FilePath
    units: FilePath | None = None
    period: PeriodCode | None = None
    scheme: Code | None = None
    want: FilePath | None = None
    differs: list[Differs] = []
    figures: dict[Code, str] = {}
    refused: list[ColumnTitle] = []
