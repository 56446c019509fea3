from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from luoshi.core.errors import EmptyDenominator, Invalid, MissingInput
from luoshi.core.scoring import CALCULATORS, Inputs, Points, calculator

D = Decimal
TIERS = {"bands": [[90, 200], [80, 190]], "otherwise": 160}
VOTE = {**TIERS, "flag": "third", "flag_points": 130}
LOWER = {"bands": [[1, 10], [3, 5]], "otherwise": 0, "better": "down"}
GRADES = {"values": {"a": 100, "b": 80, "c": 60, "d": 40}}
LEAST = {"least": 4, "points": 2, "cap": 3}


def given(value: object = None, **more: object) -> Inputs:
    return Inputs(value=None if value is None else D(str(value)), label="甲项", **more)  # type: ignore[arg-type]


def events(**counts: int) -> Inputs:
    return given(counts=counts, titles={"late": "逾期"})


def parts(**found: str) -> Inputs:
    return given(parts={key: D(text) for key, text in found.items()})


CASES: list[tuple[str, Mapping[str, object], Inputs, str, str]] = [
    ("yes_no", {"points": 3}, given(1), "3", "“甲项”：是，得 3 分"),
    ("yes_no", {"points": 3, "otherwise": -1}, given(0), "-1", "“甲项”：否，得 −1 分"),
    ("yes_no", {"points": 3, "flag": "f"}, given(flags={"f": True}), "3", "“甲项”：是，得 3 分"),
    ("count_threshold", LEAST, given(3), "0", "“甲项”3 次，不足 4 次，得 0 分"),
    ("count_threshold", LEAST, given(9), "2", "“甲项”9 次，达到 4 次得 2 分"),
    (
        "count_threshold",
        {**LEAST, "each": 1, "event": "late"},
        events(late=6),
        "3",
        "“甲项”6 次，达到 4 次得 2 分，每多 1 次加 1 分：2 + 1 × 2 = 4，高于上限 3，计 3 分",
    ),
    (
        "deduct_per",
        {"amount": 10, "base": 100, "floor": 0, "event": "late"},
        events(late=11),
        "0",
        "“甲项”11 次，每次扣 10 分：100 − 10 × 11 = −10，低于下限 0，计 0 分",
    ),
    (
        "deduct_per",
        {"amount": 2, "base": 20, "cap": 5},
        given(3),
        "15",
        "“甲项”3 次，每次扣 2 分，最多扣 5 分：20 − 5 = 15",
    ),
    ("add_per", {"amount": 5, "cap": 10}, given(1), "5", "“甲项”1 次，每次加 5 分：5 × 1 = 5"),
    ("tier", TIERS, given(90), "200", "“甲项”90，达到 90，得 200 分"),
    ("tier", TIERS, given("89.99"), "190", "“甲项”89.99，达到 80，得 190 分"),
    ("tier", TIERS, given(10), "160", "“甲项”10，未达到任何一档，得 160 分"),
    (
        "tier",
        VOTE,
        given(55, flags={"third": True}, titles={"third": "较差票达三分之一"}),
        "130",
        "“甲项”55，未达到任何一档，且“较差票达三分之一”成立，得 130 分",
    ),
    ("tier", VOTE, given(55, flags={"third": False}), "160", "“甲项”55，未达到任何一档，得 160 分"),
    ("tier", LOWER, given(1), "10", "“甲项”1，不高于 1，得 10 分"),
    ("tier", LOWER, given(2), "5", "“甲项”2，不高于 3，得 5 分"),
    (
        "share_of_best",
        {"points": 600},
        given(900, peers=(D(850), D(900))),
        "600",
        "“甲项”900，同组最高 900：600 × 900 ÷ 900 = 600",
    ),
    (
        "share_of_best",
        {"points": 600},
        given(3),
        "600",
        "“甲项”3，同组最高 3：600 × 3 ÷ 3 = 600",
    ),
    (
        "rank_step",
        {"first": 10, "step": 3, "per": "points"},
        given(rank=6),
        "0",
        "“甲项”第 6 名，第一名 10 分，每降 1 名减 3 分：10 − 3 × 5 = −5，低于下限 0，计 0 分",
    ),
    (
        "linear_to_target",
        {"low": 50, "target": 100, "points": 20},
        given(40),
        "0",
        "“甲项”40，起点 50，目标 100：20 × （40 − 50） ÷ （100 − 50） = −4，低于下限 0，计 0 分",
    ),
    (
        "linear_to_target",
        {"low": 50, "target": 100, "points": 20, "cap": 24},
        given(110),
        "24",
        "“甲项”110，起点 50，目标 100：20 × （110 − 50） ÷ （100 − 50） = 24",
    ),
    (
        "linear_to_target",
        {"low": 10, "target": -10, "points": 20},
        given(0),
        "10",
        "“甲项”0，起点 10，目标 −10：20 × （0 − 10） ÷ （（−10） − 10） = 10",
    ),
    (
        "per_point",
        {"weight": 25, "threshold": 95, "slope": D("0.5"), "floor": D("12.5")},
        given(50),
        "12.5",
        "甲项 50，低于 95，每低 1 个百分点扣 0.5 分：25 − 0.5 × 45 = 2.5，低于下限 12.5，计 12.5 分",
    ),
    (
        "per_point",
        {"weight": 20, "threshold": 95, "slope": 1, "floor": 0},
        given(95),
        "20",
        "甲项 95，达到 95，得满分 20 分",
    ),
    ("mean_over", {}, parts(a="30", b="27", c="-3"), "18", "“甲项”平均：（30 + 27 + （−3）） ÷ 3 = 18"),
    (
        "vote_grade",
        GRADES,
        events(a=10, b=5, c=3, d=2),
        "83",
        "“甲项”有效票 20 张：（100 × 10（a） + 80 × 5（b） + 60 × 3（c） + 40 × 2（d）） ÷ 20 = 83",
    ),
    (
        "weighted_sum",
        {"weights": {"a": D("0.5"), "b": -1}, "total": D("-0.5")},
        parts(a="10", b="2"),
        "3",
        "“甲项”0.5 × 10（a） + （−1） × 2（b） = 3",
    ),
    (
        "multiplier",
        {"factor": 2, "flag": "f"},
        given(5, flags={"f": False}),
        "5",
        "“甲项”5，“f”不成立，不加倍",
    ),
    (
        "multiplier",
        {"factor": 2, "flag": "f"},
        given(5, flags={"f": True}),
        "10",
        "“甲项”5，因“f”乘以 2：5 × 2 = 10",
    ),
    ("cap", {"cap": 100}, given(99), "99", "“甲项” = 99"),
    ("cap", {"cap": 100}, given(101), "100", "“甲项” = 101，高于上限 100，计 100 分"),
    ("floor", {"floor": 0}, given(-1), "0", "“甲项” = −1，低于下限 0，计 0 分"),
    (
        "veto",
        {"flag": "f", "cap": 59, "basis": "某办法"},
        given(90, flags={"f": False}),
        "90",
        "“甲项”90，“f”不成立，未触发一票否决",
    ),
    (
        "veto",
        {"flag": "f", "cap": 59, "basis": "某办法"},
        given(40, flags={"f": True}),
        "40",
        "“甲项”40，“f”成立，一票否决（依据：某办法），最高计 59 分，计 40 分",
    ),
    ("manual", {"low": 0, "high": 20}, given(20), "20", "“甲项”评定 20 分（范围 0 至 20 分）"),
    ("vote_grade", {"values": {"a": 90}}, events(a=1), "90", "“甲项”有效票 1 张：（90 × 1（a）） ÷ 1 = 90"),
    ("manual", {"low": 0, "high": 20}, given(0), "0", "“甲项”评定 0 分（范围 0 至 20 分）"),
    ("mean_over", {"expected": 1}, parts(a="7"), "7", "“甲项”平均：（7） ÷ 1 = 7"),
    (
        "add_per",
        {"amount": D("0.5"), "cap": D("0.5")},
        given(1),
        "0.5",
        "“甲项”1 次，每次加 0.5 分：0.5 × 1 = 0.5",
    ),
    (
        "share_of_best",
        {"points": 1},
        given("0.5", peers=()),
        "1",
        "“甲项”0.5，同组最高 0.5：1 × 0.5 ÷ 0.5 = 1",
    ),
    (
        "per_point",
        {"weight": 5, "threshold": 95, "slope": D("0.5"), "floor": 5},
        given(1),
        "5",
        "甲项 1，低于 95，每低 1 个百分点扣 0.5 分：5 − 0.5 × 94 = −42，低于下限 5，计 5 分",
    ),
    (
        "deduct_per",
        {"amount": D("0.5"), "base": 1, "floor": 1, "cap": D("0.5")},
        given(1),
        "1",
        "“甲项”1 次，每次扣 0.5 分：1 − 0.5 × 1 = 0.5，低于下限 1，计 1 分",
    ),
    (
        "rank_step",
        {"first": 1, "step": D("0.5"), "per": "points", "floor": 1},
        given(rank=1),
        "1",
        "“甲项”第 1 名，第一名 1 分，每降 1 名减 0.5 分：1 − 0.5 × 0 = 1",
    ),
    (
        "linear_to_target",
        {"low": 0, "target": 1, "points": D("0.5"), "cap": D("0.5")},
        given(1),
        "0.5",
        "“甲项”1，起点 0，目标 1：0.5 × （1 − 0） ÷ （1 − 0） = 0.5",
    ),
    ("count_threshold", {"least": 4, "points": 2, "cap": 2}, given(4), "2", "“甲项”4 次，达到 4 次得 2 分"),
    (
        "multiplier",
        {"factor": D("0.5"), "flag": "f"},
        given(5, flags={"f": True}),
        "2.5",
        "“甲项”5，因“f”乘以 0.5：5 × 0.5 = 2.5",
    ),
    ("value", {}, given("97.5"), "97.5", "“甲项”97.5"),
    ("value", {"weight": D("0.3")}, given(-10), "-3", "“甲项”0.3 × （−10） = −3"),
]


@pytest.mark.parametrize(("name", "params", "inputs", "points", "step"), CASES)
def test_points_and_their_explanation(
    name: str, params: Mapping[str, object], inputs: Inputs, points: str, step: str
) -> None:
    assert calculator(name, params).score(inputs) == Points(D(points), (step,))


def test_every_calculator_is_covered_by_a_case() -> None:
    assert {case[0] for case in CASES} == set(CALCULATORS)


def test_judges_give_the_mean_of_the_points_of_their_ranks() -> None:
    judge = calculator("rank_step", {"first": 200, "step": 2, "per": "percent"})
    inputs = given(parts={"x": D(1), "y": D(3), "z": D(2)}, titles={"x": "县长"})
    found = judge.score(inputs)
    assert found.points == 196
    assert found.steps[0] == "“县长”评第 1 名，第一名 200 分，每降 1 名减 4 分：200 − 4 × 0 = 200"
    assert found.steps[-1] == "“甲项”平均：（200 + 192 + 196） ÷ 3 = 196"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_nothing_is_scored_without_inputs(
    case: tuple[str, Mapping[str, object], Inputs, str, str],
) -> None:
    with pytest.raises(MissingInput, match="甲项"):
        calculator(case[0], case[1]).score(given())


@pytest.mark.parametrize(
    ("name", "params", "inputs", "error", "message"),
    [
        ("yes_no", {"points": 3}, given("0.5"), Invalid, "应为 1（是）或 0（否），现为 0.5"),
        ("add_per", {"amount": 1, "cap": 2}, given("1.5"), Invalid, "不小于 0 的整数，现为 1.5"),
        ("add_per", {"amount": 1, "cap": 2}, given(-1), Invalid, "现为 -1"),
        ("add_per", {"amount": 1, "cap": 2, "event": "late"}, events(), MissingInput, "“逾期”的次数"),
        ("share_of_best", {"points": 6}, given(0, peers=(D(0),)), EmptyDenominator, "同组最高值为 0"),
        ("rank_step", {"first": 9, "step": 1, "per": "points"}, given(rank=0), Invalid, "应从 1 起"),
        ("vote_grade", GRADES, events(a=0, b=0, c=0, d=0), EmptyDenominator, "没有有效票"),
        ("vote_grade", {**GRADES, "ballots": 5}, events(a=4, b=0, c=0, d=0), MissingInput, "不足 5 张"),
        ("mean_over", {"expected": 12}, parts(a="1"), MissingInput, "应有 12 项，现有 1 项"),
        ("weighted_sum", {"weights": {"a": 1, "b": 1}}, parts(a="1"), MissingInput, "缺少“b”"),
        ("manual", {"low": 0, "high": 20}, given(21), Invalid, "超出范围 0 至 20 分"),
    ],
)
def test_unusable_inputs_are_refused(
    name: str, params: Mapping[str, object], inputs: Inputs, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        calculator(name, params).score(inputs)
