"""How long what is written in a handover may be."""

from __future__ import annotations

from luoshi.core.errors import Incomplete, Invalid

LONGEST = 1000


def short(text: str, *, field: str = "text", must: str = "", longest: int = LONGEST) -> str:
    """Return a text as it is kept. ``must``: the refusal of an empty one. Raises: Incomplete, Invalid."""
    text = text.replace("\r\n", "\n").strip()
    if must and not text:
        raise Incomplete(must, fields={field: must})
    if len(text) > longest:
        message = f"不得超过 {longest} 字，现有 {len(text)} 字，请删减。"
        raise Invalid(message, fields={field: message})
    return text
