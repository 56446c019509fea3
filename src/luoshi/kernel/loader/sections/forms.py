"""Sections forms and imports."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag

from luoshi.kernel.filings.flows import DEFAULT_RETURNS
from luoshi.kernel.filings.windows import OFFSET
from luoshi.kernel.loader.sections.base import (
    Code,
    ColumnTitle,
    Count,
    Expression,
    Nothing,
    Number,
    Section,
    Title,
    Words,
)
from luoshi.kernel.loader.sections.items import Codes

Moment = Annotated[str, StringConstraints(pattern=rf"^{OFFSET}$")]
FieldType = Annotated[
    str,
    StringConstraints(
        pattern=r"^(int|money|text|date|decimal:[1-6]|percent:[0-6]|vocab:[a-z][a-z0-9_]*"
        r"|rows:[1-9][0-9]{0,2}|files:[1-9])$"
    ),
]
ColumnType = Annotated[
    str,
    StringConstraints(pattern=r"^(int|money|text|date|decimal:[1-6]|percent:[0-6]|vocab:[a-z][a-z0-9_]*)$"),
]
FileKind = Literal["document", "sheet", "photo", "screenshot"]


def _none_or_some(value: object) -> str:
    return "none" if isinstance(value, str) else "some"


class Lock(Section):
    at: Moment
    mode: Literal["none", "soft", "hard"]


class Window(Section):
    """Opening, due and lock day, counted from the period on a working-day calendar."""

    calendar: Code
    open: Moment
    due: Moment
    lock: Lock | None = None


class Flow(Section):
    """Who fills, signs and reviews.

    ``apart: person`` keeps filler and signer apart; a reviewer is always apart from both. ``returns``: how
    often a filing may be returned.
    """

    fill: Code
    sign: Code
    review: Code
    apart: Literal["none", "person"] = "person"
    returns: Annotated[int, Field(ge=0, le=9)] = DEFAULT_RETURNS


class Nil(Section):
    """A nil return is possible and needs these."""

    need: list[Code]


class Admission(Section):
    """Who answers for the burden of this form, on what basis, until when, and minutes to fill it."""

    owner: Annotated[str, StringConstraints(pattern=r"^unit:@[a-z][a-z0-9_]*$")]
    basis: Title
    until: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    minutes: Count


class RowColumn(Section):
    """One column of a field of table rows."""

    key: Code
    title: ColumnTitle
    type: ColumnType
    unit: Annotated[str, StringConstraints(max_length=10)] = ""
    min: Number | None = None
    max: Number | None = None
    blank: bool = False
    help: Annotated[str, StringConstraints(max_length=200)] = ""


class FormField(Section):
    """One field. ``percent:N`` is a decimal from 0 to 100 with at most N decimals.

    ``jump``: a change against the period before by more than this many percent must be explained.
    ``from: last month``: what is held of the element for the last month of the period is offered too.
    ``keep``: what the unit filed for the period before is offered.
    ``rows:N`` takes at most N table rows of ``columns``, summing the columns named in ``total``; ``files:N``
    at most N files as evidence, of ``kinds``.
    """

    key: Code
    title: ColumnTitle
    type: FieldType
    unit: Annotated[str, StringConstraints(max_length=10)] = ""
    min: Number | None = None
    max: Number | None = None
    jump: Annotated[int, Field(ge=1, le=10_000)] | None = None
    blank: bool = False
    fact: bool = False
    element: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]*$", max_length=20)] | None = None
    from_: Annotated[Literal["last month"] | None, Field(alias="from")] = None
    keep: bool = False
    help: Annotated[str, StringConstraints(max_length=200)] = ""
    columns: Annotated[list[RowColumn], Field(min_length=1, max_length=20)] | None = None
    total: list[Code] | None = None
    kinds: Annotated[list[FileKind], Field(min_length=1)] | None = None


class FormRule(Section):
    """``must`` holds for every filing; when it does not, ``say`` is what the filler reads."""

    must: Expression
    say: Title


class Form(Section):
    """What units file, for which periods, and who sees to it.

    ``occurred``: a filing states the day on which it happened.
    """

    title: Title
    period: Literal["month", "quarter", "half", "year", "node", "range"]
    to: Expression
    window: Annotated[
        Annotated[Nothing, Tag("none")] | Annotated[Window, Tag("some")], Discriminator(_none_or_some)
    ]
    flow: Flow
    nil: Annotated[
        Annotated[Nothing, Tag("none")] | Annotated[Nil, Tag("some")], Discriminator(_none_or_some)
    ]
    admission: Admission
    source: Words | None = None
    occurred: bool = False
    fields: Annotated[list[FormField], Field(min_length=1, max_length=60)]
    rules: list[FormRule]


class Import(Section):
    """How the columns of a spreadsheet become fields of a form.

    ``unit`` names the column of units, ``period`` the one holding period codes or none.
    ``columns``: field key → column title; ``ignore``: columns that are known and not read.
    """

    form: Code
    unit: ColumnTitle
    period: ColumnTitle
    columns: Annotated[dict[Code, ColumnTitle], Field(min_length=1)]
    ignore: list[ColumnTitle] = []


class Meaning(Section):
    """What an activity of another system is here: a move, or several of which the first that fits counts."""

    is_: Annotated[str, StringConstraints(min_length=1, max_length=200), Field(alias="is")]
    do: Codes


class Activity(Section):
    """The columns of a table with a row for each step: what was done, when."""

    column: ColumnTitle
    time: ColumnTitle
    moves: Annotated[list[Meaning], Field(min_length=1, max_length=200)]


class ItemImport(Section):
    """How a table of another system becomes items with their history.

    ``number``, ``title``: columns of its own number and of the title. ``zone``: of times without an offset.
    ``columns``: field key → column; ``duties``: role → column with units; ``times``: move → column with its
    time; ``who``, ``note``: who took a step there, and what was noted. ``earlier``: what becomes of a case
    with a step before its registration, refused or registered at that ``first`` step.
    """

    item: Code
    number: ColumnTitle
    title: ColumnTitle
    zone: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]+(/[A-Za-z0-9_+-]+){0,2}$", max_length=60)]
    earlier: Literal["refuse", "first"]
    columns: dict[Code, ColumnTitle] = {}
    duties: dict[Code, ColumnTitle] = {}
    times: dict[Code, ColumnTitle] = {}
    activity: Activity | None = None
    who: ColumnTitle | None = None
    note: ColumnTitle | None = None
    ignore: list[ColumnTitle] = []


def _of_items_or_form(value: object) -> str:
    return "items" if isinstance(value, dict) and "item" in value else "form_"


AnyImport = Annotated[
    Annotated[Import, Tag("form_")] | Annotated[ItemImport, Tag("items")], Discriminator(_of_items_or_form)
]
