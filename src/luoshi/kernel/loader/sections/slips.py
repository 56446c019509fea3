"""Section slips: how an office presses units for what they owe."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from luoshi.kernel.loader.sections.base import Code, Section, Title

Days = Annotated[int, Field(ge=0, le=250)]


class SlipLevel(Section):
    """One level. ``after``: proposed once overdue more than so many working days; ``reply``: days to reply.

    ``title`` is the word of its numbers: 提示〔2023〕5号.
    """

    key: Code
    title: Annotated[str, StringConstraints(min_length=1, max_length=10, strip_whitespace=True)]
    tone: Literal["blue", "orange", "red"]
    after: Days
    reply: Annotated[int, Field(ge=1, le=60)]


class Slips(Section):
    """Supervision slips about overdue forms; ``organ`` is the slot of the unit that issues them."""

    title: Title
    organ: Annotated[str, StringConstraints(pattern=r"^@[a-z][a-z0-9_]*$")]
    calendar: Code
    forms: Annotated[list[Code], Field(min_length=1)]
    levels: Annotated[list[SlipLevel], Field(min_length=1, max_length=5)]
