from __future__ import annotations

import pytest

from luoshi.core.actor import SYSTEM, SYSTEM_ACTOR, Actor, By, Grant, require
from luoshi.core.errors import NotAllowed, WrongState

HEAD = Actor(
    account_id=7,
    post_code="head",
    unit_code="u01",
    acting=True,
    roles=frozenset({Grant("sign", 3), Grant("sign", None), Grant("read", 3)}),
)


def test_an_acting_holder_is_marked_in_the_ledger_form() -> None:
    assert HEAD.by == By(7, "head", "u01", acting=True)
    assert HEAD.by.as_list() == [7, "head", "u01", "acting"]
    assert By(7, "head", "u01").as_list() == [7, "head", "u01"]


def test_roles_are_asked_by_name_and_scope() -> None:
    assert HEAD.has("sign") and not HEAD.has("publish")
    assert HEAD.scopes("sign") == {3, None}
    assert HEAD.scopes("publish") == frozenset()


def test_the_system_actor_acts_as_the_system() -> None:
    assert SYSTEM_ACTOR.by == SYSTEM
    assert SYSTEM.as_list() == [0, "system", ""]


def test_require_refuses_with_the_given_error() -> None:
    require([1], "不会出现")
    with pytest.raises(NotAllowed, match="无权签发"):
        require(False, "无权签发。")
    with pytest.raises(WrongState):
        require(None, "已审核。", WrongState)
