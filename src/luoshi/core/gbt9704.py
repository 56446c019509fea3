"""Geometry of an official document after GB/T 9704-2012 (党政机关公文格式).

Numbers of the standard, and the few that had to be found by measuring printed pages, kept apart from the
code that writes files. Units are in the names: ``_MM`` millimetres, ``_PT`` points, ``_TWIPS`` 1/20 point.
A "character" is one size-3 (16 pt) Chinese character cell of the body, 156 mm / 28.

Source: GB/T 9704-2012, 5 (page), 7 (elements); positions marked "measured" come from rendered pages.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

# --- page (5.2.1): A4, top 37 ± 1 mm, left 28 ± 1 mm, type area 156 × 225 mm ---
PAGE_WIDTH_MM, PAGE_HEIGHT_MM = 210.0, 297.0
MARGIN_TOP_MM, MARGIN_LEFT_MM = 37.0, 28.0
TYPE_WIDTH_MM, TYPE_HEIGHT_MM = 156.0, 225.0
MARGIN_BOTTOM_MM = PAGE_HEIGHT_MM - MARGIN_TOP_MM - TYPE_HEIGHT_MM
# 0.1 mm less than 210 − 28 − 156, so that rounding to twips never pushes the 28th character to a new line
MARGIN_RIGHT_MM = 25.9

# --- lines and characters (5.2.3): 22 lines of 28 characters ---
CHARS_PER_LINE = 28
LINE_TWIPS = 579  # 225 mm / 22 = 10.227 mm = 579.8 twips; rounded down so that 22 lines fit
BODY_PT = 16.0  # size 3 (三号)
SMALL_PT = 14.0  # size 4 (四号): imprint and page number
TITLE_PT = 22.0  # size 2 (二号)
TITLE_LINE_PT = 33.0
TABLE_PT, TABLE_NARROW_PT = 12.0, 10.5
# 28 × (16 − 0.25) pt = 441 pt = 155.6 mm. A docGrid of type linesAndChars would say the same, but
# LibreOffice then prints about 16 characters a line; a spacing of the style works everywhere.
BODY_SPACING_TWIPS = -5
CHAR_TWIPS = 315  # one character cell of the body: 15.75 pt

# --- head (7.2) ---
RED = "E60012"
ORGAN_MARK_TOP_MM = 35.0  # from the top of the type area to the top of the characters
ORGAN_MARK_MOST_PT, ORGAN_MARK_LEAST_PT = 48.0, 30.0
ORGAN_MARK_LEAST_SQUEEZE = 60  # percent of the natural width; narrower is hard to read
NUMBER_TO_RULE_MM = 4.0
RED_RULE_EIGHTHS_PT = 12  # 1.5 pt

# --- end of text and imprint (7.3.5, 7.4) ---
SIGN_DATE_RIGHT_CHARS = 4.0
THICK_RULE_EIGHTHS_PT = 8  # 0.35 mm = 0.99 pt
THIN_RULE_EIGHTHS_PT = 6  # 0.25 mm = 0.71 pt
IMPRINT_LINE_PT = 22.0

# --- page number (7.5): the dash 7 mm below the type area ---
FOOTER_FROM_EDGE_MM = 24.5  # measured: puts the centre of the dash 7 mm below the type area
HEADER_FROM_EDGE_MM = 15.0

# --- letter format (10.1): 信函格式 ---
LETTER_MARK_TOP_MM = 30.0  # from the edge of the page to the top of the characters
LETTER_MARK_MOST_PT = 40.0  # the standard leaves the size open: smaller than the mark of the ordinary format
LETTER_MARK_TO_RULE_MM = 4.0
LETTER_RULE_MM = 170.0
LETTER_RULE_FROM_FOOT_MM = 20.0
# Thickness is not in the standard; these print as the customary 上粗下细 and 上细下粗.
LETTER_THICK_MM, LETTER_GAP_MM, LETTER_THIN_MM = 0.8, 0.5, 0.25

# --- fonts: the names offices have; the second name is what a machine without the first may use ---
FANG, KAI, HEI, XBS, SONG = "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体", "宋体"
LATIN = "Times New Roman"
WIDER_FONT = {FANG: "仿宋", KAI: "楷体", XBS: "方正小标宋_GBK"}


def mm_twips(mm: float) -> int:
    """Return millimetres as twips, rounded to the nearest.

    >>> mm_twips(37), mm_twips(28)
    (2098, 1587)
    """
    return round(mm / 25.4 * 1440)


def mm_emu(mm: float) -> int:
    """Return millimetres as EMU (DrawingML's unit, 36,000 a millimetre).

    >>> mm_emu(156)
    5616000
    """
    return round(mm * 36000)


def date_text(day: date) -> str:
    """Return the day as 成文日期 is written: Arabic figures, no padding zeros (7.3.5.4).

    >>> date_text(date(2021, 1, 5))
    '2021年1月5日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


def chars_wide(text: str) -> float:
    """Return the width of ``text`` in characters: 1 for a full-width one, 0.5 for a half-width one.

    Quotation marks and dashes (width class "ambiguous") count 1, as Chinese fonts print them.
    Combining marks count 0.

    >>> chars_wide("2021年1月5日"), chars_wide("“落实”")
    (6.0, 4.0)
    """
    return sum(_char_wide(char) for char in text)


def _char_wide(char: str) -> float:
    if unicodedata.combining(char):
        return 0.0
    return 1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5


@dataclass(frozen=True)
class MarkFit:
    """``size_pt`` of the organ mark and ``squeeze``, its width in percent of the natural one."""

    size_pt: float
    squeeze: int


def organ_mark_fit(org: str) -> MarkFit:
    """Return the largest size that sets the issuing-organ mark on one line of the type area.

    Up to 48 pt; below 30 pt the characters are first set narrower (down to 60 percent), then smaller.
    Latin letters and digits count 0.7.
    Rounding: sizes down to half points, squeeze down to whole percent.

    >>> organ_mark_fit("示例区人民政府文件")
    MarkFit(size_pt=48.0, squeeze=100)
    >>> organ_mark_fit("中共示例区委办公室文件")
    MarkFit(size_pt=39.5, squeeze=100)
    >>> organ_mark_fit("示例区经济技术开发区管理委员会办公室文件")
    MarkFit(size_pt=30.0, squeeze=72)
    """
    room_pt = (TYPE_WIDTH_MM - 2) / 25.4 * 72
    # Digits of the heavy title faces are wider than half a character.
    wide = max(sum(0.7 if _char_wide(char) == 0.5 else _char_wide(char) for char in org), 1.0)
    natural = room_pt / wide
    if natural >= ORGAN_MARK_LEAST_PT:
        return MarkFit(size_pt=min(ORGAN_MARK_MOST_PT, _half_down(natural)), squeeze=100)
    squeeze = max(ORGAN_MARK_LEAST_SQUEEZE, int(natural / ORGAN_MARK_LEAST_PT * 100))
    size = min(ORGAN_MARK_LEAST_PT, _half_down(natural * 100 / squeeze))
    return MarkFit(size_pt=size, squeeze=squeeze)


def _half_down(size: float) -> float:
    return int(size * 2) / 2


@dataclass(frozen=True)
class SignPlace:
    """Distance of the organ's name and of the date from the right edge, in characters."""

    org_right: float
    date_right: float


def sign_place(org: str, day: str) -> SignPlace:
    """Place the signature for a sealed document: date four characters in, the name centred over it.

    A name too long to be centred there ends at the right edge and the date is centred under it.
    Source: 7.3.5.1 (加盖印章的公文).

    >>> sign_place("示例区人民政府", "2021年1月15日")
    SignPlace(org_right=3.75, date_right=4.0)
    >>> sign_place("示例区经济技术开发区管理委员会办公室", "2021年1月15日")
    SignPlace(org_right=0.0, date_right=5.75)
    """
    org_wide, day_wide = chars_wide(org), chars_wide(day)
    org_right = SIGN_DATE_RIGHT_CHARS + (day_wide - org_wide) / 2
    if org_right >= 0:
        return SignPlace(org_right, SIGN_DATE_RIGHT_CHARS)
    return SignPlace(0.0, max(0.0, (min(org_wide, CHARS_PER_LINE) - day_wide) / 2))


def line_count(text: str, per_line: float) -> int:
    """Return how many lines ``text`` needs at ``per_line`` characters a line, at least 1.

    >>> line_count("抄" * 59, 29), line_count("", 29)
    (3, 1)
    """
    lines, used = 1, 0.0
    for char in text:
        wide = _char_wide(char)
        if used + wide > per_line:
            lines, used = lines + 1, 0.0
        used += wide
    return lines


def head_lines(title: str, per_line: float) -> tuple[str, ...]:
    """Break the title of a narrow column so that its lines are even, brackets on a line of their own.

    Left alone, "受理件数" in a column three characters wide would leave a single character behind.

    >>> head_lines("受理件数", 3), head_lines("按时反馈率（%）", 3.3), head_lines("扣分", 3)
    (('受理', '件数'), ('按时', '反馈率', '（%）'), ('扣分',))
    """
    if chars_wide(title) <= per_line or "\n" in title:
        return tuple(title.split("\n"))
    before, bracket, rest = title.partition("（")
    pieces = [before, bracket + rest] if before and bracket else [title]
    return tuple(line for piece in pieces for line in _even_lines(piece, per_line))


def _even_lines(text: str, per_line: float) -> list[str]:
    count = line_count(text, per_line)
    # Longer lines last: most heads begin with a word of two characters (按时|反馈率).
    edges = [len(text) * n // count for n in range(count + 1)]
    return [text[start:end] for start, end in zip(edges, edges[1:], strict=False)]


def column_twips(wishes_mm: Sequence[float], width_mm: float = TYPE_WIDTH_MM) -> list[int]:
    """Stretch or shrink wished column widths so that together they fill the type area exactly.

    Raises: ValueError when a wish is not above 0.

    >>> column_twips([20, 40, 20])
    [2211, 4422, 2211]
    """
    if any(wish <= 0 for wish in wishes_mm):
        raise ValueError("column widths must be above 0 mm")
    whole, total = mm_twips(width_mm), sum(wishes_mm)
    edges = [round(whole * sum(wishes_mm[:n]) / total) for n in range(len(wishes_mm) + 1)]
    return [right - left for left, right in zip(edges, edges[1:], strict=False)]


def rare_characters(text: str) -> tuple[str, ...]:
    """Return the characters, once each in order, that the GB 2312 fonts of the format do not have.

    The caller prints them in ``WIDER_FONT`` and may warn the office (names of persons and places).

    >>> rare_characters("王喆、赟赟")
    ('喆', '赟')
    """
    return tuple(dict.fromkeys(char for char in text if is_rare(char)))


def is_rare(char: str) -> bool:
    """Tell whether a Chinese character lies outside GB 2312.

    >>> is_rare("喆"), is_rare("落"), is_rare("A")
    (True, False, False)
    """
    if unicodedata.east_asian_width(char) not in "WF":
        return False
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False
