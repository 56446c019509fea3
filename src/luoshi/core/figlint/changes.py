"""同比, 环比, 由…增至…: is the change what the two values make it?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from luoshi.core.figlint.bounds import (
    Range,
    fits,
    gap_range,
    growth_range,
    like,
    meant,
    prints_as,
    share_range,
    shown,
)
from luoshi.core.figlint.model import PERCENT, POINTS, TIMES, Context, Finding, Quantity, Sentence
from luoshi.core.figlint.roles import Role, went_down
from luoshi.core.figlint.tokens import comparable

_NOW = re.compile(r"今年|本年|本期|本月|本季|本周|目前|现")
_MONTHLY, _YEARLY = re.compile(r"环比"), re.compile(r"同比")
_LAST_MONTH, _LAST_YEAR = re.compile(r"上月|上季|上周|上期"), re.compile(r"上年|去年|同期|前年")
_MOST_CANDIDATES = 3
KIND = "升降"
_SUBJECT = re.compile(r"(?P<what>[一-鿿]{2,10}?)(?:总?[数量])?(?:是|为|比|较|由|从)")
_GROWN = re.compile(r"增长|增加|提高|上升")


def change_findings(
    sentence: Sentence, roles: list[Role], context: Context
) -> Iterator[tuple[Quantity, Finding]]:
    """Yield the changes of a sentence that its own values refute."""
    for run in _runs(sentence, roles):
        yield from _run_findings(sentence, roles, run, context)


def _runs(sentence: Sentence, roles: list[Role]) -> Iterator[list[int]]:
    """Yield the stretches of quantities that speak of a comparison."""
    run: list[int] = []
    for index, role in enumerate(roles):
        if role is Role.FROM and run:
            yield run
            run = []
        if role in (Role.CHANGE, Role.BASE, Role.FROM, Role.TO):
            run.append(index)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _run_findings(
    sentence: Sentence, roles: list[Role], run: list[int], context: Context
) -> Iterator[tuple[Quantity, Finding]]:
    every = sentence.quantities
    changes = [every[index] for index in run if roles[index] is Role.CHANGE]
    then = next((every[index] for index in run if roles[index] in (Role.BASE, Role.FROM)), None)
    to = next((every[index] for index in run if roles[index] is Role.TO), None)
    nows = [to] if to else _nows(sentence, roles, run, then or (changes[0] if changes else None))
    if then and not nows:
        nows = _of_subject(sentence, then, context)
    following = run[-1] + 1
    if then and not to and _is_now(every, roles, following, then):
        nows = [every[following]]
        changes += _changes_after(roles, every, following)
    if then and to and (found := _direction(sentence, to, to, then)):
        yield to, found
        return
    for change in changes:
        if then and nows and _same_comparison(change, then):
            yield from _judge(sentence, change, then, nows)
    if then and not nows:
        yield from _amount_of_base(sentence, changes, then)
    if not then:
        yield from _amount_and_percent(sentence, changes, nows)


def _is_now(every: tuple[Quantity, ...], roles: list[Role], index: int, then: Quantity) -> bool:
    """Say whether the present value follows its base: 去年同期100件，今年120件."""
    if index >= len(every) or roles[index] not in (Role.MAIN, Role.RATE):
        return False
    return bool(_NOW.search(every[index].lead)) and comparable(then, every[index])


def _changes_after(roles: list[Role], every: tuple[Quantity, ...], index: int) -> list[Quantity]:
    found = []
    for role, quantity in zip(roles[index + 1 :], every[index + 1 :], strict=True):
        if role is not Role.CHANGE:
            break
        found.append(quantity)
    return found


def _nows(sentence: Sentence, roles: list[Role], run: list[int], pattern: Quantity | None) -> list[Quantity]:
    """Return the values the comparison may be about, the nearest first; no further than a semicolon."""
    found: list[Quantity] = []
    if pattern is None:
        return found
    for index in range(run[0] - 1, -1, -1):
        candidate = sentence.quantities[index]
        if re.search("[；;]", sentence.text[candidate.end : pattern.start]):
            break
        percent = pattern.unit == POINTS and candidate.unit == PERCENT
        if roles[index] in (Role.MAIN, Role.RATE, Role.SHARE) and (percent or comparable(candidate, pattern)):
            found.append(candidate)
    return found[:_MOST_CANDIDATES]


def _of_subject(sentence: Sentence, then: Quantity, context: Context) -> list[Quantity]:
    """Return the count that 隐患数比上次的640处减少 speaks of, when it was named before with its words."""
    words = re.split("[，。；、]", then.before)[-1]
    found = _SUBJECT.match(words)
    subject = found.group("what").removesuffix(then.unit) if found else ""
    same = [each for each in context.known if len(subject) > 1 and subject in each.label]
    return [each for each in reversed(same) if comparable(each, then)][:1]


def _amount_of_base(
    sentence: Sentence, changes: list[Quantity], then: Quantity
) -> Iterator[tuple[Quantity, Finding]]:
    """比上次的640处减少64处，下降10%: the percentage follows from the two without the present value."""
    for amount, rate in zip(changes, changes[1:], strict=False):
        if amount.is_share or rate.unit != PERCENT or not _one_comparison(amount, rate):
            continue
        computed = share_range(amount, then) if comparable(then, amount) else None
        if computed and not fits(computed, rate):
            should = like(100 * Fraction(amount.value) / Fraction(then.value), rate)
            said = f"{rate.lead.strip()} {rate.text}"
            how = f"{amount.text}÷{then.text}＝{should}"
            yield rate, Finding(_where(sentence), KIND, sentence.text, said, should, how)


def _same_comparison(change: Quantity, then: Quantity) -> bool:
    if _MONTHLY.search(change.lead):
        return not _LAST_YEAR.search(then.lead)
    return not (_YEARLY.search(change.lead) and _LAST_MONTH.search(then.lead))


def _judge(
    sentence: Sentence, change: Quantity, then: Quantity, nows: list[Quantity]
) -> Iterator[tuple[Quantity, Finding]]:
    found = [(now, computed) for now in nows if (computed := _computed(change, now, then))]
    right = [now for now, computed in found if fits(computed[0], change)]
    if found and not right:
        now, (_, value, how) = found[0]
        should = f"{_verb(change, now, then)} {like(value, change)}"
        if change.unit == now.unit == PERCENT:
            gap = shown(abs(Fraction(now.value) - Fraction(then.value)), change.digits)
            should = f"{_verb(change, now, then)} {gap}个百分点"
        said = f"{change.lead.strip() or '变化'} {change.text}"
        yield change, Finding(_where(sentence), KIND, sentence.text, said, should, how)
    elif right and all(_direction(sentence, change, now, then) for now in right):
        [wrong] = [_direction(sentence, change, right[0], then)]
        if wrong:
            yield change, wrong


def _computed(change: Quantity, now: Quantity, then: Quantity) -> tuple[Range, Fraction, str] | None:
    """Return range, nominal value and wording of the change; None when it cannot be computed."""
    a, b = Fraction(now.value), Fraction(then.value)
    if change.unit == POINTS or change.unit == now.unit != PERCENT:
        return (
            gap_range(now, then),
            abs(a - b),
            f"{now.text}与{then.text}相差 {like(abs(a - b), change)}",
        )
    if change.unit not in (PERCENT, TIMES):
        return None
    computed = growth_range(now, then)
    if computed is None:
        return None
    if change.unit == TIMES and not _GROWN.search(change.lead):
        times = share_range(now, then)
        return times and ((times[0] / 100, times[1] / 100), a / b, f"{now.text}÷{then.text}")
    if change.unit == TIMES:
        low, high = computed
        return (low / 100, high / 100), abs(a - b) / b, f"({now.text}－{then.text})÷{then.text}"
    value = 100 * abs(a - b) / b
    if now.unit == PERCENT:
        # 由 92% 提高到 95% is three points; who writes 3% means neither.
        how = f"{now.text}与{then.text}相差 {shown(abs(a - b), change.digits)} 个百分点，应写百分点"
        return computed, value, how
    return (
        computed,
        value,
        f"({now.text}－{then.text})÷{then.text}＝{shown(a / b * 100 - 100, change.digits)}%",
    )


def _verb(change: Quantity, now: Quantity, then: Quantity) -> str:
    """Return the verb that goes with the right change: rates rise, amounts are added to."""
    if change.unit == POINTS or change.unit == now.unit == PERCENT:
        return "下降" if now.value < then.value else "提高"
    if change.unit in (PERCENT, TIMES):
        return "下降" if now.value < then.value else "增长"
    return "减少" if now.value < then.value else "增加"


def _direction(sentence: Sentence, word: Quantity, now: Quantity, then: Quantity) -> Finding | None:
    """Return a finding when the words say up and the values say down, or the other way round."""
    down = went_down(word)
    if now.value == then.value or down == (now.value < then.value):
        return None
    should = "下降（减少）" if now.value < then.value else "上升（增加）"
    how = f"本期 {now.text}，比较期 {then.text}"
    return Finding(_where(sentence), KIND, sentence.text, f"{word.lead.strip()} {word.text}", should, how)


def _amount_and_percent(
    sentence: Sentence, changes: list[Quantity], nows: list[Quantity]
) -> Iterator[tuple[Quantity, Finding]]:
    """ "受理120件，同比增加20件，增长25%": the amount and the percentage must belong together."""
    for amount, rate in zip(changes, changes[1:], strict=False):
        if amount.is_share or rate.unit != PERCENT or not _one_comparison(amount, rate):
            continue
        found = [(now, computed) for now in nows if (computed := _from_amount(amount, now))]
        if found and not any(prints_as(each, rate.value, rate.step) for _, (each, _) in found):
            now, (_, then) = found[0]
            value = 100 * Fraction(amount.value) / then
            how = f"比较期为 {like(then, now)}，{amount.text}÷{like(then, now)}＝{shown(value, rate.digits)}%"
            said = f"{rate.lead.strip()} {rate.text}"
            yield rate, Finding(_where(sentence), KIND, sentence.text, said, like(value, rate), how)


def _one_comparison(amount: Quantity, rate: Quantity) -> bool:
    for mark in (_MONTHLY, _YEARLY):
        if mark.search(rate.lead) and not mark.search(amount.lead):
            return False
    return went_down(amount) == went_down(rate)


def _from_amount(amount: Quantity, now: Quantity) -> tuple[Range, Fraction] | None:
    """Return the range of the growth and the nominal value before; None where that was nothing."""
    if not comparable(now, amount):
        return None
    sign = -1 if went_down(amount) else 1
    (low, high), (least, most) = meant(now), meant(amount)
    small, large = sorted((low - sign * least, high - sign * most))
    small, large = min(small, low - sign * most), max(large, high - sign * least)
    then = Fraction(now.value) - sign * Fraction(amount.value)
    if small <= 0 or then <= 0:
        return None
    return (100 * least / large, 100 * most / small), then


def _where(sentence: Sentence) -> str:
    return f"{sentence.place}第 {sentence.number} 句"
