"""Indicators and schemes in words: what is counted, and how it becomes points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from luoshi.web.packs.words import UNIT_NAMES, Grid, Titles, Words, expression_words

EMPTIES = {"as_no": "空缺按 0（否）计入", "skip": "空缺的行不计入", "refuse": "有空缺则不予计算"}
BETTER = {"up": "越高越好", "down": "越低越好", "none": "不评高低"}
MISSING = {
    "refuse": "缺项的不予计分，指明单位和项目",
    "exclude_and_reweight": "缺项不计，其余项按权重重新分摊",
    "neutral_mean": "缺项按同组均值计",
    "full": "缺项按满分计",
    "skip": "缺项不计",
}
TIES = {
    "share_low": "同分并列，名次取先，其后空出",
    "dense": "同分并列，其后不空",
    "break": "同分按以下项目依次比较",
}
ROUNDING = {"half_up": "四舍五入", "truncate": "截尾"}


def indicator_words(body: Mapping[str, Any], titles: Titles) -> Words:
    """An indicator: what it counts."""
    names = titles.fields.get(body["form"], {})
    pairs = [("统计范围", f"表单“{titles.of('form', body['form'])}”在期间内的现行填报")]
    if body.get("where"):
        pairs.append(("条件", expression_words(body["where"], names)))
    if body.get("count"):
        pairs.append(("计数", "符合条件的填报份数"))
    elif body.get("sum"):
        pairs.append(("合计", expression_words(body["sum"], names)))
    elif body.get("mean"):
        pairs += [("平均", expression_words(body["mean"], names)), ("分母", "计入的填报份数")]
    else:
        pairs += [
            ("分子", expression_words(body["num"], names)),
            ("分母", expression_words(body["den"], names)),
        ]
    if body.get("empty"):
        pairs.append(("空缺", EMPTIES[body["empty"]]))
    unit = f"，单位{body['unit']}" if body.get("unit") else ""
    pairs.append(("印出", f"保留 {body['digits']} 位小数，四舍五入{unit}"))
    pairs.append(("评价方向", BETTER[body["better"]]))
    return Words(tuple(pairs))


def scheme_words(body: Mapping[str, Any], titles: Titles) -> Words:
    """A scheme: groups, criteria, how they are put together, how units are ranked."""
    pairs = [("依据", body["basis"]), ("合成", combine_words(body["combine"])), ("名次", rank_words(body))]
    groups = tuple(
        (each["title"], expression_words(each["of"], UNIT_NAMES, titles.units)) for each in body["groups"]
    )
    criteria = tuple(
        (
            each["title"],
            titles.of("indicator", each["input"]),
            calculator_words(each["calc"]),
            str(each.get("weight") or "—"),
            each.get("note") or "—",
        )
        for each in body["criteria"]
    )
    return Words(
        tuple(pairs),
        (
            Grid("分组", ("组别", "单位范围"), groups),
            Grid("考核项", ("项目", "取值指标", "算法", "权重", "说明"), criteria, frozenset({3})),
        ),
    )


def combine_words(combine: Any) -> str:
    """How the points of the criteria make a total."""
    if combine == "none":
        return "只列分项，不计总分"
    how = "各项得分乘权重后相加" if combine["how"] == "weighted" else "各项得分相加"
    rounding = f"{ROUNDING[combine['rounding']]}保留 {combine['digits']} 位小数"
    text = f"{how}，{rounding}；{MISSING[combine['missing']]}"
    bounds = [
        f"{label} {combine[key]}"
        for key, label in (("start", "起始"), ("floor", "最低"), ("cap", "最高"))
        if combine.get(key) is not None
    ]
    return f"{text}；{'，'.join(bounds)}" if bounds else text


def rank_words(body: Mapping[str, Any]) -> str:
    """How units are ranked."""
    rank = body["rank"]
    if rank == "none":
        return "不排名"
    names = {each["key"]: each["title"] for each in body["criteria"]}
    by = "、".join(names.get(key, key) for key in rank.get("by") or ())
    order = "高分在前" if rank["better"] == "up" else "低分在前"
    return f"{order}；{TIES[rank['tie']]}{f'：{by}' if by else ''}"


def calculator_words(calc: Mapping[str, Mapping[str, Any]]) -> str:
    """A calculator with its parameters."""
    ((name, given),) = calc.items()
    known = CALCULATORS.get(name)
    if known is not None:
        return known(given)
    return "按规定算法计分"


def _per_point(given: Mapping[str, Any]) -> str:
    full = given.get("full", given.get("weight"))
    below = f"每低 1 个百分点扣 {given['slope']} 分，最低 {given['floor']} 分"
    return f"达到 {given['threshold']}% 得 {full} 分，{below}"


def _deduct_per(given: Mapping[str, Any]) -> str:
    text = f"每件扣 {given['amount']} 分"
    if given.get("cap") is not None:
        text += f"，最多扣 {given['cap']} 分"
    if given.get("floor") is not None:
        text += f"，最低 {given['floor']} 分"
    return text


def _tier(given: Mapping[str, Any]) -> str:
    word = "不高于" if given.get("better") == "down" else "达到"
    bands = "；".join(f"{word} {limit} 得 {points} 分" for limit, points in given["bands"])
    return f"{bands}；其余得 {given['otherwise']} 分"


CALCULATORS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "value": lambda given: f"取值乘 {given['weight']}" if given.get("weight") else "按取值计分",
    "per_point": _per_point,
    "deduct_per": _deduct_per,
    "add_per": lambda given: f"每件加 {given['amount']} 分，最多加 {given['cap']} 分",
    "tier": _tier,
    "share_of_best": lambda given: f"与本组最高值之比乘 {given['points']} 分",
    "yes_no": lambda given: f"符合得 {given['points']} 分，不符合得 {given.get('otherwise') or 0} 分",
    "count_threshold": lambda given: (
        f"达到 {given['least']} 次得 {given['points']} 分，最多 {given['cap']} 分"
    ),
    "rank_step": lambda given: f"第一名 {given['first']} 分，名次每降一位减 {given['step']}",
    "linear_to_target": lambda given: (
        f"{given['low']} 得 0 分，{given['target']} 得 {given['points']} 分，其间按比例"
    ),
    "mean_over": lambda given: "各部分平均",
    "vote_grade": lambda given: "按各等次票数折算平均分",
    "weighted_sum": lambda given: "各部分乘权重后相加",
    "multiplier": lambda given: f"符合条件时乘 {given['factor']}",
    "cap": lambda given: f"按取值计分，最高 {given['cap']} 分",
    "floor": lambda given: f"按取值计分，最低 {given['floor']} 分",
    "veto": lambda given: f"一票否决时最高 {given['cap']} 分，依据：{given['basis']}",
    "manual": lambda given: f"评审人在 {given['low']} 至 {given['high']} 分之间评定",
}
