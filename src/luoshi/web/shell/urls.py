"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

urlpatterns: list[object] = []
