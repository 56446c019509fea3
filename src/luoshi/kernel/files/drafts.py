"""Reading a draft, ours or foreign, into paragraphs and grids, to check its figures. Nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from luoshi.core.errors import Invalid
from luoshi.core.figlint.check import Examined, examine
from luoshi.core.figlint.model import Block, Grid, Paragraph
from luoshi.kernel.files.children import child, frames
from luoshi.kernel.files.csv_rows import csv_rows, csv_text
from luoshi.kernel.files.names import kind_of_name, plain_name
from luoshi.kernel.files.packages import DOCUMENT, check_package, megabytes, refusal
from luoshi.kernel.files.preflight import check_upload
from luoshi.kernel.files.sheets import read_sheets
from luoshi.kernel.files.tables import Value

CHILD = Path(__file__).with_name("docx_child.py")
ENDINGS = ("docx", "xlsx", "csv", "txt")
MOST_BYTES = 20 * 1024 * 1024
MOST_SHEETS = 30
MOST_CELLS = 300_000
_REMEDIES: Mapping[str, str] = {
    **dict.fromkeys(("doc", "wps", "wpt", "dot", "rtf", "docm", "odt"), "请另存为 .docx 后上传"),
    **dict.fromkeys(("xls", "et", "xlsm", "xlsb", "ods"), "请另存为 .xlsx 后上传"),
    **dict.fromkeys(("pdf", "ofd"), "请上传排版前的 .docx 或 .xlsx"),
}


def figures_check(name: str, content: bytes, *, max_bytes: int = MOST_BYTES) -> Examined:
    """Read an uploaded draft and return what its figures contradict.

    The file goes through the same preflight as every upload and is parsed in a child process with limits.
    Raises: Invalid, naming the file, the rule and the remedy.
    """
    check_draft(name, content, max_bytes=max_bytes)
    return examine(draft_blocks(name, content))


def check_draft(name: str, content: bytes, *, max_bytes: int = MOST_BYTES) -> str:
    """Return the ending of a draft that is safe to parse. Raises: Invalid."""
    shown = plain_name(name)
    ending = kind_of_name(shown)
    if ending not in ENDINGS:
        remedy = _REMEDIES.get(ending, "请核对后重新选择")
        raise refusal(shown, f"不能校对，只收 .docx、.xlsx、.csv 和 .txt，{remedy}。")
    if not content:
        raise refusal(shown, "是空的，请检查后重新上传。")
    if len(content) > max_bytes:
        limit = megabytes(max_bytes)
        raise refusal(shown, f"大小为{megabytes(len(content))}，超过上限{limit}，请删去图片或拆分后上传。")
    if ending == "docx":
        check_package(shown, content, DOCUMENT)
    elif ending == "txt":
        if b"\x00" in content:
            raise refusal(shown, "扩展名是 .txt，内容却不是文字，请核对后重新上传。")
    else:
        check_upload(shown, content, max_bytes=max_bytes)
    return ending


def draft_blocks(name: str, content: bytes) -> list[Block]:
    """Return the blocks of a checked draft in reading order. Raises: Invalid."""
    shown = plain_name(name)
    ending = kind_of_name(shown)
    if ending == "docx":
        return _docx(shown, content)
    if ending == "txt":
        lines = csv_text(shown, content).splitlines()
        return _paragraphs(line for line in lines if line.strip())
    if ending == "csv":
        rows = [[_text(value) for value in row] for row in csv_rows(shown, content)]
        return _grids(shown, [Grid("", rows)])
    sheets = read_sheets(shown, content, most=MOST_SHEETS)
    return _grids(
        shown,
        [
            Grid(
                f"工作表“{sheet.name}”",
                [[_text(value) for value in row] for row in sheet.rows],
                top=sheet.top,
            )
            for sheet in sheets
        ],
    )


def _docx(shown: str, content: bytes) -> list[Block]:
    unreadable = (
        f"文件“{shown}”无法读取：文件已损坏或内容过多，请用文字软件打开并另存为新的 .docx 后重新上传。"
    )
    with child(CHILD, content) as pipe:
        found = [block for sent in frames(pipe, unreadable) for block in sent]
    blocks: list[Block] = []
    paragraphs = tables = 0
    for block in found:
        if isinstance(block, str):
            paragraphs += 1
            blocks.append(Paragraph(f"第 {paragraphs} 段", block))
        else:
            tables += 1
            blocks.append(Grid(f"表 {tables} ", block, lettered=False))
    _grids(shown, [block for block in blocks if isinstance(block, Grid)])
    return blocks


def _paragraphs(texts: Iterable[str]) -> list[Block]:
    return [Paragraph(f"第 {number} 段", text) for number, text in enumerate(texts, start=1)]


def _grids(shown: str, grids: list[Grid]) -> list[Block]:
    """Return the grids as they are. Raises: Invalid when they hold more cells than can be checked."""
    cells = sum(len(row) for grid in grids for row in grid.rows)
    if cells > MOST_CELLS:
        raise Invalid(f"文件“{shown}”有{cells}个单元格，超过校对上限{MOST_CELLS}个，请拆分后上传。")
    return list(grids)


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else str(value)
