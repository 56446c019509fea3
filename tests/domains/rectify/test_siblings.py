"""举一反三: asked of likes only, counted, taken back while nobody acted, and found problems are linked."""

from __future__ import annotations

from datetime import date

import pytest

from luoshi.core.errors import Incomplete, Invalid, NotAllowed, NotFound, WrongState
from luoshi.domains.rectify.siblings import (
    coverage_of,
    sibling_ask,
    sibling_found,
    sibling_withdraw,
    siblings_of,
)
from luoshi.kernel.items.models import ItemLink, ItemParent
from luoshi.kernel.ledger.verify import verify_ledger
from tests.domains.rectify.world import (
    LONG,
    batch,
    desk,
    given_of,
    go,
    later,
    owner,
    problem,
    verified,
    verifier,
    working,
    world,
)
from tests.harness.times import NOW
from tests.kernel.items.helpers import snapshot

pytestmark = pytest.mark.django_db
SCOPE = "对照本问题逐处排查同类情况"
DUE = date(2021, 2, 10)


@pytest.fixture(autouse=True)
def planted():
    world()


def ask(item, *units, by=None, due_on=DUE, scope=SCOPE):
    return sibling_ask(
        actor=by or desk(), problem_id=item.pk, units=units, scope=scope, due_on=due_on, now=NOW
    )


def answer(task, unit, found="none", count="0"):
    values = {"checked": "12", "found": found, "found_count": count, "situation": LONG}
    return go(task, "answer", owner(unit, account=40), values=values)


def test_likes_are_of_the_same_kind_and_branch():
    assert [unit.code for unit in siblings_of(problem(), NOW.date())] == ["P2", "P3", "ZX", "DC"]


@pytest.mark.parametrize("unit", ["Q1", "S1", "P1", "NOPE"])
def test_a_unit_that_is_no_like_is_not_asked(unit):
    item = problem()
    before = snapshot()
    with pytest.raises(Invalid, match="不是同类单位"):
        ask(item, "P2", unit)
    assert snapshot() == before


def test_only_the_desk_asks_and_only_with_a_scope_and_a_date_ahead():
    item = problem()
    before = snapshot()
    with pytest.raises(NotAllowed):
        ask(item, "P2", by=owner())
    with pytest.raises(NotFound):
        ask(item, "P2", by=owner("P3", 50))
    with pytest.raises(Invalid, match="不得早于今天"):
        ask(item, "P2", due_on=date(2021, 1, 1))
    with pytest.raises(Incomplete, match="排查要求"):
        ask(item, "P2", scope=" ")
    with pytest.raises(Incomplete, match="至少选一个"):
        ask(item)
    assert snapshot() == before


def test_the_coverage_counts_each_unit_once():
    item = problem()
    first, second, _ = ask(item, "P2", "P3", "DC")
    assert ask(item, "P2", "ZX")[0].title.endswith(item.title)
    answer(first, "P2", "found", "3")
    answer(second, "P3")
    found = coverage_of(item, later(40).date())
    assert (found.asked, found.answered, found.found, found.none_found, found.overdue) == (4, 2, 1, 1, 2)
    assert coverage_of(item, NOW.date()).overdue == 0 and verify_ledger().ok


def test_it_is_taken_back_whole_while_nobody_answered():
    item = problem()
    ask(item, "P2", "P3")
    assert len(sibling_withdraw(actor=desk(), problem_id=item.pk, note="布置有误", now=NOW)) == 2
    assert coverage_of(item, NOW.date()).asked == 0 and verify_ledger().ok
    task, _ = ask(item, "P2", "P3")
    answer(task, "P2")
    before = snapshot()
    with pytest.raises(WrongState, match="单位P2已经答复"):
        sibling_withdraw(actor=desk(), problem_id=item.pk, note="布置有误", now=NOW)
    assert snapshot() == before


def test_a_problem_does_not_close_while_a_like_has_not_answered():
    item, measure = working()
    task = ask(item, "P2")[0]
    verified(measure)
    with pytest.raises(Incomplete, match=task.number):
        go(item, "apply", owner(), values={"applied": LONG, "result": "done"})
    answer(task, "P2")
    go(task, "accept", desk())
    assert go(item, "apply", owner(), values={"applied": LONG, "result": "done"}).state == "check"


def test_what_was_found_becomes_a_problem_of_the_same_batch_that_names_its_origin():
    above, item = batch(), problem()
    ItemParent.objects.create(item=item, parent=above)
    task = ask(item, "P2")[0]
    given = given_of(lead="P2", verify="P1")
    with pytest.raises(WrongState, match="没有报告发现"):
        sibling_found(actor=desk(), task_id=task.pk, given=given, now=NOW)
    answer(task, "P2", "found", "1")
    new = sibling_found(actor=desk(), task_id=task.pk, given=given, now=NOW)
    assert ItemLink.objects.get(item=new).other_id == task.pk
    assert ItemParent.objects.get(item=new).parent_id == above.pk
    with pytest.raises(NotAllowed):
        sibling_found(actor=owner("P2", 40), task_id=task.pk, given=given, now=NOW)
    with pytest.raises(NotFound):
        sibling_found(actor=verifier("P3", 60), task_id=task.pk, given=given, now=NOW)
