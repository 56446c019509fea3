"""Who may change the organisation. Roles are given out by ``kernel.access``; here only their names count."""

from __future__ import annotations

from luoshi.core.actor import Actor, By, require

MANAGERS = frozenset({"sysadmin"})


def managing(by: By | Actor) -> By:
    """Return what the ledger writes down of somebody who may change units, posts and appointments.

    An ``Actor`` is checked; a ``By`` is the system, a command or the demo, which answer for themselves.
    Raises: NotAllowed.
    """
    if isinstance(by, By):
        return by
    require(any(by.has(role) for role in MANAGERS), "只有系统管理员可以调整单位、岗位和任职。")
    return by.by
