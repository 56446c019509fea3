"""Kinds of events and their Chinese titles. Each app registers its own in ``apps.ready()``.

The kinds of the security log are a fixed list: refusals are alike everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from luoshi.core.errors import nearest

_FORM = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
LONGEST_KIND = 64
SECURITY_KINDS = {
    "refused": "操作被拒绝",
    "denied": "无权访问",
    "signin": "登录",
    "signin_failed": "登录失败",
    "signout": "退出",
}
_titles: dict[str, str] = {}


def register_kinds(titles: Mapping[str, str]) -> None:
    """Make event kinds known: ``{"filing.submitted": "填报已提交"}``, noun and past tense.

    Registering the same kind again with the same title is harmless.
    Raises: ValueError for a kind not of the form ``noun.verb`` or one that already has another title.
    """
    for kind, title in titles.items():
        if not _FORM.fullmatch(kind) or len(kind) > LONGEST_KIND:
            raise ValueError(f"event kind {kind!r} is not of the form noun.verb")
        if _titles.setdefault(kind, title) != title:
            raise ValueError(f"event kind {kind!r} already has the title {_titles[kind]!r}")


def require_kind(kind: str) -> None:
    """Raise LookupError, naming the nearest known kind, when ``kind`` was never registered."""
    if kind not in _titles:
        near = nearest(kind, _titles)
        hint = f", did you mean {near!r}" if near else ""
        raise LookupError(f"event kind {kind!r} is not registered{hint}")


def kind_title(kind: str) -> str:
    """Return the Chinese title; a kind of a retired app shows as itself."""
    return _titles.get(kind, kind)


def kinds_known() -> dict[str, str]:
    """Return every kind with its title, in order of the kind."""
    return dict(sorted(_titles.items()))
