from __future__ import annotations

import time

import pytest

from luoshi.core.errors import Invalid
from luoshi.kernel.files import packages
from luoshi.kernel.files.preflight import check_upload
from tests.kernel.files import hostile

MB = 1024 * 1024
DTD = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ha">]>'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BILLION = f'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "ha">{LAUGHS}]>'
XXE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def refused(name: str, content: bytes, why: str, *, max_bytes: int = 20 * MB) -> None:
    started = time.monotonic()
    with pytest.raises(Invalid, match=why) as caught:
        check_upload(name, content, max_bytes=max_bytes)
    assert caught.value.message.startswith(f"文件“{name}”")
    assert caught.value.message.endswith(("。",))
    assert time.monotonic() - started < 5


def test_good_tables_pass():
    assert check_upload("八月.xlsx", hostile.workbook(), max_bytes=MB) == "xlsx"
    assert check_upload("八月.XLSX", hostile.workbook(), max_bytes=MB) == "xlsx"
    assert check_upload("八月.csv", "单位,办结\r\n王家,1\r\n".encode("gb18030"), max_bytes=MB) == "csv"


def test_empty_and_oversized_files_are_refused():
    refused("a.xlsx", b"", "是空的")
    refused("a.csv", b"1" * (2 * MB), "大小为2.0 MB，超过上限1.0 MB，请拆分", max_bytes=MB)


@pytest.mark.parametrize("name", ["a.exe", "a", "a.xlsx.exe", "a.docx"])
def test_other_endings_are_refused(name):
    refused(name, hostile.workbook(), "只接收 .xlsx 和 .csv")


@pytest.mark.parametrize("name", ["a.xls", "a.xlsm", "a.et"])
def test_related_formats_are_refused_with_the_remedy(name):
    refused(name, hostile.workbook(), "另存为 .xlsx")


def test_a_program_named_xlsx_is_refused():
    refused("通报.xlsx", b"MZ\x90\x00" + bytes(1000), "内容却不是 Excel 工作簿")


def test_old_and_locked_workbooks_are_refused():
    refused("通报.xlsx", b"\xd0\xcf\x11\xe0" + bytes(1000), "旧版 Excel 文件或设有打开密码")


@pytest.mark.parametrize(
    ("content", "what"),
    [(b"MZ\x90", "程序"), (b"%PDF-1.7", "PDF"), (b"PK\x03\x04", "Excel"), (b"\x89PNG", "图片")],
)
def test_another_format_named_csv_is_refused(content, what):
    refused("通报.csv", content, what)


@pytest.mark.parametrize("content", [b"<html><table>", b"\xef\xbb\xbf <!DOCTYPE html>", b"  <script>"])
def test_a_web_page_named_csv_is_refused(content):
    refused("通报.csv", content, "网页")


def test_binary_csv_is_refused():
    refused("通报.csv", b"a,b\x00c", "不可打印字符")


OUTSIDE = '<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd">'


@pytest.mark.parametrize("prefix", [DTD, BILLION, XXE, OUTSIDE])
def test_entities_are_refused(prefix):
    refused("a.xlsx", hostile.workbook(hostile.sheet_xml("", before=prefix)), "外部实体")


def test_entities_across_two_reads_are_refused(monkeypatch):
    monkeypatch.setattr(packages, "_CHUNK", 7)
    refused("a.xlsx", hostile.workbook(hostile.sheet_xml("", before=DTD)), "外部实体")


def test_entities_behind_much_blank_are_refused():
    blank = '<?xml version="1.0"?>' + "<!-- 0123456789 -->" * 200_000
    late = hostile.sheet_xml("", before=blank + DTD.partition("?>")[2])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packages, "MOST_RATIO", 10_000)
        refused("a.xlsx", hostile.workbook(late), "外部实体")


def test_entities_in_another_encoding_are_refused():
    refused("a.xlsx", hostile.with_part("xl/styles.xml", DTD.encode("utf-16")), "编码异常")
    refused("a.xlsx", hostile.with_part("xl/styles.xml", DTD.encode("utf-16-le")), "编码异常")


def test_ratio_bomb_is_refused():
    rows = "<row/>" * 3_000_000
    refused("a.xlsx", hostile.workbook(hostile.sheet_xml(rows)), "压缩比超过100倍")


def test_unpacked_size_is_limited(monkeypatch):
    monkeypatch.setattr(packages, "MOST_UNPACKED_BYTES", 1000)
    refused("a.xlsx", hostile.workbook(), "展开后为")


def test_understated_sizes_are_refused():
    refused("a.xlsx", hostile.understated(), "损坏|不符|重叠")


def test_overlapping_members_are_refused():
    refused("a.xlsx", hostile.overlapping(), "重叠")


def test_too_many_members_are_refused():
    many = {**hostile.parts(), **{f"xl/media/{n}.bin": b"" for n in range(2001)}}
    refused("a.xlsx", hostile.zipped(many), "超过上限2000个")


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/passwd", "xl/../../evil", "c:/evil", "xl/..\\evil"])
def test_names_that_lead_outside_are_refused(name):
    refused("a.xlsx", hostile.with_part(name, b"x"), "越界路径")


@pytest.mark.parametrize(
    "name", ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml", "xl/activeX/activeX1.bin"]
)
def test_macros_are_refused(name):
    refused("a.xlsx", hostile.with_part(name, b"x"), "含有宏")


def test_macro_content_type_is_refused():
    types = hostile.TYPES.replace("spreadsheetml.sheet.main", "spreadsheetml.sheet.macroEnabled.main")
    refused("a.xlsx", hostile.zipped({**hostile.parts(), "[Content_Types].xml": types.encode()}), "含有宏")


def test_a_zip_that_is_no_workbook_is_refused():
    refused("a.xlsx", hostile.zipped({"word/document.xml": b"<a/>"}), "内容却不是 Excel 工作簿")


def test_a_second_file_in_front_or_behind_is_refused():
    refused("a.xlsx", hostile.workbook() + b"<script>alert(1)</script>", "夹带其他内容")
    refused("a.xlsx", b"GIF89a" + hostile.workbook(), "内容却不是 Excel 工作簿")


@pytest.mark.parametrize("keep", [200, 700, -30])
def test_a_cut_file_is_refused(keep):
    refused("a.xlsx", hostile.workbook()[:keep], "已损坏")


def test_a_flipped_byte_is_refused():
    content = bytearray(hostile.with_part("xl/media/a.xml", bytes(range(256)) * 40))
    content[content.find(b"xl/media/a.xml") + 60] ^= 0xFF
    refused("a.xlsx", bytes(content), "已损坏")


def test_hidden_characters_of_a_name_are_not_shown():
    with pytest.raises(Invalid, match="^文件“八月xslx.exe”"):
        check_upload("/tmp/八月\u202exslx.exe", b"x", max_bytes=MB)
