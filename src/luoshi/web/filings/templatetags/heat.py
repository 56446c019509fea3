"""Cells of the matrix: many thousand on one page, so they are put together without a template each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
EMPTY = '<td><span class="no-cell" title="本期不需填报">·</span></td>'


@register.simple_tag
def heat_cells(cells: Sequence[tuple[int, str, str, int] | None]) -> SafeString:
    """Draw the cells of one line: (obligation id, class, word, version), None where nothing was owed.

    The target of the drawer stands once on the table body.
    """
    return mark_safe(  # noqa: S308 - numbers between parts that ``_parts`` escaped
        "".join(EMPTY if cell is None else _drawn(*cell) for cell in cells)
    )


def _drawn(obligation_id: int, tone: str, word: str, version: int) -> str:
    before, after = _address()
    look, text = _parts(tone, word)
    address = f"{before}{obligation_id:d}{after}"
    more = f"（第{version:d}版）" if version > 1 else ""
    again, told = (" again", f"<small>{more}</small>") if more else ("", "")
    link = f'class="{look}{again}" href="{address}" hx-get="{address}" data-drawer title="{text}{more}"'
    return f"<td><a {link}><span>{text}{told}</span></a></td>"


@cache
def _address() -> tuple[str, str]:
    """Return what stands before and after the number in the address of an obligation."""
    before, after = reverse("obligation_detail", args=[0]).rsplit("0", 1)
    return before, after


@cache
def _parts(tone: str, word: str) -> tuple[str, str]:
    return format_html("cell {}", tone), format_html("{}", word)
