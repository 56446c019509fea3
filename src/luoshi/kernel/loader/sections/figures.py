"""Sections indicators and schemes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag

from luoshi.kernel.loader.sections.base import (
    Better,
    Code,
    Digits,
    Expression,
    Nothing,
    Number,
    Section,
    Title,
    Words,
)

TIME_AXIS = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,3}$"


class Indicator(Section):
    """One figure over the rows of a grain: exactly one of count, sum, mean, median, share, num with den.

    ``grain``: ``filing`` with its ``form``, an item type, ``move`` with its ``item``, ``clock`` with
    its ``item`` and ``clock``. ``time``: the axis by which rows
    belong to a period; ``period`` for filings, a day of the item for items, ``end`` for how they stood then.
    """

    title: Title
    grain: Code
    form: Code | None = None
    item: Code | None = None
    clock: Code | None = None
    where: Expression | None = None
    count: Literal["all"] | None = None
    sum: Expression | None = None
    mean: Expression | None = None
    median: Expression | None = None
    share: Expression | None = None
    num: Expression | None = None
    den: Expression | None = None
    empty: Literal["as_no", "skip", "refuse"] | None = None
    time: Annotated[str, StringConstraints(pattern=TIME_AXIS, max_length=90)]
    unit: Annotated[str, StringConstraints(max_length=10)]
    digits: Digits
    better: Better


class Group(Section):
    """Units that are compared with one another."""

    key: Code
    title: Title
    of: Expression


class Criterion(Section):
    """One line of a score sheet. ``calc`` names one calculator with its parameters.

    ``full``: the full points, needed when a missing line gets them.
    """

    key: Code
    title: Title
    input: Code
    calc: Annotated[dict[str, dict[str, Any]], Field(min_length=1, max_length=1)]
    weight: Number | None = None
    full: Number | None = None
    note: Annotated[str, StringConstraints(max_length=200)] = ""


class Combine(Section):
    """How lines make a total, and what a missing line does to it."""

    how: Literal["sum", "weighted"]
    missing: Literal["refuse", "exclude_and_reweight", "neutral_mean", "full", "skip"]
    digits: Digits
    rounding: Literal["half_up", "truncate"]
    start: Number | None = None
    floor: Number | None = None
    cap: Number | None = None


class Rank(Section):
    """How totals are ranked within a group. ``by``: criteria that break ties, the weightiest first."""

    tie: Literal["share_low", "dense", "break"]
    by: list[Code] = []
    better: Literal["up", "down"]


class Preview(Section):
    """Before a round is published its units see their own sheets and may appeal.

    Working days of ``calendar``. ``appeal``: to file an appeal, counted from the day after the preview opens;
    ``decide``: to decide one, counted from the day after it is filed.
    """

    calendar: Code
    appeal: Annotated[int, Field(ge=1, le=60)]
    decide: Annotated[int, Field(ge=1, le=120)]


class Grade(Section):
    """A grade. ``share``: percent of a group's ranked units at most; ``least``: points it takes."""

    key: Code
    title: Title
    share: Annotated[Number, Field(gt=0, le=100)] | None = None
    least: Number | None = None


def _none_or_some(value: object) -> str:
    return "none" if isinstance(value, str) else "some"


class Scheme(Section):
    """A scheme of assessment: groups, criteria, total, ranks. ``basis`` says where its rules come from.

    ``grades``: from the highest to the lowest, which takes whoever is left.
    """

    title: Title
    basis: Words
    groups: Annotated[list[Group], Field(min_length=1)]
    criteria: Annotated[list[Criterion], Field(min_length=1)]
    combine: Annotated[
        Annotated[Nothing, Tag("none")] | Annotated[Combine, Tag("some")], Discriminator(_none_or_some)
    ]
    rank: Annotated[
        Annotated[Nothing, Tag("none")] | Annotated[Rank, Tag("some")], Discriminator(_none_or_some)
    ]
    preview: Preview | None = None
    grades: list[Grade] = []
