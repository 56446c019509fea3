"""版记: the block with copies, printing office and day, on the bottom edge of the last page.

A text box anchored to the bottom margin holds a two-row table. Paragraph rules would shrink with the
indents of the text, and LibreOffice set a floating table at the wrong height and lost the rules of a frame.
"""

from __future__ import annotations

from luoshi.core import gbt9704 as gb
from luoshi.kernel.documents.docx_text import Look, Shape, paragraph, rule, runs, tab_run
from luoshi.kernel.documents.ooxml import Xml, el, words
from luoshi.kernel.documents.tree import Imprint

_LOOK = Look(size_pt=gb.SMALL_PT, spacing_twips=0)
_CHAR = round(gb.SMALL_PT * 20)
_WIDTH = gb.mm_twips(gb.TYPE_WIDTH_MM)
_LINE = round(gb.IMPRINT_LINE_PT * 20)
_ROW_PAD = 80  # twips above and below the words of a row
_LABEL = "抄送："


def imprint_paragraph(imprint: Imprint, ident: int) -> Xml:
    """Return the last paragraph of the document, which carries the imprint.

    The paragraph is as high as the block and stays empty: it keeps the room free, so that the block never
    covers text and moves to a page of its own when the last one is full.
    """
    height = block_twips(imprint)
    shape = Shape(snap=False, line_twips=height)
    return paragraph(shape, [el("w:r", None, _text_box(imprint, height, ident))])


def block_twips(imprint: Imprint) -> int:
    """Return the height of the block in twips."""
    rows = ([_copies_lines(imprint.cc)] if imprint.cc else []) + [1]
    return sum(lines * _LINE + 2 * _ROW_PAD for lines in rows) + 40


def _copies_lines(cc: str) -> int:
    per_line = _WIDTH / _CHAR - 2 - len(_LABEL)
    return gb.line_count(cc + "。", int(per_line))


def _text_box(imprint: Imprint, height: int, ident: int) -> Xml:
    extent: dict[str, str | int] = {"cx": gb.mm_emu(gb.TYPE_WIDTH_MM), "cy": height * 635}
    graphic = el(
        "a:graphic",
        {"xmlns:a": "http://schemas.openxmlformats.org/drawingml/2006/main"},
        el(
            "a:graphicData",
            {"uri": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"},
            _shape(imprint, extent),
        ),
    )
    anchor = el(
        "wp:anchor",
        {
            "distT": 0,
            "distB": 0,
            "distL": 0,
            "distR": 0,
            "simplePos": 0,
            "relativeHeight": 2,
            "behindDoc": 0,
            "locked": 0,
            "layoutInCell": 1,
            "allowOverlap": 1,
        },
        el("wp:simplePos", {"x": 0, "y": 0}),
        el("wp:positionH", {"relativeFrom": "margin"}, el("wp:align", None, words("left"))),
        el("wp:positionV", {"relativeFrom": "margin"}, el("wp:align", None, words("bottom"))),
        el("wp:extent", extent),
        el("wp:wrapNone"),
        el("wp:docPr", {"id": ident, "name": "版记", "descr": "版记：抄送机关、印发机关和印发日期"}),
        el("wp:cNvGraphicFramePr"),
        graphic,
    )
    choice = el("mc:Choice", {"Requires": "wps"}, el("w:drawing", None, anchor))
    # A reader without shapes still gets the words.
    return el(
        "mc:AlternateContent", None, choice, el("mc:Fallback", None, el("w:t", None, words(_plain(imprint))))
    )


def _shape(imprint: Imprint, extent: dict[str, str | int]) -> Xml:
    nothing = el("a:noFill")
    return el(
        "wps:wsp",
        None,
        el("wps:cNvSpPr", {"txBox": 1}),
        el(
            "wps:spPr",
            None,
            el("a:xfrm", None, el("a:off", {"x": 0, "y": 0}), el("a:ext", extent)),
            el("a:prstGeom", {"prst": "rect"}, el("a:avLst")),
            nothing,
            el("a:ln", None, nothing),
        ),
        el("wps:txbx", None, el("w:txbxContent", None, _table(imprint), _closing_paragraph())),
        el(
            "wps:bodyPr",
            {"lIns": 0, "tIns": 0, "rIns": 0, "bIns": 0, "anchor": "b", "wrap": "square"},
            el("a:noAutofit"),
        ),
    )


def _closing_paragraph() -> Xml:
    # A text box must end with a paragraph; one twip high, so that the last rule lies on the edge.
    return paragraph(Shape(snap=False, line_twips=20), [])


def _table(imprint: Imprint) -> Xml:
    rows: list[Xml] = []
    if imprint.cc:
        rows.append(_copies_row(imprint.cc))
    rows.append(_printer_row(imprint, first=not rows))
    return el(
        "w:tbl",
        None,
        el(
            "w:tblPr",
            None,
            el("w:tblW", {"w:w": _WIDTH, "w:type": "dxa"}),
            el("w:tblInd", {"w:w": 0, "w:type": "dxa"}),
            el("w:tblLayout", {"w:type": "fixed"}),
            el(
                "w:tblCellMar",
                None,
                *(el(f"w:{side}", {"w:w": 0, "w:type": "dxa"}) for side in ("left", "right")),
            ),
        ),
        el("w:tblGrid", None, el("w:gridCol", {"w:w": _WIDTH})),
        *rows,
    )


def _copies_row(cc: str) -> Xml:
    """抄送 one character in; further lines stand under the first character after the colon (7.4.2)."""
    shape = Shape(
        snap=False,
        align="both",
        line_twips=_LINE,
        left_chars=1 + len(_LABEL),
        right_chars=1,
        hang_chars=len(_LABEL),
        char_twips=_CHAR,
    )
    height = _copies_lines(cc) * _LINE + 2 * _ROW_PAD
    content = paragraph(shape, runs(f"{_LABEL}{cc}。", _LOOK))
    return _row(
        height, content, (rule("top", gb.THICK_RULE_EIGHTHS_PT), rule("bottom", gb.THIN_RULE_EIGHTHS_PT))
    )


def _printer_row(imprint: Imprint, *, first: bool) -> Xml:
    shape = Shape(
        snap=False, line_twips=_LINE, left_chars=1, char_twips=_CHAR, right_tab_twips=_WIDTH - _CHAR
    )
    printed = f"{gb.date_text(imprint.printed_on)}印发"
    content = paragraph(shape, [*runs(imprint.printer, _LOOK), tab_run(_LOOK), *runs(printed, _LOOK)])
    top = gb.THICK_RULE_EIGHTHS_PT if first else gb.THIN_RULE_EIGHTHS_PT
    return _row(_LINE + 2 * _ROW_PAD, content, (rule("top", top), rule("bottom", gb.THICK_RULE_EIGHTHS_PT)))


def _row(height: int, content: Xml, borders: tuple[Xml, Xml]) -> Xml:
    cell = el(
        "w:tcPr",
        None,
        el("w:tcW", {"w:w": _WIDTH, "w:type": "dxa"}),
        el("w:tcBorders", None, *borders),
        el("w:vAlign", {"w:val": "center"}),
    )
    properties = el(
        "w:trPr", None, el("w:cantSplit"), el("w:trHeight", {"w:val": height, "w:hRule": "exact"})
    )
    return el("w:tr", None, properties, el("w:tc", None, cell, content))


def _plain(imprint: Imprint) -> str:
    copies = f"{_LABEL}{imprint.cc}。 " if imprint.cc else ""
    return f"{copies}{imprint.printer} {gb.date_text(imprint.printed_on)}印发"
