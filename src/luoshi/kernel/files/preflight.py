"""Checks of an uploaded table before any parser opens it: name and content agree, nothing is dangerous."""

from __future__ import annotations

import re
from typing import Literal

from luoshi.kernel.files.names import kind_of_name, plain_name
from luoshi.kernel.files.packages import WORKBOOK, check_package, megabytes, refusal

Kind = Literal["xlsx", "csv"]

_OLD_FORMATS = ("xls", "xlsm", "xlsb", "xltx", "xltm", "et", "ett", "ods")
_MARKUP_START = re.compile(rb"^\s*<(?:!doctype|html|head|script|table|\?xml)", re.IGNORECASE)
_FOREIGN_STARTS = (
    (b"PK\x03\x04", "压缩包或 Excel 文件"),
    (b"PK\x05\x06", "空压缩包"),
    (b"MZ", "Windows 程序"),
    (b"\x7fELF", "Linux 程序"),
    (b"%PDF", "PDF 文件"),
    (b"\xd0\xcf\x11\xe0", "旧版 Office 文件（.xls/.doc）"),
    (b"GIF8", "图片"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
)


def check_upload(name: str, content: bytes, *, max_bytes: int) -> Kind:
    """Return the kind of an uploaded table when it is safe to parse.

    Name and content must agree. The limits of .xlsx are those of ``packages.check_package``.
    Raises: Invalid, naming the file, the rule and the remedy.
    """
    shown = plain_name(name)
    if not content:
        raise refusal(shown, "是空的，请检查后重新上传。")
    if len(content) > max_bytes:
        limit = megabytes(max_bytes)
        raise refusal(shown, f"大小为{megabytes(len(content))}，超过上限{limit}，请拆分后分次上传。")
    kind = _kind(shown)
    if kind == "xlsx":
        check_package(shown, content, WORKBOOK)
        return "xlsx"
    _check_csv(shown, content)
    return "csv"


def _kind(shown: str) -> str:
    kind = kind_of_name(shown)
    if kind in ("xlsx", "csv"):
        return kind
    if kind in _OLD_FORMATS:
        raise refusal(
            shown, f"是 .{kind} 格式，系统只接收 .xlsx 和 .csv，请在表格软件中另存为 .xlsx 后上传。"
        )
    raise refusal(shown, "不是表格，系统只接收 .xlsx 和 .csv 文件。")


# --- csv ---


def _check_csv(shown: str, content: bytes) -> None:
    for start, what in _FOREIGN_STARTS:
        if content.startswith(start):
            raise refusal(shown, f"扩展名是 .csv，内容却是{what}，请核对后重新上传。")
    if _MARKUP_START.match(content.removeprefix(b"\xef\xbb\xbf")[:512]):
        raise refusal(shown, "扩展名是 .csv，内容却是网页，请在表格软件中打开并另存为 .csv 或 .xlsx 后上传。")
    if b"\x00" in content:
        raise refusal(shown, "含有不可打印字符，不是文本表格，请另存为 UTF-8 编码的 .csv 或 .xlsx 后上传。")
