"""Writes a pack as text: canonical, readable, and read back by the strict loader as the very same content."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from luoshi.core.canonical import decimal_text
from luoshi.kernel.loader.nodes import Plain, Scalar

HEAD = (
    "# 本文件由系统按准入结果写成，可用 luoshi pack install 安装到别处。规则写法见 docs/reference/packs.md。"
)
WIDTH = 150
_BARE_KEY = re.compile(r"[a-z][a-z0-9_]*")
_TYPED = frozenset({"true", "false", "null"})
# Line ends and signs that a YAML reader folds or refuses when they stand unescaped.
_ESCAPED = re.compile("[\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def pack_text(plain: Mapping[str, Plain]) -> str:
    """Return a pack as YAML text.

    Keys keep their order, every text is quoted, so that no text is ever taken for a number or a sign.

    >>> print(pack_text({"pack": {"id": "local", "version": 1}, "forms": {}}).partition("\\n\\n")[2], end="")
    pack: {id: "local", version: 1}
    <BLANKLINE>
    forms: {}
    """
    sections = ("\n".join(_entry(key, part, 0)) for key, part in plain.items())
    return f"{HEAD}\n\n" + "\n\n".join(sections) + "\n"


def _entry(key: str, value: Plain, depth: int) -> Iterator[str]:
    """Yield the lines of one entry: on one line when it fits and holds nothing deep."""
    lead = "  " * depth
    name = _key(key)
    flat = _flat(value)
    if isinstance(value, dict) and value and (_deep(value) or len(flat) > WIDTH):
        yield f"{lead}{name}:"
        for inner, part in value.items():
            yield from _entry(inner, part, depth + 1)
    elif isinstance(value, list) and value and (len(flat) > WIDTH or _deep_list(value)):
        yield f"{lead}{name}:"
        yield from (f"{lead}  - {_flat(part)}" for part in value)
    else:
        yield f"{lead}{name}: {flat}"


def _deep(value: Mapping[str, Plain]) -> bool:
    return any(isinstance(part, list | dict) and part for part in value.values())


def _deep_list(value: list[Plain]) -> bool:
    return any(isinstance(part, dict) for part in value)


def _flat(value: Plain) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {_flat(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flat, value)) + "]"
    return _scalar(value)


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) and key not in _TYPED else _quoted(key)


def _scalar(value: Scalar) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return decimal_text(value)
    return str(value) if isinstance(value, int) else _quoted(value)


def _quoted(text: str) -> str:
    return _ESCAPED.sub(lambda sign: f"\\u{ord(sign[0]):04x}", json.dumps(text, ensure_ascii=False))
