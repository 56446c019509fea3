"""How long what is written on a slip may be."""

from __future__ import annotations

from luoshi.core.errors import Invalid

LONGEST = 1000


def short(text: str) -> str:
    """Return a text as it is kept. Raises: Invalid beside ``text`` when it is too long."""
    text = text.replace("\r\n", "\n").strip()
    if len(text) > LONGEST:
        message = f"不得超过 {LONGEST} 字，现有 {len(text)} 字，请删减。"
        raise Invalid(message, fields={"text": message})
    return text
