"""A document with one of everything, and ways to look inside a rendered file."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

from luoshi.kernel.documents import tree
from luoshi.kernel.documents.docx import render_docx
from luoshi.kernel.documents.ooxml import NAMESPACES

W = f"{{{NAMESPACES['w']}}}"

REPORT = tree.Document(
    head=tree.Head("中共示例区委办公室文件", "示委办发〔2021〕3号"),
    title_lines=("示例区2020年度落实主体责任", "工作情况的报告"),
    addressee="市委",
    blocks=(
        tree.Heading(1, "一、总体情况"),
        tree.Heading(2, "（一）任务完成情况"),
        tree.Paragraph(
            (
                tree.Text("全年应办"),
                tree.FigureRun("done.den", "425"),
                tree.Text("件，按时办结率"),
                tree.FigureRun("done", "98.35%", "/reports/figure/done"),
                tree.Text("，比上年的"),
                tree.FigureRun("done", "97.65%"),
                tree.Text("提高0.70个百分点。"),
            )
        ),
        tree.Heading(3, "1.街道情况"),
        tree.Table(
            (tree.Column("街道", 60), tree.Column("办结", 30, "right"), tree.Column("评价", 30, "center")),
            (
                (tree.Cell("王家街道"), tree.Cell("12", "unit.wangjia"), tree.Cell("好")),
                (tree.Cell("兴隆街道"), tree.Cell("9"), tree.Cell("较好")),
            ),
            "表1　各街道办结情况",
        ),
        tree.Chart(
            "bar",
            "图1　各季度办结数量",
            ("第一季度", "第二季度", "第三季度"),
            (
                ("办结", (Decimal("12"), None, Decimal("23.50"))),
                ("受理", (Decimal(14), Decimal(9), Decimal(30))),
            ),
            "件",
            "第三季度最多",
        ),
        tree.Quote("全市平均办结率96.50%", "《2020年政府工作报告》"),
        tree.Heading(4, "（1）小结"),
        tree.Paragraph((tree.Text("特此报告。"),)),
    ),
    sign=tree.Sign("中共示例区委员会", date(2021, 1, 5)),
    notes=("数据截至2020年12月31日",),
    imprint=tree.Imprint(
        "中共示例区委办公室", date(2021, 1, 15), "区人大常委会办公室，区政府办公室，区政协办公室"
    ),
    meta={"created": "2021-01-15T00:00:00Z", "author": "示例区委办公室"},
)


def with_blocks(*blocks: tree.Block) -> tree.Document:
    return replace(REPORT, blocks=blocks)


def with_text(text: str) -> tree.Document:
    return with_blocks(tree.Paragraph((tree.Text(text),)))


def parts_of(docx: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def part(doc: tree.Document, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(parts_of(render_docx(doc))[name])


def body(doc: tree.Document) -> ElementTree.Element:
    found = part(doc, "word/document.xml").find(f"{W}body")
    assert found is not None
    return found


def text_of(element: ElementTree.Element) -> str:
    return "".join(node.text or "" for node in element.iter(f"{W}t"))


def paragraph_with(doc: tree.Document, text: str) -> ElementTree.Element:
    """Return the first paragraph whose text starts with ``text``."""
    for found in body(doc).iter(f"{W}p"):
        if text_of(found).startswith(text):
            return found
    raise AssertionError(f"no paragraph starts with {text}")


def attribute(element: ElementTree.Element, path: str, name: str) -> str | None:
    found = element.find("/".join(W + step for step in path.split("/")))
    return None if found is None else found.get(W + name)
