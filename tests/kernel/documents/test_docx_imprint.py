from __future__ import annotations

from dataclasses import replace
from datetime import date

from luoshi.kernel.documents import tree
from luoshi.kernel.documents.docx_imprint import block_twips
from luoshi.kernel.documents.ooxml import NAMESPACES
from tests.kernel.documents.samples import REPORT, W, attribute, body, text_of

WP = f"{{{NAMESPACES['wp']}}}"
BOX = f".//{W}txbxContent"


def test_imprint_is_pinned_to_the_bottom_edge_of_the_type_area():
    anchor = next(body(REPORT).iter(f"{WP}anchor"))
    place = anchor.find(f"{WP}positionV")
    assert (place.get("relativeFrom"), place.find(f"{WP}align").text) == ("margin", "bottom")
    assert anchor.find(f"{WP}extent").get("cx") == str(156 * 36000)


def test_rules_are_thick_thin_thick():
    rows = body(REPORT).find(BOX).findall(f"{W}tbl/{W}tr")
    rules = [
        (attribute(r, "tc/tcPr/tcBorders/top", "sz"), attribute(r, "tc/tcPr/tcBorders/bottom", "sz"))
        for r in rows
    ]
    assert rules == [("8", "6"), ("6", "8")]


def test_copies_hang_after_the_colon():
    line = next(body(REPORT).find(BOX).iter(f"{W}p"))
    assert text_of(line).startswith("抄送：区人大") and text_of(line).endswith("。")
    assert (attribute(line, "pPr/ind", "leftChars"), attribute(line, "pPr/ind", "hangingChars")) == (
        "400",
        "300",
    )


def test_paragraph_keeps_the_height_of_the_block_free():
    last = body(REPORT).findall(f"{W}p")[-1]
    assert attribute(last, "pPr/spacing", "line") == str(block_twips(REPORT.imprint))


def test_longer_copies_make_a_higher_block():
    short = tree.Imprint("办公室", date(2021, 1, 1), "区政府")
    assert block_twips(replace(short, cc="区政府，" * 20)) - block_twips(short) == 3 * 440


def test_without_copies_one_row_between_two_thick_rules():
    rows = (
        body(replace(REPORT, imprint=tree.Imprint("办公室", date(2021, 1, 1)))).find(BOX).findall(f".//{W}tr")
    )
    assert len(rows) == 1
    assert text_of(rows[0]) == "办公室2021年1月1日印发"
    assert attribute(rows[0], "tc/tcPr/tcBorders/top", "sz") == "8"
