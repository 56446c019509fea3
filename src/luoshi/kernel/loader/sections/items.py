"""Section items: types with their numbers, duties, fields, states and moves."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag

from luoshi.kernel.items.schema import AFTER, DUTY, FIELD_TYPE, GIVEN, NEED, NUMBER, WITHIN
from luoshi.kernel.loader.sections.base import Code, ColumnTitle, Number, Section, Title
from luoshi.kernel.loader.sections.clocks import ItemClock

Stage = Literal["intake", "assigned", "working", "waiting", "verifying", "done", "void"]
FileKind = Literal["document", "sheet", "photo", "screenshot"]
Thing = Annotated[str, StringConstraints(pattern=GIVEN)]
Need = Annotated[str, StringConstraints(pattern=NEED)]
DutyText = Annotated[str, StringConstraints(pattern=DUTY)]
Times = Annotated[int, Field(ge=1, le=99)]


def _one_or_list(value: object) -> str:
    return "list" if isinstance(value, list) else "one"


Codes = Annotated[
    Annotated[Code, Tag("one")] | Annotated[list[Code], Field(min_length=1), Tag("list")],
    Discriminator(_one_or_list),
]


class ItemField(Section):
    """One field. It is asked for by the moves that need it; ``int:0-100`` is an integer with its bounds.

    ``min`` of a text is its least number of characters. ``pii``: personal data, stored apart and encrypted.
    """

    key: Code
    title: ColumnTitle
    type: Annotated[str, StringConstraints(pattern=FIELD_TYPE)]
    unit: Annotated[str, StringConstraints(max_length=10)] = ""
    min: Number | None = None
    max: Number | None = None
    fact: bool = False
    pii: bool = False
    help: Annotated[str, StringConstraints(max_length=200)] = ""


class ItemState(Section):
    """One state with its stage. ``edit``: what may be changed in it without a move, and ``by`` whom."""

    key: Code
    title: ColumnTitle
    stage: Stage
    edit: list[Thing] = []
    by: Codes | None = None


class Apart(Section):
    """The move taken by somebody else, since the item was created or last reopened.

    ``person``: another account, whatever its posts; ``unit``: another account of another unit.
    """

    move: Code
    level: Literal["person", "unit"]


class ItemMove(Section):
    """One transition. ``need``: what must be there; ``may``: what may be given besides.

    ``guard``: conditions of upper apps that must be met.
    ``max``: how often an item may take it; ``within``: how long after its state was entered, ``after``: not
    before. ``when``: for which items it is a move at all, ``say``: what others are told.
    """

    do: Code
    title: ColumnTitle
    from_: Annotated[Codes | None, Field(alias="from")]
    to: Code
    by: Codes
    need: list[Need] = []
    may: list[Thing] = []
    apart: list[Apart] = []
    max: Times | None = None
    within: Annotated[str, StringConstraints(pattern=WITHIN)] | None = None
    guard: list[Code] = []
    after: Annotated[str, StringConstraints(pattern=AFTER)] | None = None
    when: Annotated[str, StringConstraints(max_length=300)] | None = None
    say: Annotated[str, StringConstraints(max_length=100)] = ""


class ItemRule(Section):
    """What must hold of the fields when one of the moves ``on`` is taken; ``say`` is the refusal.

    Either ``must`` is true, or the text of ``field`` has none of ``without`` while ``when`` is true.
    """

    on: Annotated[list[Code], Field(min_length=1)]
    must: str | None = None
    field: Code | None = None
    without: Annotated[list[Title], Field(max_length=30)] = []
    when: str | None = None
    say: Annotated[str, StringConstraints(min_length=4, max_length=200)]


class ItemEvidence(Section):
    """What an item takes as evidence. ``pictures_suffice``: a move may be taken with pictures alone."""

    kinds: Annotated[list[FileKind], Field(min_length=1)] = ["document", "sheet", "photo", "screenshot"]
    pictures_suffice: bool = False


class Item(Section):
    """One item type. ``public``: what somebody outside may see of an item, ``number``, ``stage`` and fields.

    ``gapless``: no number is ever left out, as documents need it.
    """

    title: Title
    number: Annotated[str, StringConstraints(pattern=NUMBER, max_length=60)]
    gapless: bool = False
    duty: dict[Code, DutyText]
    fields: Annotated[list[ItemField], Field(max_length=60)]
    public: list[Code]
    states: Annotated[list[ItemState], Field(min_length=2, max_length=40)]
    moves: Annotated[list[ItemMove], Field(min_length=1, max_length=80)]
    clocks: Annotated[dict[Code, ItemClock], Field(max_length=20)] = {}
    rules: Annotated[list[ItemRule], Field(max_length=30)] = []

    evidence: ItemEvidence | None = None


class Migrate(Section):
    """Takes open items of earlier versions along: old state → new state, for states that were removed."""

    states: dict[Code, Code]
