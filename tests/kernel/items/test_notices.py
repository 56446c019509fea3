"""Who is told of an item: whose turn it is, who follows it, who decides on more time; and who comments."""

from __future__ import annotations

import pytest

from luoshi.core.actor import SYSTEM
from luoshi.core.errors import NotAllowed, NotFound
from luoshi.kernel.access.actions import role_bind
from luoshi.kernel.discuss.actions import comment_add
from luoshi.kernel.discuss.queries import comments_of
from luoshi.kernel.items.clock_models import ItemClock
from luoshi.kernel.items.extending import extension_ask, extension_decide
from luoshi.kernel.items.keeping import item_watch
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.notify.models import Message, Notice
from luoshi.kernel.org.actions import appoint, person_create, post_create
from luoshi.kernel.org.models import Post
from tests.harness.times import NOW
from tests.kernel.items.helpers import actor, desk, doing, go, lead, office, reported, taken_in, world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def planted():
    """The world with somebody in the posts that are told."""
    world()
    for code, unit, role in (
        ("P1.clerk", "P1", "clerk"),
        ("DC.clerk", "DC", "clerk"),
        ("desk", "ZX", "desk"),
        ("office", "D", "office"),
    ):
        if not Post.objects.filter(code=code).exists():
            post_create(by=SYSTEM, code=code, title=code, unit_code=unit, now=NOW)
        person = person_create(by=SYSTEM, name="何雨桐", now=NOW)
        appoint(by=SYSTEM, person_id=person.pk, post_code=code, from_on=NOW.date(), now=NOW)
        role_bind(by=SYSTEM, post_code=code, role=role, scope_unit_code=unit, now=NOW)


def told(topic: str, item) -> list[tuple[str, str]]:
    """Return (post, text) of every message of a topic about an item."""
    rows = Message.objects.filter(notice__topic=topic, notice__subject_id=item.pk).order_by("id")
    return [(row.post.code, row.notice.text) for row in rows]


def test_whose_turn_it_is_is_told_and_nobody_of_his_own_doing():
    item = taken_in()
    assert told("item.moved", item) == []
    go(item, "send", desk(), duties={"lead": ["P1"]})
    assert told("item.moved", item) == [
        ("P1.clerk", f"{item.number} 续贷困难：已办“派发”，现为“待签收”，请办理。")
    ]
    go(item, "accept", lead())
    assert len(told("item.moved", item)) == 1
    go(item, "ask", lead(), note="缺合同")
    assert told("item.moved", item)[-1][0] == "desk" and "缺合同" not in told("item.moved", item)[-1][1]
    assert verify_ledger().ok


def test_a_return_is_told_to_who_sent_it():
    item = taken_in()
    go(item, "send", desk(), duties={"lead": ["P1"]})
    go(item, "bounce", lead(), note="不属本单位", basis="职责清单")
    assert told("item.moved", item)[-1] == (
        "desk",
        f"{item.number} 续贷困难：已办“退回”，现为“待派发”，请办理。",
    )


def test_who_follows_an_item_is_told_of_moves_and_comments_of_others():
    item = doing()
    watcher = actor(31, "DC", "DC.clerk")
    item_watch(actor=watcher, item_id=item.pk, on=True, now=NOW)
    comment_add(actor=watcher, kind="item", subject_id=item.pk, text="请加快", now=NOW)
    assert told("item.watched", item) == []
    comment = comment_add(actor=lead(), kind="item", subject_id=item.pk, text="已约谈银行", now=NOW)
    (first,) = told("item.watched", item)
    assert first[0] == "DC.clerk" and "写了意见" in first[1] and comment.text not in first[1]
    go(item, "ask", lead(), note="缺合同")
    assert len(told("item.watched", item)) == 2
    item_watch(actor=watcher, item_id=item.pk, on=False, now=NOW)
    go(item, "answer", desk())
    assert len(told("item.watched", item)) == 2


def test_who_decides_on_more_time_is_told_and_who_asked_hears_the_answer():
    item = doing()
    clock = ItemClock.objects.get(item=item, key="total")
    asked = extension_ask(actor=lead(), clock_id=clock.pk, number=5, reason="等评估报告", now=NOW)
    assert [post for post, _ in told("item.extension", item)] == ["DC.clerk"]
    assert "延长 5 个工作日，请批复" in told("item.extension", item)[0][1]
    watch = actor(31, "DC", "DC.clerk")
    extension_decide(actor=watch, extension_id=asked.pk, approve=False, note="材料不足", now=NOW)
    post, text = told("item.extension", item)[-1]
    assert post == "P1.clerk" and "延期未获批准" in text and "材料不足" not in text
    assert verify_ledger().ok


def test_only_who_has_a_part_in_an_item_comments_and_nobody_reads_what_is_out_of_sight():
    item = reported()
    for each in (lead(), desk(), actor(31, "DC", "DC.clerk")):
        assert comment_add(actor=each, kind="item", subject_id=item.pk, text="已核对", now=NOW).pk
    before = Notice.objects.count()
    with pytest.raises(NotFound):
        comment_add(actor=lead("P2", 41), kind="item", subject_id=item.pk, text="已核对", now=NOW)
    with pytest.raises(NotFound):
        comments_of(lead("P2", 41), "item", item.pk)
    with pytest.raises(NotAllowed):
        comment_add(actor=office(), kind="item", subject_id=item.pk, text="已核对", now=NOW)
    assert Notice.objects.count() == before
    assert len(comments_of(office(), "item", item.pk)) == 3
