"""Changes at the same moment. SQLite lets one writer in at a time; PostgreSQL needs the locks shown here."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection

from luoshi.core.actor import SYSTEM
from luoshi.core.errors import Invalid, Refusal, WrongState
from luoshi.kernel.access.actions import signin_check
from luoshi.kernel.ledger.queries import security_log
from luoshi.kernel.org.actions import unit_close, unit_create, unit_move
from luoshi.kernel.org.models import Unit
from tests.harness.threads import at_once
from tests.harness.times import NOW
from tests.kernel.access.helpers import account
from tests.kernel.org.helpers import DAY, closure_is_right, district, grow

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def several_writers() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("one writer at a time by construction")


def refusals(*works: Callable[[], object]) -> list[str]:
    """Run all at the same moment; return "" or the refusal of each."""
    answers = at_once(works)
    assert all(isinstance(each, Refusal) for each in answers if isinstance(each, Exception)), answers
    return [each.message if isinstance(each, Refusal) else "" for each in answers]


def move(code, parent):
    return lambda: unit_move(by=SYSTEM, code=code, parent_code=parent, on=DAY, now=NOW)


def test_two_moves_at_once_cannot_close_a_circle():
    tree = district()
    for _ in range(5):
        answers = refusals(move("A", "B"), move("B", "A"))
        assert sorted(bool(answer) for answer in answers) == [False, True]
        assert closure_is_right(tree)
        for code in ("A", "B"):
            if Unit.objects.get(code=code).links.get().parent.code != "D":
                move(code, "D")()


def test_unit_does_not_get_a_child_while_it_is_closed():
    tree = district()
    for number in range(5):
        grow(f"N{number}", "D")
        create = lambda n=number: unit_create(  # noqa: E731
            by=SYSTEM, code=f"C{n}", title="子", kind="dept", parent_code=f"N{n}", on=DAY, now=NOW
        )
        close = lambda n=number: unit_close(by=SYSTEM, code=f"N{n}", on=NOW.date(), now=NOW)  # noqa: E731
        answers = refusals(create, close)
        assert sorted(bool(answer) for answer in answers) == [False, True]
    assert closure_is_right(tree)


def test_twenty_guesses_at_once_are_five_guesses():
    account()

    def guess():
        with pytest.raises((Invalid, WrongState)):
            signin_check(username="linxl", password="wrong", now=NOW, source="10.0.0.1")

    at_once([guess] * 20)
    reasons = [entry.detail["reason"] for entry in security_log(kind="signin_failed")]
    assert (reasons.count("wrong"), reasons.count("locked")) == (5, 15)
