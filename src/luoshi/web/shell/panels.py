"""A part that one area shows on the page of another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Panel:
    """A fragment: its template takes ``panel`` and reads ``panel.data``."""

    template: str
    data: Mapping[str, Any]
