"""Text on its way into a file format: what no format may carry is taken out here, once."""

from __future__ import annotations

import re

# What XML 1.0 cannot hold, and the marks that reorder or hide letters on paper (bidi, zero width).
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)


def clean_text(text: str) -> str:
    """Return ``text`` without control characters, lone surrogates, bidi and zero-width marks.

    Line ends become ``\\n``, tabs become a space; everything else stays as it is.

    >>> clean_text("落\\x00实\\u202e\\r\\n件")
    '落实\\n件'
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _UNPRINTABLE.sub("", lines.replace("\t", " "))
