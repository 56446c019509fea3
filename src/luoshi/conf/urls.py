"""The URL map: one include for each area of pages. The areas hold their own paths below these."""

from __future__ import annotations

from contextlib import suppress

from django.urls import include, path

AREAS = {
    "": ("shell", "workbench"),
    "org/": ("org",),
    "packs/": ("packs",),
    "filings/": ("filings",),
    "assess/": ("assess",),
    "reports/": ("reports",),
    "ledger/": ("ledger",),
}
urlpatterns = []
for prefix, areas in AREAS.items():
    for area in areas:
        with suppress(ImportError, SyntaxError):  # while the areas are being built
            urlpatterns.append(path(prefix, include(f"luoshi.web.{area}.urls")))
