"""What a page of the DOCX is: styles, settings, font table, section and page numbers."""

from __future__ import annotations

from luoshi.core import gbt9704 as gb
from luoshi.kernel.documents import docx_letter, tree
from luoshi.kernel.documents.docx_text import Look, Shape, field_runs, fonts, paragraph, runs
from luoshi.kernel.documents.ooxml import Package, Part, Xml, el, root, words

WML = "application/vnd.openxmlformats-officedocument.wordprocessingml"

PANOSE = {
    gb.FANG: "02010609060101010101",
    gb.KAI: "02010609060101010101",
    gb.HEI: "02010609060101010101",
    gb.XBS: "02010601030101010101",
    gb.SONG: "02010600030101010101",
}
SIDES = ("w:top", "w:right", "w:bottom", "w:left")
HEADING_FONTS = (gb.HEI, gb.KAI, gb.FANG, gb.FANG)  # levels 1 to 4, GB/T 9704 7.3.3


def add_page_parts(
    package: Package, document: Part, letter: tree.Head | None = None, *, landscape: bool = False
) -> Xml:
    """Add the parts that make the page and return the ``w:sectPr`` that uses them.

    ``letter``: the head of a letter, which stands in the header of page one; that page has no number.
    """
    for name, content in (("styles", _styles()), ("settings", _settings()), ("fontTable", _font_table())):
        package.add(f"word/{name}.xml", content, f"{WML}.{name}+xml")
        document.relate(name, f"word/{name}.xml")
    footers: list[Xml] = []
    for kind, side in (("default", "right"), ("even", "left")):
        name = f"word/footer_{kind}.xml"
        package.add(name, _footer(side), f"{WML}.footer+xml")
        footers.append(el("w:footerReference", {"w:type": kind, "r:id": document.relate("footer", name)}))
    if letter is not None:
        package.add("word/header_first.xml", docx_letter.first_header(letter), f"{WML}.header+xml")
        package.add("word/footer_first.xml", _no_footer(), f"{WML}.footer+xml")
        first = document.relate("header", "word/header_first.xml")
        footers.insert(0, el("w:headerReference", {"w:type": "first", "r:id": first}))
        empty = document.relate("footer", "word/footer_first.xml")
        footers.append(el("w:footerReference", {"w:type": "first", "r:id": empty}))
    return _section(footers, letter, landscape)


def _no_footer() -> bytes:
    return root("w:ftr", "w r", None, paragraph(Shape(style="Footer")))


def _section(footers: list[Xml], letter: tree.Head | None, landscape: bool) -> Xml:
    """Return the section; a page on its side is the upright one turned, head to the left."""
    twips = gb.mm_twips
    width, height = gb.PAGE_WIDTH_MM, gb.PAGE_HEIGHT_MM
    margins = (gb.MARGIN_TOP_MM, gb.MARGIN_RIGHT_MM, gb.MARGIN_BOTTOM_MM, gb.MARGIN_LEFT_MM)
    turned = {"w:orient": "landscape"} if landscape else {}
    if landscape:
        width, height, margins = height, width, (*margins[3:], *margins[:3])
    return el(
        "w:sectPr",
        None,
        *footers,
        el("w:pgSz", {"w:w": twips(width), "w:h": twips(height), **turned}),
        el(
            "w:pgMar",
            {
                **dict(zip(SIDES, map(twips, margins), strict=True)),
                "w:header": docx_letter.header_from_edge_twips(letter)
                if letter
                else twips(gb.HEADER_FROM_EDGE_MM),
                "w:footer": twips(gb.FOOTER_FROM_EDGE_MM),
                "w:gutter": 0,
            },
        ),
        *([el("w:titlePg")] if letter else []),
        el("w:docGrid", {"w:type": "lines", "w:linePitch": gb.LINE_TWIPS}),
    )


def _footer(side: str) -> bytes:
    """One dash, the page number, one dash; one character in from the outer edge (7.5)."""
    look = Look(east=gb.SONG, latin=gb.SONG, size_pt=gb.SMALL_PT, spacing_twips=0)
    shape = Shape(
        style="Footer",
        align="right" if side == "right" else "left",
        right_chars=1 if side == "right" else None,
        left_chars=1 if side == "left" else None,
        char_twips=round(gb.SMALL_PT * 20),
    )
    content = [*runs("— ", look), *field_runs("PAGE", "1", look), *runs(" —", look)]
    return root("w:ftr", "w r", None, paragraph(shape, content))


def _settings() -> bytes:
    on = {"w:val": 1}
    compat = [
        el("w:spaceForUL"),
        el("w:balanceSingleByteDoubleByteWidth"),
        el("w:doNotLeaveBackslashAlone"),
        el("w:ulTrailSpace"),
        el("w:doNotExpandShiftReturn"),
        el("w:useFELayout"),
        el(
            "w:compatSetting",
            {
                "w:name": "compatibilityMode",
                "w:uri": "http://schemas.microsoft.com/office/word",
                "w:val": 15,
            },
        ),
    ]
    return root(
        "w:settings",
        "w",
        None,
        el("w:zoom", {"w:percent": 100}),
        el("w:bordersDoNotSurroundHeader"),
        el("w:bordersDoNotSurroundFooter"),
        el("w:defaultTabStop", {"w:val": 420}),
        el("w:evenAndOddHeaders", on),
        el("w:characterSpacingControl", {"w:val": "doNotCompress"}),
        el("w:compat", None, *compat),
        el("w:themeFontLang", {"w:val": "en-US", "w:eastAsia": "zh-CN"}),
        el("w:decimalSymbol", {"w:val": "."}),
        el("w:listSeparator", {"w:val": ","}),
    )


def _font_table() -> bytes:
    entries = []
    for name, panose in PANOSE.items():
        wider = gb.WIDER_FONT.get(name)
        entries.append(
            el(
                "w:font",
                {"w:name": name},
                *([el("w:altName", {"w:val": wider})] if wider else []),
                el("w:panose1", {"w:val": panose}),
                el("w:charset", {"w:val": "86"}),
                el("w:family", {"w:val": "modern"}),
                el("w:pitch", {"w:val": "fixed"}),
            )
        )
    return root("w:fonts", "w", None, *entries)


def _styles() -> bytes:
    languages = {"w:val": "en-US", "w:eastAsia": "zh-CN", "w:bidi": "ar-SA"}
    defaults = el(
        "w:docDefaults",
        None,
        el("w:rPrDefault", None, el("w:rPr", None, fonts(gb.FANG), el("w:lang", languages))),
        el("w:pPrDefault"),
    )
    return root(
        "w:styles",
        "w",
        None,
        defaults,
        _normal_style(),
        _default_style("character", "DefaultParagraphFont", "Default Paragraph Font"),
        _table_default_style(),
        _style("Body", "Body Text", paragraph_of=Shape(align="both", first_chars=2)),
        _title_style(),
        *(_heading_style(level) for level in (1, 2, 3, 4)),
        _style("Caption", "caption", Look(east=gb.HEI, size_pt=gb.SMALL_PT), Shape(align="center")),
        _style("Quote", "Quote", Look(east=gb.KAI), Shape(align="both", first_chars=2)),
        _style("TableText", "Table Text", Look(spacing_twips=0), Shape(snap=False, line_twips=360)),
        _style("Header", "header", Look(spacing_twips=0), Shape(snap=False)),
        _style("Footer", "footer", Look(spacing_twips=0), Shape(snap=False, line_twips=320)),
    )


def _normal_style() -> Xml:
    off = {"w:val": 0}
    properties = el(
        "w:pPr",
        None,
        el("w:widowControl", off),
        el("w:overflowPunct", off),  # punctuation may not hang into the margin
        el("w:autoSpaceDE", off),  # no extra space between Chinese and digits: 28 characters stay 28
        el("w:autoSpaceDN", off),
        el("w:adjustRightInd", off),
        el("w:spacing", {"w:before": 0, "w:after": 0, "w:line": gb.LINE_TWIPS, "w:lineRule": "exact"}),
    )
    look = Look(east=gb.FANG, size_pt=gb.BODY_PT, spacing_twips=gb.BODY_SPACING_TWIPS)
    return el(
        "w:style",
        {"w:type": "paragraph", "w:default": 1, "w:styleId": "Normal"},
        el("w:name", {"w:val": "Normal"}),
        el("w:qFormat"),
        properties,
        look.properties(),
    )


def _default_style(kind: str, ident: str, name: str) -> Xml:
    return el(
        "w:style",
        {"w:type": kind, "w:default": 1, "w:styleId": ident},
        el("w:name", {"w:val": name}),
        el("w:uiPriority", {"w:val": 1}),
    )


def _table_default_style() -> Xml:
    sides = ("top", "left", "bottom", "right")
    margins = [
        el(f"w:{side}", {"w:w": 57 if side in ("left", "right") else 0, "w:type": "dxa"}) for side in sides
    ]
    return el(
        "w:style",
        {"w:type": "table", "w:default": 1, "w:styleId": "TableNormal"},
        el("w:name", {"w:val": "Normal Table"}),
        el("w:tblPr", None, el("w:tblInd", {"w:w": 0, "w:type": "dxa"}), el("w:tblCellMar", None, *margins)),
    )


def _style(ident: str, name: str, look: Look | None = None, paragraph_of: Shape | None = None) -> Xml:
    return el(
        "w:style",
        {"w:type": "paragraph", "w:styleId": ident},
        el("w:name", {"w:val": name}),
        el("w:basedOn", {"w:val": "Normal"}),
        el("w:qFormat"),
        paragraph_of.properties() if paragraph_of else Xml(""),
        look.properties() if look else Xml(""),
    )


def _title_style() -> Xml:
    # Off the grid: 33 pt lines would otherwise jump to two grid lines each.
    shape = Shape(align="center", snap=False, line_twips=round(gb.TITLE_LINE_PT * 20))
    # Digits in the same face: beside the heavy title face, Times would look like a hole.
    look = Look(east=gb.XBS, latin=gb.XBS, size_pt=gb.TITLE_PT, spacing_twips=0)
    return _style("Title", "Title", look, shape)


def _heading_style(level: int) -> Xml:
    # w:outlineLvl comes last in w:pPr, after everything a Shape writes.
    shape = Shape(keep_next=True, first_chars=2).properties()
    with_level = shape.removesuffix("</w:pPr>") + el("w:outlineLvl", {"w:val": level - 1}) + "</w:pPr>"
    return el(
        "w:style",
        {"w:type": "paragraph", "w:styleId": f"Heading{level}"},
        el("w:name", {"w:val": f"heading {level}"}),
        el("w:basedOn", {"w:val": "Normal"}),
        el("w:next", {"w:val": "Body"}),
        el("w:qFormat"),
        Xml(with_level),
        Look(east=HEADING_FONTS[level - 1]).properties(),
    )


def core_properties(meta: dict[str, str]) -> bytes:
    """Return docProps/core.xml from ``meta``; what the caller does not say is left out."""
    children: list[Xml] = []
    for tag, key in (("dc:title", "title"), ("dc:subject", "subject"), ("dc:creator", "author")):
        if meta.get(key):
            children.append(el(tag, None, words(meta[key])))
    if meta.get("created"):
        for tag in ("dcterms:created", "dcterms:modified"):
            children.append(el(tag, {"xsi:type": "dcterms:W3CDTF"}, words(meta["created"])))
    return root("cp:coreProperties", "cp dc dcterms xsi", None, *children)
