"""What somebody typed into a form: read into canonical values, checked against the rules of the form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import F

from luoshi.core.beijing import LOCAL
from luoshi.core.errors import Frozen, Incomplete, Invalid
from luoshi.core.periods import PeriodKind, parse_period
from luoshi.kernel.definitions.fields import LONGEST_ROWS, LONGEST_TEXT, MISSING, FieldKind, Unfit
from luoshi.kernel.definitions.reading import date_read
from luoshi.kernel.definitions.table_rows import RowsUnfit
from luoshi.kernel.filings.forms import Form, rule_broken
from luoshi.kernel.filings.models import Answer, Filing, LockMode, Obligation

LONGEST_REASON = 500
MOST_MINUTES = 6000
# The name of its input. No field of a pack can bear it: codes have no dot.
MINUTES = "minutes.spent"
LONGEST_DAY = 20
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

Values = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into the page of a form, unread. ``values`` and ``explained``: field key → text.

    ``occurred``: the day it happened. ``shown``: field key → the value known before, in canonical text, that
    the page had put in. ``same``: the keys of those confirmed to be unchanged. ``minutes``: how long it took,
    if said. The last three belong to the page and are not kept in a draft.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    explained: Mapping[str, str] = field(default_factory=dict)
    late_reason: str = ""
    occurred: str = ""
    shown: Mapping[str, str] = field(default_factory=dict)
    same: frozenset[str] = frozenset()
    minutes: str = ""

    def texts(self) -> dict[str, str]:
        """Return every text that is not blank by its name: a field key, ``KEY.explained``, note, reason."""
        named = {**self.values, **{f"{key}.explained": text for key, text in self.explained.items()}}
        named |= {"note": self.note, "late_reason": self.late_reason, "occurred": self.occurred}
        return {key: text for key, text in named.items() if text}


def typed_check(form: Form, typed: Typed) -> None:
    """Refuse fields that the form does not have, and texts that cannot be kept.

    Raises: Invalid with a message for each text.
    """
    named = typed.values.keys() | typed.explained.keys() | typed.shown.keys() | typed.same
    unknown = named - set(form.keys)
    if unknown:
        raise Invalid(f"表单“{form.title}”没有字段：{'、'.join(sorted(unknown))}。")
    short = {"late_reason", *(f"{key}.explained" for key in typed.explained)}
    tables = {each.key for each in form.fields if each.kind is FieldKind.ROWS}
    faults: dict[str, str] = {}
    for key, text in typed.texts().items():
        longest = (
            LONGEST_DAY
            if key == "occurred"
            else LONGEST_REASON
            if key in short
            else LONGEST_ROWS
            if key in tables
            else LONGEST_TEXT
        )
        if _CONTROL.search(text):
            faults[key] = "含有不可见的控制字符，请删去后重填。"
        elif len(text) > longest:
            faults[key] = f"不得超过 {longest} 字，现有 {len(text)} 字，请删减。"
    if faults:
        raise Invalid("填写的内容未能保存，请按各项提示改正。", fields=faults)


def values_read(form: Form, given: Mapping[str, str], standing: Mapping[str, str | None]) -> Values:
    """Return the canonical values of a form: those ``given`` as typed, all others as they stand.

    Raises: Incomplete when required fields are blank and nothing else is wrong, Invalid for values that do
    not fit, each with a message beside its field (a cell of table rows is ``KEY.ROW.COLUMN``, rows from 1);
    Invalid when a rule across fields is broken.
    """
    unknown = given.keys() - set(form.keys)
    if unknown:
        raise Invalid(f"表单“{form.title}”没有字段：{'、'.join(sorted(unknown))}。")
    values = {key: standing.get(key) for key in form.keys}
    faults: dict[str, str] = {}
    cells: dict[str, str] = {}
    missing = 0
    for each in form.fields:
        if each.key not in given:
            continue
        try:
            values[each.key] = each.read(given[each.key])
        except Unfit as unfit:
            faults[each.key] = f"{unfit.problem}。"
            missing += unfit.problem.rule == MISSING
            if isinstance(unfit, RowsUnfit):
                cells |= {f"{each.key}.{row}.{key}": f"{why}。" for (row, key), why in unfit.cells.items()}
    if faults:
        named = "；".join(f"{form.field(key).title}：{text.rstrip('。')}" for key, text in faults.items())
        refusal = Incomplete if missing == len(faults) else Invalid
        raise refusal(f"有 {len(faults)} 项须改正后再提交：{named}。", fields=faults | cells)
    rules_check(form, values)
    return values


def rules_check(form: Form, values: Values) -> None:
    """Refuse values that break a rule across fields. Raises: Invalid."""
    typed = {key: form.field(key).typed(text) for key, text in values.items()}
    broken = [rule.say for rule in form.rules if rule_broken(rule, typed)]
    if broken:
        raise Invalid("；".join(broken) + "。")


def jumps_explained(
    form: Form, obligation: Obligation, values: Values, explained: Mapping[str, str]
) -> dict[str, str]:
    """Return the explanations of values that jumped against the period before, by field key.

    Raises: Incomplete with a message beside each field that lacks one.
    """
    watched = [each for each in form.fields if each.jump is not None and values[each.key] is not None]
    before = values_before(obligation) if watched else {}
    jumped = [each for each in watched if each.jumps(before.get(each.key), values[each.key])]
    told = {each.key: explained.get(each.key, "").strip() for each in jumped}
    lacking = {
        f"{each.key}.explained": f"上期为 {before[each.key]}，变动超过 {each.jump}%，请说明原因。"
        for each in jumped
        if not told[each.key]
    }
    if lacking:
        titles = "、".join(each.title for each in jumped if not told[each.key])
        raise Incomplete(f"{titles}与上期相比变动较大，请说明原因。", fields=lacking)
    return told


def values_before(obligation: Obligation) -> Mapping[str, str | None]:
    """Return what the unit filed for the period before, in force now; empty when there is nothing."""
    return values_before_many([obligation]).get(obligation.pk, {})


def values_before_many(obligations: Sequence[Obligation]) -> dict[int, Mapping[str, str | None]]:
    """Return by obligation id what its unit filed for the period before, in force now. One query.

    All obligations are of one form.
    """
    wanted = {
        (each.unit_id, parse_period(each.period_code).previous().code): each.pk
        for each in obligations
        if each.period_kind != PeriodKind.RANGE
    }
    if not wanted:
        return {}
    found = Filing.objects.filter(
        obligation__form_ref=obligations[0].form_ref,
        obligation__unit_id__in={unit_id for unit_id, _ in wanted},
        obligation__period_code__in={code for _, code in wanted},
        obligation__answer=Answer.FILED,
        version=F("obligation__current_version"),
    ).order_by("id")
    rows = found.values_list("obligation__unit_id", "obligation__period_code", "values")
    return {wanted[unit_id, code]: values for unit_id, code, values in rows if (unit_id, code) in wanted}


def late_reason_checked(obligation: Obligation, reason: str, now: datetime) -> str:
    """Return why an answer given ``now`` is late; empty when it is on time or nobody asks.

    A return that allows more time than the lock keeps the obligation open until then.
    Raises: Frozen after a hard lock; Incomplete when a late answer needs a reason and has none.
    """
    lock_check(obligation, now)
    owed_by = obligation.mend_by or obligation.due_at
    if owed_by is None or now <= owed_by:
        return ""
    reason = reason.strip()
    if not reason and obligation.lock_mode != LockMode.NONE:
        message = f"截止时间 {moment_text(owed_by)} 已过，请说明迟报理由。"
        raise Incomplete(message, fields={"late_reason": message})
    return reason


def lock_check(obligation: Obligation, now: datetime) -> None:
    """Refuse an answer after a hard lock. Raises: Frozen, saying since when and what to do."""
    if obligation.lock_mode != LockMode.HARD or obligation.lock_at is None or now <= obligation.lock_at:
        return
    last = obligation.reviews.order_by("-round").first()
    if last is None or last.mend_by is None or now > last.mend_by:
        raise Frozen(
            f"该期间已锁定（截至 {moment_text(obligation.lock_at)}），不再接收填报和更正。"
            "如有特殊情况，请联系表单主管单位。"
        )


def minutes_read(text: str) -> int | None:
    """Return how many minutes a filing took, None when nothing was said. Raises: Invalid."""
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) <= MOST_MINUTES):
        message = f"用时应为 1 至 {MOST_MINUTES} 的整数（分钟），也可以不填。"
        raise Invalid(message, fields={MINUTES: message})
    return int(text)


def reason_given(text: str, name: str, wanted: str, most: int = LONGEST_REASON) -> str:
    """Return a reason without blanks around it. ``name`` is its field, ``wanted`` asks for it.

    Raises: Incomplete (blank), Invalid (too long, control characters).
    """
    text = text.strip()
    if not text:
        raise Incomplete(wanted, fields={name: wanted})
    fault = ""
    if _CONTROL.search(text):
        fault = "含有不可见的控制字符，请删去后重填。"
    elif len(text) > most:
        fault = f"不得超过 {most} 字，现有 {len(text)} 字，请删减。"
    if fault:
        raise Invalid(fault, fields={name: fault})
    return text


def occurred_read(form: Form, typed: Typed) -> date | None:
    """Return the day a form asks for; None where it asks for none. Raises: Incomplete, Invalid."""
    if not form.occurred:
        return None
    if not typed.occurred.strip():
        message = "请填写事项发生日期。"
        raise Incomplete(message, fields={"occurred": message})
    try:
        return date_read(typed.occurred)
    except Unfit as unfit:
        message = f"事项发生日期{unfit.problem}。"
        raise Invalid(message, fields={"occurred": message}) from unfit


def occurred_check(occurred_on: date | None, today: date) -> None:
    """Refuse a day of occurrence that lies ahead. Raises: Invalid."""
    if occurred_on is not None and occurred_on > today:
        message = "发生日期不得晚于今天，请核对。"
        raise Invalid(message, fields={"occurred": message})


def moment_text(moment: datetime) -> str:
    """Return a moment as refusals write it, Beijing time."""
    return f"{moment.astimezone(LOCAL):%Y-%m-%d %H:%M}"
