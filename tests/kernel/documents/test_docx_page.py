"""Geometry of GB/T 9704-2012, read back from the XML."""

from __future__ import annotations

from tests.kernel.documents.samples import REPORT, W, attribute, body, part


def section():
    found = body(REPORT).find(f"{W}sectPr")
    assert found is not None
    return found


def style(ident):
    for found in part(REPORT, "word/styles.xml").iter(f"{W}style"):
        if found.get(f"{W}styleId") == ident:
            return found
    raise AssertionError(ident)


def mm(twips: str | None) -> float:
    return round(int(twips or 0) / 1440 * 25.4, 1)


def test_page_is_a4_with_the_margins_of_the_standard():
    assert (mm(attribute(section(), "pgSz", "w")), mm(attribute(section(), "pgSz", "h"))) == (210.0, 297.0)
    margins = {side: mm(attribute(section(), "pgMar", side)) for side in ("top", "left", "bottom", "right")}
    assert margins == {"top": 37.0, "left": 28.0, "bottom": 35.0, "right": 25.9}


def test_grid_and_lines_make_22_lines():
    assert attribute(section(), "docGrid", "type") == "lines"
    assert attribute(section(), "docGrid", "linePitch") == "579"
    assert attribute(style("Normal"), "pPr/spacing", "line") == "579"
    assert attribute(style("Normal"), "pPr/spacing", "lineRule") == "exact"
    assert 22 * 579 <= 225 / 25.4 * 1440


def test_body_characters_fit_28_to_a_line():
    assert attribute(style("Normal"), "rPr/sz", "val") == "32"
    assert attribute(style("Normal"), "rPr/spacing", "val") == "-5"
    assert 28 * (16 - 0.25) <= (210 - 28 - 25.9) / 25.4 * 72


def test_fonts_of_the_levels():
    fonts = {n: attribute(style(f"Heading{n}"), "rPr/rFonts", "eastAsia") for n in (1, 2, 3, 4)}
    assert fonts == {1: "黑体", 2: "楷体_GB2312", 3: "仿宋_GB2312", 4: "仿宋_GB2312"}
    assert attribute(style("Title"), "rPr/rFonts", "eastAsia") == "方正小标宋简体"
    assert attribute(style("Title"), "rPr/sz", "val") == "44"
    assert attribute(style("Normal"), "rPr/rFonts", "eastAsia") == "仿宋_GB2312"


def test_title_is_off_the_grid_and_text_is_indented_two_characters():
    assert attribute(style("Title"), "pPr/snapToGrid", "val") == "0"
    assert attribute(style("Title"), "pPr/spacing", "line") == "660"
    assert attribute(style("Body"), "pPr/ind", "firstLineChars") == "200"


def test_page_numbers_stand_outside_odd_right_even_left():
    settings = part(REPORT, "word/settings.xml")
    assert attribute(settings, "evenAndOddHeaders", "val") == "1"
    sides = {
        kind: attribute(part(REPORT, f"word/footer_{kind}.xml"), "p/pPr/jc", "val")
        for kind in ("default", "even")
    }
    assert sides == {"default": "right", "even": "left"}


def test_commercial_fonts_are_named_with_a_second_choice_never_embedded():
    table = part(REPORT, "word/fontTable.xml")
    second = {font.get(f"{W}name"): attribute(font, "altName", "val") for font in table}
    assert second["仿宋_GB2312"] == "仿宋" and second["方正小标宋简体"] == "方正小标宋_GBK"
    assert not list(table.iter(f"{W}embedRegular"))
