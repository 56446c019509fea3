"""占 and 率: is the percentage what the counts beside it make it?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from luoshi.core.figlint.bounds import fits, share_range
from luoshi.core.figlint.groups import Group
from luoshi.core.figlint.model import PERCENT, Context, Finding, Quantity, Sentence
from luoshi.core.figlint.roles import Role
from luoshi.core.figlint.tokens import comparable
from luoshi.core.formulas import FULL, Rounding, rounded

SHARE, RATE = "占比", "比率"
_OF_WHAT = re.compile(
    r"占(?:比|了)?(?P<what>[^，。；、]*?)(?:比重|比例|总数|总量|总额|总体|总和|合计|总)?(?:的|为|达|达到|约为)*$"
)
_GENERIC = re.compile(r"^(?:到|其|其中|全部|所有|总|全区|全市|全县|上述|受理|比)*(?:的)?$")
_RATE_NAME = re.compile(r"(?P<name>[一-鿿]{1,10})率(?:为|达|达到|分别为|是)?$")
_STATES = (
    "按时",
    "按期",
    "及时",
    "逾期",
    "超期",
    "未",
    "不",
    "正在",
    "基本",
    "部分",
    "限时",
    "一次性",
    "限期",
    "当场",
    "立即",
    "责令",
    "应",
)
_TOTAL_MARK = re.compile(r"共|总|合计|累计|受理|收到|接到|应|抽查|抽取|检查|回访|发放|登记|交办|派发|排查")
_ALL = re.compile(r"平均|综合|加权|折算")


def shares_by_part(sentence: Sentence, roles: list[Role]) -> dict[int, Quantity]:
    """Return the printed share of each count, by where the count begins."""
    return {part.start: share for share, part in _pairs(sentence, roles)}


def share_findings(
    sentence: Sentence, roles: list[Role], groups: Sequence[Group], context: Context
) -> Iterator[tuple[Quantity, Finding]]:
    """Yield the shares that fit none of the wholes they can be of."""
    alone: list[tuple[Quantity, Quantity]] = []
    for share, part in _pairs(sentence, roles):
        wholes = _explicit(sentence, share) or _wholes(sentence, roles, groups, context, share, part)
        if wholes:
            yield from _judge(sentence, SHARE, share, part, wholes)
        elif not _named(share, part.unit):
            alone.append((share, part))
    if len(alone) > 2:
        yield from _by_most(sentence, alone, context)


def _by_most(
    sentence: Sentence, pairs: list[tuple[Quantity, Quantity]], context: Context
) -> Iterator[tuple[Quantity, Finding]]:
    """The whole stands in an earlier paragraph: it is the one that most of the shares fit, if any."""
    best, most = None, 1
    for whole in context.known:
        computed = [share_range(part, whole) for _, part in pairs if comparable(whole, part)]
        if len(computed) == len(pairs):
            hits = sum(
                bool(each and fits(each, share)) for each, (share, _) in zip(computed, pairs, strict=True)
            )
            best, most = (whole, hits) if hits > most and 2 * hits > len(pairs) else (best, most)
    if best:
        for share, part in pairs:
            yield from _judge(sentence, SHARE, share, part, [best])


def _pairs(sentence: Sentence, roles: list[Role]) -> Iterator[tuple[Quantity, Quantity]]:
    """Yield (share, the count it speaks of). A list of shares goes with as many counts before it."""
    every = sentence.quantities
    index = 0
    while index < len(every):
        if roles[index] is not Role.SHARE:
            index += 1
            continue
        end = index + 1
        listed = "分别" in every[index].lead
        while listed and end < len(every) and roles[end] is Role.SHARE and len(every[end].lead) < 2:
            end += 1
        counts = _counts_before(sentence, roles, index)
        size = end - index
        subject = every[index].lead.partition("占")[0]
        named = [each for each in counts if len(subject) > 1 and each.label == subject]
        counts = named or counts
        if len(counts) >= size and (size > 1 or not listed):
            yield from zip(every[index:end], counts[-size:], strict=True)
        index = end


def _counts_before(sentence: Sentence, roles: list[Role], index: int) -> list[Quantity]:
    """Return the counts a share at ``index`` may speak of, in order; the last is the nearest."""
    every = sentence.quantities
    counts: list[Quantity] = []
    skip_whole = bool(_explicit(sentence, every[index]))
    for at in range(index - 1, -1, -1):
        if re.search("[；;]", sentence.between(every[at], every[index])):
            break
        if skip_whole and at == index - 1:
            continue
        if roles[at] is Role.MAIN and not every[at].is_share:
            counts.insert(0, every[at])
        elif roles[at] in (Role.ASIDE, Role.FROM, Role.TO, Role.RATE):
            break
    return counts


def _explicit(sentence: Sentence, share: Quantity) -> list[Quantity]:
    """Return the whole that is named between 占 and the percentage: 占区小计5174件的39.12%."""
    index = sentence.quantities.index(share)
    if index < 2:
        return []
    whole = sentence.quantities[index - 1]
    if re.search("占|完成|达到|相当于", whole.lead) and re.fullmatch(r"[^，。；、]{0,8}的", share.before):
        return [whole]
    return []


def _wholes(
    sentence: Sentence,
    roles: list[Role],
    groups: Sequence[Group],
    context: Context,
    share: Quantity,
    part: Quantity,
) -> list[Quantity]:
    """Return the wholes a share can be of, the likeliest first."""
    heads = [group.head for group in reversed(groups) if any(each is part for each in group.parts)]
    heads += [group.head for group in reversed(groups) if group.head not in heads and group.head is not part]
    if not heads:
        heads = [
            each
            for each, role in zip(sentence.quantities, roles, strict=True)
            if role is Role.MAIN and each.start < part.start
        ]
        heads = [each for each in heads if not _apart(sentence, each, part)]
    every = sentence.quantities
    what = _named(share, part.unit)
    if what:
        before = [each for each in every if each.start < share.start and not each.is_share]
        heads = [each for each in (*before, *context.known) if what in each.label + each.noun]
        heads.sort(key=lambda each: each.value, reverse=True)
    else:
        heads += reversed(context.totals)
    found = [each for each in heads if each is not part and comparable(each, part)]
    return [each for each in found if each.value >= part.value]


def _named(share: Quantity, unit: str = "") -> str:
    """Return the whole that a share names (占站点总数的: 站点), or "" for a bare 占 or 占总数的."""
    of = _OF_WHAT.search(share.lead)
    if of is None or _GENERIC.match(of.group("what")):
        return ""
    what = of.group("what").removesuffix(unit).removesuffix("总") if unit else of.group("what")
    return re.sub(r"的|全部|所有|全区|全市|总数|总量|同期|当月|件数", "", what)


def _apart(sentence: Sentence, one: Quantity, other: Quantity) -> bool:
    """Say whether two counts are siblings: in one list, or in items of an enumeration."""
    gap = sentence.between(one, other)
    return bool(re.search("[；;]", gap)) or not re.search("[，。,（(]", gap)


def _judge(
    sentence: Sentence, kind: str, share: Quantity, part: Quantity, wholes: Sequence[Quantity]
) -> Iterator[tuple[Quantity, Finding]]:
    computed = [(whole, each) for whole in wholes if (each := share_range(part, whole))]
    if not computed or share.unit != PERCENT or any(fits(each, share) for _, each in computed):
        return
    whole = computed[0][0]
    value = _percent(part, whole, share.digits)
    how = f"{part.text}÷{whole.text}＝{value}"
    if len({other.value for other, _ in computed}) > 1:
        how += "；文中其他总数作分母也不能得出所印的数"
    lead = share.lead.strip()
    said = f"{'占' if kind == SHARE and '占' not in lead else lead} {share.text}"
    where = f"{sentence.place}第 {sentence.number} 句"
    yield share, Finding(where, kind, sentence.text, said, value, how)


def _percent(part: Quantity, whole: Quantity, digits: int) -> str:
    """Return a percentage as it should be printed: never 100 while something is open."""
    exact = 100 * Fraction(part.value) / Fraction(whole.value)
    nearly_all = part.value < whole.value and rounded(exact, digits) == FULL
    return f"{rounded(exact, digits, Rounding.TRUNCATE if nearly_all else Rounding.HALF_UP)}%"


def rate_findings(
    sentence: Sentence, roles: list[Role], context: Context
) -> Iterator[tuple[Quantity, Finding]]:
    """Yield the rates (办结率) whose counts stand in the text (办结 190 件 of 200) and refute them."""
    counts = [
        each
        for each, role in zip(sentence.quantities, roles, strict=True)
        if role is Role.MAIN and not each.is_share
    ]
    for rate, role in zip(sentence.quantities, roles, strict=True):
        name = _RATE_NAME.search(rate.lead) if role is Role.RATE else None
        if name is None or _ALL.search(name.group("name")):
            continue
        before = [each for each in counts if each.start < rate.start]
        part = next((each for each in reversed(before) if _counts_for(each, name.group("name"))), None)
        if part is None:
            continue
        wholes = [each for each in reversed(before) if each is not part and comparable(each, part)]
        wholes += [each for each in reversed(context.earlier) if comparable(each, part)]
        wholes = [each for each in wholes if each.value >= part.value]
        if not any(each.value > part.value for each in wholes) or not context.earlier:
            wholes += _made_up(before, part, context)
        wholes.sort(key=lambda each: not _TOTAL_MARK.search(each.lead))
        yield from _judge(sentence, RATE, rate, part, wholes)


def _made_up(before: list[Quantity], part: Quantity, context: Context) -> list[Quantity]:
    """Return the counts of earlier paragraphs that the part makes up with another count of its sentence."""
    others = [each for each in before if each is not part and comparable(each, part)]
    return [
        whole
        for whole in context.known
        if comparable(whole, part) and any(part.value + other.value == whole.value for other in others)
    ]


def _counts_for(quantity: Quantity, name: str) -> bool:
    """Say whether a count is the numerator of a rate: 办结 or 解决企业问题, but not 按时办结 for 办结率."""
    label = re.sub(r"(?:件|的|数|量)+$", "", quantity.label)
    own = next((state for state in _STATES if name.startswith(state)), "")
    if not own and label.startswith(_STATES):
        return False
    if label.endswith(name) or label.startswith(name):
        return True
    # 回收有效问卷 for 有效回收率: the same words in another order.
    return len(name) > 2 and set(name) <= set(label)
