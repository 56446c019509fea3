"""A native DrawingML chart with its numbers in an embedded workbook, so that a reader can open them."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from decimal import Decimal

import xlsxwriter

from luoshi.core import gbt9704 as gb
from luoshi.kernel.documents import tree
from luoshi.kernel.documents.docx_blocks import Canvas, caption
from luoshi.kernel.documents.docx_text import Shape, paragraph
from luoshi.kernel.documents.ooxml import NAMESPACES, Xml, el, join, root, words, zip_bytes
from luoshi.kernel.documents.text import clean_text

COLORS = ("C00000", "D9A441", "4472C4", "7F7F7F", "548235", "7030A0")
MARKERS = ("circle", "diamond", "square", "triangle", "star", "x")
WIDTH_MM, HEIGHT_MM = 150.0, 68.0
# Bars lie down when there are many, or when a name is too wide to stand under its bar without being turned.
LYING_FROM = 11
LABEL_PT, PLOT_WIDTH_MM = 10.5, 138.0
LYING_ROW_MM, TALLEST_MM = 6.0, 205.0
_SHEET = "Sheet1"


def chart(canvas: Canvas, block: tree.Chart) -> list[Xml]:
    """Return the paragraph with the chart and, under it, its title with the unit."""
    number = next(canvas.drawing_ids)
    part = canvas.package.add(
        f"word/charts/chart{number}.xml",
        b"",
        "application/vnd.openxmlformats-officedocument.drawingml.chart+xml",
    )
    book = f"word/embeddings/chart{number}.xlsx"
    canvas.package.add(
        book, workbook(block), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    part.content = _chart_part(block, part.relate("package", book))
    relation = canvas.document.relate("chart", part.name)
    shape = Shape(align="center", snap=False, free_line=True, before_twips=120, keep_next=bool(block.title))
    drawn = paragraph(shape, [el("w:r", None, _drawing(block, relation, number))])
    return [drawn, caption(chart_title(block), keep_next=False)] if block.title else [drawn]


def chart_title(block: tree.Chart) -> str:
    return f"{block.title}（单位：{block.unit}）" if block.unit else block.title


def workbook(block: tree.Chart) -> bytes:
    """Return the chart's numbers as a workbook: categories in column A, one column a series."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": datetime(1980, 1, 1)})  # noqa: DTZ001 - a fixed date keeps the bytes fixed
    sheet = book.add_worksheet(_SHEET)
    for column, (name, values) in enumerate(block.series, start=1):
        sheet.write_string(0, column, clean_text(name))
        for row, value in enumerate(values, start=1):
            if value is not None:
                sheet.write_number(row, column, value)
    for row, category in enumerate(block.categories, start=1):
        sheet.write_string(row, 0, clean_text(category))
    book.close()
    with zipfile.ZipFile(out) as archive:
        return zip_bytes({name: archive.read(name) for name in archive.namelist()})


def _drawing(block: tree.Chart, relation: str, number: int) -> Xml:
    graphic = el(
        "a:graphic",
        {"xmlns:a": NAMESPACES["a"]},
        el(
            "a:graphicData",
            {"uri": NAMESPACES["c"]},
            el("c:chart", {"xmlns:c": NAMESPACES["c"], "r:id": relation}),
        ),
    )
    inline = el(
        "wp:inline",
        {"distT": 0, "distB": 0, "distL": 0, "distR": 0},
        el("wp:extent", {"cx": gb.mm_emu(WIDTH_MM), "cy": gb.mm_emu(_height_mm(block))}),
        el("wp:docPr", {"id": number, "name": f"图表{number}", "descr": block.alt or chart_title(block)}),
        el("wp:cNvGraphicFramePr"),
        graphic,
    )
    return el("w:drawing", None, inline)


def _lying(block: tree.Chart) -> bool:
    if block.kind != "bar" or not block.categories:
        return False
    widest_mm = max(gb.chars_wide(clean_text(name)) for name in block.categories) * LABEL_PT / 72 * 25.4
    return len(block.categories) >= LYING_FROM or widest_mm > PLOT_WIDTH_MM / len(block.categories)


def _height_mm(block: tree.Chart) -> float:
    if not _lying(block):
        return HEIGHT_MM
    rows = len(block.categories) * (1 + 0.4 * (len(block.series) - 1))
    return min(TALLEST_MM, 18 + rows * LYING_ROW_MM)


def _chart_part(block: tree.Chart, workbook_relation: str) -> bytes:
    series = join(_series(block, number) for number in range(len(block.series)))
    legend = [_legend()] if len(block.series) > 1 else []
    plot = el(
        "c:plotArea", None, el("c:layout"), _plot(block, series), _category_axis(block), _value_axis(block)
    )
    return root(
        "c:chartSpace",
        "c a r",
        None,
        el("c:roundedCorners", {"val": 0}),
        el(
            "c:chart",
            None,
            el("c:autoTitleDeleted", {"val": 1}),
            plot,
            *legend,
            el("c:plotVisOnly", {"val": 1}),
            el("c:dispBlanksAs", {"val": "gap"}),
        ),
        el("c:spPr", None, el("a:noFill"), el("a:ln", None, el("a:noFill"))),
        _letters(10.5),
        el("c:externalData", {"r:id": workbook_relation}, el("c:autoUpdate", {"val": 0})),
    )


def _plot(block: tree.Chart, series: Xml) -> Xml:
    axes = [el("c:axId", {"val": 11}), el("c:axId", {"val": 12})]
    vary = el("c:varyColors", {"val": 0})
    if block.kind == "line":
        marker = el("c:marker", {"val": 1})
        return el(
            "c:lineChart",
            None,
            el("c:grouping", {"val": "standard"}),
            vary,
            series,
            _labels("t"),
            marker,
            *axes,
        )
    return el(
        "c:barChart",
        None,
        el("c:barDir", {"val": "bar" if _lying(block) else "col"}),
        el("c:grouping", {"val": "clustered"}),
        vary,
        series,
        _labels("outEnd"),
        el("c:gapWidth", {"val": 70 if len(block.series) > 1 else 90}),
        *axes,
    )


def _series(block: tree.Chart, number: int) -> Xml:
    name, values = block.series[number]
    column, last = chr(ord("B") + number), len(block.categories) + 1
    color = el("a:solidFill", None, el("a:srgbClr", {"val": COLORS[number % len(COLORS)]}))
    head = [
        el("c:idx", {"val": number}),
        el("c:order", {"val": number}),
        el("c:tx", None, _string_reference(f"{_SHEET}!${column}$1", (name,))),
    ]
    if block.kind == "line":
        marker = el(
            "c:marker",
            None,
            el("c:symbol", {"val": MARKERS[number % len(MARKERS)]}),
            el("c:size", {"val": 6}),
            el("c:spPr", None, color),
        )
        look = [el("c:spPr", None, el("a:ln", {"w": 22225}, color)), marker]
        tail = [el("c:smooth", {"val": 0})]
    else:
        look = [el("c:spPr", None, color), el("c:invertIfNegative", {"val": 0})]
        tail = []
    return el(
        "c:ser",
        None,
        *head,
        *look,
        el("c:cat", None, _string_reference(f"{_SHEET}!$A$2:$A${last}", block.categories)),
        el("c:val", None, _number_reference(f"{_SHEET}!${column}$2:${column}${last}", values)),
        *tail,
    )


def _string_reference(formula: str, texts: tuple[str, ...]) -> Xml:
    points = [el("c:pt", {"idx": number}, el("c:v", None, words(text))) for number, text in enumerate(texts)]
    cache = el("c:strCache", None, el("c:ptCount", {"val": len(texts)}), *points)
    return el("c:strRef", None, el("c:f", None, words(formula)), cache)


def _number_reference(formula: str, values: tuple[Decimal | None, ...]) -> Xml:
    points = [
        el("c:pt", {"idx": number}, el("c:v", None, words(f"{value:f}")))
        for number, value in enumerate(values)
        if value is not None
    ]
    cache = el(
        "c:numCache",
        None,
        el("c:formatCode", None, words(_format(values))),
        el("c:ptCount", {"val": len(values)}),
        *points,
    )
    return el("c:numRef", None, el("c:f", None, words(formula)), cache)


def _format(values: tuple[Decimal | None, ...]) -> str:
    """Return a number format with as many decimals as the longest value of the series has, at most 4."""
    exponents = [value.as_tuple().exponent for value in values if value is not None and value.is_finite()]
    digits = max((-e for e in exponents if isinstance(e, int) and e < 0), default=0)
    return "0" if digits == 0 else "0." + "0" * min(digits, 4)


def _labels(position: str) -> Xml:
    switches = {"LegendKey": 0, "Val": 1, "CatName": 0, "SerName": 0, "Percent": 0, "BubbleSize": 0}
    shown = [el(f"c:show{name}", {"val": value}) for name, value in switches.items()]
    return el("c:dLbls", None, _letters(9), el("c:dLblPos", {"val": position}), *shown)


def _letters(size_pt: float) -> Xml:
    properties = el(
        "a:defRPr",
        {"sz": round(size_pt * 100), "b": 0},
        el("a:latin", {"typeface": gb.LATIN}),
        el("a:ea", {"typeface": gb.FANG}),
    )
    line = el("a:p", None, el("a:pPr", None, properties), el("a:endParaRPr", {"lang": "zh-CN"}))
    return el("c:txPr", None, el("a:bodyPr"), el("a:lstStyle"), line)


def _legend() -> Xml:
    return el("c:legend", None, el("c:legendPos", {"val": "b"}), el("c:overlay", {"val": 0}), _letters(10.5))


def _category_axis(block: tree.Chart) -> Xml:
    # A lying chart is read from the top, so its first category goes there.
    order = "maxMin" if _lying(block) else "minMax"
    return el(
        "c:catAx",
        None,
        el("c:axId", {"val": 11}),
        el("c:scaling", None, el("c:orientation", {"val": order})),
        el("c:delete", {"val": 0}),
        el("c:axPos", {"val": "l" if _lying(block) else "b"}),
        el("c:majorTickMark", {"val": "none"}),
        el("c:minorTickMark", {"val": "none"}),
        el("c:tickLblPos", {"val": "low"}),
        el("c:spPr", None, el("a:ln", {"w": 6350}, _gray("7F7F7F"))),
        _letters(LABEL_PT),
        el("c:crossAx", {"val": 12}),
    )


def _value_axis(block: tree.Chart) -> Xml:
    values = [value for _, column in block.series for value in column if value is not None]
    # A bar that does not start at zero lies about its length; a line may be cut out of its range.
    from_zero = block.kind == "bar" and all(value >= 0 for value in values)
    # c:max stands before c:min. Shares of a whole end at 100, not at the 120 a program would pick.
    is_share = block.unit in ("%", "％") and all(value <= 100 for value in values)
    range_ends = [el("c:max", {"val": 100})] if is_share else []
    range_ends += [el("c:min", {"val": 0})] if from_zero else []
    return el(
        "c:valAx",
        None,
        el("c:axId", {"val": 12}),
        el("c:scaling", None, el("c:orientation", {"val": "minMax"}), *range_ends),
        el("c:delete", {"val": 0}),
        el("c:axPos", {"val": "b" if _lying(block) else "l"}),
        el("c:majorGridlines", None, el("c:spPr", None, el("a:ln", {"w": 6350}, _gray("D9D9D9")))),
        el("c:numFmt", {"formatCode": "General", "sourceLinked": 0}),
        el("c:majorTickMark", {"val": "none"}),
        el("c:minorTickMark", {"val": "none"}),
        el("c:tickLblPos", {"val": "high" if _lying(block) else "nextTo"}),
        el("c:spPr", None, el("a:ln", None, el("a:noFill"))),
        _letters(10),
        el("c:crossAx", {"val": 11}),
    )


def _gray(color: str) -> Xml:
    return el("a:solidFill", None, el("a:srgbClr", {"val": color}))
