from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from luoshi.core.errors import MissingInput
from luoshi.core.formulas import Rounding, percent
from luoshi.core.scoring import Inputs, Line, Missing, Points, Total, calculator, combine

D = Decimal


def line(key: str, points: str | None, weight: str | None = None, **more: Any) -> Line:
    found = None if points is None else Points(D(points), (f"{key} 的说明",))
    return Line(key, f"项目{key}", None if weight is None else D(weight), found, **more)


def total(*lines: Line, **more: Any) -> Total:
    settings: dict[str, Any] = {"how": "sum", "missing": Missing.REFUSE, "digits": 2}
    return combine(lines, **{**settings, "rounding": Rounding.HALF_UP, **more})


def test_a_sum_explains_every_line_and_the_rounding() -> None:
    found = total(line("a", "1.005"), line("b", "-2"), start=D(100))
    assert found == Total(
        D("99.01"),
        (
            "项目a：a 的说明",
            "项目b：b 的说明",
            "合计：100 + 1.005 − 2 = 99.005，四舍五入保留 2 位小数，得 99.01 分",
        ),
        (),
    )


def test_a_weighted_total_can_be_truncated() -> None:
    found = total(
        line("a", "95.53", "0.4"), line("b", "91.01", "0.4"), line("c", "91.6", "0.2"), how="weighted"
    )
    assert found.points == D("92.94")
    cut = total(line("a", "92.936", "1"), how="weighted", rounding=Rounding.TRUNCATE)
    assert cut.steps[-1] == "合计：92.936，截尾保留 2 位小数，得 92.93 分"


def test_lines_can_be_rounded_before_they_are_added() -> None:
    lines = (line("a", "0.005"), line("b", "0.005"))
    assert total(*lines).points == D("0.01")
    assert total(*lines, line_digits=2).points == D("0.02")


def test_bounds_apply_and_are_told() -> None:
    low = total(line("a", "-130"), start=D(100), floor=D(0), digits=0)
    assert (low.points, low.steps[-1]) == (
        D(0),
        "合计：100 − 130 = −30，低于下限 0，计 0，四舍五入取整数，得 0 分",
    )
    high = total(line("a", "130"), cap=D(100), floor=D(0), digits=0)
    assert (high.points, high.steps[-1]) == (
        D(100),
        "合计：130，高于上限 100，计 100，四舍五入取整数，得 100 分",
    )


def test_a_total_on_its_bound_is_not_told_to_be_beyond_it() -> None:
    for bound in ({"floor": D(7)}, {"cap": D(7)}):
        assert total(line("a", "7"), digits=0, **bound).steps[-1] == "合计：7，四舍五入取整数，得 7 分"


def test_no_lines_leave_the_start() -> None:
    assert total(start=D(100)).points == D(100)
    assert total().steps == ("合计：0，四舍五入保留 2 位小数，得 0.00 分",)


def test_refuse_names_what_lacks() -> None:
    with pytest.raises(MissingInput, match="“项目b”、“项目c”") as caught:
        total(line("a", "1"), line("b", None), line("c", None))
    assert list(caught.value.fields) == ["b", "c"]


def test_the_weight_of_an_excluded_line_is_carried_by_the_others() -> None:
    lines = (line("a", "90", "0.4"), line("b", None, "0.4"), line("c", "60", "0.2"))
    found = total(*lines, how="weighted", missing=Missing.EXCLUDE_REWEIGHT)
    assert (found.points, found.missing_keys) == (D("80.00"), ("b",))
    assert found.steps[-2:] == (
        "项目b：无数据，其权重由其他各项分担",
        "合计：（0.4 × 90 + 0.2 × 60） × 1 ÷ 0.6 = 80，四舍五入保留 2 位小数，得 80.00 分",
    )


def test_reweighting_a_plain_sum_uses_full_points_and_leaves_the_start_alone() -> None:
    lines = (line("a", "15", "20"), line("b", None, "30"))
    found = total(*lines, missing=Missing.EXCLUDE_REWEIGHT, start=D(5))
    assert found.points == D("42.50")
    assert found.steps[-1].startswith("合计：5 + 15 × 50 ÷ 20 = 42.5")


def test_nothing_is_reweighted_when_nothing_lacks() -> None:
    assert total(line("a", "15"), missing=Missing.EXCLUDE_REWEIGHT).points == D(15)


def test_a_missing_line_can_count_with_the_mean_of_the_group() -> None:
    lines = (line("a", "90", "0.5"), line("b", None, "0.5", neutral=D(80)))
    found = total(*lines, how="weighted", missing=Missing.NEUTRAL_MEAN)
    assert (found.points, found.steps[-2]) == (D(85), "项目b：无数据，按同组平均分 80 分计")
    with pytest.raises(MissingInput, match="项目b"):
        total(line("a", "90"), line("b", None), missing=Missing.NEUTRAL_MEAN)


def test_a_missing_line_can_count_in_full() -> None:
    found = total(line("a", "15", "20"), line("b", None, "30"), missing=Missing.FULL)
    assert (found.points, found.steps[-2]) == (D(45), "项目b：无数据，按满分 30 分计")
    weighted = (line("a", "80", "0.5"), line("b", None, "0.5", full=D(100)))
    assert total(*weighted, how="weighted", missing=Missing.FULL).points == D(90)


def test_a_missing_line_can_be_skipped() -> None:
    found = total(line("a", "15"), line("b", None), missing=Missing.SKIP)
    assert (found.points, found.steps[-2], found.missing_keys) == (D(15), "项目b：无数据，不计入", ("b",))


@pytest.mark.parametrize("missing", [policy for policy in Missing if policy is not Missing.REFUSE])
def test_a_unit_without_any_data_has_no_total(missing: Missing) -> None:
    found = total(line("a", None, "1"), line("b", None, "1"), missing=missing)
    assert found == Total(None, ("各项均无数据，不计分",), ("a", "b"))


@pytest.mark.parametrize(
    ("lines", "more"),
    [
        ((line("a", "1"),), {"how": "weighted"}),
        ((line("a", "1"), line("b", None, "1")), {"missing": Missing.EXCLUDE_REWEIGHT}),
        ((line("a", "1", "0"), line("b", None, "1")), {"missing": Missing.EXCLUDE_REWEIGHT}),
        ((line("a", "1"), line("b", None)), {"missing": Missing.FULL}),
        ((line("a", "1", "1"), line("b", None, "1")), {"missing": Missing.FULL, "how": "weighted"}),
    ],
)
def test_a_policy_without_the_numbers_it_needs_is_a_fault(
    lines: tuple[Line, ...], more: dict[str, object]
) -> None:
    with pytest.raises(ValueError):
        total(*lines, **more)


class TestPublishedSchemes:
    """Values worked out from published schemes."""

    def ruian(self, own: str, excellent: str, third: bool) -> Total:
        projects = calculator("share_of_best", {"points": 600})
        leaders = calculator("rank_step", {"first": 200, "step": 2, "per": "percent"})
        vote = calculator(
            "tier",
            {
                "bands": [[90, 200], [80, 190], [70, 180], [60, 170]],
                "otherwise": 160,
                "flag": "third",
                "flag_points": 130,
            },
        )
        judges = {"a": D(1), "b": D(3), "c": D(2)}
        return total(
            Line("projects", "重要项目", None, projects.score(Inputs(value=D(own), peers=(D(own), D(900))))),
            Line("leaders", "领导评价", None, leaders.score(Inputs(parts=judges))),
            Line("vote", "民主测评", None, vote.score(Inputs(value=D(excellent), flags={"third": third}))),
            line_digits=2,
        )

    def test_ruian_2012(self) -> None:
        assert self.ruian("850", "85", third=False).points == D("952.67")

    def test_ruian_2012_vote_below_the_bands(self) -> None:
        high, low = self.ruian("850", "55", third=False), self.ruian("850", "55", third=True)
        assert (high.points, low.points) == (D("922.67"), D("892.67"))

    def test_supervision_deductions_from_100(self) -> None:
        counts = {"plan_without_stages": 1, "report_missing": 1, "absent": 2}
        amounts = {"plan_without_stages": 5, "report_missing": 10, "absent": 5}
        lines = [
            Line(e, e, None, calculator("deduct_per", {"amount": a, "event": e}).score(Inputs(counts=counts)))
            for e, a in amounts.items()
        ]
        assert total(*lines, start=D(100), floor=D(0)).points == D(75)

    def test_deductions_doubled_for_a_unit_with_listed_matters_only(self) -> None:
        off = total(line("no_feedback", "-10"), line("empty_feedback", "-5")).points
        doubled = calculator("multiplier", {"factor": 2, "flag": "listed_only"})
        points = doubled.score(Inputs(value=off, flags={"listed_only": True}))
        assert total(Line("off", "扣分", None, points), start=D(100), floor=D(0)).points == D(70)

    def test_graded_ballots_of_three_items(self) -> None:
        vote = calculator("vote_grade", {"values": {"a": 100, "b": 80, "c": 60, "d": 40}})
        ballots = {"load": (10, 5, 3, 2), "efficiency": (12, 4, 2, 2), "completion": (15, 3, 1, 1)}
        items = {
            item: vote.score(Inputs(counts=dict(zip("abcd", counts, strict=True)))).points
            for item, counts in ballots.items()
        }
        assert items == {"load": 83, "efficiency": 86, "completion": 92}
        weights = {"load": D("0.3"), "efficiency": D("0.3"), "completion": D("0.4")}
        judge = calculator("weighted_sum", {"weights": weights, "total": 1})
        assert judge.score(Inputs(parts=items)).points == D("87.50")

    def test_fourth_of_the_month_at_five_percent_a_rank(self) -> None:
        rule = calculator("rank_step", {"first": 30, "step": 5, "per": "percent"})
        assert rule.score(Inputs(rank=4)).points == D("25.5")

    def test_rates_of_the_2020_report(self) -> None:
        assert (percent(1788, 1831), percent(1829, 1831)) == (D("97.65"), D("99.89"))
