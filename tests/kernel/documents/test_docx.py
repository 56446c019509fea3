from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import docx
import pytest

from luoshi.kernel.documents import tree
from luoshi.kernel.documents.docx import FIGURES_NAMESPACE, render_docx
from tests.kernel.documents.samples import (
    REPORT,
    W,
    attribute,
    body,
    paragraph_with,
    part,
    parts_of,
    text_of,
    with_blocks,
    with_text,
)


def test_the_same_tree_gives_the_same_bytes():
    first = render_docx(REPORT)
    assert render_docx(REPORT) == first
    for content in (first, parts_of(first)["word/embeddings/chart1.xlsx"]):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
        # Neither the day of rendering nor the compressor of the machine is in the bytes.
        assert {member.date_time for member in members} == {(1980, 1, 1, 0, 0, 0)}
        assert {member.compress_type for member in members} == {zipfile.ZIP_STORED}


def test_other_words_give_other_bytes():
    assert render_docx(with_text("甲")) != render_docx(with_text("乙"))


def test_an_independent_reader_opens_the_file():
    read = docx.Document(io.BytesIO(render_docx(REPORT)))
    texts = [paragraph.text for paragraph in read.paragraphs]
    assert "示例区2020年度落实主体责任\n工作情况的报告" in texts
    assert "市委：" in texts
    assert [cell.text for cell in read.tables[0].rows[1].cells] == ["王家街道", "12", "好"]
    assert read.core_properties.author == "示例区委办公室"
    assert read.core_properties.created.isoformat() == "2021-01-15T00:00:00+00:00"


def test_every_part_is_well_formed():
    for name, content in parts_of(render_docx(REPORT)).items():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(content)


def test_bookmarks_and_custom_xml_name_the_same_figures():
    marks, open_marks = {}, {}
    for node in body(REPORT).iter():
        if node.tag == f"{W}bookmarkStart":
            open_marks[node.get(f"{W}id")] = node.get(f"{W}name")
            marks[node.get(f"{W}name")] = ""
        elif node.tag == f"{W}bookmarkEnd":
            open_marks.pop(node.get(f"{W}id"))
        elif node.tag == f"{W}t":
            for mark in open_marks.values():
                marks[mark] += node.text or ""
    listed = {
        node.get("mark"): node.get("text")
        for node in part(REPORT, "customXml/item1.xml").iter(f"{{{FIGURES_NAMESPACE}}}figure")
    }
    assert (
        marks
        == listed
        == {
            "ind_done.den": "425",
            "ind_done": "98.35%",
            "ind_done_2": "97.65%",
            "ind_unit.wangjia": "12",
        }
    )
    assert open_marks == {}


@pytest.mark.parametrize("text", ["<w:p>&amp;", "a]]>b", "“引号”'\"", "</w:t><w:br/>"])
def test_markup_in_texts_stays_text(text):
    assert text_of(paragraph_with(with_text(text), text[:1])) == text


def test_control_bidi_and_lone_surrogate_characters_are_left_out():
    dirty = "办\x00\x0b结\u202e\u200b率\ud800\ufffe。"
    assert text_of(paragraph_with(with_text(dirty), "办")) == "办结率。"


def test_rare_characters_of_names_take_the_wider_font():
    runs = paragraph_with(with_text("王喆、赟到会"), "王").findall(f"{W}r")
    fonts = [(text_of(run), attribute(run, "rPr/rFonts", "eastAsia")) for run in runs]
    assert fonts == [("王", None), ("喆", "仿宋"), ("、", None), ("赟", "仿宋"), ("到会", None)]


def test_document_number_is_never_invented():
    without = replace(REPORT, head=tree.Head("中共示例区委办公室文件"))
    assert "〔" not in text_of(body(without))
    assert "签发人" not in text_of(body(without))


def test_document_to_a_superior_has_number_left_and_signer_right():
    upward = replace(REPORT, head=tree.Head("中共示例区委文件", "示委〔2021〕1号", "张三"))
    line = paragraph_with(upward, "\u3000示委〔2021〕1号")
    assert text_of(line) == "\u3000示委〔2021〕1号签发人：张三\u3000"
    assert line.find(f".//{W}tab") is not None
    name = next(run for run in line.iter(f"{W}r") if text_of(run) == "张三")
    assert attribute(name, "rPr/rFonts", "eastAsia") == "楷体_GB2312"


def test_head_number_and_rule_are_red_where_the_standard_says():
    mark = paragraph_with(REPORT, "中共示例区委办公室文件")
    assert attribute(mark, "r/rPr/color", "val") == "E60012"
    number = paragraph_with(REPORT, "示委办发")
    assert attribute(number, "pPr/pBdr/bottom", "color") == "E60012"
    assert attribute(number, "r/rPr/color", "val") is None


def test_a_bulletin_may_have_only_a_title():
    bare = tree.Document(title_lines=("每日简报",), blocks=())
    assert [text_of(paragraph) for paragraph in body(bare).iter(f"{W}p")] == ["每日简报", ""]


def test_long_organ_names_stay_on_one_line():
    long = replace(REPORT, head=tree.Head("示例区经济技术开发区管理委员会优化营商环境工作领导小组办公室文件"))
    mark = paragraph_with(long, "示例区经济")
    size = int(attribute(mark, "r/rPr/sz", "val") or 0) / 2
    squeeze = int(attribute(mark, "r/rPr/w", "val") or 0) / 100
    assert len(text_of(mark)) * size * squeeze <= 156 / 25.4 * 72
    assert size >= 18 and squeeze >= 0.6


def test_signature_keeps_a_line_of_text_on_its_page():
    assert paragraph_with(REPORT, "特此报告。").find(f"{W}pPr/{W}keepNext") is not None
    assert paragraph_with(REPORT, "中共示例区委员会").find(f"{W}pPr/{W}keepNext") is not None
    unsigned = replace(REPORT, sign=None)
    assert paragraph_with(unsigned, "特此报告。").find(f"{W}pPr/{W}keepNext") is None


def test_date_stands_four_characters_in_without_padding_zeros():
    day = paragraph_with(REPORT, "2021年1月5日")
    assert attribute(day, "pPr/ind", "rightChars") == "400"
    long = replace(REPORT, sign=tree.Sign("示例区经济技术开发区管理委员会办公室", date(2021, 1, 5)))
    organ = paragraph_with(long, "示例区经济")
    assert attribute(organ, "pPr/ind", "rightChars") == "0"


def test_notes_are_bracketed_once():
    noted = replace(REPORT, notes=("甲", "（乙）"))
    assert text_of(paragraph_with(noted, "（甲")) == "（甲）"
    assert text_of(paragraph_with(noted, "（乙")) == "（乙）"


def test_quotes_name_their_source():
    assert text_of(paragraph_with(REPORT, "全市")) == "全市平均办结率96.50%（来源：《2020年政府工作报告》）"


def test_sixty_rows_repeat_their_head_and_never_split():
    rows = tuple((tree.Cell(f"单位{n}"), tree.Cell(str(n), f"u{n}")) for n in range(60))
    columns = (tree.Column("单位", 60), tree.Column("数量", 20, "right"))
    drawn = body(with_blocks(tree.Table(columns, rows))).find(f"{W}tbl")
    lines = drawn.findall(f"{W}tr")
    assert len(lines) == 61
    assert [line.find(f"{W}trPr/{W}tblHeader") is not None for line in lines[:2]] == [True, False]
    assert all(line.find(f"{W}trPr/{W}cantSplit") is not None for line in lines)
    assert {attribute(line, "tc/p/pPr/jc", "val") for line in lines[1:]} == {"left"}
    assert attribute(lines[1].findall(f"{W}tc")[1], "p/pPr/jc", "val") == "right"


def test_tables_are_as_wide_as_the_type_area():
    drawn = body(REPORT).find(f"{W}tbl")
    widths = [int(column.get(f"{W}w") or 0) for column in drawn.iter(f"{W}gridCol")]
    assert sum(widths) == round(156 / 25.4 * 1440)
    assert widths[0] == widths[1] * 2 or abs(widths[0] - widths[1] * 2) <= 2


def test_head_row_never_stands_alone_at_the_foot_of_a_page():
    rows = tuple((tree.Cell(f"单位{n}"),) for n in range(4))
    drawn = body(with_blocks(tree.Table((tree.Column("单位", 60),), rows))).find(f"{W}tbl")
    lines = drawn.findall(f"{W}tr")
    kept = [line.find(f".//{W}keepNext") is not None for line in lines]
    assert kept == [True, True, False, False, True]  # the last one keeps the signature


def test_heads_of_narrow_columns_break_evenly():
    columns = (
        tree.Column("单位", 120),
        tree.Column("按时反馈率（%）", 15, "right"),
        tree.Column("受理件数", 15),
    )
    head = body(with_blocks(tree.Table(columns, ()))).find(f".//{W}tr")
    shown = [[text_of(run) for run in cell.iter(f"{W}t")] for cell in head.findall(f"{W}tc")]
    assert [len(list(cell.iter(f"{W}br"))) for cell in head.findall(f"{W}tc")] == [0, 2, 1]
    assert len(shown[1]) == 3


def test_digits_of_mark_and_title_have_the_face_of_the_words():
    mark = paragraph_with(REPORT, "中共示例区委办公室文件")
    assert attribute(mark, "r/rPr/rFonts", "ascii") == "方正小标宋简体"
