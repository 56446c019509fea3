"""Sending the same form twice has one effect: every form that writes carries a request key."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest

from luoshi.kernel.ledger.actions import once

NOT_CONTENT = {"key", "csrfmiddlewaretoken"}


def request_key() -> str:
    """Return a fresh key."""
    return secrets.token_hex(16)


def taken_once(request: HttpRequest, make: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    """Do ``make`` once for the key the form carried; return its result, or that of the first time.

    The key counts for this address and what was filled in: another form, or other content after going back,
    is another request.
    """
    key = request.POST.get("key") or request_key()
    return once(by=request.actor.by, key=f"{_content(request)}.{key}", now=request.now, make=make)


def _content(request: HttpRequest) -> str:
    """Return a short hash of the address, every field and file, but for the key and the proof of origin."""
    files = [[name, each.name, each.size] for name, each in sorted(request.FILES.items())]
    fields = [[name, *values] for name, values in sorted(request.POST.lists()) if name not in NOT_CONTENT]
    return hashlib.sha256(json.dumps([request.path, fields, *files]).encode()).hexdigest()[:24]
