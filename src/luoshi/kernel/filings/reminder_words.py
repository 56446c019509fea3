"""What a reminder says, as of the moment it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from luoshi.core.beijing import local_day
from luoshi.core.periods import parse_period
from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.filings.models import Obligation
from luoshi.kernel.filings.reminders import ReminderStep


def reminder_text(
    obligation: Obligation,
    form_title: str,
    step: ReminderStep,
    anchors: Mapping[str, datetime | date],
    *,
    calendar: WorkCalendar,
    now: datetime,
) -> str:
    """Return one line: the unit, the form, the period and how matters stand."""
    period = parse_period(obligation.period_code).title
    named = f"{obligation.unit.title}：《{form_title}》（{period}）"
    return named + _state(obligation, step, anchors, calendar, local_day(now))


def _state(
    obligation: Obligation,
    step: ReminderStep,
    anchors: Mapping[str, datetime | date],
    calendar: WorkCalendar,
    today: date,
) -> str:
    since = anchors[step.offset.anchor]
    passed = calendar.workdays_between(local_day(since) if isinstance(since, datetime) else since, today)
    match step.offset.anchor:
        case "open":
            until = obligation.due_at
            return "已开放填报" + (f"，截止 {_day(until)}。" if until else "。")
        case "sign":
            return "已提交，待审签。" if passed < 1 else f"提交后 {passed} 个工作日未审签，请审签。"
        case "review":
            return "已报送，待审核。" if passed < 1 else f"报送后 {passed} 个工作日未审核，请审核。"
        case "returned":
            until = obligation.mend_by
            asked = f"请于 {_day(until)} 前补正。" if until else "请尽快补正。"
            return (
                f"被退回，{asked}"
                if not step.offset.amount
                else f"被退回后 {passed} 个工作日未重新报送，请尽快补正。"
            )
    if not isinstance(since, datetime) or local_day(since) > today:
        return f"将于 {_day(since)} 截止，尚未报送。"
    if local_day(since) == today:
        return "今日截止，尚未报送。"
    return f"已于 {_day(since)} 截止，逾期 {max(passed, 1)} 个工作日，尚未报送。"


def _day(moment: datetime | date) -> str:
    day = local_day(moment) if isinstance(moment, datetime) else moment
    return f"{day.month}月{day.day}日"
