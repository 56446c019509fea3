"""The few places where the databases differ in what the compiler writes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one database spells things.

    ``integer``: a pattern for a 64-bit literal. ``least`` and ``greatest``: functions over two or more values
    (their answer to null differs, so the compiler guards it). ``by_bytes``: what makes a text compare by code
    point, as Python does. ``whole``: the sign of a division of integers that cuts towards zero.
    """

    integer: str
    least: str
    greatest: str
    by_bytes: str
    whole: str = "/"


DIALECTS = {
    "sqlite": Dialect(integer="{}", least="MIN", greatest="MAX", by_bytes=""),
    "postgresql": Dialect(integer="{}::bigint", least="LEAST", greatest="GREATEST", by_bytes=' COLLATE "C"'),
}
