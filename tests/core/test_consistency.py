from __future__ import annotations

from decimal import Decimal

from luoshi.core.consistency import ShareRow, SumRow, share_contradictions, sum_contradictions
from tests.core.tables import table


def share_rows() -> list[ShareRow]:
    return [
        ShareRow(
            place=row["bulletin"],
            item=row["item"],
            count=int(row["count"]),
            denominator=int(row["denominator"]),
            published=Decimal(row["published_pct"]),
            decimals=int(row["decimals"]),
        )
        for row in table("t11_shares_long")
    ]


def sum_rows() -> list[SumRow]:
    return [
        SumRow(
            place=row["bulletin"],
            identity=row["identity"],
            total=Decimal(row["published_total"]),
            parts=tuple(map(Decimal, row["parts"].split())),
        )
        for row in table("t12_sum_identities")
    ]


def test_exactly_the_four_misprinted_shares_are_named() -> None:
    rows = share_rows()
    assert len(rows) == 102
    found = share_contradictions(rows)
    assert [(each.place, each.item, str(each.computed)) for each in found] == [
        ("changzhou-2014", "天宁区", "39.12"),
        ("changzhou-2014", "武进区", "24.47"),
        ("changzhou-2014", "商务局", "4.67"),
        ("changzhou-2017-11", "第一类", "3.90"),
    ]
    assert found[2].message == "changzhou-2014“商务局”印为 9.33%，按 7/150 计算应为 4.67%。"


def test_exactly_the_two_wrong_sums_are_named() -> None:
    rows = sum_rows()
    assert len(rows) == 27
    found = sum_contradictions(rows)
    assert [(each.place, each.item, each.published, each.computed) for each in found] == [
        ("lyg-2019-06", "63458=55978+5844", 63458, 61822),
        ("lyg-cj-2017-03", "454=单位案件数之和", 454, 403),
    ]
    assert found[1].message.endswith("总数印为 454，各部分之和为 403，相差 51。")


def test_a_printed_share_of_nothing_is_a_contradiction() -> None:
    row = ShareRow("某区", "某单位", 0, 0, Decimal("100"), 1)
    [found] = share_contradictions([row])
    assert (found.computed, found.message) == (None, "某区“某单位”印为 100%，但分母为 0，应留空。")
