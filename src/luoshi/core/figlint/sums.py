"""共, 其中, 合计, 分别为, 其余: do the parts make the whole?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from luoshi.core.figlint.bounds import fits, like, meant, share_range, sum_range
from luoshi.core.figlint.groups import Group, is_rest, names_others
from luoshi.core.figlint.model import PERCENT, Context, Finding, Quantity, Sentence
from luoshi.core.figlint.roles import Role
from luoshi.core.figlint.tokens import comparable

TOTAL, AMONG = "合计", "其中"
_TOTAL_WORD = re.compile(r"(?:合计|共计|总计|一共|总共|合共|[两三四五六七八九]项共)(?:为|达|达到)?$")
_DIGITS = "两三四五六七八九"
_HOW_MANY = re.compile(f"([{_DIGITS}])(?:项|类|者|个|部分|方面|处)?(?:合计|共计|共)")
_BARE_TOTAL = re.compile(r"^(?:共|共有|共为)$")
_EQUATION = re.compile(
    r"(?<![\d.%])(\d[\d,.]*)\s*=\s*(\d[\d,.]*(?:\s*\+\s*\d[\d,.]*)+)|(\d[\d,.]*(?:\s*\+\s*\d[\d,.]*)+)\s*=\s*(\d[\d,.]*)"
)
_OPPOSITES = (
    ("", "未"),
    ("", "不"),
    ("按时", "逾期"),
    ("按期", "逾期"),
    ("按时", "超期"),
    ("按时", "未按时"),
    ("按期", "未按期"),
)
_MOST_PARTS_TRIED = 8
_WHOLE_SHARES = (Fraction(199, 2), Fraction(201, 2))


def group_findings(
    sentence: Sentence, groups: Sequence[Group], shares: dict[int, Quantity]
) -> Iterator[tuple[Quantity, Finding]]:
    """Yield the parts that exceed their whole and the lists that do not make it up.

    ``shares``: the printed percentage of a part, by the place where the part begins.
    """
    for group in groups:
        too_large = [part for part in group.parts if meant(part)[0] > meant(group.head)[1]]
        for part in too_large:
            how = f"部分 {part.text} 大于总数 {group.head.text}"
            said = f"{part.label or '其中'} {part.text}"
            yield part, _finding(sentence, AMONG, said, f"不大于 {group.head.text}", how)
        if too_large or group.inner:
            continue
        yield from _run_findings(sentence, group, shares)


def _run_findings(
    sentence: Sentence, group: Group, shares: dict[int, Quantity]
) -> Iterator[tuple[Quantity, Finding]]:
    printed = [shares.get(part.start) for part in group.parts]
    if len(printed) > 1 and all(printed) and _about_all([each for each in printed if each]):
        yield from _equal(sentence, group.head, group.parts)
        return
    if group.parts and is_rest(group.parts[-1]):
        yield from _rest(sentence, group.head, group.parts[:-1], group.parts[-1])
        return
    run = group.runs[0]
    listed_all = group.exhaustive or _has_opposites(run) or names_others(run[-1])
    if len(run) > 1 and listed_all:
        yield from _equal(sentence, group.head, run)
        return
    for run in group.runs:
        if len(run) > 1 and sum_range(run)[0] > meant(group.head)[1]:
            yield from _equal(sentence, group.head, run, AMONG)


def _about_all(shares: list[Quantity]) -> bool:
    low, high = _WHOLE_SHARES
    return low <= sum(Fraction(share.value) for share in shares) <= high


def _equal(
    sentence: Sentence, whole: Quantity, parts: Sequence[Quantity], kind: str = TOTAL
) -> Iterator[tuple[Quantity, Finding]]:
    if _adds_up(whole, parts):
        return
    total = sum((Fraction(part.value) for part in parts), Fraction(0))
    how = f"{'＋'.join(part.text for part in parts)}＝{like(total, whole)}"
    yield whole, _finding(sentence, kind, f"{whole.label or '总数'} {whole.text}", like(total, whole), how)


def _adds_up(whole: Quantity, parts: Sequence[Quantity]) -> bool:
    low, high = sum_range(parts)
    least, most = meant(whole)
    return low <= most and high >= least


def _rest(
    sentence: Sentence, whole: Quantity, others: Sequence[Quantity], rest: Quantity
) -> Iterator[tuple[Quantity, Finding]]:
    """What remains must go with some of the parts: 办结90件，满意85件，其余10件 speaks of 办结 only."""
    others = [each for each in others if comparable(whole, each)][-_MOST_PARTS_TRIED:]
    if not others:
        return
    for size in range(1, len(others) + 1):
        if any(_adds_up(whole, (*some, rest)) for some in combinations(others, size)):
            return
    left = Fraction(whole.value) - sum(Fraction(each.value) for each in others)
    if left < 0:
        # The parts overlap; what remains is most often told of the first of them.
        left = Fraction(whole.value) - Fraction(others[0].value)
        others = others[:1]
    how = f"{whole.text}－{'－'.join(each.text for each in others)}＝{like(left, rest)}"
    yield rest, _finding(sentence, AMONG, f"{rest.label or '其余'} {rest.text}", like(left, rest), how)


def _opposite(one: Quantity, other: Quantity) -> bool:
    """Say whether two labels divide a whole: 办结 and 未办结, 按时办结 and 逾期办结."""
    left, right = one.label, other.label
    for yes, no in _OPPOSITES:
        stem = right.removeprefix(no)
        if right.startswith(no) and len(stem) > 1 and left in (yes + stem, "已" + stem):
            return True
    return False


def _has_opposites(parts: Sequence[Quantity]) -> bool:
    return any(_opposite(one, other) for one in parts for other in parts)


def rest_findings(
    sentence: Sentence, roles: list[Role], groups: Sequence[Group], context: Context
) -> Iterator[tuple[Quantity, Finding]]:
    """Yield what is said to remain, or to be the opposite, outside of any 其中."""
    grouped = {part.start for group in groups for part in group.parts}
    # Opposites in one list are already added up with the rest of that list.
    listed = {part.start for group in groups for run in group.runs if len(run) > 1 for part in run}
    mains = [
        each
        for each, role in zip(sentence.quantities, roles, strict=True)
        if role is Role.MAIN and not each.is_share
    ]
    for index, quantity in enumerate(mains):
        before = [each for each in mains[:index] if comparable(each, quantity)]
        if is_rest(quantity) and before and quantity.start not in grouped:
            wholes = before[:1] if len(before) > 1 else list(context.totals[-1:])
            others = before[1:] if len(before) > 1 else before
            for whole in wholes:
                if comparable(whole, quantity) and whole.value >= quantity.value:
                    yield from _rest(sentence, whole, others, quantity)
            continue
        if quantity.start not in listed:
            yield from _opposites(sentence, before, quantity, context)


def _opposites(
    sentence: Sentence, before: list[Quantity], quantity: Quantity, context: Context
) -> Iterator[tuple[Quantity, Finding]]:
    yes = next((each for each in reversed(before) if _opposite(each, quantity)), None)
    if yes is None or re.search(f"基本{re.escape(yes.label)}|部分{re.escape(yes.label)}", sentence.text):
        return
    wholes = [each for each in (*context.totals, *before) if each is not yes and comparable(each, quantity)]
    wholes = [each for each in wholes if each.value >= max(yes.value, quantity.value)]
    wholes = wholes or _by_rate(sentence, yes, context)
    if not wholes or any(fits(sum_range((yes, quantity)), whole) for whole in wholes):
        return
    whole = wholes[0]
    left = Fraction(whole.value) - Fraction(yes.value)
    how = f"{whole.text}－{yes.text}＝{like(left, quantity)}"
    said = f"{quantity.label} {quantity.text}"
    yield quantity, _finding(sentence, AMONG, said, like(left, quantity), how)


def _by_rate(sentence: Sentence, yes: Quantity, context: Context) -> list[Quantity]:
    """Return the count of an earlier paragraph that the printed rate proves to be the whole."""
    for rate in sentence.quantities:
        if rate.unit == PERCENT and rate.lead.removesuffix("为") == f"{yes.label}率":
            known = [each for each in context.known if comparable(each, yes) and each.value >= yes.value]
            return [each for each in known if (share := share_range(yes, each)) and fits(share, rate)][:1]
    return []


def total_findings(
    sentence: Sentence, roles: list[Role], groups: Sequence[Group]
) -> Iterator[tuple[Quantity, Finding]]:
    """Yield the totals that stand after their parts: A 30件、B 20件，合计60件."""
    inner = {part.start for group in groups for part in group.parts}
    every = list(zip(sentence.quantities, roles, strict=True))
    for index, (quantity, role) in enumerate(every):
        bare = bool(_BARE_TOTAL.match(quantity.lead))
        if role is not Role.MAIN or not (_TOTAL_WORD.search(quantity.lead) or bare):
            continue
        parts: list[Quantity] = []
        for each, its in reversed(every[:index]):
            gap = sentence.text[each.end : quantity.start]
            if re.search("[；;：:]", gap) or its in (Role.ASIDE, Role.FROM, Role.TO):
                break
            if its is Role.MAIN and comparable(each, quantity) and each.depth == quantity.depth:
                parts.insert(0, each)
        stated = _HOW_MANY.search(quantity.lead)
        if stated:
            parts = parts[-_DIGITS.index(stated.group(1)) - 2 :]
        if len(parts) < 2 or (bare and "、" not in sentence.text[parts[0].end : parts[-1].start]):
            continue
        if any(part.start in inner for part in parts) and not stated:
            continue
        tails = [parts[at:] for at in range(len(parts) - 1)]
        if any(_adds_up(quantity, tail) for tail in tails):
            continue
        yield from _equal(sentence, quantity, _listed_tail(sentence, parts))


def _listed_tail(sentence: Sentence, parts: list[Quantity]) -> list[Quantity]:
    """Return the last parts that stand in one list, or all when they are no list."""
    at = len(parts) - 1
    while (
        at and re.search("[、和与及]", gap := sentence.between(parts[at - 1], parts[at])) and "，" not in gap
    ):
        at -= 1
    return parts[at:] if at < len(parts) - 1 else parts


def equation_findings(sentence: Sentence) -> Iterator[tuple[int, Finding]]:
    """Yield the printed equations that are wrong: 63458=55978+5844."""
    for found in _EQUATION.finditer(sentence.text):
        total_text = found.group(1) or found.group(4)
        parts_text = found.group(2) or found.group(3)
        total = _number(total_text)
        added = sum((_number(each) for each in parts_text.split("+")), Fraction(0))
        if total != added:
            digits = len(total_text.rstrip(".").partition(".")[2])
            should = f"{float(added):.{digits}f}"
            how = f"{parts_text.replace('+', '＋')}＝{should}"
            yield found.start(), _finding(sentence, TOTAL, total_text, should, how)


def _number(text: str) -> Fraction:
    return Fraction(text.strip().replace(",", "").rstrip("."))


def _finding(sentence: Sentence, kind: str, said: str, should: str, how: str) -> Finding:
    return Finding(f"{sentence.place}第 {sentence.number} 句", kind, sentence.text, said.strip(), should, how)
