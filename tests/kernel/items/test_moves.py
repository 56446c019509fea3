"""Taking items in and moving them: who may, what must be given, what is refused and changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from luoshi.core.errors import (
    Incomplete,
    Invalid,
    NotAllowed,
    NotFound,
    SamePerson,
    Stale,
    WrongState,
)
from luoshi.kernel.items.actions import item_create, item_move, items_move
from luoshi.kernel.items.facts import facts_check
from luoshi.kernel.items.given import Given
from luoshi.kernel.items.models import Item, ItemDuty, ItemFact, ItemMove, MoveFact
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from tests.harness.times import NOW
from tests.kernel.items.helpers import (
    CASE,
    RESULT,
    actor,
    closed,
    desk,
    doing,
    go,
    lead,
    reported,
    snapshot,
    taken_in,
    world,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def planted():
    return world()


def test_a_case_goes_from_intake_to_done():
    item = closed()
    item.refresh_from_db()
    assert (item.number, item.state, item.stage, item.steps) == ("ZQ202100001", "closed", "done", 5)
    assert item.values["solved"] == "yes" and item.values["rating"] == "98"
    kinds = [event.kind for event in events_of("item", item.pk)]
    assert sorted(kinds) == ["item.created"] + ["item.moved"] * 4
    assert [row.move for row in item.moves.order_by("number")] == [
        "create", "send", "accept", "report", "confirm",
    ]  # fmt: skip
    assert verify_ledger().ok and facts_check().faults == ()


def test_numbers_are_unique_and_ascending_and_begin_anew_every_year():
    first, second = taken_in(), taken_in()
    later = taken_in(NOW.replace(year=2022))
    assert [each.number for each in (first, second, later)] == ["ZQ202100001", "ZQ202100002", "ZQ202200001"]


def test_a_refused_creation_uses_no_number():
    with pytest.raises(Incomplete, match="请填写企业名称"):
        taken_in(firm="")
    with pytest.raises(Incomplete, match="事由"):
        taken_in(title=" ")
    with pytest.raises(Invalid, match="不得少于 10 字"):
        taken_in(detail="太短")
    with pytest.raises(NotAllowed, match="受理岗"):
        taken_in(by=lead())
    assert Item.objects.count() == 0 and taken_in().seq == 1


def test_only_the_role_of_the_move_takes_it_and_strangers_see_nothing():
    item = taken_in()
    before = snapshot()
    with pytest.raises(NotFound):
        go(item, "send", lead("P2", 12), duties={"lead": ["P1"]})
    go(item, "send", desk(), duties={"lead": ["P1"]})
    with pytest.raises(NotAllowed, match="单位P1办理"):
        go(item, "accept", desk())
    with pytest.raises(NotFound):
        go(item, "accept", lead("P2", 12))
    with pytest.raises(NotFound, match="没有这个事项"):
        item_move(actor=desk(), item_id=10**6, move="accept", given=Given(), now=NOW)
    assert snapshot() != before
    assert go(item, "accept", lead()).state == "doing"


def test_a_move_out_of_its_state_says_what_can_be_done():
    item = taken_in()
    before = snapshot()
    with pytest.raises(WrongState, match="本件现为“待派发”，不能办结；现在可办：“派发”"):
        go(item, "confirm", desk(), values={"solved": "yes"})
    with pytest.raises(NotFound, match="是否指 send"):
        go(item, "sent", desk())
    assert snapshot() == before


def test_what_is_needed_is_asked_for_and_nothing_else_is_taken():
    item = taken_in()
    before = snapshot()
    with pytest.raises(Incomplete, match="请先确定主办单位"):
        go(item, "send", desk())
    with pytest.raises(Invalid, match="最多 1 个单位，现有 2 个"):
        go(item, "send", desk(), duties={"lead": ["P1", "P2"]})
    with pytest.raises(Invalid, match="没有编码为“P9”的单位"):
        go(item, "send", desk(), duties={"lead": ["P9"]})
    with pytest.raises(Invalid, match="此处不收“办理结果”"):
        go(item, "send", desk(), duties={"lead": ["P1"]}, values={"result": RESULT})
    with pytest.raises(Invalid, match="此处不收依据"):
        go(item, "send", desk(), duties={"lead": ["P1"]}, basis="分工")
    assert snapshot() == before
    go(item, "send", desk(), duties={"lead": ["P1"]}, note="请尽快")
    with pytest.raises(Incomplete) as refusal:
        go(item, "bounce", lead())
    assert refusal.value.fields == {"note": "请填写说明。", "basis": "请填写依据。"}


def test_a_move_has_its_limit():
    item = taken_in()
    for _ in range(2):
        go(item, "send", desk(), duties={"lead": ["P1"]})
        go(item, "bounce", lead(), note="不属本单位", basis="分工规定")
    go(item, "send", desk(), duties={"lead": ["P1"]})
    before = snapshot()
    with pytest.raises(WrongState, match="“退回”至多 2 次，本件已办 2 次"):
        go(item, "bounce", lead(), note="不属本单位", basis="分工规定")
    assert snapshot() == before


def test_who_reported_cannot_close_not_by_another_post_and_not_by_another_of_the_unit():
    item = reported()
    before = snapshot()
    with pytest.raises(SamePerson, match="本件由本人或本单位“报结”"):
        go(item, "confirm", desk(account=11), values={"solved": "yes"})
    assert snapshot() == before
    assert go(item, "confirm", desk(), values={"solved": "yes"}).stage == "done"


def test_the_unit_that_reported_cannot_close_by_its_own_desk(planted):
    item = taken_in()
    go(item, "send", desk(), duties={"lead": ["ZX"]})
    inner = actor(21, "ZX", "ZX.clerk")
    go(item, "accept", inner)
    go(item, "report", inner, values={"result": RESULT})
    with pytest.raises(SamePerson):
        go(item, "confirm", desk(), values={"solved": "yes"})


def test_apart_looks_back_to_the_last_reopening_only():
    item = closed()
    go(item, "reopen", desk(), note="企业来电称未解决")
    item.refresh_from_db()
    assert (item.since_step, item.reopened) == (6, 1)
    go(item, "report", lead("P1", 12), values={"result": RESULT})
    assert go(item, "confirm", desk(11), values={"solved": "yes"}).stage == "done"


def test_reopening_is_possible_within_ten_working_days_only():
    item = closed()
    before = snapshot()
    with pytest.raises(WrongState, match="10 个工作日内办理"):
        go(item, "reopen", desk(), NOW + timedelta(days=21), note="未解决")
    assert snapshot() == before
    assert go(item, "reopen", desk(), NOW + timedelta(days=13), note="未解决").stage == "working"


def test_who_acts_on_an_old_page_is_told_what_happened():
    item = doing()
    step, given = item.steps, Given(note="缺材料")
    go(item, "report", lead(), values={"result": RESULT})
    before = snapshot()
    with pytest.raises(Stale, match="岗位 P1.clerk（单位 P1）于 2021-01-15 08:00 办理“报结”，现为“待回访”"):
        item_move(actor=lead("P1", 12), item_id=item.pk, move="ask", given=given, now=NOW, seen_step=step)
    assert snapshot() == before


def test_sending_anew_ends_the_duty_of_the_unit_before():
    item = taken_in()
    go(item, "send", desk(), duties={"lead": ["P1"], "co": ["P2"]})
    go(item, "bounce", lead(), note="不属本单位", basis="分工规定")
    go(item, "send", desk(), duties={"lead": ["P2"], "co": []})
    held = (
        ItemDuty.objects.filter(item=item)
        .order_by("id")
        .values_list("role", "unit_code", "from_step", "to_step")
    )
    assert list(held) == [("lead", "P1", 2, 4), ("co", "P2", 2, 4), ("lead", "P2", 4, None)]
    assert ItemFact.objects.get(item_id=item.pk, to_ms=None).lead_code == "P2"
    assert facts_check().faults == ()


def test_several_are_moved_together_or_not_at_all():
    items = [taken_in() for _ in range(3)]
    ids = [item.pk for item in items]
    go(items[1], "send", desk(), duties={"lead": ["P2"]})
    before = snapshot()
    with pytest.raises(WrongState, match="ZQ202100002：.*本次一件也没有办理"):
        items_move(actor=desk(), item_ids=ids, move="send", given=Given(duties={"lead": ["P1"]}), now=NOW)
    assert snapshot() == before
    with pytest.raises(Incomplete, match="勾选"):
        items_move(actor=desk(), item_ids=[], move="send", given=Given(), now=NOW)
    with pytest.raises(Invalid, match="最多办理 200 件"):
        items_move(actor=desk(), item_ids=range(1, 202), move="send", given=Given(), now=NOW)
    taken = items_move(
        actor=desk(), item_ids=[ids[0], ids[2]], move="send", given=Given(duties={"lead": ["P1"]}), now=NOW
    )
    assert [each.item.state for each in taken] == ["sent", "sent"]


def test_a_step_tells_what_it_means_for_clocks():
    item = doing()
    taken = item_move(
        actor=lead(), item_id=item.pk, move="report", given=Given(values={"result": RESULT}), now=NOW
    )
    assert [each.name for each in taken.triggers] == [
        "move.report.first", "move.report.last", "state.check", "stage.verifying",
    ]  # fmt: skip
    go(item, "rework", desk(), note="请补办")
    again = item_move(
        actor=lead(), item_id=item.pk, move="report", given=Given(values={"result": RESULT}), now=NOW
    )
    assert again.triggers[0].name == "move.report.last"


def test_facts_keep_every_version_and_moves_are_counted():
    item = closed(now=NOW)
    facts = list(ItemFact.objects.filter(item_id=item.pk).order_by("step"))
    assert [fact.stage for fact in facts] == ["intake", "assigned", "working", "verifying", "done"]
    assert [fact.to_ms is None for fact in facts] == [False] * 4 + [True]
    assert facts[-1].ended_ms is not None and facts[0].lead_code == "" and facts[-1].lead_parent == "A"
    assert MoveFact.objects.filter(item_id=item.pk).count() == 5


def test_changed_facts_are_found():
    item = closed()
    ItemFact.objects.filter(item_id=item.pk, step=5).update(state="doing")
    MoveFact.objects.filter(item_id=item.pk, step=2).delete()
    faults = facts_check().faults
    assert any("事项事实行不符：state" in fault for fault in faults)
    assert any("缺少流转事实行" in fault for fault in faults)


def test_creating_needs_a_type_in_force():
    with pytest.raises(NotFound, match="是否想写 zhengqi.case"):
        item_create(actor=desk(), type_ref="zhengqi.cases", given=Given(title="甲"), now=NOW)
    assert CASE == "zhengqi.case" and ItemMove.objects.count() == 0
