"""Lists by clocks: due, overdue, light, paused and verdict are derived at the moment, and orders follow."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest

from luoshi.core.beijing import LOCAL, local_day
from luoshi.core.errors import Invalid
from luoshi.core.timing import Verdict
from luoshi.kernel.items.clock_models import ItemClock
from luoshi.kernel.items.clock_rows import clock_of
from luoshi.kernel.items.filters import expression_of, filter_read, names_of
from luoshi.kernel.items.lights import ClockLight, light_of, lights_of
from luoshi.kernel.items.models import Item
from luoshi.kernel.items.ordering import Sort
from luoshi.kernel.items.queries import PER_PAGE, items_filtered, items_page, type_def
from tests.harness.times import NOW
from tests.kernel.items.helpers import CASE, closed, desk, doing, go, lead, reported, taken_in, world

pytestmark = pytest.mark.django_db
LATER = datetime(2021, 3, 1, 9, 0, tzinfo=LOCAL)


@pytest.fixture(autouse=True)
def planted():
    return world()


def found(text: str, now: datetime = LATER) -> set[int]:
    kind = type_def(CASE)
    return set(items_filtered(desk(), kind, filter_read(kind, text), now).values_list("item_id", flat=True))


def clock(item: Item, key: str, days: float, **given: Any) -> ItemClock:
    """Put a clock beside an item, due so many days after LATER."""
    due = LATER + timedelta(days=days)
    values: dict[str, Any] = {
        "item": item,
        "key": key,
        "round": ItemClock.objects.filter(item=item, key=key).count() + 1,
        "definition_id": item.definition_id,
        "from_step": 1,
        "unit": "workday",
        "total": 15,
        "next_day": True,
        "calendar": "cn",
        "calendar_print": "",
        "started_at": NOW,
        "base_at": NOW,
        "first_due_at": due,
        "due_at": due,
        "bound_at": due,
        "provisional": False,
    }
    return ItemClock.objects.create(**(values | given))


def paused(item: Item, days: float, until: float | None) -> ItemClock:
    end = None if until is None else LATER + timedelta(days=until)
    due = LATER + timedelta(days=days)
    row = clock(item, "total", days, due_at=None, held_at=due, left=3, paused_at=NOW, until_at=end)
    row.bound_at = clock_of(row).bound
    row.save()
    return row


def stopped(item: Item, key: str, days: float, at: float) -> ItemClock:
    return clock(item, key, days, stopped_at=LATER + timedelta(days=at))


def many() -> list[Item]:
    """Return items in mixtures of two clocks, each open, paused, over in time or late, void or none."""
    days = (-2, 0.4, 3, 5, 9)
    totals = [
        *(lambda item, days=days: clock(item, "total", days) for days in days),
        lambda item: paused(item, 4, None),
        lambda item: paused(item, -40, -38),
        lambda item: paused(item, 6, 1),
        lambda item: stopped(item, "total", -3, -4),
        lambda item: stopped(item, "total", -5, -4),
        lambda item: clock(item, "total", -3, voided_at=LATER),
        lambda item: None,
    ]
    signs = [
        lambda item: None,
        lambda item: clock(item, "sign", 4),
        lambda item: stopped(item, "sign", -5, -4),
    ]
    items = []
    for total, sign in product(totals, signs):
        item = taken_in()
        total(item), sign(item)
        items.append(item)
    return items


def test_filters_by_clocks_say_what_the_lights_of_each_item_say():
    ids = {item.pk for item in many()}
    lights = lights_of(ids, LATER)
    for light in ClockLight:
        wanted = {item_id for item_id, shown in lights.items() if shown.light is light}
        assert found(f"light:{light.value}") == wanted and wanted, light
    red = found("overdue:yes")
    assert red == found("light:逾期") and found("overdue:no") == ids - red
    due = {item_id: shown.due_on for item_id, shown in lights.items() if shown.due_on}
    assert found("paused:yes") >= found("light:paused") and found("paused:no") == ids - found("paused:yes")
    for day in {local_day(LATER) + timedelta(days=days) for days in range(-3, 11)}:
        assert found(f"due<={day}") == {item_id for item_id, each in due.items() if each <= day}
        assert found(f"due<{day}") == {item_id for item_id, each in due.items() if each < day}
        assert found(f"due>{day}") == {item_id for item_id, each in due.items() if each > day}
        assert found(f"due>={day}") == {item_id for item_id, each in due.items() if each >= day}
        assert found(f"due:{day}") == {item_id for item_id, each in due.items() if each == day}


def test_a_verdict_is_that_of_the_newest_round():
    many()
    again = taken_in()
    stopped(again, "total", -5, -4), clock(again, "total", 3)
    newest: dict[int, ItemClock] = {}
    for row in ItemClock.objects.filter(key="total").order_by("round"):
        newest[row.item_id] = row
    for verdict in Verdict:
        wanted = {pk for pk, row in newest.items() if clock_of(row).verdict(LATER) is verdict}
        assert found(f"clock.total.verdict:{verdict.value}") == wanted and wanted, verdict
    assert found("clock.total.verdict:逾期") == found("clock.total.verdict:missed")


def test_nothing_is_stored_lights_change_with_the_moment_alone():
    item = doing()
    due = ItemClock.objects.get(item=item, key="total").due_at
    assert found("overdue:yes", due) == set() and found("overdue:yes", due + timedelta(hours=1)) == {item.pk}
    days = [lights_of([item.pk], due - timedelta(days=left))[item.pk].light for left in (6, 5, 3, -1)]
    assert days == [ClockLight.WHITE, ClockLight.BLUE, ClockLight.YELLOW, ClockLight.RED]
    go(item, "ask", lead(), due - timedelta(days=1), note="补充材料")
    assert found("paused:yes", due - timedelta(days=1)) == {item.pk}
    assert light_of(ItemClock.objects.filter(item=item, key="total"), due).light is ClockLight.PAUSED


def test_done_in_time_is_green_and_has_no_date():
    item = closed()
    shown = lights_of([item.pk], LATER)[item.pk]
    assert (shown.light, shown.due, shown.word) == (ClockLight.GREEN, None, "按时")


@pytest.mark.parametrize("sort", list(Sort))
def test_every_order_is_paged_there_and_back_without_gap_or_overlap(sort):
    items = [taken_in(NOW + timedelta(minutes=number % 7)) for number in range(PER_PAGE + 30)]
    for number, item in enumerate(items):
        clock(item, "total", (number * 7) % 40 // 3)
    clock(items[0], "sign", 30), clock(items[1], "sign", -4)
    kind, plain = type_def(CASE), filter_read(type_def(CASE), "")

    def page(**given):
        return items_page(desk(), kind, plain, sort=sort, now=LATER, **given)

    first = page()
    second = page(before=first.older)
    rows = [row for each in (first, second) for row in each.rows]
    keys = {
        Sort.NEWEST: lambda row: -row.id,
        Sort.NUMBER: lambda row: row.number,
        Sort.ENTERED: lambda row: (row.entered_at, row.id),
        Sort.DUE: lambda row: (row.clock.due, row.id),
    }
    assert rows == sorted(rows, key=keys[sort]) and {row.id for row in rows} == {item.pk for item in items}
    assert len(rows) == len(items) == first.count and first.newer is None and second.older is None
    assert page(after=second.newer).rows == first.rows


def test_in_order_of_due_dates_stand_the_items_of_which_a_clock_runs():
    running, waiting = doing(), reported()
    closed(), taken_in()
    kind = type_def(CASE)
    for text, ids in (("", [running.pk, waiting.pk]), ("state:check", [waiting.pk])):
        page = items_page(desk(), kind, filter_read(kind, text), sort=Sort.DUE, now=NOW)
        assert [row.id for row in page.rows] == ids and page.count == len(ids)
    assert items_page(lead("P2"), kind, filter_read(kind, ""), sort=Sort.DUE, now=NOW).rows == ()


def test_names_of_clocks_are_known_only_where_a_type_has_them():
    names = names_of(type_def(CASE))
    assert names["clock.total.verdict"] == "办结时限的结果" and names["due"] == "到期日期"
    kind = type_def(CASE)
    for text, says in (
        ("overdue:也许", "没有是否逾期"),
        ("light:紫", "没有时限状态"),
        ("due:明天", "2023-07-01"),
    ):
        with pytest.raises(Invalid, match=says):
            filter_read(kind, text)
    with pytest.raises(ValueError, match="moment"):
        items_filtered(desk(), kind, filter_read(kind, "overdue:yes"))
    assert expression_of(filter_read(kind, "clock.total.verdict:met")) == "clock.total.last.verdict == 'met'"
    for text in ("due<2023-07-01", "overdue:yes", "light:red", "paused:no"):
        with pytest.raises(Invalid, match="不能用于统计口径"):
            expression_of(filter_read(kind, text))
