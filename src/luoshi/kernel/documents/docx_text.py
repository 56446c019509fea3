"""Runs and paragraphs of a DOCX: property order of the schema, and fonts that have the character."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from luoshi.core import gbt9704 as gb
from luoshi.kernel.documents.ooxml import Attrs, Xml, el, words
from luoshi.kernel.documents.text import clean_text

Justify = Literal["left", "center", "right", "both"]


def fonts(east: str, latin: str = gb.LATIN) -> Xml:
    """Return ``w:rFonts``; the hint lets quotation marks and dashes take the Chinese font."""
    return el(
        "w:rFonts",
        {"w:ascii": latin, "w:hAnsi": latin, "w:eastAsia": east, "w:cs": latin, "w:hint": "eastAsia"},
    )


@dataclass(frozen=True)
class Look:
    """Character properties that differ from the paragraph's style; None leaves the style's value.

    ``size_pt`` in points, ``spacing_twips`` between characters, ``squeeze`` in percent of the width.
    """

    east: str | None = None
    latin: str = gb.LATIN
    size_pt: float | None = None
    color: str | None = None
    spacing_twips: int | None = None
    squeeze: int | None = None

    def properties(self, east: str | None = None) -> Xml:
        """Return ``w:rPr`` with its children in schema order, empty when nothing differs."""
        face = east or self.east
        children = [fonts(face, self.latin)] if face else []
        if self.color:
            children.append(el("w:color", {"w:val": self.color}))
        if self.spacing_twips is not None:
            children.append(el("w:spacing", {"w:val": self.spacing_twips}))
        if self.squeeze not in (None, 100):
            children.append(el("w:w", {"w:val": str(self.squeeze)}))
        if self.size_pt is not None:
            half_points = round(self.size_pt * 2)
            children += [el("w:sz", {"w:val": half_points}), el("w:szCs", {"w:val": half_points})]
        return el("w:rPr", None, *children) if children else Xml("")


PLAIN = Look()


def runs(text: str, look: Look = PLAIN, font: str = gb.FANG) -> list[Xml]:
    """Return the runs of ``text``; a line end becomes a line break.

    ``font`` is the Chinese font in force (of the style, or ``look.east``). Characters outside GB 2312 are
    put into runs of the wider font of the same face, because the _GB2312 fonts print a box for them.
    """
    out: list[Xml] = []
    for rare, chars in groupby(clean_text(text), key=gb.is_rare):
        wider = gb.WIDER_FONT.get(look.east or font) if rare else None
        out.append(_run("".join(chars), look.properties(wider)))
    return out


def _run(text: str, properties: Xml) -> Xml:
    pieces: list[Xml] = []
    for number, line in enumerate(text.split("\n")):
        if number:
            pieces.append(el("w:br"))
        if line:
            pieces.append(el("w:t", {"xml:space": "preserve"}, words(line)))
    return el("w:r", None, properties, *pieces)


def tab_run(look: Look = PLAIN) -> Xml:
    return el("w:r", None, look.properties(), el("w:tab"))


def field_runs(code: str, shown: str, look: Look) -> list[Xml]:
    """Return the five runs of a field such as PAGE, with ``shown`` as its last known value."""

    def piece(inner: Xml) -> Xml:
        return el("w:r", None, look.properties(), inner)

    return [
        piece(el("w:fldChar", {"w:fldCharType": "begin"})),
        piece(el("w:instrText", {"xml:space": "preserve"}, words(f" {code} "))),
        piece(el("w:fldChar", {"w:fldCharType": "separate"})),
        piece(el("w:t", None, words(shown))),
        piece(el("w:fldChar", {"w:fldCharType": "end"})),
    ]


@dataclass(frozen=True)
class Shape:
    """Paragraph properties that differ from the style.

    ``first_chars``, ``left_chars``, ``right_chars``, ``hang_chars``: indents in characters of ``char_twips``.
    ``line_twips``: exact line height; ``free_line``: as high as its content, which a drawing needs.
    ``snap`` False takes the paragraph off the page's line grid.
    """

    style: str | None = None
    align: Justify | None = None
    keep_next: bool = False
    snap: bool = True
    line_twips: int | None = None
    free_line: bool = False
    before_twips: int | None = None
    first_chars: float | None = None
    left_chars: float | None = None
    right_chars: float | None = None
    hang_chars: float | None = None
    char_twips: int = gb.CHAR_TWIPS
    right_tab_twips: int | None = None
    rule_below: Xml = Xml("")

    def properties(self) -> Xml:
        """Return ``w:pPr`` with its children in schema order."""
        children: list[Xml] = []
        if self.style:
            children.append(el("w:pStyle", {"w:val": self.style}))
        if self.keep_next:
            children.append(el("w:keepNext"))
        if self.rule_below:
            children.append(el("w:pBdr", None, self.rule_below))
        if self.right_tab_twips is not None:
            children.append(
                el("w:tabs", None, el("w:tab", {"w:val": "right", "w:pos": self.right_tab_twips}))
            )
        if not self.snap:
            children.append(el("w:snapToGrid", {"w:val": 0}))
        children += [part for part in (self._spacing(), self._indents()) if part]
        if self.align:
            children.append(el("w:jc", {"w:val": self.align}))
        return el("w:pPr", None, *children) if children else Xml("")

    def _spacing(self) -> Xml:
        attrs: dict[str, str | int] = {}
        if self.before_twips is not None:
            attrs["w:before"] = self.before_twips
        if self.line_twips is not None:
            attrs |= {"w:line": self.line_twips, "w:lineRule": "exact"}
        if self.free_line:
            attrs |= {"w:line": 240, "w:lineRule": "auto"}
        return el("w:spacing", attrs) if attrs else Xml("")

    def _indents(self) -> Xml:
        # Both forms are written: Word follows the character count, others the twips.
        wanted = {
            "left": self.left_chars,
            "right": self.right_chars,
            "firstLine": self.first_chars,
            "hanging": self.hang_chars,
        }
        attrs: dict[str, str | int] = {}
        for name, chars in wanted.items():
            if chars is not None:
                attrs[f"w:{name}Chars"] = round(chars * 100)
                attrs[f"w:{name}"] = round(chars * self.char_twips)
        return el("w:ind", attrs) if attrs else Xml("")


def paragraph(shape: Shape, content: Iterable[Xml] = ()) -> Xml:
    return el("w:p", None, shape.properties(), *content)


def rule(side: str, eighths_pt: int, color: str = "000000", space_pt: int = 0) -> Xml:
    """Return one border line, ``side`` being top, bottom, left or right."""
    attrs: Attrs = {"w:val": "single", "w:sz": eighths_pt, "w:space": space_pt, "w:color": color}
    return el(f"w:{side}", attrs)
