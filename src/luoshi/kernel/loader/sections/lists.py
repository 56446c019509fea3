"""Section lists: what a district may adopt as its own responsibility lists."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from luoshi.core.rhythm import RULE
from luoshi.kernel.loader.sections.base import Expression, Section, Title, Words

Holder = Literal["team", "head", "member", "watch"]


class ListItem(Section):
    """One item. ``answer``: by a form of this pack, by records behind a data element, or only a reminder.

    ``due``: a rule of ``core.rhythm`` or none; a form brings its own limit. ``to`` narrows the list's units.
    """

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9-]{0,19}$")]
    aspect: Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True)]
    requirement: Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
    holders: Annotated[list[Holder], Field(min_length=1)]
    frequency: Literal["once", "monthly", "quarterly", "half_year", "yearly", "event"]
    due: Annotated[str, StringConstraints(pattern=rf"^(none|{RULE})$")]
    review: Annotated[str, StringConstraints(pattern=r"^(none|@[a-z][a-z0-9_]*)$")]
    answer: Annotated[
        str, StringConstraints(pattern=r"^(plain|form:[a-z][a-z0-9_]*|element:[A-Z][A-Z0-9]{0,19})$")
    ]
    to: Expression | None = None
    evidence: Annotated[str, StringConstraints(max_length=300)] = ""
    legal: Annotated[str, StringConstraints(max_length=300)] = ""


class ListTemplate(Section):
    """A list to be copied into records of the district for a year. ``to``: the units it is for."""

    title: Title
    kind: Literal["common", "own", "negative"]
    holders: Annotated[list[Holder], Field(min_length=1)]
    to: Expression
    basis: Words
    items: Annotated[list[ListItem], Field(min_length=1, max_length=200)]
