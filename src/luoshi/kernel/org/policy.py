"""Who may change the organisation. Roles are given out by ``kernel.access``; here only their names count."""

from __future__ import annotations

from luoshi.core.actor import Actor, By, require

MANAGERS = frozenset({"sysadmin"})
# Who coaches whom is a matter of the work, not of the machine.
COACH_SETTERS = frozenset({"office"})


def managing(by: By | Actor) -> By:
    """Return what the ledger writes down of somebody who may change units, posts and appointments.

    An ``Actor`` is checked; a ``By`` is the system, a command or the demo, which answer for themselves.
    Raises: NotAllowed.
    """
    if isinstance(by, By):
        return by
    require(any(by.has(role) for role in MANAGERS), "只有系统管理员可以调整单位、岗位和任职。")
    return by.by


def setting_coaches(by: By | Actor) -> By:
    """Return what the ledger writes down of somebody who may say who coaches a unit. Raises: NotAllowed."""
    if isinstance(by, By):
        return by
    require(any(by.has(role) for role in COACH_SETTERS), "只有督查专员可以设定包联领导。")
    return by.by
