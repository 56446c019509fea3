"""信函格式: mark and rules in the header of page one, number at the right, no number on page one."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest

from luoshi.core import gbt9704 as gb
from luoshi.kernel.documents.docx import render_docx
from luoshi.kernel.documents.html import render_html
from luoshi.kernel.documents.tree import Document, Head, Paragraph, Sign, Text

LETTER = Document(
    style="letter",
    head=Head("示例区责任办", "提示〔2023〕5号"),
    title_lines=("关于月报逾期未报的", "提示函"),
    addressee="松涧街道",
    blocks=(Paragraph((Text("请抓紧补报。"),)),),
    sign=Sign("示例区责任办", date(2023, 5, 16)),
)


def part(name: str, doc: Document = LETTER) -> str:
    return ZipFile(BytesIO(render_docx(doc))).read(name).decode()


def test_mark_and_two_double_rules_stand_in_the_header_of_page_one():
    header = part("word/header_first.xml")
    assert "示例区责任办" in header and header.count("<wps:wsp>") == 4
    assert header.count(f'cx="{gb.mm_emu(170)}"') == 8
    places = [int(text.partition("<")[0]) for text in header.split("<wp:posOffset>")[1:]]
    tops = [place / 36000 for place in places[1::2]]
    size = 40 * 25.4 / 72
    assert tops[0] == pytest.approx(30 + size + 4, abs=0.01) and tops[2] == pytest.approx(297 - 20)


def test_page_one_has_its_own_header_and_no_page_number():
    section = part("word/document.xml").partition("<w:sectPr>")[2]
    assert "<w:titlePg/>" in section and section.count('w:type="first"') == 2
    assert "PAGE" not in part("word/footer_first.xml") and "PAGE" in part("word/footer_default.xml")


def test_number_comes_first_at_the_right_and_word_opens_it():
    opened = docx.Document(BytesIO(render_docx(LETTER)))
    number, *rest = [each for each in opened.paragraphs if each.text.strip()]
    assert number.text == "提示〔2023〕5号" and number.alignment == 2
    assert rest[0].text.replace("\n", "") == "关于月报逾期未报的提示函"


def test_the_ordinary_format_is_as_it_was():
    ordinary = Document(title_lines=("标题",), blocks=(), head=Head("示例区责任办"))
    names = ZipFile(BytesIO(render_docx(ordinary))).namelist()
    assert "word/header_first.xml" not in names and "gw-letter" not in render_html(ordinary)
    assert 'class="gw gw-letter"' in render_html(LETTER)


def test_another_style_is_refused():
    with pytest.raises(ValueError, match="style 'note'"):
        Document(title_lines=("标题",), blocks=(), style="note")
