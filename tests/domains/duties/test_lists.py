"""Lists are drafted, published by another account, revised into new versions, and never changed backwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from luoshi.core.errors import (
    Duplicate,
    Frozen,
    Incomplete,
    Invalid,
    NotAllowed,
    NotFound,
    SamePerson,
    WrongState,
)
from luoshi.domains.duties.actions import (
    item_remove,
    list_drop,
    list_publish,
    list_retire,
    list_revise,
)
from luoshi.domains.duties.audience import Audience
from luoshi.domains.duties.models import DutyItem, DutyList, State
from luoshi.kernel.ledger.verify import verify_ledger
from tests.domains.duties.helpers import (
    TODAY,
    actor,
    clerk,
    drafted,
    drafter,
    form_quarterly,
    kinds_of,
    published,
    publisher,
    put,
    snapshot,
    world,
)
from tests.harness.times import NOW
from tests.kernel.org.helpers import grow

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=40)
SOON = date(2021, 3, 1)


@pytest.fixture(autouse=True)
def units():
    return world()


def test_draft_names_units_in_words_and_keeps_an_expression():
    made = drafted(applies_to="A、P1、部门")
    assert made.applies_to == "unit.branch == 'A' or unit.kind == 'dept' or unit.code == 'P1'"
    assert (made.version, made.state, made.editors) == (1, State.DRAFT, [21])
    assert kinds_of(made) == ["list.drafted"]


def test_draft_refusals_change_nothing():
    drafted()
    before = snapshot()
    with pytest.raises(Duplicate, match="已经使用"):
        drafted()
    with pytest.raises(Invalid) as refused:
        drafted(code="X 1", title=" ", basis="", applies_to="没有的街道", holders=["king"], year=21)
    assert set(refused.value.fields) == {"code", "title", "basis", "applies_to", "holders", "year"}
    with pytest.raises(NotAllowed, match="只能起草个性清单"):
        drafted(clerk(), code="mine")
    with pytest.raises(NotAllowed, match="不在您的范围内"):
        drafted(clerk(), code="mine", kind="own", applies_to="街道")
    with pytest.raises(NotAllowed, match="起草责任清单"):
        drafted(actor(9, "auditor", "D"), code="mine")
    assert snapshot() == before


def test_a_unit_drafts_its_own_list_and_the_office_publishes_it():
    mine = drafted(clerk(), code="s1", kind="own", applies_to="S1")
    put(mine, "X01", clerk())
    with pytest.raises(NotAllowed, match="发布责任清单"):
        list_publish(actor=clerk(), list_id=mine.pk, effective_from=TODAY, now=NOW)
    list_publish(actor=drafter(), list_id=mine.pk, effective_from=TODAY, now=NOW)
    assert kinds_of(mine) == ["list.drafted", "list.item_put", "list.published"]


def test_item_is_put_worded_anew_and_removed():
    draft = drafted()
    first = put(draft)
    again = put(draft, requirement="换一种说法", review_unit="O")
    assert (again.pk, again.sort, again.review_unit.code) == (first.pk, 1, "O")
    assert put(draft, "A02").sort == 2
    item_remove(actor=drafter(), list_id=draft.pk, item_code="A01", now=NOW)
    assert list(draft.items.order_by("sort").values_list("code", flat=True)) == ["A02"]
    with pytest.raises(NotFound, match="A01"):
        item_remove(actor=drafter(), list_id=draft.pk, item_code="A01", now=NOW)
    assert kinds_of(draft)[-1] == "list.item_removed" and verify_ledger().ok


def test_item_says_everything_that_is_wrong_at_once():
    draft = drafted()
    before = snapshot()
    with pytest.raises(Invalid) as refused:
        put(
            draft,
            "a 1",
            aspect="",
            requirement="字" * 501,
            holders="领导班子、监督责任、路人",
            frequency="每半年",
            due="发生后5日",
            applies_to="S9",
            review_unit="单位S",
            answer="没有的表",
        )
    fields = refused.value.fields
    assert set(fields) == {
        "code",
        "aspect",
        "requirement",
        "holders",
        "due",
        "applies_to",
        "review_unit",
        "answer",
    }
    assert "期末后10个工作日" in fields["due"] and "单位S" in fields["review_unit"]
    assert snapshot() == before


def test_item_of_a_form_has_the_rhythm_of_the_form_and_no_limit_of_its_own():
    form_quarterly()
    draft = drafted()
    with pytest.raises(Invalid) as refused:
        put(draft, answer="季报")
    assert "每季度" in refused.value.fields["frequency"] and "表单规定" in refused.value.fields["due"]
    item = put(draft, answer="季报", frequency="每季度", due="")
    assert (item.form_ref, item.element) == ("t.monthly", "")
    assert put(draft, "A02", answer="QD07").element == "QD07"


def test_negative_list_only_reminds():
    draft = drafted(kind="negative", code="fm")
    with pytest.raises(Invalid) as refused:
        put(draft, "N01", frequency="每次发生", due="按各件时限", answer="月报")
    assert "只作提示" in refused.value.fields["answer"] and "不设时限" in refused.value.fields["due"]
    assert put(draft, "N01", frequency="每次发生", due="").form_ref == ""


def test_publishing_needs_another_account_an_item_and_a_day_to_come():
    draft = drafted()
    ask = {"list_id": draft.pk, "effective_from": TODAY, "now": NOW}
    with pytest.raises(Incomplete, match="还没有事项"):
        list_publish(actor=publisher(), **ask)
    put(draft)
    before = snapshot()
    with pytest.raises(SamePerson, match="起草人以外"):
        list_publish(actor=drafter(), **ask)
    with pytest.raises(Invalid, match="不溯及既往"):
        list_publish(actor=publisher(), **{**ask, "effective_from": TODAY - timedelta(days=1)})
    narrow = replace(actor(23, "reviewer", "O", "B"), unit_id=draft.keeper_id)
    with pytest.raises(NotAllowed):
        list_publish(actor=narrow, **ask)
    assert snapshot() == before
    made = list_publish(actor=publisher(), **ask)
    assert (made.state, made.effective_from, made.approved_by_account) == (State.PUBLISHED, TODAY, 22)
    assert kinds_of(made)[-1] == "list.published" and verify_ledger().ok


def test_nobody_publishes_for_units_out_of_their_sight():
    draft = drafted(keeper_code="P1")
    put(draft)
    before = snapshot()
    with pytest.raises(NotAllowed, match="适用单位中有 4 个不在您的范围内"):
        list_publish(actor=actor(24, "office", "P1", "B"), list_id=draft.pk, effective_from=TODAY, now=NOW)
    assert snapshot() == before


def test_who_wrote_one_item_into_the_draft_may_not_publish_it():
    draft = drafted()
    put(draft, by=publisher())
    with pytest.raises(SamePerson):
        list_publish(actor=publisher(), list_id=draft.pk, effective_from=TODAY, now=NOW)


def test_published_list_never_changes():
    made = published()
    before = snapshot()
    with pytest.raises(Frozen, match="修订出新的一版"):
        put(made, "A02")
    with pytest.raises(Frozen):
        item_remove(actor=drafter(), list_id=made.pk, item_code="A01", now=NOW)
    with pytest.raises(Frozen):
        list_publish(actor=publisher(), list_id=made.pk, effective_from=SOON, now=NOW)
    with pytest.raises(Frozen):
        list_drop(actor=drafter(), list_id=made.pk, now=NOW)
    assert snapshot() == before


def test_revision_copies_every_item_and_ends_the_version_before_on_its_day():
    first = published()
    second = list_revise(actor=drafter(), list_id=first.pk, now=NOW)
    assert (second.version, second.code, second.items.count()) == (2, first.code, 1)
    with pytest.raises(Duplicate, match="已有一份草案"):
        list_revise(actor=drafter(), list_id=first.pk, now=NOW)
    with pytest.raises(Invalid, match="第1版的生效日期"):
        list_publish(actor=publisher(), list_id=second.pk, effective_from=TODAY, now=NOW)
    put(second, "A02")
    list_publish(actor=publisher(), list_id=second.pk, effective_from=SOON, now=NOW)
    first.refresh_from_db()
    assert (first.state, first.effective_to) == (State.SUPERSEDED, SOON)
    assert first.items.count() == 1
    assert kinds_of(first)[-1] == "list.superseded" and kinds_of(second)[-1] == "list.published"
    with pytest.raises(WrongState, match="最新发布"):
        list_revise(actor=drafter(), list_id=first.pk, now=LATER)
    assert verify_ledger().ok


def test_dropped_draft_makes_room_for_another():
    first = published()
    given_up = list_revise(actor=drafter(), list_id=first.pk, now=NOW)
    list_drop(actor=drafter(), list_id=given_up.pk, now=NOW)
    with pytest.raises(WrongState, match="已作废"):
        put(DutyList.objects.get(pk=given_up.pk))
    again = list_revise(actor=drafter(), list_id=first.pk, now=NOW)
    assert again.version == 3 and kinds_of(given_up)[-1] == "list.dropped"


def test_retiring_needs_a_reason_and_a_day_to_come():
    made = published()
    ask = {"list_id": made.pk, "now": NOW}
    with pytest.raises(Incomplete, match="说明理由"):
        list_retire(actor=publisher(), on=SOON, reason=" ", **ask)
    with pytest.raises(Invalid, match="不得早于今天"):
        list_retire(actor=publisher(), on=TODAY, reason="职能调整", **ask)
    with pytest.raises(NotAllowed):
        list_retire(actor=clerk(), on=SOON, reason="职能调整", **ask)
    gone = list_retire(actor=publisher(), on=SOON, reason="职能调整", **ask)
    assert (gone.state, gone.effective_to) == (State.RETIRED, SOON)
    assert kinds_of(gone)[-1] == "list.retired"
    with pytest.raises(WrongState, match="不能停用"):
        list_retire(actor=publisher(), on=SOON, reason="再停一次", **ask)


def test_what_one_may_not_see_is_not_found():
    draft = drafted()
    with pytest.raises(NotFound):
        put(draft, by=clerk())
    assert DutyItem.objects.count() == 0


def test_a_group_is_meant_before_all_units_of_a_kind_of_the_same_name():
    grow("J", "D", kind="group", title="街道")
    made = drafted(code="j", applies_to="街道")
    assert made.applies_to == "unit.branch == 'J'"
    audience = Audience.on(TODAY)
    assert audience.words("unit.branch == 'J' or unit.code == 'P1'") == "街道、单位P1"
    for expression in ("unit.kind == 'street'", "unit.kind != 'dept'", "unit.code == 'GONE'"):
        assert audience.words(expression) == expression
