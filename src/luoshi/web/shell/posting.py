"""Sending the same form twice has one effect: every form that writes carries a request key."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest

from luoshi.kernel.ledger.actions import once


def request_key() -> str:
    """Return a fresh key."""
    return secrets.token_hex(16)


def taken_once(request: HttpRequest, make: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    """Do ``make`` once for the key the form carried; return its result, or that of the first time."""
    key = request.POST.get("key") or request_key()
    return once(by=request.actor.by, key=key, now=request.now, make=make)
