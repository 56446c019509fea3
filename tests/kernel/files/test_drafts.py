"""Drafts are read as they stand, through the same preflight as every upload; hostile ones are refused."""

from __future__ import annotations

import io

import docx
import pytest
from django.core.management import CommandError, call_command

from luoshi.core.errors import Invalid
from luoshi.core.figlint.model import Grid, Paragraph
from luoshi.kernel.documents.xlsx import Column, Sheet, write_xlsx
from luoshi.kernel.files import children, drafts
from luoshi.kernel.files.drafts import check_draft, draft_blocks, figures_check
from tests.core.figlint.corpus import DRAFTS, PLANTS, planted
from tests.kernel.files import hostile, samples

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def document(text: str, rows: list[list[str]] | None = None) -> bytes:
    """Return a .docx as a word processor saves it."""
    made = docx.Document()
    for line in text.splitlines():
        made.add_paragraph(line)
    if rows:
        grid = made.add_table(len(rows), len(rows[0]))
        for row, texts in enumerate(rows):
            for column, cell in enumerate(texts):
                grid.cell(row, column).text = cell
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def body(xml: str) -> bytes:
    """Return a .docx whose body is ``xml``."""
    whole = f'<w:document xmlns:w="{WORD}"><w:body>{xml}</w:body></w:document>'
    return hostile.zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": whole.encode()})


def test_document_is_read_in_order_with_its_tables():
    content = document("甲\n\n乙12件", [["单位", "件数"], ["合计", "3"]])
    assert draft_blocks("a.docx", content) == [
        Paragraph("第 1 段", "甲"),
        Paragraph("第 2 段", "乙12件"),
        Grid("表 1 ", [["单位", "件数"], ["合计", "3"]], lettered=False),
    ]


def test_deleted_text_and_field_codes_are_no_text_and_merged_cells_keep_their_columns():
    content = body(
        "<w:p><w:r><w:t>共</w:t></w:r><w:del><w:r><w:delText>旧</w:delText></w:r></w:del>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r><w:ins><w:r><w:t>3件</w:t></w:r></w:ins></w:p>"
        '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>'
        "<w:p><w:r><w:t>合计</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>5</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    assert draft_blocks("a.docx", content) == [
        Paragraph("第 1 段", "共3件"),
        Grid("表 1 ", [["合计", "", "5"]], lettered=False),
    ]


@pytest.mark.parametrize("draft", ["01", "07", "13"])
def test_documents_give_the_contradictions_of_their_texts(draft):
    assert figures_check("稿.docx", document(DRAFTS[draft])).findings == ()
    found = figures_check("稿.docx", document(planted(draft))).findings
    assert len(found) == sum(plant.draft == draft for plant in PLANTS)


def test_every_visible_sheet_of_a_workbook_is_checked():
    columns = (Column("单位"), Column("件数", kind="int"))
    right = Sheet("一月", columns, [("甲", 1), ("乙", 2), ("合计", 3)])
    wrong = Sheet("二月", columns, [("甲", 1), ("乙", 2), ("合计", 4)])
    found = figures_check("表.xlsx", write_xlsx([right, wrong]))
    [finding] = found.findings
    assert finding.place.startswith("工作表“二月”单元格 B") and (finding.said, finding.should) == ("4", "3")
    assert (found.paragraphs, found.tables) == (0, 2)


def test_text_and_csv_are_read():
    found = figures_check("稿.txt", "共200件，其中电话150件，占80%。\n".encode("gb18030"))
    assert [each.should for each in found.findings] == ["75%"]
    assert figures_check("表.csv", "单位,件数\n甲,1\n乙,2\n合计,4\n".encode()).findings[0].should == "3"


DTD = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
BAD = [
    ("空.docx", b"", "是空的"),
    ("稿.doc", b"\xd0\xcf\x11\xe0", "另存为 .docx"),
    ("稿.docx", b"\xd0\xcf\x11\xe0", "旧版"),
    ("稿.docm", samples.docx(), "另存为 .docx"),
    ("稿.pdf", b"%PDF", "排版前的"),
    ("稿.exe", b"MZ", "只收 .docx"),
    ("稿.docx", samples.xlsx(), "内容却不是 Word 文档"),
    ("稿.docx", samples.docx(**{"word/vbaProject.bin": b"x"}), "含有宏"),
    ("稿.docx", samples.docx(**{"word/x.xml": DTD}), "外部实体"),
    ("稿.docx", samples.docx(**{"word/big.xml": b"0" * 9_000_000}), "压缩比"),
    ("稿.docx", samples.docx(**{"../x.xml": b"<a/>"}), "越界路径"),
    ("稿.docx", samples.docx(**{"word/document.xml": b"<w"}), "无法读取"),
    ("表.xlsx", hostile.with_part("xl/vbaProject.bin", b"x"), "含有宏"),
    ("表.xlsx", hostile.with_part("xl/x.xml", DTD), "外部实体"),
    ("表.xlsx", hostile.overlapping(), "互相重叠"),
    ("表.csv", b"<html><body>", "内容却是网页"),
    ("稿.txt", b"MZ\x00\x00", "内容却不是文字"),
    ("稿.txt", b"\xff\xfe\xff\xff", "编码无法识别"),
]


@pytest.mark.parametrize(("name", "content", "why"), BAD)
def test_hostile_and_foreign_files_are_refused(name, content, why):
    with pytest.raises(Invalid, match=why) as refused:
        figures_check(name, content)
    assert name in refused.value.message


def test_too_large_a_draft_is_refused():
    with pytest.raises(Invalid, match="超过上限"):
        check_draft("稿.txt", b"1" * 100, max_bytes=99)


def test_document_type_is_refused_by_the_reader_too(tmp_path):
    content = hostile.zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": DTD})
    with pytest.raises(Invalid, match="无法读取"):
        draft_blocks("稿.docx", content)


def test_memory_of_the_reader_is_limited(monkeypatch):
    monkeypatch.setattr(children, "CHILD_MEMORY_BYTES", 40 * 1024 * 1024)
    content = body("<w:p><w:r><w:t>受理12件</w:t></w:r></w:p>" * 400_000)
    with pytest.raises(Invalid, match="无法读取"):
        draft_blocks("稿.docx", content)


def test_hanging_reader_is_stopped(monkeypatch, tmp_path):
    hang = tmp_path / "hang.py"
    hang.write_text("import time; time.sleep(600)")
    monkeypatch.setattr(drafts, "CHILD", hang)
    monkeypatch.setattr(children, "CHILD_WALL_SECONDS", 0.5)
    with pytest.raises(Invalid, match="无法读取"):
        draft_blocks("稿.docx", document("甲"))


def test_command_lists_contradictions_and_ends_with_one(tmp_path, capsys):
    draft = tmp_path / "稿.txt"
    draft.write_text("共200件，其中电话150件，占80%。", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        call_command("figlint", str(draft))
    said = capsys.readouterr().out
    assert ended.value.code == 1 and "第 1 段第 1 句｜占比｜文中为 占 80%｜应为 75%" in said
    draft.write_text("共200件，其中电话150件，占75%。", encoding="utf-8")
    call_command("figlint", str(draft))
    assert "矛盾 0 处" in capsys.readouterr().out
    with pytest.raises(CommandError, match="没有文件"):
        call_command("figlint", str(tmp_path / "无.txt"))
