"""Edits, duties, tags, links, parents, merging, splitting, personal fields; each with its refusals."""

from __future__ import annotations

import pytest

from luoshi.core.errors import (
    Duplicate,
    Incomplete,
    Invalid,
    NotAllowed,
    NotFound,
    Stale,
    WrongState,
)
from luoshi.kernel.items.editing import duties_set, item_edit, item_tag
from luoshi.kernel.items.facts import facts_check
from luoshi.kernel.items.given import Given
from luoshi.kernel.items.joining import item_link, item_merge, item_split, item_unlink, parents_set
from luoshi.kernel.items.models import ItemFact, ItemLink, ItemReveal, ItemTag
from luoshi.kernel.items.private import item_reveal
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from tests.harness.times import NOW
from tests.kernel.items.helpers import closed, desk, doing, go, lead, snapshot, taken_in, world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def planted():
    return world()


@pytest.fixture(autouse=True)
def proofs_hold():
    """Whatever a test did, ledger and facts follow from one another afterwards."""
    yield
    assert verify_ledger().ok and facts_check().faults == ()


def kinds(item) -> list[str]:
    return [event.kind for event in events_of("item", item.pk)]


def edit(item, by=None, **given):
    return item_edit(actor=by or desk(), item_id=item.pk, given=Given(**given), now=NOW)


def test_an_edit_is_a_step_that_keeps_the_state():
    item = taken_in()
    taken = edit(item, title="续贷困难（加急）", values={"kind": "urgent"})
    assert (taken.step.move, taken.step.to_state, taken.triggers) == ("_edit", "new", ())
    assert ItemFact.objects.filter(item_id=item.pk).count() == 2 and "item.edited" in kinds(item)


def test_edits_out_of_place_are_refused():
    item = doing()
    before = snapshot()
    with pytest.raises(Invalid, match="此处不收“类型”"):
        edit(item, values={"kind": "urgent"})
    with pytest.raises(NotAllowed, match="修改企业问题"):
        edit(item, lead(), values={"wish": "2021-03-01"})
    with pytest.raises(NotFound):
        edit(item, lead("P2", 12), values={"wish": "2021-03-01"})
    with pytest.raises(Stale):
        item_edit(actor=desk(), item_id=item.pk, given=Given(), now=NOW, seen_step=1)
    with pytest.raises(Incomplete, match="没有变化"):
        edit(item)
    assert snapshot() == before
    done = closed()
    with pytest.raises(WrongState, match="不能修改"):
        edit(done, title="甲")


def test_duties_are_set_where_the_state_allows():
    item = doing()
    taken = duties_set(actor=desk(), item_id=item.pk, given=Given(duties={"co": ["P2"]}), now=NOW)
    assert taken.step.move == "_duty" and "item.duties_set" in kinds(item)
    before = snapshot()
    for given, error, says in (
        (Given(duties={"lead": ["P2"]}), Invalid, "不能调整职责 lead"),
        (Given(duties={"co": ["P9"]}), Invalid, "没有编码为“P9”"),
        (Given(duties={"co": ["P2"]}), Incomplete, "没有变化"),
    ):
        with pytest.raises(error, match=says):
            duties_set(actor=desk(), item_id=item.pk, given=given, now=NOW)
    assert snapshot() == before


def test_tags_are_put_on_and_taken_off():
    item = doing()
    assert item_tag(actor=lead(), item_id=item.pk, tags=["重点", "银企", "重点"], now=NOW) == ["重点", "银企"]
    item_tag(actor=lead(), item_id=item.pk, tags=["银企"], now=NOW)
    assert [row.text for row in ItemTag.objects.filter(item=item)] == ["银企"]
    assert kinds(item).count("item.tagged") == 2
    item_tag(actor=lead(), item_id=item.pk, tags=["银企"], now=NOW)
    assert kinds(item).count("item.tagged") == 2
    with pytest.raises(Invalid, match="不超过 20 字"):
        item_tag(actor=lead(), item_id=item.pk, tags=["a b"], now=NOW)
    with pytest.raises(NotFound):
        item_tag(actor=lead("P2", 12), item_id=item.pk, tags=["甲"], now=NOW)


def test_links_lead_to_what_one_sees():
    item, other, foreign = doing(), taken_in(), doing("P2")
    row = item_link(actor=desk(), item_id=item.pk, other_id=other.pk, kind="related", now=NOW)
    with pytest.raises(Duplicate, match="已有“相关”的关联"):
        item_link(actor=desk(), item_id=item.pk, other_id=other.pk, kind="related", now=NOW)
    with pytest.raises(NotFound):
        item_link(actor=lead(), item_id=item.pk, other_id=foreign.pk, kind="related", now=NOW)
    with pytest.raises(Invalid, match="关系应为"):
        item_link(actor=desk(), item_id=item.pk, other_id=other.pk, kind="split", now=NOW)
    with pytest.raises(Invalid, match="与自己关联"):
        item_link(actor=desk(), item_id=item.pk, other_id=item.pk, kind="related", now=NOW)
    item_unlink(actor=desk(), item_id=item.pk, link_id=row.pk, now=NOW)
    with pytest.raises(NotFound, match="没有这条关联"):
        item_unlink(actor=desk(), item_id=item.pk, link_id=row.pk, now=NOW)
    assert {"item.linked", "item.unlinked"} <= set(kinds(item))


def test_an_item_serves_several_parents_but_never_itself():
    item, one, two = taken_in(), taken_in(), taken_in()
    made = parents_set(actor=desk(), item_id=item.pk, parent_ids=[one.pk, two.pk], now=NOW)
    assert len(made) == 2 and "item.placed" in kinds(item)
    with pytest.raises(Invalid, match="是本件自己或其下级"):
        parents_set(actor=desk(), item_id=one.pk, parent_ids=[item.pk], now=NOW)
    with pytest.raises(Invalid, match="是本件自己或其下级"):
        parents_set(actor=desk(), item_id=item.pk, parent_ids=[item.pk], now=NOW)
    parents_set(actor=desk(), item_id=item.pk, parent_ids=[], now=NOW)
    assert item.parents.count() == 0


def test_a_merged_item_is_handled_in_the_other():
    item, into = doing(), doing()
    merged = item_merge(actor=desk(), item_id=item.pk, into_id=into.pk, note="同一企业同一事项", now=NOW)
    assert merged.merged_into_id == into.pk and "item.absorbed" in kinds(into)
    assert ItemFact.objects.get(item_id=item.pk, to_ms=None).merged is True
    before = snapshot()
    with pytest.raises(WrongState, match=f"本件已并入 {into.number}"):
        go(item, "ask", lead(), note="补材料")
    with pytest.raises(WrongState, match="已并入"):
        item_merge(actor=desk(), item_id=into.pk, into_id=item.pk, note="甲", now=NOW)
    assert snapshot() == before


def test_merging_is_refused_where_it_makes_no_sense():
    item, into, done = doing(), doing(), closed()
    before = snapshot()
    with pytest.raises(Invalid, match="并入自己"):
        item_merge(actor=desk(), item_id=item.pk, into_id=item.pk, note="甲", now=NOW)
    with pytest.raises(WrongState, match="已经结束"):
        item_merge(actor=desk(), item_id=item.pk, into_id=done.pk, note="甲", now=NOW)
    with pytest.raises(Incomplete, match="理由"):
        item_merge(actor=desk(), item_id=item.pk, into_id=into.pk, note=" ", now=NOW)
    with pytest.raises(NotAllowed, match="合并企业问题"):
        item_merge(actor=lead(), item_id=item.pk, into_id=into.pk, note="甲", now=NOW)
    assert snapshot() == before


def test_an_item_is_split_into_new_ones_without_personal_fields():
    item = taken_in(phone="13800000000")
    made = item_split(
        actor=desk(),
        item_id=item.pk,
        parts=[Given(title="贷款"), Given(title="用工", values={"kind": "labour"})],
        now=NOW,
    )
    assert [each.values["kind"] for each in made] == ["finance", "labour"]
    assert ItemLink.objects.filter(other=item, kind="split").count() == 2
    assert not any(hasattr(each, "private") for each in made)
    before = snapshot()
    with pytest.raises(Incomplete, match="拆成哪几件"):
        item_split(actor=desk(), item_id=item.pk, parts=[], now=NOW)
    with pytest.raises(WrongState, match="已经结束"):
        item_split(actor=desk(), item_id=closed().pk, parts=[Given(title="甲")], now=NOW)
    assert snapshot() != before


def test_personal_fields_are_shown_for_a_reason_to_those_who_handle_the_item():
    item = taken_in(phone="13800000000", contact="王建国")
    go(item, "send", desk(), duties={"lead": ["P1"]})
    shown = item_reveal(actor=lead(), item_id=item.pk, reason="联系企业核实", now=NOW)
    assert shown == {"contact": "王建国", "phone": "13800000000"}
    assert ItemReveal.objects.get(item=item).reason == "联系企业核实" and "item.revealed" in kinds(item)
    assert "13800000000" not in item.private.sealed
    before = snapshot()
    with pytest.raises(Incomplete, match="理由"):
        item_reveal(actor=lead(), item_id=item.pk, reason=" ", now=NOW)
    with pytest.raises(Invalid, match="4 至 100 字"):
        item_reveal(actor=lead(), item_id=item.pk, reason="查", now=NOW)
    with pytest.raises(NotFound):
        item_reveal(actor=lead("P2", 12), item_id=item.pk, reason="联系企业核实", now=NOW)
    assert snapshot() == before
