"""What a user name may look like."""

from __future__ import annotations

import re

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


def username_fault(username: str) -> str:
    """Return what is wrong with a user name, empty when nothing is.

    >>> username_fault("linxl"), username_fault("林")
    ('', '账号由2至40个小写字母、数字和 . _ - 组成，以字母或数字开头。')
    """
    if _USERNAME.fullmatch(username):
        return ""
    return "账号由2至40个小写字母、数字和 . _ - 组成，以字母或数字开头。"
