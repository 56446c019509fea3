"""How the light of an obligation looks on a page: the class of its cell and its word."""

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
LEGEND = [(TONES[each], LOOKS[each].word) for each in Light]
NOTHING_DUE = {"none": "待报", "filed": "已报"}


def look_of(shown: Light) -> tuple[str, str]:
    """Return (class, word) of a light.

    >>> look_of(Light.RED)
    ('miss', '逾期')
    """
    return TONES[shown], LOOKS[shown].word


def cell_look(shown: Light, answer: str, due: bool) -> tuple[str, str]:
    """Return (class, word) of an obligation: a nil return says so, and where nothing is due nothing is late.

    >>> cell_look(Light.GREEN_LATE, "nil", True), cell_look(Light.GREEN, "filed", False)
    (('late', '零报告'), ('ok', '已报'))
    """
    tone, word = look_of(shown)
    if answer == "nil":
        return tone, "零报告"
    return tone, word if due else NOTHING_DUE.get(answer, word)
