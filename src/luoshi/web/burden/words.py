"""What a form costs, in words of the office."""

from __future__ import annotations

from collections.abc import Sequence

from luoshi.kernel.filings.admission import Cost, FormState, Near, Why
from luoshi.kernel.org.kinds import kind_title

CYCLES = {
    "month": "每月",
    "quarter": "每季",
    "half": "每半年",
    "year": "每年",
    "node": "按节点",
    "range": "按若干个月",
}
TONES = {
    FormState.ACTIVE: "ok",
    FormState.ENDING: "warn",
    FormState.EXPIRED: "bad",
    FormState.UNREGISTERED: "bad",
    FormState.STOPPED: "",
}
WHYS = {Why.ELEMENT: "同一数据元", Why.TITLE: "名称相近、计量单位相同"}


def audience_words(cost: Cost) -> str:
    """Return who is addressed: ``14 个街道``, ``3 个部门和 2 个街道``; units of other kinds by their sum."""
    if len(cost.kinds) > 3:
        return f"{cost.units} 个单位"
    return "、".join(f"{count} 个{kind_title(kind)}" for kind, count in cost.kinds) or "0 个单位"


def cost_words(cost: Cost, near: Sequence[Near]) -> str:
    """Return the one sentence that says what a form costs."""
    units = audience_words(cost)
    if not cost.units:
        return "按现在的填报范围，没有单位需要填报，请核对填报范围。"
    span = "每开放一次" if cost.by_hand else "每年"
    if cost.by_units:
        spent = f"这张表{span}将占用 {units}共 {cost.filings} 次"
    else:
        spent = f"这张表由一个岗位统一填报，{span} {cost.filings} 次，涉及 {units}"
    hours = f"、{cost.hours} 小时" if cost.hours is not None else "；尚未填写预计用时，不能算出小时数"
    return f"{spent}{hours}{_near_words(near)}。"


def _near_words(near: Sequence[Near]) -> str:
    """Return how many fields are asked already: linked by their element, or only alike by their titles."""
    linked = [each for each in near if each.why is Why.ELEMENT]
    keys = {each.key for each in linked}
    alike = [each for each in near if each.key not in keys]
    parts = [
        f"其中 {len({each.key for each in some})} 项与{_forms(some)}{words}"
        for some, words in ((linked, "为同一数据元"), (alike, "重复，建议引用"))
        if some
    ]
    return "".join(f"；{part}" for part in parts)


def _forms(near: Sequence[Near]) -> str:
    """Return the form that asks most of some fields, in quotes, and whether others do too."""
    titles = {each.form_ref: each.form_title for each in near}
    most = max(titles, key=lambda ref: len({each.key for each in near if each.form_ref == ref}))
    return f"《{titles[most]}》{'等表' if len(titles) > 1 else ''}"
