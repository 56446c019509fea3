"""The verifier, written a second time and alone, means the same as the code that made the figures."""

from __future__ import annotations

import ast
import importlib.util
import os
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from luoshi.core.canonical import canonical_bytes, decimal_text
from luoshi.core.errors import ExpressionInvalid, MissingInput
from luoshi.core.expr import parse
from luoshi.core.formulas import RankRow, Rounding, Tie, rank, rounded
from luoshi.core.merkle import merkle_root
from luoshi.core.periods import parse_period
from luoshi.core.scoring import Inputs, Line, Missing, Points, calculator, combine
from luoshi.kernel.documents.tree import MarkNames
from luoshi.kernel.indicators.fold import fold, printed
from luoshi.kernel.indicators.measure import measure_of
from luoshi.kernel.reports.bundle import VERIFIER
from tests.verifier.bundles import verifier_run

OLD = sorted(Path(os.path.expanduser("~/.pyenv/versions")).glob("3.*/bin/python"))
ALLOWED = {
    "ast", "hashlib", "io", "json", "os", "re", "sys", "zipfile", "decimal", "fractions", "xml",
}  # fmt: skip


def verifier() -> ModuleType:
    spec = importlib.util.spec_from_file_location("luoshi_verify", VERIFIER)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


V = verifier()


def test_it_imports_the_standard_library_only_and_reads_on_python_3_8():
    tree = ast.parse(VERIFIER.read_text("utf-8"), feature_version=(3, 8))
    named = {
        alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    named |= {
        str(node.module).partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
    }
    assert named <= ALLOWED
    calls = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert calls.isdisjoint({"eval", "exec", "compile", "__import__"})


def test_nothing_of_luoshi_imports_it():
    source = VERIFIER.parents[1]
    naming = {path.name for path in source.rglob("*.py") if "luoshi_verify" in path.read_text("utf-8")}
    assert naming == {"luoshi_verify.py", "bundle.py", "report.py"}


@pytest.mark.parametrize("python", OLD, ids=lambda path: path.parents[1].name)
def test_it_runs_on_other_pythons(python: Path, tmp_path: Path):
    version = tuple(int(part) for part in python.parents[1].name.split(".")[:2])
    if version < (3, 8):
        pytest.skip("older than what the verifier promises")
    path = tmp_path / "bundle.zip"
    path.write_bytes(b"no zip")
    assert "不是完好的压缩包" in verifier_run(path, python=str(python)).text


ROWS: list[dict[str, Any]] = [
    {"a": Decimal(4226), "b": Decimal("98.06"), "kind": "x"},
    {"a": Decimal(0), "b": None, "kind": "y"},
    {"a": Decimal(3), "b": Decimal("-0.05"), "kind": None},
]
EXPRESSIONS = [
    "a * b / 100", "a - 1", "-a + 0.5", "a > 0 and b < 99", "a == 0 or b >= 98.06", "not a > 3",
    "kind in ('x', 'z')", "kind not in ('x',)", "a in (3, -1)", "0 <= a <= 3", "coalesce(b, 7)",
    "min(a, b)", "max(a, 5)", "abs(b)", "round(b, 1)", "round(a / 8)", "a if kind == 'x' else b",
    "coalesce(b > 1, true)", "true", "kind != 'x'", "a + none", "(a + 1) * 2 - a / 4",
]  # fmt: skip


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_expressions_mean_the_same(text: str):
    ours, theirs = parse(text), V.Expression(text)
    assert theirs.names == set(ours.names)
    for row in ROWS:
        assert theirs.value(row) == ours.value(row)


@pytest.mark.parametrize(
    "text",
    [
        "a ** 2",
        "a % 2",
        "open('x')",
        "a.__class__()",
        "[x for x in a]",
        "lambda: 1",
        "a[0]",
        "f'{a}'",
        "a is b",
        "1 if",
        "a := 2",
    ],
)
def test_what_is_no_expression_is_refused_by_both(text: str):
    with pytest.raises(ExpressionInvalid):
        parse(text)
    with pytest.raises(V.Unreadable):
        V.Expression(text)


@pytest.mark.parametrize("empty", ["skip", "as_no", "refuse"])
@pytest.mark.parametrize(
    "way",
    [
        {"count": "all"},
        {"count": "all", "where": "a > 0"},
        {"sum": "b"},
        {"sum": "b", "where": "kind == 'q'"},
        {"mean": "b"},
        {"num": "a * b / 100", "den": "a", "unit": "%"},
        {"num": "b > 1", "den": "all", "unit": "%"},
        {"num": "a", "den": "a", "unit": "%"},
    ],
)
def test_indicators_fold_the_same(way: dict[str, Any], empty: str):
    body = {"title": "数", "unit": "", "digits": 2, "empty": empty, **way}
    measure = measure_of(body)
    rows = [{"names": row, "tag": 5} for row in ROWS]
    try:
        wanted = fold(body, ROWS)
    except MissingInput:
        with pytest.raises(V.Unreadable, match="逐行有值"):
            V.Indicator(body).figure(rows)
        return
    found = V.Indicator(body).figure(rows)
    text = printed(wanted.value, wanted.num, wanted.den, measure.digits, measure.unit)
    assert (found["num"], found["base"], found["text"]) == (decimal_text(wanted.num), wanted.base, text)
    assert found["den"] == (None if wanted.den is None else decimal_text(wanted.den))
    assert found["value"] == (None if wanted.value is None else decimal_text(wanted.value))


@given(some.integers(0, 999_999), some.integers(1, 999_999), some.integers(0, 4))
def test_percentages_print_the_same(num: int, den: int, digits: int):
    value = Decimal(100 * num) / den
    parts = value, Decimal(num), Decimal(den), digits, "%"
    assert V.printed(*parts) == printed(*parts)


@given(some.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_numbers_are_rounded_and_spelled_the_same(value: Decimal):
    assert V.decimal_text(value) == decimal_text(value)
    assert str(V.rounded(value, 2)) == str(rounded(value, 2))
    assert str(V.rounded(value, 1, False)) == str(rounded(value, 1, Rounding.TRUNCATE))


@given(
    some.recursive(some.none() | some.booleans() | some.integers(-9, 9) | some.text('ab中"\\\n'), some.lists)
)
def test_canonical_bytes_are_the_same(value: Any):
    assert V.canonical(value) == canonical_bytes(value)
    assert V.parse(canonical_bytes(value), "x") == value


@given(some.lists(some.binary(max_size=4), max_size=20))
def test_roots_are_the_same(leaves: list[bytes]):
    assert V.merkle_root(leaves) == merkle_root(leaves).hex()


CALCULATORS: list[tuple[str, dict[str, Any]]] = [
    ("value", {}),
    ("value", {"weight": "0.3"}),
    ("per_point", {"weight": "20", "threshold": "95", "slope": "1.5", "floor": "0"}),
    ("deduct_per", {"amount": "0.5"}),
    ("deduct_per", {"amount": "0.5", "base": "10", "floor": "2", "cap": "6"}),
    ("add_per", {"amount": "5", "cap": "10"}),
    ("share_of_best", {"points": "600"}),
    ("linear_to_target", {"low": "50", "target": "100", "points": "20"}),
    ("tier", {"bands": [["90", "200"], ["80", "190"]], "otherwise": "160"}),
    ("tier", {"bands": [["1", "5"], ["3", "2"]], "otherwise": "0", "better": "down"}),
]


@pytest.mark.parametrize(("name", "params"), CALCULATORS)
@pytest.mark.parametrize("value", ["0", "3", "14", "80", "94", "100"])
def test_calculators_give_the_same_points(name: str, params: dict[str, Any], value: str):
    read = V.read_params(params)
    wanted = calculator(name, read).score(Inputs(value=Decimal(value), peers=(Decimal(value), Decimal(97))))
    assert V.points_of(name, read, Decimal(value), [Decimal(value), Decimal(97)]) == wanted.points


def test_calculator_that_needs_more_than_the_figure_is_only_compared():
    assert V.points_of("veto", {"cap": Decimal(59)}, Decimal(90), []) is None
    assert V.points_of("deduct_per", {"amount": Decimal(1), "event": "late"}, Decimal(1), []) is None


@pytest.mark.parametrize("missing", [each for each in Missing if each is not Missing.REFUSE])
@pytest.mark.parametrize("how", ["sum", "weighted"])
@pytest.mark.parametrize("points", [("90", "80.05"), ("90", None), (None, None)])
def test_totals_are_the_same(missing: Missing, how: Any, points: tuple[str | None, str | None]):
    weights, neutral = ("40", "60"), Decimal("77.7")
    lines = [
        Line(
            key=str(index),
            title="项",
            weight=Decimal(weight),
            points=None if one is None else Points(Decimal(one), ()),
            full=Decimal(100),
            neutral=neutral,
        )
        for index, (weight, one) in enumerate(zip(weights, points, strict=True))
    ]
    wanted = combine(
        lines,
        how=how,
        missing=missing,
        digits=1,
        rounding=Rounding.HALF_UP,
        start=Decimal(2),
        cap=Decimal(9000),
    )
    scheme = {
        "combine": {
            "how": how,
            "missing": missing.value,
            "digits": 1,
            "rounding": "half_up",
            "start": "2",
            "cap": "9000",
        }
    }
    pairs = [
        ({"key": str(index), "weight": weight, "full": "100"}, None if one is None else Decimal(one))
        for index, (weight, one) in enumerate(zip(weights, points, strict=True))
    ]
    assert V.total_of(scheme, pairs, {"0": neutral, "1": neutral}) == wanted.points


@pytest.mark.parametrize("tie", list(Tie))
@pytest.mark.parametrize("better", ["up", "down"])
def test_ranks_are_the_same(tie: Tie, better: Any):
    totals = [("a", "9", "1"), ("b", "8", "2"), ("c", "8", "3"), ("d", "7", "9")]
    rows = [RankRow(key, Decimal(total), (Decimal(by),)) for key, total, by in totals]
    scheme = {"rank": {"tie": tie.value, "by": ["x"], "better": better}}
    sheets = [(key, Decimal(total), {"x": Decimal(by)}) for key, total, by in totals]
    assert V.ranks_of(scheme, sheets) == rank(rows, tie, better=better)


def test_bookmark_names_are_the_same():
    keys = ["done", "done", "DONE", "points.satisfaction_rate.2021-07..2023-01.LYG01", "x" * 60, "x" * 60]
    names = MarkNames()
    assert list(V.mark_names(keys)) == [names.next(key) for key in keys]


CODES = [
    "2023-01",
    "2023-04",
    "2023-Q1",
    "2023-H2",
    "2023",
    "2023-N1",
    "2022-12..2023-02",
    "2023-01..2023-04",
]


@pytest.mark.parametrize("row", CODES)
@pytest.mark.parametrize("asked", CODES)
def test_rows_count_in_the_same_periods(row: str, asked: str):
    one, other = parse_period(row), parse_period(asked)
    nodes = "N" in row or "N" in asked
    assert V.within(row, asked) == (row == asked if nodes else other.contains(one))


def test_unknown_period_is_refused():
    with pytest.raises(V.Unreadable, match="不认识期间"):
        V.within("2023-W1", "2023")
