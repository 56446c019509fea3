"""What may be kept as evidence, and what may not: each refusal names file, rule and remedy."""

from __future__ import annotations

import pytest

from luoshi.core.errors import Invalid
from luoshi.kernel.definitions.fields import FILE_KINDS
from luoshi.kernel.files import proofs
from luoshi.kernel.files.proofs import ENDINGS, MEDIA, check_proof
from tests.kernel.files import hostile
from tests.kernel.files.samples import docx, jpeg, ofd, pdf, png, xlsx

FORMULA = hostile.sheet_xml(hostile.row(1, '<c r="B7"><f>SUM(A1:A6)</f><v>3</v></c>'))
PLAIN = hostile.sheet_xml(hostile.PLAIN_ROWS)
GOOD = [
    ("document", "通知.pdf", pdf()),
    ("document", "通知.PDF", pdf()),
    ("document", "通知.docx", docx()),
    ("document", "通知.ofd", ofd()),
    ("sheet", "台账.xlsx", xlsx()),
    ("sheet", "台账.csv", "单位,件数\n甲,1\n".encode()),
    ("photo", "现场.jpg", jpeg()),
    ("photo", "现场.jpeg", jpeg()),
    ("photo", "现场.png", png()),
    ("screenshot", "截图.png", png()),
]
BAD = [
    ("document", "空.pdf", b"", "是空的"),
    ("document", "通知.pdf", b"MZ\x90\x00" + b"\0" * 99, "内容却不是完整的 PDF"),
    ("document", "通知.pdf", b"<html><script>alert(1)</script>", "内容却不是完整的 PDF"),
    ("document", "通知.pdf", b"GIF8" + pdf(), "内容却不是完整的 PDF"),
    ("document", "通知.pdf", pdf()[:-8], "内容却不是完整的 PDF"),
    ("document", "通知.pdf", pdf("/S /JavaScript /JS (x)"), "可运行的内容"),
    ("document", "通知.pdf", pdf("/S /Launch"), "可运行的内容"),
    ("document", "通知.pdf", pdf("/EmbeddedFiles 3 0 R"), "其他文件"),
    ("document", "通知.exe", b"MZ", "此类只收 .pdf、.docx、.ofd"),
    ("document", "通知.pdf.exe", b"MZ", "此类只收"),
    ("document", "通知.doc", b"\xd0\xcf\x11\xe0", "另存为 .docx 或 .pdf"),
    ("document", "通知.html", b"<html>", "此类只收"),
    ("document", "通知", b"x", "此类只收"),
    ("document", "录音.mp3", b"ID3", "不收音视频"),
    ("document", "全套.zip", b"PK\x03\x04", "解压后逐份上传"),
    ("document", "通知.docx", xlsx(), "内容却不是 Word 文档"),
    ("document", "通知.docx", docx(**{"word/vbaProject.bin": b"x"}), "含有宏"),
    ("document", "通知.docx", docx(**{"word/x.xml": b"<!DOCTYPE a>"}), "外部实体"),
    ("document", "通知.docx", docx(**{"../x.xml": b"<a/>"}), "越界路径"),
    ("document", "通知.docx", docx(**{"word/big.xml": b"0" * 9_000_000}), "压缩比"),
    ("document", "通知.docx", docx() + b"<html>", "夹带其他内容"),
    ("document", "通知.ofd", docx(), "内容却不是 OFD"),
    ("sheet", "台账.xlsx", hostile.workbook(FORMULA), "单元格 B7 是公式"),
    ("sheet", "台账.xlsx", hostile.workbook("", **{"甲": PLAIN, "乙|hidden": FORMULA}), "是公式"),
    ("sheet", "台账.xlsx", hostile.with_part("xl/vbaProject.bin", b"x"), "含有宏"),
    ("sheet", "台账.xlsx", hostile.overlapping(), "互相重叠"),
    ("sheet", "台账.xlsm", xlsx(), "另存为 .xlsx"),
    ("sheet", "台账.csv", b"<html><body>", "内容却是网页"),
    ("photo", "现场.jpg", png(), "内容却不是完整的图片"),
    ("photo", "现场.jpg", b"\xff\xd8\xff", "内容却不是完整的图片"),
    ("photo", "现场.jpg", b"\xff\xd8\xff\xff" + b"\xff" * 99, "内容却不是完整的图片"),
    ("photo", "现场.png", b"\x89PNG\r\n\x1a\n<script>", "内容却不是完整的图片"),
    ("photo", "现场.png", png(60_000, 60_000), "上限 10000 万像素"),
    ("photo", "现场.png", png(0, 3), "像素"),
    ("photo", "现场.heic", b"x", "另存为 .jpg 或 .png"),
    ("photo", "现场.pdf", pdf(), "此类只收"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "name", "content"), GOOD, ids=range(len(GOOD)))
def test_files_that_are_what_they_say_are_taken(kind, name, content):
    assert check_proof(name, content, kind=kind) == name.rpartition(".")[2].lower()


@pytest.mark.parametrize(("kind", "name", "content", "said"), BAD, ids=range(len(BAD)))
def test_others_are_refused_by_name_with_rule_and_remedy(kind, name, content, said):
    with pytest.raises(Invalid) as refusal:
        check_proof(name, content, kind=kind)
    message = refusal.value.message
    assert message.startswith(f"文件“{name}”") and said in message and "请" in message


def test_a_file_of_60_mb_is_refused_before_it_is_looked_at(monkeypatch):
    monkeypatch.setattr(proofs, "_CHECKS", {})
    with pytest.raises(Invalid, match="大小为60.0 MB，超过上限50.0 MB，请压缩或拆分"):
        check_proof("通知.pdf", b"0" * 60 * 1024 * 1024, kind="document")


def test_hidden_signs_do_not_disguise_an_ending():
    with pytest.raises(Invalid, match="此类只收"):
        check_proof("通知\u202efdp.exe", b"MZ", kind="document")


def test_every_kind_of_the_pack_format_has_endings_and_every_ending_a_type():
    assert ENDINGS.keys() == FILE_KINDS.keys()
    assert {ending for endings in ENDINGS.values() for ending in endings} == MEDIA.keys()
