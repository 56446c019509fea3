"""Composing: every printed number is bound, numbering is official, a draft says that it is one."""

from __future__ import annotations

import re

import pytest

from luoshi.core.errors import MissingInput, NotFound
from luoshi.core.periods import parse_period
from luoshi.kernel.documents.tree import (
    Chart,
    Document,
    FigureRun,
    Heading,
    Paragraph,
    Table,
    Text,
    figures_of,
)
from luoshi.kernel.reports.bounds import linked
from luoshi.kernel.reports.plain import document_from, document_text
from luoshi.kernel.reports.queries import ReportView, draft_view
from tests.district import District

pytestmark = pytest.mark.django_db
REPORTS = {
    "bulletins.nantong": "2017-08",
    "bulletins.panjin": "2023-01..2023-04",
    "bulletins.changzhou": "2010-08",
    "bulletins.lianyungang": "2021-07..2023-01",
}


def draft(ref: str, district: District) -> ReportView:
    return draft_view(ref, parse_period(REPORTS[ref]), district.now)


def prose(document: Document) -> str:
    paragraphs = (block for block in document.blocks if isinstance(block, Paragraph))
    return "\n".join("".join(run.text for run in block.runs) for block in paragraphs)


def table(document: Document) -> Table:
    return next(block for block in document.blocks if isinstance(block, Table))


@pytest.mark.parametrize("ref", REPORTS)
def test_every_number_in_prose_is_a_bound_figure_or_the_period(district: District, ref: str):
    view = draft(ref, district)
    for block in view.document.blocks:
        if isinstance(block, Paragraph):
            for run in block.runs:
                if isinstance(run, Text):
                    assert not re.search(r"\d", run.text.replace(view.period.title, "")), run.text


@pytest.mark.parametrize("ref", REPORTS)
def test_every_figure_of_the_document_is_bound_and_prints_the_bound_text(district: District, ref: str):
    view = draft(ref, district)
    bound = {each.key: each.text for each in view.bounds}
    shown = list(figures_of(view.document))
    assert shown and all(bound[key] == text for key, text in shown)


@pytest.mark.parametrize("ref", REPORTS)
def test_stored_document_revives_equal(district: District, ref: str):
    document = draft(ref, district).document
    assert document_from(document_text(document)) == document


def test_figures_of_panjin_stand_in_the_prose(district: District):
    text = prose(draft("bulletins.panjin", district).document)
    assert "共承接转办工单15552件" in text and "高新技术开发区得分100.0分，居首位" in text


def test_rate_without_cases_is_a_dash_and_no_figure(district: District):
    rows = table(draft("bulletins.changzhou", district).document).rows
    (idle,) = (row for row in rows if row[0].text == "计生委")
    assert (idle[-1].text, idle[-1].figure_key) == ("—", None)


def test_deductions_print_with_one_number_of_decimals(district: District):
    shown = table(draft("bulletins.changzhou", district).document)
    place = [column.title for column in shown.columns].index("超期扣分")
    assert [row[place].text for row in shown.rows[:2]] == ["3.0", "0.0"]


def test_report_over_several_rounds_lists_a_line_per_scored_item(district: District):
    shown = table(draft("bulletins.lianyungang", district).document)
    assert len(shown.rows) == 14
    assert [cell.text for cell in shown.rows[0]] == [
        "2021年7月",
        "市碱业公司",
        "按时办结率",
        "80.00%",
        "5.00",
    ]


def test_headings_are_numbered_as_official_documents_do(district: District):
    document = draft("bulletins.panjin", district).document
    headings = [block.text for block in document.blocks if isinstance(block, Heading)]
    assert headings[:4] == ["一、总体情况", "二、指标情况", "（一）办结率", "（二）满意率"]


def test_chart_carries_the_same_numbers_as_the_table(district: District):
    document = draft("bulletins.panjin", district).document
    chart = next(block for block in document.blocks if isinstance(block, Chart))
    shown = table(document)
    place = [column.title for column in shown.columns].index("满意率")
    assert [f"{value}%" for value in chart.series[0][1]] == [row[place].text for row in shown.rows]


def test_draft_says_so_and_has_neither_number_nor_imprint(district: District):
    document = draft("bulletins.panjin", district).document
    assert document.head is not None and document.head.number is None and document.imprint is None
    assert any("草稿" in note for note in document.notes)


def test_links_reach_every_figure(district: District):
    view = draft("bulletins.panjin", district)
    document = linked(view.document, view.bounds, lambda bound: f"/x/{bound.key}")
    runs = [
        run
        for block in document.blocks
        if isinstance(block, Paragraph)
        for run in block.runs
        if isinstance(run, FigureRun)
    ]
    assert runs and all(run.href == f"/x/{run.key}" for run in runs)
    assert all(cell.href for row in table(document).rows for cell in row if cell.figure_key)


def test_period_without_filings_is_refused_with_the_remedy(district: District):
    with pytest.raises(MissingInput, match="没有填报数据.*导入"):
        draft_view("bulletins.panjin", parse_period("2022-01..2022-04"), district.now)


def test_unknown_report_names_the_nearest(district: District):
    with pytest.raises(NotFound, match="bulletins.panjin"):
        draft_view("bulletins.panjing", parse_period("2023-01"), district.now)


@pytest.mark.parametrize(
    ("ref", "most"), [(ref, 32 if ref.endswith("lianyungang") else 24) for ref in REPORTS]
)
def test_composing_costs_few_queries_whatever_the_number_of_units_and_figures(
    district: District, django_assert_max_num_queries, ref: str, most: int
):
    """The last one covers four rounds, and each is read by itself."""
    with django_assert_max_num_queries(most):
        draft(ref, district)
