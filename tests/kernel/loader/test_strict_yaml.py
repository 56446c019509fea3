"""YAML is read strictly, and a broken piece does not hide the rest."""

from __future__ import annotations

from decimal import Decimal

import pytest

from luoshi.kernel.loader.nodes import Faults
from luoshi.kernel.loader.strict_yaml import MOST_BYTES, read_yaml


def read(text: str | bytes):
    faults = Faults()
    node = read_yaml(text.encode() if isinstance(text, str) else text, "pack.yaml", faults)
    return node, faults.listed()


def places(faults) -> list[tuple[int, int]]:
    return [(fault.line, fault.col) for fault in faults]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("0", 0),
        ("0.20", Decimal("0.20")),
        ("-1.5", Decimal("-1.5")),
        ("true", True),
        ("false", False),
        ("null", None),
        ("yes", "yes"),
        ("No", "No"),
        ("True", "True"),
        ("007", "007"),
        ("0x10", "0x10"),
        ("1e3", "1e3"),
        ("1_000", "1_000"),
        (".5", ".5"),
        ("+1", "+1"),
        ("~", "~"),
        ("2023-01-31", "2023-01-31"),
        ("12:30:00", "12:30:00"),
        ('"12"', "12"),
    ],
)
def test_only_numbers_truth_null_and_text_exist(written, value):
    node, faults = read(f"a: {written}\n")
    assert faults == [] and node.plain() == {"a": value}
    assert type(node.plain()["a"]) is type(value)


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("a: 1\nb: 2\na: 3\n", (3, 1), "第 1 行已经写过"),
        ("a: {b: 1, b: 2}\n", (1, 11), "重复"),
        ("a: &x 1\n", (1, 4), "&"),
        ("a: *x\n", (1, 4), "*"),
        ("a: !!python/object:os.system x\n", (1, 4), "类型标记"),
        ("a:\nb: 1\n", (1, 3), "没有内容"),
        ("1: a\n", (1, 1), "英文代码"),
        ("中文: a\n", (1, 1), "英文代码"),
        ("? [a]\n: 1\n", (1, 3), "英文代码"),
        ("a: 99999999999999999999\n", (1, 4), "太大"),
        ("a: 0.1234567890123456789012345678901\n", (1, 4), "三十位"),
        ("- a\n- b\n", (1, 1), "段落"),
        ("a: 1\n--- \nb: 2\n", (2, 1), "---"),
        ("a: \x01\n", (1, 4), "控制字符"),
        ("\ta: 1\n", (1, 1), "制表符"),
    ],
)
def test_what_is_not_allowed_is_told_with_its_place(text, place, says):
    _, faults = read(text)
    assert places(faults) == [place] and says in faults[0].message


def test_anchors_and_tags_do_not_hide_the_content_from_further_checks():
    node, faults = read("a: &x {b: 1}\nc: !!str 2\n")
    assert len(faults) == 2 and node.plain() == {"a": {"b": 1}, "c": "2"}


def test_each_broken_piece_is_told_and_the_rest_is_read():
    text = (
        "a: 'open\n"
        "b: {x: [1, 2}\n"
        "c: 3\n"
        "forms:\n"
        "  one:\n"
        "    title: x\n"
        "    rule: a: b\n"
        "    kept: 2\n"
        "  two: 4\n"
        "d: [1\n"
    )
    node, faults = read(text)
    assert [fault.line for fault in faults] == [1, 2, 7, 10]
    assert [fault.path for fault in faults] == ["a", "b", "forms.one.rule", "d"]
    assert node.plain() == {"c": 3, "forms": {"one": {"title": "x", "kept": 2}, "two": 4}}
    assert node.lost == {"a", "b", "d"} and node.get("forms").get("one").lost == {"rule"}


def test_places_inside_a_recovered_piece_are_those_of_the_file():
    node, _ = read("a: 'open\nforms:\n  one:\n    title: x\n")
    title = node.get("forms").get("one").get("title")
    assert (title.place.line, title.place.col, title.path) == (4, 12, "forms.one.title")
    assert (title.head.line, title.head.col) == (4, 5)


def test_offsets_in_quoted_text_become_columns():
    node, _ = read('a: "12345"\nb: 12x45\n')
    assert node.get("a").at_offset(2).col == 7 and node.get("b").at_offset(2).col == 6


def test_deep_nesting_is_refused_not_crashed():
    for text in ("a: " + "[" * 3000, "a: " + "{b: " * 3000):
        _, faults = read(text)
        assert len(faults) == 1 and "嵌套" in faults[0].message


def test_alias_bomb_costs_nothing():
    text = "a: &a [x,x]\n" + "".join(f"b{n}: &b{n} [*a,*a]\n" for n in range(40))
    _, faults = read(text)
    assert faults and all("*" in f.message or "&" in f.message for f in faults)


def test_wrong_encoding_and_size_are_told():
    assert "UTF-8" in read("a: 中".encode("gb18030"))[1][0].message
    assert "KB" in read(b"a" * (MOST_BYTES + 1))[1][0].message


def test_byte_order_mark_and_windows_line_ends_are_fine():
    node, faults = read(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert faults == [] and node.plain() == {"a": 1, "b": 2}
