from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal

import pytest

from luoshi.core.errors import Invalid
from luoshi.core.scoring import CALCULATORS, calculator

D = Decimal


@pytest.mark.parametrize("name", CALCULATORS)
def test_described_and_taken_parameters_are_the_same(name: str) -> None:
    kind = CALCULATORS[name]
    assert dataclasses.is_dataclass(kind)
    taken = {field.name: field.default is dataclasses.MISSING for field in dataclasses.fields(kind)}
    assert taken == {param: described.required for param, described in kind.PARAMS.items()}
    assert all(param.note for param in kind.PARAMS.values())


@pytest.mark.parametrize(
    ("name", "params", "faults"),
    [
        ("value", {"wieght": 1}, {"wieght": "没有这个参数，是否想写 weight。"}),
        ("cap", {"cap": 1, "zzz": 1}, {"zzz": "没有这个参数，可用 cap。"}),
        ("manual", {}, {"low": "缺少这个参数。", "high": "缺少这个参数。"}),
        ("value", {"weight": "0.5"}, {"weight": "应为数字。"}),
        ("value", {"weight": True}, {"weight": "应为数字。"}),
        ("value", {"weight": 0.5}, {"weight": "应为数字。"}),
        ("value", {"weight": D("NaN")}, {"weight": "应为数字。"}),
        ("mean_over", {"expected": 0}, {"expected": "应为正整数。"}),
        ("mean_over", {"expected": True}, {"expected": "应为正整数。"}),
        ("mean_over", {"expected": D("1.5")}, {"expected": "应为正整数。"}),
        ("yes_no", {"points": 1, "flag": " "}, {"flag": "应为文字。"}),
        ("yes_no", {"points": 1, "flag": 3}, {"flag": "应为文字。"}),
        (
            "rank_step",
            {"first": 9, "step": 1, "per": "rank"},
            {"per": "应为 percent、points 之一。"},
        ),
        ("rank_step", {"first": 9, "step": 1, "per": 5}, {"per": "应为 percent、points 之一。"}),
        ("tier", {"bands": [], "otherwise": 0}, {"bands": "应为若干档，每档写作 [界限, 得分]。"}),
        ("tier", {"bands": 5, "otherwise": 0}, {"bands": "应为若干档，每档写作 [界限, 得分]。"}),
        ("tier", {"bands": [[1]], "otherwise": 0}, {"bands": "每档应写作 [界限, 得分]。"}),
        ("tier", {"bands": [1], "otherwise": 0}, {"bands": "每档应写作 [界限, 得分]。"}),
        ("tier", {"bands": [["a", 1]], "otherwise": 0}, {"bands": "应为数字。"}),
        (
            "tier",
            {"bands": [[1, 1], [3, 2], [2, 3]], "otherwise": 0},
            {"bands": "各档界限应依次递增或递减，不能重复。"},
        ),
        (
            "tier",
            {"bands": [[1, 1], [1, 2]], "otherwise": 0},
            {"bands": "各档界限应依次递增或递减，不能重复。"},
        ),
        ("tier", {"bands": [[1, 1]], "otherwise": 0, "flag": "f"}, {"flag_points": "应与 flag 同时给出。"}),
        ("weighted_sum", {"weights": {}}, {"weights": "应为若干项，每项写作 名称: 数字。"}),
        ("weighted_sum", {"weights": [1]}, {"weights": "应为若干项，每项写作 名称: 数字。"}),
        ("weighted_sum", {"weights": {1: 1}}, {"weights": "应为文字。"}),
        (
            "weighted_sum",
            {"weights": {"a": D("0.4"), "b": D("0.5")}, "total": 1},
            {"weights": "各项权重之和为 0.9，与 total 不符。"},
        ),
        ("count_threshold", {"least": 1, "points": 5, "cap": 4}, {"cap": "上限不能小于 points。"}),
        ("deduct_per", {"amount": 0}, {"amount": "应大于 0。"}),
        ("deduct_per", {"amount": 1, "floor": 1}, {"floor": "下限不能大于 base。"}),
        ("deduct_per", {"amount": 1, "cap": 0}, {"cap": "扣分上限应大于 0。"}),
        ("add_per", {"amount": -1, "cap": 1}, {"amount": "应大于 0。"}),
        ("add_per", {"amount": 1, "cap": 0}, {"cap": "应大于 0。"}),
        ("add_per", {"amount": 1}, {"cap": "缺少这个参数。"}),
        ("manual", {"low": 5, "high": 5}, {"high": "应大于 low。"}),
        ("share_of_best", {"points": 0}, {"points": "应大于 0。"}),
        ("rank_step", {"first": 9, "step": 0, "per": "points"}, {"step": "应大于 0。"}),
        (
            "rank_step",
            {"first": 9, "step": 1, "per": "points", "floor": 10},
            {"floor": "下限不能大于 first。"},
        ),
        ("linear_to_target", {"low": 1, "target": 1, "points": 1}, {"target": "不能等于 low。"}),
        ("linear_to_target", {"low": 1, "target": 2, "points": 0}, {"points": "应大于 0。"}),
        ("linear_to_target", {"low": 1, "target": 2, "points": 3, "cap": 2}, {"cap": "不能小于 points。"}),
        ("per_point", {"weight": 1, "threshold": 95, "slope": 0, "floor": 0}, {"slope": "应大于 0。"}),
        (
            "per_point",
            {"weight": 1, "threshold": 95, "slope": 1, "floor": 2},
            {"floor": "下限不能大于 weight。"},
        ),
        ("multiplier", {"factor": 0, "flag": "f"}, {"factor": "应大于 0。"}),
        ("veto", {"flag": "f", "cap": 59}, {"basis": "缺少这个参数。"}),
    ],
)
def test_wrong_parameters_are_refused_at_their_name(
    name: str, params: Mapping[str, object], faults: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as caught:
        calculator(name, params)
    assert caught.value.fields == faults


def test_all_faults_of_one_calculator_are_told_at_once() -> None:
    with pytest.raises(Invalid) as caught:
        calculator("per_point", {"weight": "x", "treshold": 95, "slope": 1})
    assert set(caught.value.fields) == {"weight", "treshold", "threshold", "floor"}
    assert str(caught.value).startswith("计分参数不对：treshold：没有这个参数，是否想写 threshold；")


@pytest.mark.parametrize(("name", "hint"), [("per_pont", "是否想写 per_point"), ("zzz", "可用 yes_no、")])
def test_an_unknown_calculator_is_refused_with_the_known_ones(name: str, hint: str) -> None:
    with pytest.raises(Invalid, match=hint) as caught:
        calculator(name, {})
    assert list(caught.value.fields) == ["calc"]
