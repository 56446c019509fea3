"""Clocks of items: moves start, stop and pause them; extensions, calendars, ladders; no verdict is stored."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from luoshi.core.actor import SYSTEM
from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, Invalid, NotAllowed, NotFound, SamePerson, WrongState
from luoshi.core.timing import Verdict, clock_state
from luoshi.kernel.calendars.actions import calendar_day_set, calendar_year_publish
from luoshi.kernel.calendars.models import CalendarYear
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.items.clock_models import ClockExtension, ClockPause, ItemClock
from luoshi.kernel.items.clock_reading import clocks_of_item, overdue_items
from luoshi.kernel.items.clock_rows import clock_of, events_of_clock
from luoshi.kernel.items.clock_ticks import clocks_rearm, pauses_end
from luoshi.kernel.items.extending import extension_ask, extension_decide
from luoshi.kernel.items.ladder import ladder_send
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.notify.models import Notice
from tests.harness.times import NOW
from tests.kernel.items.helpers import (
    RESULT,
    actor,
    closed,
    desk,
    doing,
    go,
    lead,
    office,
    snapshot,
    taken_in,
    world,
)

pytestmark = pytest.mark.django_db
ONE = timedelta(days=1)


@pytest.fixture(autouse=True)
def planted():
    return world()


def total(item) -> ItemClock:
    return ItemClock.objects.filter(item_id=item.pk, key="total").order_by("-round").first()


def due(item) -> str | None:
    row = total(item)
    return None if row.due_at is None else local_day(row.due_at).isoformat()


def watch(account: int = 31):
    return actor(account, "DC", "DC.clerk")


def replayed(row: ItemClock, at: datetime) -> None:
    """Hold a row against the replay of its own events."""
    events = events_of_clock(row, row.pauses.order_by("from_at", "id"), row.extensions.order_by("id"))
    assert clock_of(row).settled(at) == clock_state(events, work_calendar(row.calendar), at)


def test_sending_starts_two_clocks_and_accepting_stops_one():
    item = taken_in()
    assert ItemClock.objects.count() == 0
    go(item, "send", desk(), duties={"lead": ["P1"]})
    assert due(item) == "2021-02-05"
    sign = ItemClock.objects.get(key="sign")
    assert timezone.localtime(sign.due_at).isoformat() == "2021-01-15T14:00:00+08:00"
    go(item, "accept", lead(), NOW + timedelta(hours=2))
    sign.refresh_from_db()
    assert clock_of(sign).verdict(NOW + ONE) is Verdict.MET
    told = [event.data.get("clocks") for event in events_of("item", item.pk) if event.kind == "item.moved"]
    assert sorted(clock["did"][0] for clocks in told for clock in clocks) == ["started", "started", "stopped"]
    assert verify_ledger().ok


def test_an_urgent_case_has_one_working_day():
    item = taken_in(kind="urgent")
    go(item, "send", desk(), duties={"lead": ["P1"]})
    assert due(item) == "2021-01-18"


def test_a_refused_move_starts_no_clock():
    item = taken_in()
    before = snapshot(), ItemClock.objects.count()
    with pytest.raises(Incomplete):
        go(item, "send", desk())
    assert (snapshot(), ItemClock.objects.count()) == before


def test_waiting_for_the_firm_pauses_and_the_answer_resumes():
    item = doing()
    go(item, "ask", lead(), NOW + 3 * ONE, note="缺评估报告")
    row = total(item)
    assert (row.due_at, row.left, row.paused_at) == (None, 14, NOW + 3 * ONE)
    go(item, "answer", desk(), NOW + 5 * ONE)
    assert due(item) == "2021-02-08"  # the Sunday before is worked, for the Spring Festival
    pause = ClockPause.objects.get()
    assert (pause.state, pause.ended_at) == ("wait", NOW + 5 * ONE)
    replayed(total(item), NOW + 5 * ONE)
    assert verify_ledger().ok


def test_a_pause_of_the_own_unit_ends_by_itself_with_and_without_a_worker():
    item = doing()
    go(item, "ask", lead(), NOW + 3 * ONE, note="缺评估报告")
    later = NOW + 12 * ONE
    assert clock_of(total(item)).verdict(NOW + 4 * ONE) is Verdict.PAUSED
    assert clock_of(total(item)).verdict(later) is Verdict.RUNNING
    bound = total(item).bound_at
    assert pauses_end(NOW + 4 * ONE) == 0
    assert pauses_end(later) == 1 and pauses_end(later) == 0
    row = total(item)
    assert row.due_at == bound == row.bound_at and local_day(ClockPause.objects.get().ended_at) == date(
        2021, 1, 25
    )
    assert events_of("item", item.pk)[-1].kind == "item.clock_resumed"
    replayed(row, later)
    assert verify_ledger().ok


def test_what_is_overdue_follows_from_the_rows_while_no_worker_runs():
    running, paused, done = doing(), doing("P2"), closed()
    go(paused, "ask", lead("P2"), NOW + ONE, note="缺评估报告")
    assert [row.item_id for row in overdue_items(office(), NOW + 20 * ONE)] == []
    assert [row.item_id for row in overdue_items(office(), NOW + 22 * ONE)] == [running.pk]
    assert [row.item_id for row in overdue_items(office(), NOW + 60 * ONE)] == [running.pk, paused.pk]
    assert done.pk not in {row.item_id for row in overdue_items(office(), NOW + 60 * ONE)}
    assert [row.item_id for row in overdue_items(lead("P2", 12), NOW + 60 * ONE)] == [paused.pk]


def test_reopening_starts_a_new_clock_and_keeps_the_old_verdict():
    item = closed(now=NOW)
    go(item, "reopen", desk(), NOW + 3 * ONE, note="未解决")
    rounds = list(ItemClock.objects.filter(item=item, key="total").order_by("round"))
    assert [row.round for row in rounds] == [1, 2]
    assert clock_of(rounds[0]).verdict(NOW + 99 * ONE) is Verdict.MET
    assert clock_of(rounds[1]).verdict(NOW + 99 * ONE) is Verdict.MISSED


def test_sending_anew_replaces_the_clock_of_signing():
    item = taken_in()
    go(item, "send", desk(), duties={"lead": ["P1"]})
    go(item, "bounce", lead(), NOW + timedelta(hours=1), note="不属本单位", basis="分工规定")
    go(item, "send", desk(), NOW + 4 * ONE, duties={"lead": ["P2"]})
    rows = list(ItemClock.objects.filter(item=item, key="sign").order_by("round"))
    assert [clock_of(row).verdict(NOW + 4 * ONE) for row in rows] == [Verdict.MET, Verdict.RUNNING]
    assert ItemClock.objects.filter(item=item, key="total").count() == 1


def test_an_extension_is_asked_by_the_lead_and_approved_by_the_office():
    item = doing()
    row = total(item)
    asked = extension_ask(actor=lead(), clock_id=row.pk, number=5, reason="需市里批复", now=NOW + ONE)
    assert due(item) == "2021-02-05"
    decided = extension_decide(actor=watch(), extension_id=asked.pk, approve=True, note="", now=NOW + 2 * ONE)
    assert decided.answer == "approved" and due(item) == "2021-02-18"
    row.refresh_from_db()
    assert local_day(row.first_due_at) == date(2021, 2, 5) and row.extended == 5
    kinds = [event.kind for event in events_of("item", item.pk)]
    assert kinds[-2:] == ["item.extension_asked", "item.extension_decided"]
    replayed(row, NOW + 2 * ONE)
    assert verify_ledger().ok


def test_who_may_not_ask_and_what_may_not_be_asked():
    item = doing()
    row, sign = total(item), ItemClock.objects.get(item=item, key="sign")
    asks = [
        ({"actor": lead("P2", 12)}, NotFound, "没有"),
        ({"actor": desk()}, NotAllowed, "申请延期"),
        ({"reason": " "}, Incomplete, "理由"),
        ({"number": 11}, Invalid, "1 至 10 个工作日"),
        ({"number": 0}, Invalid, "1 至 10 个工作日"),
        ({"now": NOW + 22 * ONE}, WrongState, "届满"),
        ({"clock_id": sign.pk}, WrongState, "不得延期"),
        ({"clock_id": 10**6}, NotFound, "没有"),
    ]
    for given, error, told in asks:
        call = {
            "actor": lead(),
            "clock_id": row.pk,
            "number": 5,
            "reason": "需市里批复",
            "now": NOW + ONE,
        } | given
        with pytest.raises(error, match=told):
            extension_ask(**call)
    assert ClockExtension.objects.count() == 0
    extension_ask(actor=lead(), clock_id=row.pk, number=5, reason="需市里批复", now=NOW + ONE)
    with pytest.raises(WrongState, match="待批准"):
        extension_ask(actor=lead(), clock_id=row.pk, number=5, reason="需市里批复", now=NOW + ONE)


def test_an_extension_is_decided_once_by_somebody_else_and_cures_no_breach():
    item = doing()
    asked = extension_ask(actor=lead(), clock_id=total(item).pk, number=5, reason="需市里批复", now=NOW + ONE)
    decisions = [
        ({"actor": watch(11)}, SamePerson, "本人"),
        ({"actor": lead()}, NotAllowed, "批复延期"),
        ({"approve": False}, Incomplete, "理由"),
        ({"now": NOW + 22 * ONE}, WrongState, "不能补正"),
        ({"extension_id": 10**6}, NotFound, "没有"),
    ]
    for given, error, told in decisions:
        call = {
            "actor": watch(),
            "extension_id": asked.pk,
            "approve": True,
            "note": "",
            "now": NOW + ONE,
        } | given
        with pytest.raises(error, match=told):
            extension_decide(**call)
    assert due(item) == "2021-02-05"
    extension_decide(
        actor=watch(), extension_id=asked.pk, approve=False, note="按原期限办", now=NOW + 22 * ONE
    )
    with pytest.raises(WrongState, match="未批准"):
        extension_decide(actor=watch(), extension_id=asked.pk, approve=True, note="", now=NOW + ONE)
    assert due(item) == "2021-02-05"


def test_an_extension_is_granted_as_often_as_the_rule_says():
    item = doing()
    row = total(item)
    asked = extension_ask(actor=lead(), clock_id=row.pk, number=5, reason="需市里批复", now=NOW + ONE)
    extension_decide(actor=watch(), extension_id=asked.pk, approve=True, note="", now=NOW + ONE)
    with pytest.raises(WrongState, match="至多延期 1 次"):
        extension_ask(actor=lead(), clock_id=row.pk, number=1, reason="仍需时间", now=NOW + ONE)


def test_a_provisional_date_is_armed_anew_when_the_year_is_loaded_and_no_other_is_touched():
    CalendarYear.objects.filter(year=2022).update(published=False)
    calendar_day_set(
        by=SYSTEM, code="cn", day=date(2021, 3, 6), is_workday=True, title="试", source="试", now=NOW
    )
    late = NOW.replace(month=12, day=27)
    provisional, settled = doing(now=late), doing("P2")
    assert total(provisional).provisional and not total(settled).provisional
    before, fixed = due(provisional), due(settled)
    assert clocks_rearm(late) == 0
    calendar_day_set(
        by=SYSTEM, code="cn", day=date(2022, 1, 10), is_workday=False, title="试", source="试", now=late
    )
    calendar_day_set(
        by=SYSTEM, code="cn", day=date(2021, 1, 18), is_workday=False, title="试", source="试", now=late
    )
    calendar_year_publish(by=SYSTEM, code="cn", year=2022, now=late)
    assert clocks_rearm(late) == 1 and clocks_rearm(late) == 0
    assert due(provisional) == (date.fromisoformat(before) + ONE).isoformat() and due(settled) == fixed
    assert not total(provisional).provisional
    event = events_of("item", provisional.pk)[-1]
    assert event.kind == "item.clock_rearmed" and event.data["due"][0] != event.data["due"][1]
    assert verify_ledger().ok


def test_each_step_of_the_ladder_is_sent_once():
    item = doing()
    assert ladder_send(NOW + 10 * ONE) == 0
    for day in range(16, 30):
        ladder_send(NOW + day * ONE + timedelta(hours=1))
        ladder_send(NOW + day * ONE + timedelta(hours=1))
    notices = list(Notice.objects.filter(topic="item.clock", subject_id=item.pk).order_by("id"))
    assert [(row.step, row.level) for row in notices] == [("80%", "yellow"), ("due", "red"), ("130%", "red")]
    assert all(
        event.kind in ("notice.sent", "notice.skipped")
        for row in notices
        for event in events_of("notice", row.pk)
    )
    assert verify_ledger().ok


def test_after_an_outage_only_the_newest_missed_step_is_sent():
    item = doing()
    late = NOW + 60 * ONE
    assert ladder_send(late) == 3 and ladder_send(late) == 0
    rows = Notice.objects.filter(topic="item.clock", subject_id=item.pk).order_by("step_at")
    reasons = [(row.step, {skip.reason for skip in row.skips.order_by("id")} == {"older"}) for row in rows]
    assert reasons == [("80%", True), ("due", True), ("130%", False)]


def test_a_stopped_clock_and_a_paused_one_say_nothing():
    closed()
    waiting = doing("P2")
    go(waiting, "ask", lead("P2"), NOW + ONE, note="缺评估报告")
    assert ladder_send(NOW + 5 * ONE) == 0


def test_the_page_of_a_clock_says_why_this_date():
    item = doing()
    go(item, "ask", lead(), NOW + 3 * ONE, note="缺评估报告")
    go(item, "answer", desk(), NOW + 5 * ONE)
    asked = extension_ask(
        actor=lead(), clock_id=total(item).pk, number=2, reason="需市里批复", now=NOW + 5 * ONE
    )
    extension_decide(actor=watch(), extension_id=asked.pk, approve=True, note="", now=NOW + 6 * ONE)
    shown = clocks_of_item(item, NOW + 6 * ONE)
    view = next(each for each in shown if each.title == "办结时限")
    text = " ".join(f"{step.what}：{step.result}" for step in view.why)
    assert "次日起算" in text and "15 个工作日" in text and "2021-02-05" in text
    assert "挂起" in text and "2 个工作日" in text and "2021-02-08" in text and "2021-02-10" in text
    assert view.verdict is Verdict.RUNNING and view.extendable is False


def test_a_merged_item_has_no_running_clock():
    from luoshi.kernel.items.joining import item_merge

    first, second = doing(), doing()
    item_merge(actor=desk(), item_id=second.pk, into_id=first.pk, note="同一问题", now=NOW)
    assert clock_of(total(second)).verdict(NOW) is Verdict.VOID
    assert clock_of(total(first)).verdict(NOW) is Verdict.RUNNING


def test_a_report_comes_back_and_the_clock_of_the_whole_goes_on():
    item = doing()
    go(item, "report", lead(), values={"result": RESULT})
    go(item, "rework", desk(), note="请补办")
    assert clock_of(total(item)).verdict(NOW) is Verdict.RUNNING and total(item).round == 1
