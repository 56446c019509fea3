"""信函格式 (GB/T 9704-2012, 10.1): organ mark above a red double rule, another one at the foot of page one.

Mark and rules stand in the header of the first page, so that the text keeps its own page. The rules are
filled bars placed on the page: borders of a paragraph cannot be wider than the type area everywhere.
"""

from __future__ import annotations

from luoshi.core import gbt9704 as gb
from luoshi.kernel.documents import tree
from luoshi.kernel.documents.docx_text import Look, Shape, paragraph, runs
from luoshi.kernel.documents.ooxml import Xml, el, root

_MARK_LINE_FACTOR = 1.25
_MARK_FOOT_FACTOR = 1.10  # as for the organ mark of the ordinary format, measured
_BELOW_RULE_TWIPS = 120
_FIRST_IDENT = 9001


def mark_pt(head: tree.Head) -> float:
    """Return the size of the organ mark in points."""
    return min(gb.organ_mark_fit(head.org).size_pt, gb.LETTER_MARK_MOST_PT)


def header_from_edge_twips(head: tree.Head) -> int:
    """Return where the header begins, so that the characters of the mark begin 30 mm below the edge."""
    lead = mark_pt(head) * (_MARK_LINE_FACTOR - _MARK_FOOT_FACTOR)
    return gb.mm_twips(gb.LETTER_MARK_TOP_MM) - round(lead * 20)


def first_header(head: tree.Head) -> bytes:
    """Return the header of page one: the mark, the rules of the page, and the room below them."""
    size = mark_pt(head)
    fit = gb.organ_mark_fit(head.org)
    look = Look(east=gb.XBS, latin=gb.XBS, color=gb.RED, spacing_twips=0, squeeze=fit.squeeze, size_pt=size)
    line = round(size * _MARK_LINE_FACTOR * 20)
    shape = Shape(style="Header", align="center", snap=False, line_twips=line)
    upper = gb.LETTER_MARK_TOP_MM + size * 25.4 / 72 + gb.LETTER_MARK_TO_RULE_MM
    lower = gb.PAGE_HEIGHT_MM - gb.LETTER_RULE_FROM_FOOT_MM
    bars = [*_double(upper, thick_first=True, ident=_FIRST_IDENT)]
    bars += _double(lower, thick_first=False, ident=_FIRST_IDENT + 2)
    mark = paragraph(shape, [*runs(head.org, look), *bars])
    # Down to the rule, so that the text of page one begins below it.
    room = gb.mm_twips(gb.LETTER_MARK_TO_RULE_MM) + _BELOW_RULE_TWIPS
    below = paragraph(Shape(style="Header", snap=False, line_twips=room), [])
    return root("w:hdr", "w r wp mc wps", None, mark, below)


def number_line(head: tree.Head) -> list[Xml]:
    """Return the number at the right edge of the type area, 7/8 of a character below the rule (10.1)."""
    if not head.number:
        return []
    return [paragraph(Shape(align="right", snap=False, line_twips=400), runs(head.number))]


def _double(y_mm: float, *, thick_first: bool, ident: int) -> list[Xml]:
    """Return a double rule whose first bar begins at ``y_mm`` from the edge of the page."""
    first, second = (
        (gb.LETTER_THICK_MM, gb.LETTER_THIN_MM) if thick_first else (gb.LETTER_THIN_MM, gb.LETTER_THICK_MM)
    )
    return [
        _bar(y_mm, first, ident),
        _bar(y_mm + first + gb.LETTER_GAP_MM, second, ident + 1),
    ]


def _bar(y_mm: float, height_mm: float, ident: int) -> Xml:
    extent: dict[str, str | int] = {"cx": gb.mm_emu(gb.LETTER_RULE_MM), "cy": gb.mm_emu(height_mm)}
    fill = el("a:solidFill", None, el("a:srgbClr", {"val": gb.RED}))
    shape = el(
        "wps:wsp",
        None,
        el("wps:cNvSpPr"),
        el(
            "wps:spPr",
            None,
            el("a:xfrm", None, el("a:off", {"x": 0, "y": 0}), el("a:ext", extent)),
            el("a:prstGeom", {"prst": "rect"}, el("a:avLst")),
            fill,
            el("a:ln", None, el("a:noFill")),
        ),
        el("wps:bodyPr"),
    )
    graphic = el(
        "a:graphic",
        {"xmlns:a": "http://schemas.openxmlformats.org/drawingml/2006/main"},
        el(
            "a:graphicData",
            {"uri": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"},
            shape,
        ),
    )
    left = gb.mm_emu((gb.PAGE_WIDTH_MM - gb.LETTER_RULE_MM) / 2)
    anchor = el(
        "wp:anchor",
        {
            "distT": 0,
            "distB": 0,
            "distL": 0,
            "distR": 0,
            "simplePos": 0,
            "relativeHeight": ident,
            "behindDoc": 1,
            "locked": 0,
            "layoutInCell": 1,
            "allowOverlap": 1,
        },
        el("wp:simplePos", {"x": 0, "y": 0}),
        el("wp:positionH", {"relativeFrom": "page"}, el("wp:posOffset", None, Xml(str(left)))),
        el("wp:positionV", {"relativeFrom": "page"}, el("wp:posOffset", None, Xml(str(gb.mm_emu(y_mm))))),
        el("wp:extent", extent),
        el("wp:wrapNone"),
        el("wp:docPr", {"id": ident, "name": f"红线{ident}", "descr": "红色双线"}),
        el("wp:cNvGraphicFramePr"),
        graphic,
    )
    choice = el("mc:Choice", {"Requires": "wps"}, el("w:drawing", None, anchor))
    return el("w:r", None, el("mc:AlternateContent", None, choice, el("mc:Fallback")))
