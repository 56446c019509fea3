"""Section slips: how an office presses units for what they owe."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from luoshi.kernel.loader.sections.base import Code, Section, Title

Days = Annotated[int, Field(ge=0, le=250)]


class SlipCount(Section):
    """So many slips of a level to one unit within so many days."""

    level: Code
    times: Annotated[int, Field(ge=1, le=20)]
    days: Annotated[int, Field(ge=1, le=366)]


class SlipLevel(Section):
    """One level. ``after``: proposed once overdue more than so many working days; ``reply``: days to reply.

    For items also ``returns`` (sent back so often), ``count``, ``unanswered`` (no reply in time to the slip
    before), and ``copy``, the roles that get a copy.

    ``title`` is the word of its numbers: 提示〔2023〕5号.
    """

    key: Code
    title: Annotated[str, StringConstraints(min_length=1, max_length=10, strip_whitespace=True)]
    tone: Literal["blue", "orange", "red"]
    after: Days | None = None
    reply: Annotated[int, Field(ge=1, le=60)]
    returns: Annotated[int, Field(ge=1, le=20)] | None = None
    count: SlipCount | None = None
    unanswered: bool = False
    copy_: Annotated[list[Code], Field(alias="copy", max_length=5)] = []


class Slips(Section):
    """Supervision slips about overdue forms, or about items by one ``clock``.

    ``organ`` is the slot of the unit that issues them.
    """

    title: Title
    organ: Annotated[str, StringConstraints(pattern=r"^@[a-z][a-z0-9_]*$")]
    calendar: Code
    forms: list[Code] = []
    items: list[Code] = []
    clock: Code | None = None
    levels: Annotated[list[SlipLevel], Field(min_length=1, max_length=5)]
