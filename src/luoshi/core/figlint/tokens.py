"""From prose to sentences and quantities. Dates, numbering, codes and clock times are not quantities."""

from __future__ import annotations

import re
from decimal import Decimal

from luoshi.core.figlint.model import POINTS, Quantity, Sentence

_WIDE = str.maketrans("０１２３４５６７８９％．＝＋－／", "0123456789%.=+-/")
_COUNTS = (
    "件次",
    "人次",
    "户次",
    "家次",
    "场次",
    "批次",
    "车次",
    "班次",
    "起次",
    "例次",
    "篇次",
    "台次",
    "条次",
    "处次",
    "天",
    "件",
    "个",
    "家",
    "人",
    "户",
    "条",
    "项",
    "次",
    "份",
    "起",
    "处",
    "名",
    "宗",
    "篇",
    "期",
    "场",
    "批",
    "辆",
    "套",
    "间",
    "栋",
    "幢",
    "座",
    "所",
    "台",
    "张",
    "页",
    "本",
    "块",
    "支",
    "只",
    "头",
    "棵",
    "株",
    "例",
    "门",
    "封",
    "则",
    "册",
    "笔",
    "组",
    "位",
    "单",
    "艘",
    "架",
    "枚",
    "对",
    "部",
    "队",
    "班",
)
_AMOUNTS = (
    "平方公里",
    "平方千米",
    "平方米",
    "立方米",
    "千瓦时",
    "公里",
    "千米",
    "公顷",
    "公斤",
    "千克",
    "小时",
    "分钟",
    "美元",
    "亩",
    "吨",
    "元",
    "米",
    "度",
    "分",
    "升",
    "千瓦",
    "标准煤",
)
_SCALES = {"万亿": 10**12, "千万": 10**7, "百万": 10**6, "十万": 10**5, "亿": 10**8, "万": 10**4, "": 1}
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?")
_UNIT = "|".join(sorted((*_COUNTS, *_AMOUNTS), key=len, reverse=True))
_TAIL = re.compile(
    rf"\s?(?P<more>[余多])?(?P<scale>万亿|千万|百万|十万|亿|万)?(?P<more2>[余多])?"
    rf"(?P<unit>%|个?百分点|个工作日|个小时|{_UNIT}|倍)?"
)
# A noun ends where a verb or a linking word begins: 9个正在整改, 12个单位按时报送.
_NOUN = re.compile(r"(?:(?![正已未均全限由在被经按得尚还仍是为的需将和与及占比较同增下分并组])[一-鿿]){1,8}")
_NOT_BEFORE = re.compile(r"[A-Za-z第〔\[/#№＃_.]$|\d[-–—~～:×xX*]$|\d[时点]$|[GSXYK][\d-]*$")
_NOT_AFTER = re.compile(r"\s?(?:[-–—~～:×]\d|[至到]\d|个月|个百分位|\d|[A-Za-z_]|号|年|月|日)")
_VAGUE_BEFORE = re.compile(
    r"(?:约|近|超过?|逾|突破|大约|接近|不足|不到|至少|不少于|不低于|不高于|不超过|最多|最低|最高|高于|低于|大于|小于|达到?近)为?$"
)
_VAGUE_AFTER = re.compile(r"(?:以上|以下|左右|以内|上下|之内|之间|[余多])")
_NUMBERING = re.compile(r"(?:^|[。；\s（(])$")
_LONGEST_SENTENCE = 2000
_ENDS = re.compile(r"[。！？!?\n]+")
_LIST_GAP = re.compile(r"\s*(?:、|和|与|及|以及)\s*")


def sentences(place: str, text: str) -> list[Sentence]:
    """Cut a paragraph into sentences, each with its quantities.

    >>> [each.number for each in sentences("第 1 段", "受理3件。办结2件。")]
    [1, 2]
    """
    found = [part for part in _ENDS.split(text.translate(_WIDE)) if part.strip()]
    # No official sentence is that long; without an end the work would grow with the square of its length.
    found = [part[:_LONGEST_SENTENCE] for part in found]
    return [
        Sentence(place, number, part.strip(), tuple(quantities(part.strip())))
        for number, part in enumerate(found, start=1)
    ]


def quantities(text: str) -> list[Quantity]:
    """Return the numbers of a sentence that have a unit, in order.

    A number without one takes that of the next when both stand in a list ("12、30和8件").

    >>> found = quantities("2021年1月受理1.2万件，办结率97.65%，同比提高3个百分点")
    >>> [(str(each.value), each.unit) for each in found]
    [('12000.0', '件'), ('97.65', '%'), ('3', '百分点')]
    """
    text = text.translate(_WIDE)
    marks = [mark for mark in _NUMBER.finditer(text) if _may_count(text, mark)]
    tails = [_TAIL.match(text, mark.end()) for mark in marks]
    units = [_unit(tail) for tail in tails]
    for index in range(len(marks) - 2, -1, -1):
        gap = text[marks[index].end() : marks[index + 1].start()]
        if not units[index] and units[index + 1] and _LIST_GAP.fullmatch(gap):
            units[index] = units[index + 1]
    result: list[Quantity] = []
    for mark, tail, unit in zip(marks, tails, units, strict=True):
        if unit and tail:
            result.append(_quantity(text, mark, tail, unit, result[-1].end if result else 0))
    return result


def _may_count(text: str, mark: re.Match[str]) -> bool:
    before, after = text[: mark.start()], text[mark.end() :]
    if _NOT_BEFORE.search(before) or _NOT_AFTER.match(after):
        return False
    # "1.", "2、", "（3）" at the start of something number it.
    return not (
        after[:1] in (".", "、", "）", ")", "．") and _NUMBERING.search(before) and len(mark.group()) < 3
    )


def _unit(tail: re.Match[str] | None) -> str:
    unit = (tail and tail.group("unit")) or ""
    if unit in ("百分点", "个百分点"):
        return POINTS
    if not unit and tail and tail.group("scale"):
        return "数"
    return unit.removeprefix("个") if len(unit) > 1 and unit.startswith("个") else unit


def _quantity(text: str, mark: re.Match[str], tail: re.Match[str], unit: str, since: int) -> Quantity:
    printed = mark.group().replace(",", "")
    digits = len(printed.partition(".")[2])
    scale = _SCALES[tail.group("scale") or ""]
    before, after = text[since : mark.start()], text[tail.end() :]
    noun = _NOUN.match(after) if tail.group("unit") else None
    ahead = text[: mark.start()]
    more = tail.group("more") or tail.group("more2")
    return Quantity(
        start=mark.start(),
        end=tail.end() if tail.group("unit") or tail.group("scale") else mark.end(),
        text=text[mark.start() : tail.end()].strip(),
        value=Decimal(printed) * scale,
        step=Decimal(scale).scaleb(-digits),
        digits=digits,
        unit=unit,
        noun=noun.group() if noun else "",
        before=before,
        depth=ahead.count("（") + ahead.count("(") - ahead.count("）") - ahead.count(")"),
        counted=unit in _COUNTS and scale == 1 and not digits,
        vague=bool(more or before.endswith("-") or _VAGUE_BEFORE.search(before) or _VAGUE_AFTER.match(after)),
    )


def comparable(earlier: Quantity, later: Quantity) -> bool:
    """Say whether two quantities may be parts of one another: the same unit, and not plainly other things.

    >>> many, few = quantities("排查问题100个，涉及12个单位")
    >>> comparable(many, few)
    False
    """
    if earlier.unit != later.unit:
        return False
    if earlier.unit != "个" or not later.noun:
        return True
    if earlier.noun:
        return earlier.noun[:2] == later.noun[:2]
    return later.noun[:2] in earlier.label
