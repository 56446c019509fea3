"""Grades: shares cut down to whole units, equals together, nobody overtaking."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.core.scoring import Grade, graded
from luoshi.core.scoring.grades import quota

BEST = Grade("best", "优秀", share=Decimal(30), least=Decimal(90))
GOOD = Grade("good", "良好", share=Decimal(50))
REST = Grade("fit", "合格")
ALL = (BEST, GOOD, REST)


def of(*totals: str, grades: tuple[Grade, ...] = ALL) -> list[str]:
    found = graded([(str(place), Decimal(total)) for place, total in enumerate(totals)], grades)
    return [found[str(place)].grade.key for place in range(len(totals))]


def test_shares_are_cut_down_to_whole_units():
    assert of("99", "98", "97", "96", "95", "94", "93") == ["best"] * 2 + ["good"] * 3 + ["fit"] * 2


def test_points_below_the_least_keep_out_though_places_are_left():
    assert of("95", "89.99", "89", "88", "87", "86", "85", "84", "83", "82")[:3] == ["best", "good", "good"]


def test_equals_that_do_not_all_fit_stay_below_and_nobody_overtakes_them():
    keys = of("99", "98", "98", "97", "96", "95", "94")
    assert keys == ["best", "good", "good", "good", "fit", "fit", "fit"]
    found = graded(
        [("a", Decimal(99)), ("b", Decimal(98)), ("c", Decimal(98))], (Grade("x", "甲", Decimal(67)), REST)
    )
    assert found["b"].why == "“甲”名额 2 个（3 个参评单位的 67%）尚余 1 个，2 个单位并列，均不列入；得“合格”"


def test_the_sentence_names_the_quota_and_the_points():
    found = graded([("a", Decimal(89))], (BEST, REST))
    assert found["a"].why == "得分 89，未达到“优秀”的 90 分；得“合格”"
    assert graded([("a", Decimal(95))], (BEST, REST))["a"].why.startswith("“优秀”名额 0 个")


def test_a_limited_last_grade_is_refused():
    with pytest.raises(ValueError, match="last grade"):
        graded([("a", Decimal(1))], (BEST,))


@given(st.lists(st.integers(60, 100), max_size=40))
def test_no_share_is_exceeded_and_no_better_unit_stands_lower(totals: list[int]):
    ordered = sorted(totals, reverse=True)
    keys = of(*map(str, ordered))
    places = [[grade.key for grade in ALL].index(key) for key in keys]
    assert places == sorted(places)
    for grade in ALL[:2]:
        most = quota(grade, len(ordered))
        assert most is not None and keys.count(grade.key) <= most
    for one, other, first, second in zip(ordered, ordered[1:], keys, keys[1:], strict=False):
        assert one != other or first == second
