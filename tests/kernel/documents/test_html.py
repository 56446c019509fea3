from __future__ import annotations

import json
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from luoshi.kernel.documents import tree
from luoshi.kernel.documents.html import render_html
from tests.kernel.documents.samples import REPORT, with_blocks, with_text


def soup(doc: tree.Document) -> BeautifulSoup:
    return BeautifulSoup(render_html(doc), "html.parser")


def figure(**more):
    return with_blocks(tree.Paragraph((tree.FigureRun("done", "98%", **more),)))


def test_figures_open_what_is_behind_them():
    links = {link["id"]: (link["href"], link["data-key"], link.text) for link in soup(REPORT).select("a.fig")}
    assert links == {"ind_done": ("/reports/figure/done", "done", "98.35%")}


def test_figures_without_a_place_to_go_are_marked_words():
    spans = [(span["id"], span.text) for span in soup(REPORT).select("span.fig")]
    assert spans == [("ind_done.den", "425"), ("ind_done_2", "97.65%"), ("ind_unit.wangjia", "12")]


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "//evil.example/", "/\\evil.example", "data:text/html,x"]
)
def test_links_never_leave_the_site(href):
    assert soup(figure(href=href)).select("a") == []


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a & b"])
def test_texts_from_outside_are_never_markup(text):
    quoted = tree.Quote(text, text)
    table = tree.Table((tree.Column(text, 10),), ((tree.Cell(text),),), text)
    chart = tree.Chart("line", text, (text,), ((text, (None,)),), text, text)
    doc = replace(
        with_blocks(tree.Paragraph((tree.Text(text), tree.FigureRun("k", text))), quoted, table, chart),
        title_lines=(text,),
        head=tree.Head(text, text, text),
        addressee=text,
        notes=(text,),
    )
    page = soup(doc)
    assert page.select("script, img") == []
    assert page.text.count(text) >= 14


def test_tables_have_scopes_and_numbers_on_the_right():
    table = soup(REPORT).select_one(".gw-table-wrap table")
    assert [head["scope"] for head in table.select("thead th")] == ["col", "col", "col"]
    assert [cell["class"] for cell in table.select("tbody tr:first-child td")] == [[], ["num"], ["mid"]]
    assert table.caption.text == "表1　各街道办结情况"


def test_charts_carry_their_numbers_as_data_and_as_table():
    chart = soup(REPORT).select_one("figure.gw-chart")
    data = json.loads(chart.select_one(".gw-plot")["data-chart"])
    assert data["categories"] == ["第一季度", "第二季度", "第三季度"]
    assert data["series"][0] == {"name": "办结", "values": [12.0, None, 23.5]}
    rows = [[cell.text for cell in row.select("th, td")] for row in chart.select("tbody tr")]
    assert rows[1:] == [["第二季度", "—", "9"], ["第三季度", "23.50", "30"]]


def test_headings_nest_under_the_title():
    levels = [(tag.name, tag["class"][0]) for tag in soup(REPORT).select("h1,h2,h3,h4,h5")]
    assert levels == [("h1", "gw-title"), ("h2", "gw-h1"), ("h3", "gw-h2"), ("h4", "gw-h3"), ("h5", "gw-h4")]


def test_screen_and_paper_say_the_same_words():
    page = soup(REPORT).text
    for words in (
        "示委办发〔2021〕3号",
        "市委：",
        "2021年1月5日",
        "（数据截至2020年12月31日）",
        "2021年1月15日印发",
    ):
        assert words in page


def test_line_ends_inside_a_text_become_breaks():
    assert str(soup(with_text("甲\n乙")).select_one(".gw-p")) == '<p class="gw-p">甲<br/>乙</p>'
