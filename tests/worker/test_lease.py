from __future__ import annotations

from datetime import timedelta

import pytest

from luoshi.worker.actions import lease_release, lease_take
from luoshi.worker.queries import lease_holder
from tests.harness.times import NOW

pytestmark = pytest.mark.django_db
LASTS = timedelta(seconds=15)


def take(holder: str, after: float = 0) -> bool:
    return lease_take(name="worker", holder=holder, now=NOW + timedelta(seconds=after), lasts=LASTS)


def holder(after: float = 0) -> str | None:
    return lease_holder(name="worker", now=NOW + timedelta(seconds=after))


def test_one_holder_until_the_lease_ends():
    assert take("a")
    assert not take("b", after=14)
    assert holder(after=14) == "a"
    assert holder(after=15) is None
    assert take("b", after=15)
    assert holder(after=16) == "b"


def test_the_holder_prolongs_and_others_go_on_waiting():
    assert take("a") and take("a", after=10)
    assert not take("b", after=20)


def test_the_former_holder_does_not_get_it_back_by_prolonging():
    assert take("a") and take("b", after=15)
    assert not take("a", after=16)


def test_giving_back_lets_the_next_one_start_at_once():
    take("a")
    lease_release(name="worker", holder="b")
    assert not take("b")
    lease_release(name="worker", holder="a")
    assert take("b")


def test_leases_of_other_names_are_independent():
    assert take("a")
    assert lease_take(name="other", holder="b", now=NOW, lasts=LASTS)
