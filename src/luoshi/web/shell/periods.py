"""Periods as an office types them: 2023年5—6月 as well as 2023-05..2023-06."""

from __future__ import annotations

import re
import unicodedata

from luoshi.core.errors import Invalid
from luoshi.core.periods import Period, parse_period

EXAMPLES = "2023年5月、2023年5—6月、2023年第一季度、2023年上半年、2023年"
NUMERALS = {"一": "1", "二": "2", "三": "3", "四": "4"}
DASHES = re.compile(r"\.\.|[-—–―~～至到]+")
MONTH = re.compile(r"(\d{4})[年-](\d{1,2})月?")
MONTHS = re.compile(r"(\d{4})[年-](\d{1,2})月?-(?:(\d{4})[年-])?(\d{1,2})月")
CODES = re.compile(r"(\d{4})-(\d{1,2})-(\d{4})-(\d{1,2})")
QUARTER = re.compile(r"(\d{4})年第?([1-4一二三四])季度?")
HALF = re.compile(r"(\d{4})年([上下])半年")
NODE = re.compile(r"(\d{4})年第(\d{1,2})节点")
YEAR = re.compile(r"(\d{4})年度?")


def period_typed(text: str) -> Period:
    """Return the period that was typed, in words or as a code. Raises: Invalid, with examples.

    >>> typed = ("2023年5月", "2023年5-6月", "2022年12月至2023年1月", "2023年第一季度", "2023 年")
    >>> [period_typed(each).code for each in typed]
    ['2023-05', '2023-05..2023-06', '2022-12..2023-01', '2023-Q1', '2023']
    >>> [period_typed(each).code for each in ("2023-5", "2023-05..2023-06", "2023年上半年", "2020年第1节点")]
    ['2023-05', '2023-05..2023-06', '2023-H1', '2020-N1']
    """
    plain = unicodedata.normalize("NFKC", "".join(text.split()))
    code = code_of(DASHES.sub("-", plain))
    if code:
        return parse_period(code)
    try:
        return parse_period(plain)
    except Invalid as refusal:
        raise Invalid(f"期间“{text}”写法不对，请照此填写：{EXAMPLES}。") from refusal


def code_of(text: str) -> str:
    """Return the code of a period in words, every dash already written as "-"; empty when it is none."""
    if found := MONTH.fullmatch(text):
        return f"{found[1]}-{found[2]:0>2}"
    if found := MONTHS.fullmatch(text) or CODES.fullmatch(text):
        return f"{found[1]}-{found[2]:0>2}..{found[3] or found[1]}-{found[4]:0>2}"
    if found := QUARTER.fullmatch(text):
        return f"{found[1]}-Q{NUMERALS.get(found[2], found[2])}"
    if found := HALF.fullmatch(text):
        return f"{found[1]}-H{1 if found[2] == '上' else 2}"
    if found := NODE.fullmatch(text):
        return f"{found[1]}-N{int(found[2])}"
    found = YEAR.fullmatch(text)
    return found[1] if found else ""
