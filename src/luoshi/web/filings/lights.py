"""How a light looks on a page: the class of its cell and its word."""

from __future__ import annotations

from collections.abc import Mapping

from luoshi.core.lights import LOOKS, Light

TONES: Mapping[Light, str] = {
    Light.WHITE: "todo",
    Light.BLUE: "near",
    Light.YELLOW: "warn",
    Light.RED: "miss",
    Light.GREEN: "ok",
    Light.GREEN_LATE: "late",
    Light.EXCUSED: "void",
}


def look_of(light: Light) -> tuple[str, str]:
    """Return (class, word) of a light.

    >>> look_of(Light.RED)
    ('miss', '逾期')
    """
    return TONES[light], LOOKS[light].word
