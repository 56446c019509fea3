"""Filling in a downloaded sheet as a clerk would: by title of the column and unit."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import openpyxl

from luoshi.core.actor import Actor
from luoshi.core.periods import parse_period
from luoshi.kernel.filings.actions import draft_keep
from luoshi.kernel.filings.bulk import SHEET, fill_sheet, fillable
from luoshi.kernel.filings.bulk_file import sheet_file
from luoshi.kernel.filings.bulk_read import sheet_preview
from luoshi.kernel.filings.importing import Preview
from luoshi.kernel.filings.models import ImportDraft
from tests.kernel.filings.loop import FORM, IN_TIME

HEAD, HELP, FIRST = 2, 3, 4


def downloaded(actor: Actor, form: str = FORM, period: str = "2020-12", now: datetime = IN_TIME) -> bytes:
    when = parse_period(period)
    return sheet_file(fill_sheet(fillable(actor, form, when, now), when))


def filled(content: bytes, change: Callable[[Any], None]) -> bytes:
    """Open a workbook, let ``change`` write into its sheet, save it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cells(page: Any) -> dict[tuple[str, str], Any]:
    """Return the cells of a sheet by unit and title of the column."""
    heads = {cell.value: cell.column for cell in page[HEAD]}
    return {
        (page.cell(row, heads["单位"]).value, title): page.cell(row, column)
        for row in range(FIRST, page.max_row + 1)
        for title, column in heads.items()
    }


def put(values: dict[str, dict[str, Any]]) -> Callable[[Any], None]:
    """Return what writes ``values`` (unit → column title → value)."""

    def change(page: Any) -> None:
        there = cells(page)
        for unit, row in values.items():
            for title, value in row.items():
                there[unit, title].value = value

    return change


def looked_at(
    actor: Actor, content: bytes, form: str = FORM, period: str = "2020-12", now: datetime = IN_TIME
) -> Preview:
    return sheet_preview(actor, form, parse_period(period), "表.xlsx", content, now)


def kept(
    actor: Actor,
    content: bytes,
    form: str = FORM,
    period: str = "2020-12",
    name: str = "表.xlsx",
    now: datetime = IN_TIME,
) -> ImportDraft:
    return draft_keep(
        actor=actor,
        form_ref=form,
        import_ref=SHEET,
        period=parse_period(period),
        name=name,
        content=content,
        now=now,
    )


def told(found: Preview) -> list[tuple[str, str]]:
    """Return address and rule of every fault."""
    return [(fault.address, fault.rule) for fault in found.faults]
