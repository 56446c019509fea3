"""How long what is written about a meeting may be."""

from __future__ import annotations

from luoshi.core.errors import Incomplete, Invalid

LONGEST = 2000


def needed(text: str, field: str, noun: str, longest: int = LONGEST) -> str:
    """Return a text that must be given, as it is kept. Raises: Incomplete, Invalid."""
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Incomplete(f"请填写{noun}。", fields={field: f"请填写{noun}。"})
    if len(text) > longest:
        message = f"{noun}不得超过 {longest} 字，现有 {len(text)} 字，请删减。"
        raise Invalid(message, fields={field: message})
    return text
