from __future__ import annotations

import pytest

from luoshi.kernel.documents import tree
from tests.kernel.documents.samples import REPORT


def test_marks_follow_reading_order_and_repeated_keys_are_numbered():
    marks = [(figure.mark, figure.text) for figure in tree.figure_marks(REPORT)]
    assert marks == [
        ("ind_done.den", "425"),
        ("ind_done", "98.35%"),
        ("ind_done_2", "97.65%"),
        ("ind_unit.wangjia", "12"),
    ]


def test_marks_stay_unique_where_word_ignores_case_and_cuts_at_forty():
    names = tree.MarkNames()
    keys = ["a", "A", "a", "a_2", "x" * 60, "x" * 60, "x" * 59 + "y"]
    marks = [names.next(key) for key in keys]
    assert len({mark.casefold()[:40] for mark in marks}) == len(keys)
    assert all(len(mark) <= 40 for mark in marks)


@pytest.mark.parametrize("key", ["", "办结", "a b", 'a"b', "a\n"])
def test_figure_keys_are_plain_ascii(key):
    with pytest.raises(ValueError, match="figure key"):
        tree.FigureRun(key, "1")
    with pytest.raises(ValueError, match="figure key"):
        tree.Cell("1", figure_key=key)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="row 2 has 1 cells for 2 columns"):
        row = (tree.Cell("1"), tree.Cell("2"))
        tree.Table((tree.Column("甲", 10), tree.Column("乙", 10)), (row, row[:1]))
    with pytest.raises(ValueError, match="2 values for 1 categories"):
        tree.Chart("bar", "", ("一月",), (("办结", (None, None)),))
    with pytest.raises(ValueError, match="1 to 4"):
        tree.Heading(5, "x")
    with pytest.raises(ValueError, match="bar or line"):
        tree.Chart("pie", "", (), ())  # type: ignore[arg-type]
