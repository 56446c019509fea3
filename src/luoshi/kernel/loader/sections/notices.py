"""Section notices: when who is told of a filing that is owed, waits or came back."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from luoshi.kernel.filings.reminders import AT
from luoshi.kernel.loader.sections.base import Code, Section, Title


class NoticeStep(Section):
    """One step: the moment, whom to tell, how pressing it is."""

    at: Annotated[str, StringConstraints(pattern=rf"^{AT}$")]
    tell: Annotated[list[Literal["filler", "head", "coach", "reviewer", "owner"]], Field(min_length=1)]
    level: Literal["blue", "yellow", "red"]


class Notice(Section):
    """The reminders of one form. ``hour``: the time of the day of steps counted in days."""

    title: Title
    form: Code
    hour: Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    steps: Annotated[list[NoticeStep], Field(min_length=1, max_length=20)]
