from __future__ import annotations

import hashlib
import hmac
import json
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from luoshi.core.canonical import (
    DEEPEST,
    LARGEST_INT,
    canonical_bytes,
    commitment,
    decimal_text,
    digest,
    new_salt,
    parse_canonical,
)

ascii_keys = st.text(st.characters(min_codepoint=1, max_codepoint=127), max_size=8)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
scalars = st.none() | st.booleans() | st.integers(-LARGEST_INT, LARGEST_INT) | texts
values = st.recursive(
    scalars,
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(ascii_keys, parts, max_size=4),
    max_leaves=20,
)


@settings(deadline=None, max_examples=400)
@given(values)
def test_bytes_equal_those_of_rfc_8785(value: Any) -> None:
    assert canonical_bytes(value) == rfc8785.dumps(value)


@settings(deadline=None, max_examples=200)
@given(values)
def test_parsing_gives_the_value_back(value: Any) -> None:
    assert parse_canonical(canonical_bytes(value)) == value


@settings(deadline=None, max_examples=200)
@given(values)
def test_any_other_spelling_of_the_same_value_is_refused(value: Any) -> None:
    spelled = json.dumps(value, indent=1).encode()
    assume(spelled != canonical_bytes(value))
    with pytest.raises(ValueError, match="canonical"):
        parse_canonical(spelled)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=30))
def test_arbitrary_bytes_are_read_exactly_or_refused(data: bytes) -> None:
    try:
        value = parse_canonical(data)
    except ValueError:
        return
    assert canonical_bytes(value) == data


@pytest.mark.parametrize(
    ("value", "error", "where"),
    [
        (1.0, TypeError, r"float .* \$"),
        ({"a": [1, Decimal("1.5")]}, TypeError, r"Decimal .* \$\.a\[1\]"),
        (b"x", TypeError, "bytes"),
        ({1: 2}, TypeError, "key 1"),
        ({"区": 1}, ValueError, "ASCII"),
        ({"a\x00": 1}, ValueError, "ASCII"),
        ("a\x00", ValueError, r"U\+0000"),
        (["\ud800"], ValueError, r"surrogate in text at \$\[0\]"),
        (LARGEST_INT + 1, ValueError, "2\\^53"),
        (-LARGEST_INT - 1, ValueError, "2\\^53"),
    ],
)
def test_values_outside_the_subset_are_faults_with_their_place(
    value: object, error: type[Exception], where: str
) -> None:
    with pytest.raises(error, match=where):
        canonical_bytes(value)


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_nesting_is_bounded() -> None:
    assert parse_canonical(canonical_bytes(nested(DEEPEST))) == nested(DEEPEST)
    with pytest.raises(ValueError, match="deeper"):
        canonical_bytes(nested(DEEPEST + 1))
    with pytest.raises(ValueError, match="deeper"):
        parse_canonical(b"[" * 100_000 + b"]" * 100_000)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'{"b":1,"a":1}',
        b"1.0",
        b"1e3",
        b"-0",
        b"01",
        b"NaN",
        b"-Infinity",
        b'"\\u533a"',
        b'"\\u000A"',
        b'"\\/"',
        b'"\xff"',
        b"\xef\xbb\xbf1",
        b"1 ",
        b"",
        b"9007199254740992",
        b'"\\ud800"',
        b'"\\u0000"',
    ],
)
def test_bytes_that_would_not_have_been_written_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        parse_canonical(data)


def test_tuples_are_written_as_arrays() -> None:
    assert canonical_bytes((1, ("a",))) == b'[1,["a"]]'


def test_the_digest_is_of_the_canonical_bytes() -> None:
    assert digest({"b": 1, "a": "区"}) == hashlib.sha256('{"a":"区","b":1}'.encode()).hexdigest()


def test_a_commitment_is_keyed_by_its_salt_and_separates_field_from_value() -> None:
    salt = bytes(range(32))
    expected = hmac.new(salt, b"phone\x00138", hashlib.sha256).hexdigest()
    assert commitment(salt, "phone", "138") == expected
    assert commitment(salt, "phone", "138") != commitment(salt, "phon", "e138")
    assert commitment(new_salt(), "phone", "138") != commitment(new_salt(), "phone", "138")


@pytest.mark.parametrize(
    ("salt", "field"), [(b"short", "phone"), (bytes(33), "phone"), (bytes(32), ""), (bytes(32), "a\x00b")]
)
def test_a_commitment_refuses_a_weak_salt_or_an_ambiguous_field(salt: bytes, field: str) -> None:
    with pytest.raises(ValueError):
        commitment(salt, field, "138")


@pytest.mark.parametrize(
    ("given_", "text"),
    [
        ("1.50", "1.5"),
        ("-0", "0"),
        ("0E+5", "0"),
        ("1E+3", "1000"),
        ("100", "100"),
        ("1E-3", "0.001"),
        ("-2.500", "-2.5"),
        ("12345678901234567890123456789012345.10", "12345678901234567890123456789012345.1"),
    ],
)
def test_a_decimal_has_one_plain_spelling(given_: str, text: str) -> None:
    assert decimal_text(Decimal(given_)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=6))
def test_the_plain_spelling_keeps_the_value(value: Decimal) -> None:
    assert Decimal(decimal_text(value)) == value


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1E+201", "1E-201", "1" * 202])
def test_a_decimal_without_a_short_plain_spelling_is_a_fault(text: str) -> None:
    with pytest.raises(ValueError):
        decimal_text(Decimal(text))
