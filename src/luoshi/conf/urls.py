"""The URL map: one include for each area of pages."""

from __future__ import annotations

urlpatterns: list[object] = []
