"""Downloads: spreadsheets and documents with a Chinese file name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from luoshi.kernel.documents.xlsx import Column, Sheet, write_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
ZIP = "application/zip"
FORBIDDEN = str.maketrans({char: "_" for char in '\\/:*?"<>|'})


def download(content: bytes, name: str, kind: str) -> HttpResponse:
    """Answer with a file to be saved under ``name``."""
    header = content_disposition_header(as_attachment=True, filename=name.translate(FORBIDDEN))
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": header})


def xlsx_response(
    title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]], note: str = ""
) -> HttpResponse:
    """Answer with one sheet as .xlsx; its file name is the title."""
    sheet = Sheet(title=title, columns=tuple(columns), rows=rows, note=note)
    return download(write_xlsx([sheet]), f"{title}.xlsx", XLSX)
