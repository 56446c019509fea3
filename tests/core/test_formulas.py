from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.core.errors import EmptyDenominator
from luoshi.core.formulas import (
    RankRow,
    Rounding,
    Tie,
    fits_print,
    percent,
    rank,
    ratio,
    rounded,
    shared_ranks,
)

D = Decimal


@pytest.mark.parametrize(
    ("value", "digits", "rounding", "printed"),
    [
        ("12.795", 2, "half_up", "12.80"),
        ("12.795", 2, "truncate", "12.79"),
        ("95.846", 2, "truncate", "95.84"),
        ("2.5", 0, "half_up", "3"),
        ("-2.5", 0, "half_up", "-3"),
        ("-2.5", 0, "truncate", "-2"),
        ("-0.004", 2, "half_up", "0.00"),
        ("1", 2, "half_up", "1.00"),
    ],
)
def test_rounding_keeps_exactly_the_digits(value: str, digits: int, rounding: str, printed: str) -> None:
    assert str(rounded(D(value), digits, Rounding(rounding))) == printed


@pytest.mark.parametrize(("value", "digits"), [("1", -1), ("1", 31), ("NaN", 2), ("Infinity", 2)])
def test_rounding_faults_what_it_cannot_print(value: str, digits: int) -> None:
    with pytest.raises(ValueError):
        rounded(D(value), digits)


@pytest.mark.parametrize(
    ("part", "whole", "digits", "printed"),
    [
        (1788, 1831, 2, "97.65"),
        (1831, 1875, 2, "97.65"),
        (1829, 1831, 2, "99.89"),
        (254567, 254592, 1, "99.9"),
        (254567, 254592, 0, "99"),
        (254592, 254592, 1, "100.0"),
        (0, 7, 2, "0.00"),
        (240, 256, 1, "93.8"),
    ],
)
def test_percent_prints_100_only_for_all(part: int, whole: int, digits: int, printed: str) -> None:
    assert str(percent(part, whole, digits)) == printed


def test_percent_can_truncate() -> None:
    assert percent(2, 3, 1, Rounding.TRUNCATE) == D("66.6")


def test_a_rate_over_nothing_is_refused_not_guessed() -> None:
    with pytest.raises(EmptyDenominator, match="分母为 0"):
        percent(0, 0)
    with pytest.raises(EmptyDenominator, match="分母为 0"):
        ratio(D(1), D(0))
    with pytest.raises(EmptyDenominator):
        fits_print(0, 0, D(100), 1)


@pytest.mark.parametrize(("part", "whole"), [(-1, 5), (6, 5), (0, -1)])
def test_a_part_outside_its_whole_is_a_fault(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        percent(part, whole)


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 4), st.sampled_from(Rounding))
def test_percent_stays_in_bounds_and_near_the_truth(
    part: int, extra: int, digits: int, rounding: Rounding
) -> None:
    whole = part + extra
    printed = percent(part, whole, digits, rounding)
    assert 0 <= printed < 100
    assert abs(Fraction(printed) - Fraction(100 * part, whole)) < Fraction(1, 10**digits)


def test_ratio_may_exceed_the_whole() -> None:
    assert ratio(D("3"), D("2")) == D("1.50")
    assert ratio(D("-1"), D("3"), 1, Rounding.TRUNCATE, scale=100) == D("-33.3")


@pytest.mark.parametrize(
    ("count", "denominator", "published", "decimals", "fits"),
    [
        (7, 150, "9.33", 2, False),
        (107358, 107515, "99.85", 2, True),
        (96, 150, "64.0", 2, True),
        (2, 3, "66.66", 2, True),
        (2, 3, "66.67", 2, True),
        (2, 3, "66.65", 2, False),
    ],
)
def test_a_print_fits_half_up_or_truncated(
    count: int, denominator: int, published: str, decimals: int, fits: bool
) -> None:
    assert fits_print(count, denominator, D(published), decimals) is fits


def rows(*scores: int, tiebreak: tuple[int, ...] = ()) -> list[RankRow[str]]:
    breakers = tiebreak or (0,) * len(scores)
    return [
        RankRow(key, D(score), (D(extra),))
        for key, score, extra in zip("abcdefgh", scores, breakers, strict=False)
    ]


@pytest.mark.parametrize(
    ("tie", "better", "ranks"),
    [
        (Tie.SHARE_LOW, "up", {"b": 1, "a": 2, "c": 2, "d": 4}),
        (Tie.DENSE, "up", {"b": 1, "a": 2, "c": 2, "d": 3}),
        (Tie.SHARE_LOW, "down", {"d": 1, "a": 2, "c": 2, "b": 4}),
        (Tie.BREAK, "up", {"b": 1, "c": 2, "a": 3, "d": 4}),
        (Tie.BREAK, "down", {"d": 1, "c": 2, "a": 3, "b": 4}),
    ],
)
def test_equal_scores_follow_the_stated_rule(tie: Tie, better: str, ranks: dict[str, int]) -> None:
    found = rank(rows(8, 9, 8, 7, tiebreak=(1, 0, 2, 9)), tie, "up" if better == "up" else "down")
    assert found == ranks
    assert list(found) == list(ranks)


def test_what_no_tie_breaker_separates_shares_the_lower_number_and_is_named() -> None:
    found = rank(rows(8, 8, 8, 7, tiebreak=(1, 5, 1, 0)), Tie.BREAK)
    assert found == {"b": 1, "a": 2, "c": 2, "d": 4}
    assert shared_ranks(found) == [("a", "c")]
    assert shared_ranks({"c": 4, "a": 1, "b": 1, "d": 1, "e": 4}) == [("a", "b", "d"), ("c", "e")]
    assert shared_ranks({"a": 1, "b": 2}) == []


def test_ranking_faults_ambiguous_rows() -> None:
    with pytest.raises(ValueError, match="twice"):
        rank([RankRow("a", D(1)), RankRow("a", D(2))], Tie.DENSE)
    with pytest.raises(ValueError, match="length"):
        rank([RankRow("a", D(1)), RankRow("b", D(2), (D(1),))], Tie.BREAK)
    empty: list[RankRow[str]] = []
    assert rank(empty, Tie.DENSE) == {}
