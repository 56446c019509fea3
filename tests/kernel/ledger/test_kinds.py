"""Kinds of events."""

from __future__ import annotations

import pytest

from luoshi.kernel.ledger.kinds import kind_title, kinds_known, register_kinds, require_kind


def test_a_kind_has_a_title_and_is_registered_once() -> None:
    register_kinds({"folder.opened": "卷宗已建立"})
    assert kind_title("folder.opened") == "卷宗已建立"
    assert list(kinds_known()) == sorted(kinds_known())
    with pytest.raises(ValueError, match="already has the title"):
        register_kinds({"folder.opened": "另一个"})


@pytest.mark.parametrize(
    "kind", ["opened", "Folder.opened", "folder.", "folder opened", "文.件", "a." + "b" * 63]
)
def test_a_kind_is_noun_and_verb(kind: str) -> None:
    with pytest.raises(ValueError, match="noun.verb"):
        register_kinds({kind: "x"})


def test_an_unknown_kind_is_named_with_its_nearest() -> None:
    with pytest.raises(LookupError, match="did you mean 'folder.opened'"):
        require_kind("folder.openned")
    assert kind_title("gone.away") == "gone.away"
