from __future__ import annotations

import ast
from decimal import Decimal
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.core.errors import ExpressionInvalid
from luoshi.core.expr import (
    Bin,
    Bool,
    BoolOp,
    Call,
    Compare,
    IfElse,
    In,
    Name,
    Neg,
    Not,
    Null,
    Num,
    Str,
    parse,
)
from luoshi.core.expr.tree import children, names

A, B = Name("a"), Name("b")
ONE, TWO = Num(Decimal(1)), Num(Decimal(2))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a", A),
        ("clock.total.first.verdict", Name("clock.total.first.verdict")),
        ("0.10", Num(Decimal("0.10"))),
        ("'区'", Str("区")),
        ('"a\'b"', Str("a'b")),
        ("true", Bool(True)),
        ("false", Bool(False)),
        ("True", Bool(True)),
        ("False", Bool(False)),
        ("none", Null()),
        ("None", Null()),
        ("-a", Neg(A)),
        ("not a", Not(A)),
        ("a + 1 * b", Bin("+", A, Bin("*", ONE, B))),
        ("a - 1 / b", Bin("-", A, Bin("/", ONE, B))),
        ("1 <= a < 2", Compare(ONE, (("<=", A), ("<", TWO)))),
        ("a == 1 or a != 2", BoolOp("or", (Compare(A, (("==", ONE),)), Compare(A, (("!=", TWO),))))),
        ("a > 1 and b >= 2", BoolOp("and", (Compare(A, ((">", ONE),)), Compare(B, ((">=", TWO),))))),
        ("a in ('x', 'y')", In(A, (Str("x"), Str("y")), False)),
        ("a not in [1, -2]", In(A, (ONE, Num(Decimal(-2))), True)),
        ("1 if a else 2", IfElse(A, ONE, TWO)),
        ("round(a, 2)", Call("round", (A, TWO))),
        ("  coalesce(a, 1)  ", Call("coalesce", (A, ONE))),
    ],
)
def test_the_language_is_read(text: str, tree: object) -> None:
    assert parse(text).tree == tree


REFUSED = [
    ("", 0, "不能为空"),
    ("a\nb", 1, "换行"),
    ("'a\\'", 2, "反斜杠"),
    ("'a\\x41'", 2, "反斜杠"),
    ("a，b", 1, "半角"),
    ("ａ + 1", 0, "半角"),
    ("a # b", 2, "注释"),
    ("1if a else 2", 1, "直接跟字母"),
    ("1e5", 1, "直接跟字母"),
    ("0x1f", 1, "直接跟字母"),
    ("1_000", 1, "直接跟字母"),
    ("a +", 3, "写法不对"),
    ("a; b", 1, "写法不对"),
    ("a = 1", 2, "写法不对"),
    ("07", 0, "写法不对"),
    (".5", 0, "0.5"),
    ("1.", 0, "0.5"),
    ("b'x'", 0, "一对引号"),
    ("'a' 'b'", 0, "一对引号"),
    ("'''a'''", 0, "一对引号"),
    ("...", 0, "0.5"),
    ("1" * 31, 0, "超过 30 位"),
    ("2 ** 3", 0, "乘方"),
    ("a % 2", 0, "取余"),
    ("a // 2", 0, "整除"),
    ("a << 2", 0, "这种写法"),
    ("'区' == a @ b", 7, "这种写法"),
    ("lambda: 1", 0, "lambda"),
    ("[x for x in a]", 0, "推导式"),
    ("{x for x in a}", 0, "推导式"),
    ("max((x for x in a), 1)", 4, "推导式"),
    ("f'{a}'", 0, "f 字符串"),
    ("(a := 1)", 1, "赋值"),
    ("a[0]", 0, "下标"),
    ("min(*a)", 4, "星号"),
    ("(a, b)", 0, "这种写法"),
    ("a is b", 5, "=="),
    ("a is not b", 9, "!="),
    ("+a", 0, "只能用负号"),
    ("~a", 0, "只能用负号"),
    ("_a", 0, "下划线"),
    ("a.__class__", 0, "下划线"),
    ("true.a", 0, "下划线"),
    ("'a'.upper", 0, "点号前面"),
    ("f(a).b", 0, "点号前面"),
    ("a == none", 5, "coalesce"),
    ("none < a", 0, "coalesce"),
    ("none in (1, 2)", 0, "coalesce"),
    ("a in b", 5, "至少一个值"),
    ("a in ()", 5, "至少一个值"),
    ("a in (b,)", 6, "数字或文字"),
    ("a in (none,)", 6, "数字或文字"),
    ("a in (-'x',)", 6, "数字或文字"),
    ("a in (not 1,)", 6, "数字或文字"),
    ("1 < a in (1, 2)", 9, "连写"),
    ("a.b(1)", 0, "没有这个函数"),
    ("mn(1, 2)", 0, "是否想写 min"),
    ("__import__('os')", 0, "没有这个函数"),
    ("min(1)", 0, "至少 2 个参数"),
    ("abs(1, 2)", 0, "需要 1 个参数"),
    ("round()", 0, "1 至 2 个参数"),
    ("min(a, b, key=c)", 0, "不能带名称"),
    ("round(a, b)", 9, "0 至 10"),
    ("round(a, 11)", 9, "0 至 10"),
    ("round(a, 0.5)", 9, "0 至 10"),
]


@pytest.mark.parametrize(("text", "offset", "message"), REFUSED)
def test_everything_else_is_refused_with_its_place(text: str, offset: int, message: str) -> None:
    with pytest.raises(ExpressionInvalid, match=message.replace("(", r"\(")) as caught:
        parse(text)
    assert caught.value.offset == offset
    assert str(caught.value).startswith(f"第 {offset + 1} 个字符处：")


def test_length_is_bounded() -> None:
    longest = "a" * 500
    assert parse(longest).names == {longest}
    with pytest.raises(ExpressionInvalid, match="超过 500 个字符"):
        parse(longest + "a")


@pytest.mark.parametrize("text", ["not " * 20 + "a", "-" * 20 + "1", "+".join("a" * 21), "-" * 499 + "1"])
def test_depth_is_bounded(text: str) -> None:
    with pytest.raises(ExpressionInvalid, match="超过 20 层"):
        parse(text)
    assert parse("+".join("a" * 20)).names == {"a"}


@pytest.mark.parametrize(
    "wrap",
    [
        "abs({})",
        "(1 - {})",
        "({} - 1)",
        "-{}",
        "not {}",
        "(1 if {} else 2)",
        "({} if a else 2)",
        "(1 if a else {})",
        "(a and {})",
        "(1 < {})",
        "({} < 1)",
        "({} in (1, 2))",
    ],
)
def test_every_construct_is_one_level_deep(wrap: str) -> None:
    text = "a"
    for _ in range(19):
        text = wrap.format(text)
    assert parse(text).names == {"a"}
    with pytest.raises(ExpressionInvalid, match="超过 20 层"):
        parse(wrap.format(text))


def test_a_text_too_deep_for_pythons_own_parser_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def overflow(text: str, mode: str) -> NoReturn:
        raise RecursionError

    monkeypatch.setattr(ast, "parse", overflow)
    with pytest.raises(ExpressionInvalid, match="超过 20 层"):
        parse("a")


def test_names_are_collected_whole_and_in_order() -> None:
    expr = parse("(b.c if not a else -x) + min(y, round(z, 1)) * 2 if 1 < p and q in (1, 2) else b.c")
    assert list(names(expr.tree)) == ["b.c", "a", "x", "y", "z", "p", "q", "b.c"]
    assert expr.names == {"b.c", "a", "x", "y", "z", "p", "q"}
    assert children(A) == ()


def test_offsets_count_characters_not_bytes() -> None:
    tree = parse("'南通' == area").tree
    assert isinstance(tree, Compare)
    assert tree.rest[0][1].at == 8


TOKENS = (
    "a b.c 1 0.5 'x' \"y\" ( ) [ ] , + - * / ** < <= == != in not and or if else none true min round ( ) "
    ": := . ' # 区 \\ lambda for is 07 1e5 f' { } ; @ ~ % // _"
)
tokens = st.sampled_from(TOKENS.split())


@settings(deadline=None, max_examples=1500)
@given(st.lists(tokens, max_size=14), st.sampled_from(["", " "]))
def test_any_text_is_read_or_refused_at_a_place_inside_it(parts: list[str], glue: str) -> None:
    text = glue.join(parts)
    try:
        expr = parse(text)
    except ExpressionInvalid as refusal:
        assert 0 <= refusal.offset <= len(text.strip())
    else:
        assert parse(expr.text) == expr


@settings(deadline=None, max_examples=500)
@given(st.text(max_size=30))
def test_arbitrary_text_never_breaks_the_parser(text: str) -> None:
    try:
        parse(text)
    except ExpressionInvalid as refusal:
        assert 0 <= refusal.offset <= len(text.strip())
