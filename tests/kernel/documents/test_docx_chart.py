from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest

from luoshi.kernel.documents import tree
from luoshi.kernel.documents.docx import render_docx
from luoshi.kernel.documents.ooxml import NAMESPACES
from tests.kernel.documents.samples import REPORT, paragraph_with, part, parts_of, text_of, with_blocks

C = f"{{{NAMESPACES['c']}}}"
CHART = next(block for block in REPORT.blocks if isinstance(block, tree.Chart))


def chart_part(block):
    return part(with_blocks(block), "word/charts/chart1.xml")


def shown_values(series):
    return {int(point.get("idx")): Decimal(point.find(f"{C}v").text) for point in series.iter(f"{C}pt")}


def test_chart_numbers_equal_the_embedded_workbook():
    content = parts_of(render_docx(REPORT))["word/embeddings/chart1.xlsx"]
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        [None, "办结", "受理"],
        ["第一季度", 12, 14],
        ["第二季度", None, 9],
        ["第三季度", 23.5, 30],
    ]
    series = list(part(REPORT, "word/charts/chart1.xml").iter(f"{C}ser"))
    assert shown_values(series[0].find(f"{C}val")) == {0: Decimal("12"), 2: Decimal("23.50")}
    assert [found.text for found in series[0].iter(f"{C}f")] == [
        "Sheet1!$B$1",
        "Sheet1!$A$2:$A$4",
        "Sheet1!$B$2:$B$4",
    ]


def test_title_and_unit_stand_under_the_chart():
    assert text_of(paragraph_with(REPORT, "图1")) == "图1　各季度办结数量（单位：件）"


def test_chart_says_in_words_what_it_shows():
    drawing = next(node for node in paragraphs_with_drawing())
    assert drawing.get("descr") == "第三季度最多"


def paragraphs_with_drawing():
    return part(REPORT, "word/document.xml").iter(f"{{{NAMESPACES['wp']}}}docPr")


def test_bars_begin_at_zero_unless_a_value_is_below():
    least = f"{C}scaling/{C}min"
    axis = next(chart_part(CHART).iter(f"{C}valAx"))
    assert axis.find(least).get("val") == "0"
    below = replace(CHART, series=(("增减", (Decimal(-1), Decimal(2), None)),))
    assert next(chart_part(below).iter(f"{C}valAx")).find(least) is None
    assert next(chart_part(replace(CHART, kind="line")).iter(f"{C}valAx")).find(least) is None


def test_shares_end_at_one_hundred():
    most = f"{C}scaling/{C}max"
    assert next(chart_part(CHART).iter(f"{C}valAx")).find(most) is None
    assert next(chart_part(replace(CHART, unit="%")).iter(f"{C}valAx")).find(most).get("val") == "100"
    above = replace(CHART, unit="%", series=(("增长", (Decimal(130), None, Decimal(20))),))
    assert next(chart_part(above).iter(f"{C}valAx")).find(most) is None


@pytest.mark.parametrize(("count", "direction"), [(10, "col"), (11, "bar")])
def test_many_categories_lie_down(count, direction):
    names = tuple(f"街道{n}" for n in range(count))
    many = replace(CHART, categories=names, series=(("得分", (Decimal("90.1"),) * count),))
    assert next(chart_part(many).iter(f"{C}barDir")).get("val") == direction


def test_names_too_wide_to_stand_side_by_side_lie_down():
    wide = replace(CHART, categories=("第一季度", "辽河口生态经济区管理委员会办公室", "第三季度"))
    assert next(chart_part(wide).iter(f"{C}barDir")).get("val") == "bar"


def test_a_single_series_needs_no_legend():
    assert next(chart_part(CHART).iter(f"{C}legend"), None) is not None
    assert next(chart_part(replace(CHART, series=CHART.series[:1])).iter(f"{C}legend"), None) is None


def test_names_in_charts_are_escaped():
    odd = replace(CHART, title="", categories=("<甲>", "乙&丙", "丁\x01"))
    shown = [node.text for node in next(chart_part(odd).iter(f"{C}cat")).iter(f"{C}v")]
    assert shown == ["<甲>", "乙&丙", "丁"]
