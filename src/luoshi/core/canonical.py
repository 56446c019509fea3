"""Canonical bytes: the one spelling of a value that is hashed, stored and later verified.

A strict subset of JCS (RFC 8785): objects with ASCII keys, arrays, strings without lone surrogates and
without U+0000, integers up to 2^53-1, true, false, null. Decimals travel as strings (``decimal_text``).
Within the subset the bytes equal those of RFC 8785; outside it encoders disagree, so all else is a fault.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NoReturn, TypeAlias

Canonical: TypeAlias = "Mapping[str, Canonical] | Sequence[Canonical] | str | int | bool | None"

LARGEST_INT = 2**53 - 1
DEEPEST = 64
SALT_BYTES = 32
LONGEST_DECIMAL = 200


def canonical_bytes(value: object) -> bytes:
    """Return the canonical UTF-8 bytes of ``value``.

    Raises: TypeError for a type outside the subset (floats and Decimals too), ValueError for a value outside
    it (large integers, lone surrogates, U+0000, non-ASCII keys, nesting deeper than 64).

    >>> canonical_bytes({"b": [1, True, None], "a": "区"}).decode()
    '{"a":"区","b":[1,true,null]}'
    >>> canonical_bytes(1.0)
    Traceback (most recent call last):
    TypeError: float has no canonical form at $
    """
    _walk(value, "$", 0)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def _walk(value: object, path: str, depth: int) -> None:
    """Fault the first part of ``value`` that is outside the subset, naming its ``path``."""
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        _check_text(value, path)
    elif isinstance(value, int):
        if not -LARGEST_INT <= value <= LARGEST_INT:
            raise ValueError(f"integer beyond 2^53-1 at {path}")
    elif depth >= DEEPEST:
        raise ValueError(f"nested deeper than {DEEPEST} at {path}")
    elif isinstance(value, dict):
        _walk_object(value, path, depth)
    elif isinstance(value, (list, tuple)):
        for index, part in enumerate(value):
            _walk(part, f"{path}[{index}]", depth + 1)
    else:
        raise TypeError(f"{type(value).__name__} has no canonical form at {path}")


def _walk_object(value: dict[object, object], path: str, depth: int) -> None:
    for key, part in value.items():
        if not isinstance(key, str):
            raise TypeError(f"key {key!r} is not a string at {path}")
        if not key.isascii() or "\x00" in key:
            raise ValueError(f"key {key!r} is not plain ASCII at {path}")
        _walk(part, f"{path}.{key}", depth + 1)


def _check_text(value: str, path: str) -> None:
    if "\x00" in value:
        raise ValueError(f"U+0000 in text at {path}")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"lone surrogate in text at {path}") from error


def parse_canonical(data: bytes) -> Canonical:
    """Read canonical bytes back; refuse bytes that ``canonical_bytes`` would not have written.

    Raises: ValueError for duplicate keys, floats, other spacing, key order or escapes, broken UTF-8.

    >>> parse_canonical(b'{"a":[1,"x",null]}')
    {'a': [1, 'x', None]}
    >>> parse_canonical(b'{"a": 1}')
    Traceback (most recent call last):
    ValueError: bytes are not canonical
    """
    try:
        value: Canonical = json.loads(
            data.decode(),
            object_pairs_hook=_object,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
        )
    except RecursionError as error:
        raise ValueError(f"nested deeper than {DEEPEST}") from error
    if canonical_bytes(value) != data:
        raise ValueError("bytes are not canonical")
    return value


def _object(pairs: list[tuple[str, Canonical]]) -> dict[str, Canonical]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key in object")
    return found


def _refuse_number(text: str) -> NoReturn:
    raise ValueError(f"number {text} has no canonical form")


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of ``data`` as 64 lower-case hex digits.

    >>> sha256_hex(b"abc")[:16]
    'ba7816bf8f01cfea'
    """
    return hashlib.sha256(data).hexdigest()


def digest(value: object) -> str:
    """Return the SHA-256 (hex) of the canonical bytes of ``value``; raises what ``canonical_bytes`` raises.

    >>> digest({"a": 1}) == sha256_hex(b'{"a":1}')
    True
    """
    return sha256_hex(canonical_bytes(value))


def new_salt() -> bytes:
    """Return 32 random bytes for one commitment.

    >>> len(new_salt())
    32
    """
    return secrets.token_bytes(SALT_BYTES)


def commitment(salt: bytes, field: str, value: str) -> str:
    """Return HMAC-SHA256(salt, field, 0x00, value) in hex: what the ledger keeps of a personal text.

    Without the salt, phone and identity numbers could be guessed from a plain hash; erasing the salt makes
    the value unprovable while the ledger stays verifiable.
    Raises: ValueError for a salt that is not 32 bytes, a field with U+0000, text with lone surrogates.

    >>> commitment(bytes(32), "phone", "1") == commitment(bytes(32), "phone", "1")
    True
    >>> commitment(bytes(32), "phone", "1") == commitment(bytes(32), "name", "1")
    False
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    if not field or "\x00" in field:
        raise ValueError("a field name is not empty and has no U+0000")
    return hmac.new(salt, field.encode() + b"\x00" + value.encode(), hashlib.sha256).hexdigest()


def decimal_text(value: Decimal) -> str:
    """Return the one plain spelling of a decimal: no exponent, no trailing zeros, no negative zero.

    Raises: ValueError for NaN, infinity and spellings longer than 200 characters.

    >>> [decimal_text(Decimal(text)) for text in ("1.50", "-0.0", "1E+3", "0.10", "-2.500")]
    ['1.5', '0', '1000', '0.1', '-2.5']
    """
    if not value.is_finite():
        raise ValueError(f"{value} has no plain spelling")
    if value == 0:
        return "0"
    if abs(value.adjusted()) > LONGEST_DECIMAL or len(value.as_tuple().digits) > LONGEST_DECIMAL:
        raise ValueError("decimal too long to be spelled out")
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
