"""The form of a body."""

from __future__ import annotations

import pytest

from luoshi.core.canonical import canonical_bytes, parse_canonical
from luoshi.kernel.ledger.bodies import Body, parse_body

BODY = Body(
    t="folder.opened",
    obj=("folder", 1),
    ver=1,
    at=1610668800000,
    by=(7, "desk", "u01"),
    req=None,
    prev=None,
    after=(("folder", 1, "d"), ("sheet", 2, None)),
    data={"a": 1},
    c={"folder:1:keeper": "c"},
)


def test_a_body_comes_back_as_it_was_written() -> None:
    assert parse_body(BODY.to_bytes()) == BODY


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"extra": 1},
        {"ver": True},
        {"obj": ["folder"]},
        {"obj": [1, 1]},
        {"by": ["7", "desk", "u01"]},
        {"by": [7, "desk"]},
        {"req": 1},
        {"after": [["sheet", 2, None], ["folder", 1, "d"]]},
        {"after": [["folder", 1, "d"], ["folder", 1, "d"]]},
        {"after": [["folder", 1, 5]]},
        {"data": []},
        {"c": {"x": 1}},
    ],
)
def test_another_shape_is_refused(change: dict[str, object]) -> None:
    value = parse_canonical(BODY.to_bytes())
    assert isinstance(value, dict)
    with pytest.raises(ValueError, match="body"):
        parse_body(canonical_bytes({**value, **change}))


def test_other_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="canonical"):
        parse_body(BODY.to_bytes().replace(b":", b": ", 1))
