"""Kinds of units: free codes that packs select by, with the titles shown and accepted in spreadsheets."""

from __future__ import annotations

from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    "district": "区",
    "street": "街道",
    "dept": "部门",
    "county": "县区",
    "zone": "开发区",
    "firm": "企业",
    "office": "机构",
    "group": "分组",
}


def kind_title(code: str) -> str:
    """Return the Chinese title of a kind.

    >>> kind_title("street")
    '街道'
    """
    return KINDS[code]


def kind_of(text: str) -> str | None:
    """Return the code for a code or a title; None when there is none such.

    >>> kind_of("街道"), kind_of(" dept "), kind_of("村")
    ('street', 'dept', None)
    """
    wanted = text.strip()
    titles = {title: code for code, title in KINDS.items()}
    return wanted if wanted in KINDS else titles.get(wanted)
