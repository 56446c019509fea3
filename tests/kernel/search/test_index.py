"""The index finds what texts hold, on both databases alike, and follows from the records after anything."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from luoshi.core.errors import Refusal
from luoshi.kernel.items.editing import item_edit
from luoshi.kernel.items.given import Given
from luoshi.kernel.items.joining import item_merge, item_split
from luoshi.kernel.items.models import Item
from luoshi.kernel.search.actions import document_drop, document_put, search_rebuild
from luoshi.kernel.search.checking import search_finding
from luoshi.kernel.search.engines import grams_drop
from luoshi.kernel.search.grams import folded, grams_held
from luoshi.kernel.search.models import SearchDocument
from luoshi.kernel.search.queries import found_ids, holds
from luoshi.kernel.search.sources import KINDS
from tests.harness.times import NOW
from tests.kernel.items.helpers import desk, go, lead, taken_in, world

pytestmark = pytest.mark.django_db

TEXTS = (
    "ZQ202300012\n续贷困难\n流动资金贷款下月到期",
    "ZQ202300013\n整改销号（第二批）",
    "ＡＢ类企业 用地100%_甲",
)


def faults() -> tuple[str, ...]:
    return search_finding(lambda stage, done: None).faults


def planted() -> None:
    for number, text in enumerate(TEXTS, 1):
        document_put("item", number, text)


def found(*words: str, **bounds: int) -> list[int]:
    return found_ids("item", words, most=10, **bounds)


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (["续贷"], [1]),
        (["贷"], [1]),
        (["款下月到"], [1]),
        (["整改销号"], [2]),
        (["整销"], []),
        (["改整"], []),
        (["zq2023"], [2, 1]),
        (["00012"], [1]),
        (["13"], [2]),
        (["ab类"], [3]),
        (["（第二批）"], [2]),
        (["(第"], [2]),
        (["100%_"], [3]),
        (["100_"], []),
        (["续贷", "到期"], [1]),
        (["续贷", "整改"], []),
        (["难流"], []),
        (["（"], [2]),
    ],
)
def test_words_of_any_length_are_found_wherever_they_stand(words, ids):
    planted()
    assert found(*words) == ids
    rows = SearchDocument.objects.filter(holds("item", words, "object_id"))
    assert list(rows.order_by("-id").values_list("object_id", flat=True)) == ids


def test_the_newest_come_first_and_bounds_go_on_from_there():
    for number in range(1, 7):
        document_put("item", number, "整改")
    assert found_ids("item", ["整改"], most=2) == [6, 5]
    assert found("整改", below=5) == [4, 3, 2, 1] and found("整改", above=2) == [3, 4, 5, 6]


def test_a_text_put_again_is_found_by_its_new_words_alone():
    planted()
    assert document_put("item", 1, TEXTS[0]) is False
    assert document_put("item", 1, "房租减免") is True
    assert (found("续贷"), found("房租")) == ([], [1])
    assert document_drop("item", 1) is True and document_drop("item", 1) is False
    assert found("房租") == []


LETTERS = some.text(some.sampled_from("续贷整改款aB1Ａ 。%_'\"\\"), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=some.lists(LETTERS, max_size=6), word=LETTERS.filter(lambda text: text.strip()))
def test_the_index_finds_exactly_the_texts_that_hold_a_word(texts, word):
    before = {row.object_id for row in SearchDocument.objects.order_by("id")}
    for number, text in enumerate(texts, 1):
        document_put("item", number, text)
    for number in before - set(range(1, len(texts) + 1)):
        document_drop("item", number)
    wanted = [number for number, text in enumerate(texts, 1) if folded(word) in folded(text)]
    assert sorted(found(word)) == wanted


STEPS = some.lists(
    some.tuples(
        some.sampled_from(["create", "edit", "send", "merge", "split"]),
        some.integers(0, 9),
        some.text(some.sampled_from("续贷房租用地a1"), min_size=1, max_size=6),
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_done_to_items_the_index_follows(steps):
    if not Item.objects.exists():
        world()
        taken_in()
    for number, (what, which, words) in enumerate(steps):
        items = list(Item.objects.order_by("id"))
        item, other = items[which % len(items)], items[(which + 1) % len(items)]
        now = NOW + timedelta(minutes=number)
        try:
            if what == "create":
                taken_in(now, title=words)
            elif what == "edit":
                changed = Given(title=words, values={"detail": words * 10, "phone": "13800000000"})
                item_edit(actor=desk(), item_id=item.pk, given=changed, now=now)
            elif what == "send":
                go(item, "send", desk(), now, duties={"lead": ["P1"]})
            elif what == "merge":
                item_merge(actor=desk(), item_id=item.pk, into_id=other.pk, note="同一事", now=now)
            else:
                item_split(actor=desk(), item_id=item.pk, parts=[Given(title=words)], now=now)
        except Refusal:
            continue
    assert faults() == () and found("13800000000") == []
    assert SearchDocument.objects.count() == Item.objects.count()


def test_a_refused_step_leaves_the_index_as_it_was():
    world()
    item = taken_in()
    with pytest.raises(Refusal):
        go(item, "accept", lead())
    assert faults() == ()


def test_the_check_sees_missing_changed_and_foreign_entries():
    world()
    one, two, three = (taken_in() for _ in range(3))
    assert faults() == ()
    text = SearchDocument.objects.get(object_id=one.pk).text
    SearchDocument.objects.filter(object_id=one.pk).update(text=text + "甲")
    grams_drop([(two.pk * KINDS + 1, grams_held(SearchDocument.objects.get(object_id=two.pk).text))])
    document_drop("item", three.pk)
    document_put("item", 999_999, "甲")
    told = "\n".join(faults())
    assert f"事项 {one.pk}：检索内容与记录不符" in told and f"事项 {two.pk}：检索词与内容不符" in told
    assert f"事项 {three.pk}：检索内容" in told and f"多出编号 {999_999 * KINDS + 1}" in told


def test_the_index_is_made_anew_by_a_command(capsys):
    world()
    item = taken_in()
    SearchDocument.objects.all().delete()
    call_command("search", "rebuild")
    assert "已重建检索内容 1 件" in capsys.readouterr().out
    assert faults() == () and found("续贷困难") == [item.pk] and search_rebuild() == 1
