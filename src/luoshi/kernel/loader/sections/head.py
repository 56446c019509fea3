"""Sections pack, slots, roles, vocab."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from luoshi.kernel.loader.sections.base import Code, Count, Section, Title

_NAME = "[a-z][a-z0-9_]*"
WHO = rf"^((post|unit):@{_NAME}|unit:any|duty:{_NAME}(\.head|\.super)?)$"


class PackHead(Section):
    """``id`` is the name of the pack's folder; ``version`` rises with every change of content.

    ``note``: what this version is about.
    """

    id: Code
    version: Count
    title: Title
    requires: list[Code]
    note: Annotated[str, StringConstraints(max_length=200)] = ""


class Slot(Section):
    """A place to be filled by a real post or unit when the pack is installed."""

    kind: Literal["post", "unit"]
    title: Title


class Role(Section):
    """``who``: ``post:@slot``, ``unit:@slot``, ``unit:any`` or ``duty:ROLE[.head|.super]``.

    ``unit:any``: whoever handles for a unit, which then leads the item; only to create one.

    In the flow of a form the only duty is that of the unit which files: ``duty:unit`` its clerk,
    ``duty:unit.head`` its head, ``duty:unit.super`` the unit above it.
    """

    who: Annotated[str, StringConstraints(pattern=WHO)]
    title: Title | None = None


Vocab = dict[Code, Title]
