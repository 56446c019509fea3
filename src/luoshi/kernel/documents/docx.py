"""``render_docx``: the document tree as an official document after GB/T 9704-2012.

The file is written part by part without a template, so that every byte follows from the tree: rendering a
frozen document again gives the same file, whose hash can be kept.
"""

from __future__ import annotations

from collections.abc import Mapping

from luoshi.core import gbt9704 as gb
from luoshi.kernel.documents import docx_blocks as blocks
from luoshi.kernel.documents import docx_letter, tree
from luoshi.kernel.documents.docx_chart import chart
from luoshi.kernel.documents.docx_imprint import imprint_paragraph
from luoshi.kernel.documents.docx_page import WML, add_page_parts, core_properties
from luoshi.kernel.documents.ooxml import Package, Xml, el, root

FIGURES_NAMESPACE = "urn:luoshi:figures"
# One fixed identity: the part is found by its namespace, the id only has to be there and stay the same.
_FIGURES_ID = "{6C756F73-6869-4669-8775-726573000001}"

Sources = Mapping[str, Mapping[str, str]]
"""Figure key → what the figure is bound to, as attribute names and values."""


def render_docx(doc: tree.Document, sources: Sources | None = None) -> bytes:
    """Return ``doc`` as DOCX bytes; the same tree and sources give the same bytes.

    Figures are wrapped in bookmarks (``tree.figure_marks``) and listed in a custom XML part with root
    ``luoshi-figures``: bookmark, key, printed text and, where ``sources`` knows it, what it is bound to.
    """
    package = Package()
    document = package.add("word/document.xml", b"", f"{WML}.document.main+xml")
    package.top.relate("officeDocument", document.name)
    letter = doc.head if doc.style == "letter" else None
    section = add_page_parts(package, document, letter, landscape=doc.landscape)
    width = gb.TYPE_HEIGHT_MM if doc.landscape else gb.TYPE_WIDTH_MM
    canvas = blocks.Canvas(package, document, width)
    content = [*_opening(doc), *_text(canvas, doc), *_ending(canvas, doc)]
    document.content = root("w:document", "w r wp mc wps", None, el("w:body", None, *content, section))
    _add_figures(package, doc, sources or {})
    _add_properties(package, doc)
    return package.to_bytes()


def _opening(doc: tree.Document) -> list[Xml]:
    if doc.head is None:
        out = []
    else:
        out = docx_letter.number_line(doc.head) if doc.style == "letter" else blocks.head(doc.head)
    out += blocks.title(doc.title_lines, after_head=doc.head is not None)
    if doc.addressee:
        out.append(blocks.addressee(doc.addressee))
    return out


def _text(canvas: blocks.Canvas, doc: tree.Document) -> list[Xml]:
    out: list[Xml] = []
    for number, block in enumerate(doc.blocks, start=1):
        # The page with the signature (and the seal) must also carry text (GB/T 9704, 7.3.5.4).
        keep = doc.sign is not None and number == len(doc.blocks)
        out += _block(canvas, block, keep_next=keep)
    return out


def _block(canvas: blocks.Canvas, block: tree.Block, *, keep_next: bool) -> list[Xml]:
    match block:
        case tree.Heading():
            return [blocks.heading(block)]
        case tree.Paragraph():
            return [blocks.body(canvas, block, keep_next=keep_next)]
        case tree.Caption():
            return [blocks.caption(block.text)]
        case tree.Quote():
            return [blocks.quote(block, keep_next=keep_next)]
        case tree.Table():
            return blocks.table(canvas, block, keep_next=keep_next)
        case tree.Chart():
            return chart(canvas, block)


def _ending(canvas: blocks.Canvas, doc: tree.Document) -> list[Xml]:
    out = blocks.sign(doc.sign) if doc.sign else []
    out += [blocks.note(text) for text in doc.notes]
    if doc.imprint:
        out.append(imprint_paragraph(doc.imprint, next(canvas.drawing_ids)))
    return out


def _add_figures(package: Package, doc: tree.Document, sources: Sources) -> None:
    rows = [
        el(
            "figure",
            {**sources.get(figure.key, {}), "mark": figure.mark, "key": figure.key, "text": figure.text},
        )
        for figure in tree.figure_marks(doc)
    ]
    item = package.add(
        "customXml/item1.xml",
        root("luoshi-figures", "", {"xmlns": FIGURES_NAMESPACE}, *rows),
        "application/xml",
    )
    properties = package.add(
        "customXml/itemProps1.xml",
        root(
            "ds:datastoreItem",
            "ds",
            {"ds:itemID": _FIGURES_ID},
            el("ds:schemaRefs", None, el("ds:schemaRef", {"ds:uri": FIGURES_NAMESPACE})),
        ),
        "application/vnd.openxmlformats-officedocument.customXmlProperties+xml",
    )
    item.relate("customXmlProps", properties.name)
    package.parts[0].relate("customXml", item.name)


def _add_properties(package: Package, doc: tree.Document) -> None:
    meta = {"title": "".join(doc.title_lines), **doc.meta}
    core = package.add(
        "docProps/core.xml",
        core_properties(meta),
        "application/vnd.openxmlformats-package.core-properties+xml",
    )
    package.top.relate(
        "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties", core.name
    )
    app = package.add(
        "docProps/app.xml",
        root(
            "Properties",
            "",
            {"xmlns": "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"},
            el("Application", None, Xml("Luoshi")),
        ),
        "application/vnd.openxmlformats-officedocument.extended-properties+xml",
    )
    package.top.relate("extended-properties", app.name)
