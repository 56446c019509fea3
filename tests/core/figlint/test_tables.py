"""Tables: real bulletins with their six misprints, and total rows, total columns and rates of small ones."""

from __future__ import annotations

import csv

import pytest

from luoshi.core.figlint.check import contradictions
from luoshi.core.figlint.model import Grid, Paragraph
from tests.core.tables import DATA, table


def grid(*lines: str) -> Grid:
    return Grid("表 1 ", [line.split("|") for line in lines], lettered=False)


def found(*lines: str) -> list[tuple[str, str, str]]:
    return [(each.place, each.said, each.should) for each in contradictions([grid(*lines)])]


def test_the_six_misprints_of_the_bulletins_and_no_others_are_found() -> None:
    results = []
    for name in ("t11_shares_long", "t12_sum_identities"):
        with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            results += contradictions([Grid("", list(csv.reader(file)))])
    assert [(each.place, each.said, each.should) for each in results] == [
        ("单元格 F26", "35.03%", "39.12%"),
        ("单元格 F27", "21.91%", "24.47%"),
        ("单元格 F29", "9.33%", "4.67%"),
        ("单元格 F33", "3.78%", "3.90%"),
        ("单元格 C18", "63458", "61822"),
        ("单元格 C28", "454", "403"),
    ]


def test_the_same_bulletins_in_prose_give_the_same_six() -> None:
    lines = [
        f"{row['item']}{row['count']}件，占小计{row['denominator']}件的{row['published_pct']}%。"
        for row in table("t11_shares_long")
    ]
    lines += [
        f"共{row['published_total']}件，分为{'、'.join(f'{part}件' for part in row['parts'].split())}。"
        for row in table("t12_sum_identities")
    ]
    blocks = [Paragraph(f"第 {number} 段", line) for number, line in enumerate(lines, start=1)]
    assert [each.should for each in contradictions(blocks)] == [
        "39.12%",
        "24.47%",
        "4.67%",
        "3.90%",
        "61822件",
        "403件",
    ]


HEAD = "单位|受理|办结|办结率"
ROWS = ("甲|200|190|95.00%", "乙|150|120|80.00%", "丙|80|60|75.00%", "丁|40|30|75.00%")


def test_right_table_is_passed_over() -> None:
    assert found(HEAD, *ROWS, "合计|470|400|85.11%") == []


@pytest.mark.parametrize(
    ("line", "places"),
    [
        ("合计|480|400|85.11%", {"表 1 第 6 行第 2 列": "470", "表 1 第 6 行第 4 列": "83.33%"}),
        ("合计|470|410|87.23%", {"表 1 第 6 行第 3 列": "400"}),
        ("合计|470|400|86.11%", {"表 1 第 6 行第 4 列": "85.11%"}),
    ],
)
def test_wrong_total_row_is_named(line: str, places: dict[str, str]) -> None:
    assert {place: should for place, _, should in found(HEAD, *ROWS, line)} == places


def test_wrong_rate_of_one_row_is_named() -> None:
    assert found(HEAD, *ROWS[:3], "丁|40|30|57.00%") == [("表 1 第 5 行第 4 列", "57%", "75.00%")]


def test_rate_kept_as_a_fraction_is_read_as_percent() -> None:
    rows = ("甲|200|190|0.95", "乙|150|120|0.8", "丙|80|60|0.75", "丁|40|30|0.57")
    assert found(HEAD, *rows) == [("表 1 第 5 行第 4 列", "57%", "75%")]


def test_subtotals_and_totals_are_told_apart() -> None:
    lines = ("单位|件数", "甲|10", "乙|20", "小计|30", "丙|5", "丁|6", "小计|12", "合计|41")
    assert found(*lines) == [("表 1 第 7 行第 2 列", "12", "11")]


def test_total_on_top_and_a_blank_cell() -> None:
    assert found("单位|件数", "合计|30", "甲|10", "乙|", "丙|20") == []


def test_total_column_is_learned_from_most_rows() -> None:
    head = "单位|电话|网络|来访|合计"
    rows = ("甲|1|2|3|6", "乙|4|5|6|15", "丙|7|8|9|24", "丁|1|1|1|4")
    assert found(head, *rows) == [("表 1 第 5 行第 5 列", "4", "3")]


def test_mean_rank_and_number_columns_are_not_added_up() -> None:
    rows = ("序号|单位|平均得分|名次", "1|甲|90.5|1", "2|乙|80.5|2", "|合计|85.5|9")
    assert found(*rows) == []


def test_sentence_in_a_cell_is_read() -> None:
    lines = ("事项|进展", "热线|共受理200件，其中电话150件，占80%", "信访|共3件")
    assert found(*lines) == [("表 1 第 2 行第 2 列第 1 句", "占 80%", "75%")]


def test_rates_without_a_common_rule_are_passed_over() -> None:
    # Three rows happen to be 办结 of 受理; most are something else.
    rows = [f"甲{n}|{100 + n}|{50 + n}|{97 - n}.31%" for n in range(9)]
    assert found(HEAD, *ROWS[:3], *rows) == []


def test_total_row_that_holds_the_mean_is_passed_over() -> None:
    assert found("单位|时长", "甲|10", "乙|20", "丙|33", "合计|21") == []


def test_row_with_a_category_that_ends_in_subtotal_is_no_total() -> None:
    rows = ("五区小计|甲|10", "其他|乙|5", "其他|丙|6", "五区小计|丁|50")
    assert found("分组|地区|件数", *rows) == []
