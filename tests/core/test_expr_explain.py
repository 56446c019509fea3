from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from luoshi.core.errors import MissingInput
from luoshi.core.expr import parse

ENV: dict[str, object] = {
    "a": Decimal("95.650"),
    "b": 2,
    "minus": -3,
    "t": "办结",
    "yes": True,
    "no": False,
    "gone": None,
    "d": date(2023, 1, 31),
}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("0.4 * a + 0.6 * b", "0.4 × 95.65 + 0.6 × 2"),
        ("(a + b) * 2 / b", "（95.65 + 2） × 2 ÷ 2"),
        ("a - (b - 1)", "95.65 − （2 − 1）"),
        ("a - b - 1", "95.65 − 2 − 1"),
        ("a / (b * 2)", "95.65 ÷ （2 × 2）"),
        ("b + minus", "2 + −3"),
        ("-(a + b)", "−（95.65 + 2）"),
        ("-minus", "−−3"),
        ("1 < b <= 3", "1 < 2 ≤ 3"),
        ("a >= 1 and (b == 2 or t != '办理')", "95.65 ≥ 1 且 （2 = 2 或 “办结” ≠ “办理”）"),
        ("not (yes and no)", "非 （是 且 否）"),
        ("not yes", "非 是"),
        ("yes and (no and yes)", "是 且 （否 且 是）"),
        ("t in ('办结', '办理')", "“办结” 属于（“办结”、“办理”）"),
        ("b not in (1, 2)", "2 不属于（1、2）"),
        ("a if gone else none", "若 空 则 95.65 否则 空"),
        ("(a if yes else b) + 1", "（若 是 则 95.65 否则 2） + 1"),
        ("d > '2023-01-30'", "2023-01-31 > “2023-01-30”"),
        ("round(a / b, 1)", "四舍五入（95.65 ÷ 2，1 位）"),
        ("round(a)", "四舍五入（95.65，0 位）"),
        ("max(a, b) + min(1, 2) + abs(minus)", "取大（95.65，2） + 取小（1，2） + 绝对值（−3）"),
        ("coalesce(gone, true)", "首个有值（空，是）"),
    ],
)
def test_values_stand_in_place_of_names(text: str, written: str) -> None:
    assert parse(text).explain(ENV).text == written


def test_inputs_are_listed_once_in_order_of_use() -> None:
    done = parse("b * a + b").explain(ENV)
    assert done.inputs == (("b", Decimal(2)), ("a", Decimal("95.650")))
    assert done.value == Decimal("193.300")


def test_explaining_needs_every_name_even_of_the_branch_not_taken() -> None:
    with pytest.raises(MissingInput):
        parse("a if yes else other").explain(ENV)
