"""What each quantity of a sentence is there for: a count, a share, a rate, a change, a base of comparison."""

from __future__ import annotations

import re
from enum import Enum

from luoshi.core.figlint.model import PERCENT, POINTS, TIMES, Quantity, Sentence


class Role(Enum):
    """``MAIN`` is a figure of the thing itself; ``ASIDE`` is in no sum: averages, goals, 约 and 余."""

    MAIN = "main"
    SHARE = "share"
    RATE = "rate"
    CHANGE = "change"
    BASE = "base"
    FROM = "from"
    TO = "to"
    ASIDE = "aside"


_UP = "增长|上升|提高|增加|上涨|提升|升高|扩大|增幅|涨幅|净增"
_DOWN = "下降|减少|降低|回落|下滑|压减|压降|缩减|缩短|降幅|跌幅"
_AFTER_VERB = r"(?:了|为|达|达到|幅度为|幅度达)?$"
_CHANGE = re.compile(rf"(?:{_UP}|{_DOWN}){_AFTER_VERB}")
_SHORT_CHANGE = re.compile(rf"(?:比|较|同比|环比)[^，。；]*[增升多降减少]{_AFTER_VERB}")
_MORE_OF = re.compile(r"(?:比|较|同比|环比)[^，。；]{0,8}[多少][一-鿿]{1,4}$")
_WENT_DOWN = re.compile(
    rf"(?:{_DOWN}|[降减少]|[比较][^，。；]{{0,8}}少[一-鿿]{{1,4}})(?:了|为|达|达到|到|至|幅度为|幅度达)?$"
)
_BASE = re.compile(
    r"(?:比|较)[^，。；、]{1,14}的$|上[一]?次|上轮|上一(?:年度?|季度|期)|"
    r"(?:上年同期|去年同期|上年|去年|上月|上季度?|上期|同期|年初|上周|前年)(?:份|末|底)?[^，。；、]{0,12}$"
)
_BASE_IN_BRACKETS = re.compile(
    r"(?:上年同期|去年同期|上年|去年|上月|上季度?|上期|同期|年初|上周|上次|前年)(?:末|底)?[（(]$"
)
_FROM = re.compile(r"(?:由|从)(?!\d)?[^，。；、（）]{0,14}$")
_TO = re.compile(
    r"^[^，。；]{0,6}[，,]?(?:增长|增加|增|上升|升|提高|提升|上涨|扩大|下降|降低|降|减少|减|回落|压减|压降|缩减|缩短|下滑)"
    r"(?:到|至|为)[^，。；]{0,10}$"
)
_GOAL = re.compile(r"目标|力争|确保|要求|预计|预期|拟|原则上|每|平均|人均|户均|均为|加权|达标线|标准")
_SHARE_WORD = re.compile(r"(?:占|比重|比例)")
_RATE_WORD = re.compile(r"率(?:为|达|达到|分别为|是)?$")


def roles_of(sentence: Sentence) -> list[Role]:
    """Return the role of each quantity, in order.

    >>> from luoshi.core.figlint.tokens import sentences
    >>> [found] = sentences("", "受理120件，比上年同期的100件增长20%，办结率95%")
    >>> [role.value for role in roles_of(found)]
    ['main', 'base', 'change', 'rate']
    """
    roles: list[Role] = []
    for index, quantity in enumerate(sentence.quantities):
        before = roles[index - 1] if index else None
        roles.append(_role(quantity, before))
    for index, role in enumerate(roles):
        # 由区级储备5184件、镇街储备3456件组成 tells of parts, not of a change.
        if role is Role.FROM and Role.TO not in roles[index + 1 : index + 2]:
            roles[index] = Role.RATE if sentence.quantities[index].unit == PERCENT else Role.MAIN
    if Role.CHANGE not in roles:
        # Without a comparison "去年受理100件" is a plain statement about last year.
        return [
            Role.MAIN if role is Role.BASE and not re.search("比|较", each.lead) else role
            for role, each in zip(roles, sentence.quantities, strict=True)
        ]
    return roles


def _role(quantity: Quantity, before: Role | None) -> Role:
    lead = quantity.lead
    if quantity.vague:
        return Role.ASIDE
    if before is Role.FROM and _TO.search(quantity.before):
        return Role.TO
    if (
        _CHANGE.search(lead)
        or _SHORT_CHANGE.search(lead)
        or _MORE_OF.search(lead)
        or quantity.unit in (POINTS, TIMES)
    ):
        return Role.CHANGE
    if _GOAL.search(lead):
        return Role.ASIDE
    if _FROM.search(lead) and len(lead) < 16:
        return Role.FROM
    if _BASE.search(lead) or _BASE_IN_BRACKETS.search(quantity.before):
        return Role.BASE
    if quantity.unit == PERCENT:
        return _percent_role(quantity, before)
    return Role.MAIN


def _percent_role(quantity: Quantity, before: Role | None) -> Role:
    if _RATE_WORD.search(quantity.lead):
        return Role.RATE
    in_list = re.fullmatch(r"\s*(?:、|和|与|及|以及)\s*", quantity.before)
    if in_list and before in (Role.SHARE, Role.RATE):
        return before
    if _SHARE_WORD.search(quantity.lead):
        return Role.SHARE
    if re.fullmatch(r"[一-鿿]{0,6}[（(]", quantity.before):
        return Role.SHARE
    if before in (Role.MAIN, Role.BASE, Role.ASIDE) and re.fullmatch(r"(?:总[数量])?的", quantity.before):
        return Role.SHARE
    return Role.RATE


def went_down(quantity: Quantity) -> bool:
    """Say whether the words before a change tell of less."""
    return bool(_WENT_DOWN.search(re.sub(r"(?<=[至到为])[^，。；]*$", "", quantity.lead) or quantity.lead))
