"""The body of an event: the canonical bytes that are stored, hashed and later verified. Pure, no database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from luoshi.core.canonical import canonical_bytes, parse_canonical, sha256_hex

BODY_VERSION = 1
ERASED = "privacy.erased"
LEAF_PREFIX = b"\x00"
KEYS = frozenset({"v", "t", "obj", "ver", "at", "by", "req", "prev", "after", "ck", "data", "c"})

_LABEL = re.compile(r"[a-z0-9_]+:[0-9]+:[A-Za-z0-9_]+")

After = tuple[str, int, str | None]


@dataclass(frozen=True, slots=True)
class Body:
    """A parsed body. ``at`` is in milliseconds since 1970 UTC; ``after`` is sorted by row type and id.

    ``c`` maps ``type:id:column`` to a commitment; ``ck`` is the size of the newest cosigned checkpoint known
    to the writer, 0 while there is none.
    """

    t: str
    obj: tuple[str, int]
    ver: int
    at: int
    by: tuple[int | str, ...]
    req: str | None
    prev: str | None
    after: tuple[After, ...]
    data: Mapping[str, Any]
    c: Mapping[str, str]
    ck: int = 0

    def to_bytes(self) -> bytes:
        """Return the canonical bytes; raises what ``canonical_bytes`` raises."""
        return canonical_bytes(
            {
                "v": BODY_VERSION,
                "t": self.t,
                "obj": self.obj,
                "ver": self.ver,
                "at": self.at,
                "by": self.by,
                "req": self.req,
                "prev": self.prev,
                "after": self.after,
                "ck": self.ck,
                "data": self.data,
                "c": self.c,
            }
        )


def commitment_key(row_type: str, row_id: int, name: str) -> str:
    """Return the key of a commitment, which binds it to one column of one row."""
    return f"{row_type}:{row_id}:{name}"


def body_hash(body: bytes) -> str:
    """Return the SHA-256 (hex) of a body: what the next event of the same root names as ``prev``."""
    return sha256_hex(body)


def leaf_hash(body: bytes) -> bytes:
    """Return the RFC 6962 leaf hash: SHA-256 of a zero byte and the body."""
    return hashlib.sha256(LEAF_PREFIX + body).digest()


def parse_body(data: bytes) -> Body:
    """Read a stored body back.

    Raises: ValueError when the bytes are not canonical or are not a body of version 1.
    """
    value = parse_canonical(data)
    if not isinstance(value, dict) or value.keys() != KEYS or value["v"] != BODY_VERSION:
        raise ValueError("not an event body of version 1")
    _check_shape(value)
    return Body(
        t=value["t"],
        obj=(value["obj"][0], value["obj"][1]),
        ver=value["ver"],
        at=value["at"],
        by=tuple(value["by"]),
        req=value["req"],
        prev=value["prev"],
        after=tuple((row[0], row[1], row[2]) for row in value["after"]),
        data=value["data"],
        c=value["c"],
        ck=value["ck"],
    )


def _check_shape(value: Mapping[str, Any]) -> None:
    good = (
        isinstance(value["t"], str)
        and _is_row(value["obj"], 2)
        and all(_is_int(value[key]) for key in ("ver", "at", "ck"))
        and isinstance(value["by"], list)
        and len(value["by"]) in {3, 4}
        and _is_int(value["by"][0])
        and all(isinstance(part, str) for part in value["by"][1:])
        and all(value[key] is None or isinstance(value[key], str) for key in ("req", "prev"))
        and isinstance(value["after"], list)
        and all(_is_row(row, 3) and (row[2] is None or isinstance(row[2], str)) for row in value["after"])
        and isinstance(value["data"], dict)
        and isinstance(value["c"], dict)
        and all(_LABEL.fullmatch(key) and isinstance(part, str) for key, part in value["c"].items())
        and (value["t"] != ERASED or _names_columns(value["data"]))
    )
    if not good:
        raise ValueError("a part of the event body has the wrong type")
    if not _ascending([(row[0], row[1]) for row in value["after"]]):
        raise ValueError("rows of the event body are not sorted or occur twice")


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_row(value: object, length: int) -> bool:
    return (
        isinstance(value, list) and len(value) == length and isinstance(value[0], str) and _is_int(value[1])
    )


def _names_columns(data: Mapping[str, Any]) -> bool:
    """Say whether the facts of an erasure name a row and its columns."""
    names = data.get("names")
    return (
        _is_row(data.get("row"), 2)
        and isinstance(names, list)
        and all(isinstance(name, str) for name in names)
    )


def _ascending(keys: Sequence[tuple[str, int]]) -> bool:
    return all(first < second for first, second in zip(keys, keys[1:], strict=False))
