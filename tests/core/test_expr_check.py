from __future__ import annotations

import pytest

from luoshi.core.errors import ExpressionInvalid
from luoshi.core.expr import Kind, parse

TYPES = {
    "n": Kind.NUMBER,
    "m": Kind.NUMBER,
    "t": Kind.TEXT,
    "b": Kind.BOOL,
    "d": Kind.DATE,
    "solved": Kind.TEXT,
}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("n", "number"),
        ("d", "date"),
        ("1", "number"),
        ("'x'", "text"),
        ("true", "bool"),
        ("-n + m * 2 / 3", "number"),
        ("n + none", "number"),
        ("n < m <= 3", "bool"),
        ("d >= '2023-01-31'", "bool"),
        ("'2023-01-31' < d", "bool"),
        ("d in ('2023-01-31', '2023-02-28')", "bool"),
        ("t == 'x' and not b or b == true", "bool"),
        ("t in ('x', 'y')", "bool"),
        ("n if b else none", "number"),
        ("none if b else t", "text"),
        ("coalesce(d, none, d)", "date"),
        ("min(n, m) + max(1, n) + abs(n) + round(n, 1)", "number"),
        ("(none if b else none) == n", "bool"),
    ],
)
def test_a_fitting_expression_has_a_kind(text: str, kind: str) -> None:
    assert parse(text).check(TYPES) is Kind(kind)


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("n + solvd", 4, "没有“solvd”，是否想写 solved"),
        ("zzzzzz", 0, "没有“zzzzzz”，请先定义"),
        ("n + t", 4, "需要数字，给出的是文字"),
        ("-b", 1, "需要数字，给出的是是否"),
        ("n and b", 0, "需要是否，给出的是数字"),
        ("not t", 4, "需要是否"),
        ("n if t else m", 5, "需要是否"),
        ("n if b else t", 12, "前面是数字，这里是文字"),
        ("coalesce(n, t)", 12, "前面是数字，这里是文字"),
        ("n == t", 5, "数字不能与文字比较"),
        ("n in ('x', 'y')", 6, "数字不能与文字比较"),
        ("d == n", 5, "日期不能与数字比较"),
        ("t == d", 5, "文字不能与日期比较"),
        ("d < '2023-1-31'", 4, "'2023-01-31'"),
        ("d < '2023-02-30'", 4, "'2023-01-31'"),
        ("d < '2023-W05-2'", 4, "'2023-01-31'"),
        ("t < 'x'", 4, "只能用 == 或 !="),
        ("b >= true", 5, "只能用 == 或 !="),
        ("d + 1", 0, "需要数字，给出的是日期"),
        ("max(n, d)", 7, "需要数字"),
        ("none", 0, "总是空"),
        ("coalesce(none, none)", 0, "总是空"),
    ],
)
def test_a_clash_is_refused_with_its_place(text: str, offset: int, message: str) -> None:
    with pytest.raises(ExpressionInvalid, match=message) as caught:
        parse(text).check(TYPES)
    assert caught.value.offset == offset


def test_kinds_have_chinese_names() -> None:
    assert [kind.label for kind in Kind] == ["数字", "文字", "是否", "日期"]
