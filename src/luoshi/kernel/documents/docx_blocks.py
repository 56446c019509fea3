"""The blocks of the tree as DOCX paragraphs and tables, from the red head down to the notes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count

from luoshi.core import gbt9704 as gb
from luoshi.kernel.documents import tree
from luoshi.kernel.documents.docx_text import PLAIN, Look, Shape, paragraph, rule, runs, tab_run
from luoshi.kernel.documents.ooxml import Package, Part, Xml, el

# Measured: with this space above the mark, the top of its characters lies 35 mm below the type area's top
# for 48 pt; a smaller size needs more, because characters stand on the foot of an exact line.
_MARK_LINE_FACTOR = 1.25
_MARK_FOOT_FACTOR = 1.10
_CELL_PAD = 57  # twips left and right of the words in a table cell, 1 mm
# The head row never stands at the foot of a page with fewer rows than this.
_ROWS_WITH_HEAD = 2


@dataclass
class Canvas:
    """What rendering one document needs to remember: the package and the names already given.

    ``width_mm``: of the type area.
    """

    package: Package
    document: Part
    width_mm: float = gb.TYPE_WIDTH_MM
    marks: tree.MarkNames = field(default_factory=tree.MarkNames)
    mark_ids: count[int] = field(default_factory=lambda: count(1))
    drawing_ids: count[int] = field(default_factory=lambda: count(1))


# --- head, title, addressee ---


def head(head: tree.Head) -> list[Xml]:
    """Organ mark, two lines, number (with signer on documents to a superior), red rule."""
    return [_organ_mark(head.org), *_blank_lines(2), _number_line(head)]


def _organ_mark(org: str) -> Xml:
    fit = gb.organ_mark_fit(org)
    look = Look(
        east=gb.XBS, latin=gb.XBS, color=gb.RED, spacing_twips=0, squeeze=fit.squeeze, size_pt=fit.size_pt
    )
    line = round(fit.size_pt * _MARK_LINE_FACTOR * 20)
    before = gb.mm_twips(gb.ORGAN_MARK_TOP_MM) - round(
        fit.size_pt * (_MARK_LINE_FACTOR - _MARK_FOOT_FACTOR) * 20
    )
    shape = Shape(align="center", snap=False, line_twips=line, before_twips=before)
    return paragraph(shape, runs(org, look))


def _number_line(head: tree.Head) -> Xml:
    number = runs(head.number or "")
    below = rule("bottom", gb.RED_RULE_EIGHTHS_PT, gb.RED, round(gb.NUMBER_TO_RULE_MM / 25.4 * 72))
    if head.signer is None:
        return paragraph(Shape(align="center", snap=False, line_twips=400, rule_below=below), number)
    # Documents to a superior: number one character in on the left, signer one in on the right (7.2.5, 7.2.6).
    # Ideographic spaces, not indents: an indent would shorten the red rule.
    right = gb.mm_twips(gb.TYPE_WIDTH_MM)
    shape = Shape(align="left", snap=False, line_twips=400, rule_below=below, right_tab_twips=right)
    signer = [*runs("签发人："), *runs(head.signer, Look(east=gb.KAI)), *runs("\u3000")]
    return paragraph(shape, [*runs("\u3000"), *number, tab_run(), *signer])


def title(lines: tuple[str, ...], *, after_head: bool) -> list[Xml]:
    """The title two lines below the red rule, one blank line after it; one paragraph for the outline."""
    if not lines:
        return []
    shown = paragraph(Shape(style="Title"), runs("\n".join(lines), PLAIN, gb.XBS))
    return [*_blank_lines(2 if after_head else 0), shown, *_blank_lines(1)]


def addressee(text: str) -> Xml:
    """主送机关 flush left, closed by a full-width colon."""
    return paragraph(Shape(), runs(text.rstrip(":：") + "："))


def _blank_lines(number: int, *, keep_next: bool = False) -> list[Xml]:
    return [paragraph(Shape(keep_next=keep_next))] * number


# --- text ---


def heading(block: tree.Heading) -> Xml:
    font = (gb.HEI, gb.KAI, gb.FANG, gb.FANG)[block.level - 1]
    return paragraph(Shape(style=f"Heading{block.level}"), runs(block.text, PLAIN, font))


def body(canvas: Canvas, block: tree.Paragraph, *, keep_next: bool = False) -> Xml:
    content: list[Xml] = []
    for run in block.runs:
        if isinstance(run, tree.FigureRun):
            content += _marked(canvas, run.key, runs(run.text))
        else:
            content += runs(run.text)
    return paragraph(Shape(style="Body", keep_next=keep_next), content)


def _marked(canvas: Canvas, key: str, content: list[Xml]) -> list[Xml]:
    """Wrap ``content`` in the bookmark of its figure, so that the trace survives editing."""
    ident = next(canvas.mark_ids)
    start = el("w:bookmarkStart", {"w:id": ident, "w:name": canvas.marks.next(key)})
    return [start, *content, el("w:bookmarkEnd", {"w:id": ident})]


def caption(text: str, *, keep_next: bool = True) -> Xml:
    return paragraph(Shape(style="Caption", keep_next=keep_next), runs(text, PLAIN, gb.HEI))


def quote(block: tree.Quote, *, keep_next: bool = False) -> Xml:
    shown = f"{block.text}（来源：{block.source}）"
    return paragraph(Shape(style="Quote", keep_next=keep_next), runs(shown, PLAIN, gb.KAI))


# --- tables ---


def table(canvas: Canvas, block: tree.Table, *, keep_next: bool = False) -> list[Xml]:
    """A table as wide as the type area: head repeated on every page, rows never split.

    Wide tables (more than seven columns) are set in 10.5 pt instead of 12 pt.
    """
    size = gb.TABLE_PT if len(block.columns) <= 7 else gb.TABLE_NARROW_PT
    widths = gb.column_twips([column.width_mm for column in block.columns], canvas.width_mm)
    rows = [_head_row(block, widths, size)]
    for number, cells in enumerate(block.rows, start=1):
        kept = number < _ROWS_WITH_HEAD or (keep_next and number == len(block.rows))
        rows.append(_row(canvas, block, cells, widths, size, keep_next=kept))
    drawn = el("w:tbl", None, _table_properties(canvas.width_mm), _grid(widths), *rows)
    above = [caption(block.caption)] if block.caption else []
    # Half a line between the table and the text under it.
    return [*above, drawn, paragraph(Shape(snap=False, line_twips=gb.LINE_TWIPS // 2, keep_next=keep_next))]


def _table_properties(width_mm: float) -> Xml:
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    return el(
        "w:tblPr",
        None,
        el("w:tblW", {"w:w": gb.mm_twips(width_mm), "w:type": "dxa"}),
        el("w:jc", {"w:val": "center"}),
        el("w:tblBorders", None, *(rule(side, gb.THIN_RULE_EIGHTHS_PT) for side in sides)),
        el("w:tblLayout", {"w:type": "fixed"}),
        el(
            "w:tblCellMar",
            None,
            *(el(f"w:{side}", {"w:w": _CELL_PAD, "w:type": "dxa"}) for side in ("left", "right")),
        ),
    )


def _grid(widths: list[int]) -> Xml:
    return el("w:tblGrid", None, *(el("w:gridCol", {"w:w": width}) for width in widths))


def _head_row(block: tree.Table, widths: list[int], size: float) -> Xml:
    look = Look(east=gb.HEI, size_pt=size)
    shape = _cell_shape("center", size, keep_next=True)
    cells = []
    for column, width in zip(block.columns, widths, strict=True):
        per_line = (width - 2 * _CELL_PAD) / (size * 20)
        title = "\n".join(gb.head_lines(column.title, per_line))
        cells.append(_cell(width, paragraph(shape, runs(title, look))))
    return el("w:tr", None, _row_properties(size, el("w:tblHeader")), *cells)


def _row(
    canvas: Canvas,
    block: tree.Table,
    cells: tuple[tree.Cell, ...],
    widths: list[int],
    size: float,
    *,
    keep_next: bool,
) -> Xml:
    look = Look(size_pt=size)
    drawn = []
    for column, cell, width in zip(block.columns, cells, widths, strict=True):
        content = runs(cell.text, look)
        if cell.figure_key is not None:
            content = _marked(canvas, cell.figure_key, content)
        shape = _cell_shape(column.align, size, keep_next=keep_next)
        drawn.append(_cell(width, paragraph(shape, content)))
    return el("w:tr", None, _row_properties(size), *drawn)


def _cell_shape(align: tree.Align, size: float, *, keep_next: bool) -> Shape:
    # Figures stand half a character off the right rule.
    inset = 0.5 if align == "right" else None
    line = 360 if size == gb.TABLE_PT else 320
    return Shape(
        style="TableText",
        align=align,
        keep_next=keep_next,
        line_twips=line,
        right_chars=inset,
        char_twips=round(size * 20),
    )


def _row_properties(size: float, *more: Xml) -> Xml:
    height = 454 if size == gb.TABLE_PT else 400  # 8 mm and 7 mm
    return el(
        "w:trPr", None, el("w:cantSplit"), el("w:trHeight", {"w:val": height, "w:hRule": "atLeast"}), *more
    )


def _cell(width: int, content: Xml) -> Xml:
    properties = el(
        "w:tcPr", None, el("w:tcW", {"w:w": width, "w:type": "dxa"}), el("w:vAlign", {"w:val": "center"})
    )
    return el("w:tc", None, properties, content)


# --- end of the text ---


def sign(block: tree.Sign) -> list[Xml]:
    """Organ and date with room for the seal, which is never drawn; on the page of the last words (7.3.5)."""
    day = gb.date_text(block.date)
    place = gb.sign_place(block.org, day)
    right = Shape(align="right", right_chars=place.org_right, keep_next=True)
    return [
        *_blank_lines(1, keep_next=True),
        paragraph(right, runs(block.org)),
        paragraph(replace(right, right_chars=place.date_right, keep_next=False), runs(day)),
    ]


def note(text: str) -> Xml:
    """附注 in brackets, two characters in (7.3.6)."""
    bare = text.strip()
    shown = bare if bare.startswith("（") and bare.endswith("）") else f"（{bare}）"
    return paragraph(Shape(style="Body"), runs(shown))
