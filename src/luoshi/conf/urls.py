"""The URL map: one include for each area of pages. The areas hold their own paths below these."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("luoshi.web.shell.urls")),
    path("", include("luoshi.web.workbench.urls")),
    path("org/", include("luoshi.web.org.urls")),
    path("packs/", include("luoshi.web.packs.urls")),
    path("forms/", include("luoshi.web.forms.urls")),
    path("items/", include("luoshi.web.items.urls")),
    path("search/", include("luoshi.web.search.urls")),
    path("filings/", include("luoshi.web.filings.urls")),
    path("indicators/", include("luoshi.web.indicators.urls")),
    path("burden/", include("luoshi.web.burden.urls")),
    path("discuss/", include("luoshi.web.discuss.urls")),
    path("plans/", include("luoshi.web.plans.urls")),
    path("duties/", include("luoshi.web.duties.urls")),
    path("assess/", include("luoshi.web.assess.urls")),
    path("reports/", include("luoshi.web.reports.urls")),
    path("drafts/", include("luoshi.web.drafts.urls")),
    path("notices/", include("luoshi.web.notices.urls")),
    path("meetings/", include("luoshi.web.meetings.urls")),
    path("handovers/", include("luoshi.web.handover.urls")),
    path("requests/", include("luoshi.web.requests.urls")),
    path("rectify/", include("luoshi.web.rectify.urls")),
    path("slips/", include("luoshi.web.slips.urls")),
    path("supervision/", include("luoshi.web.supervision.urls")),
    path("ledger/", include("luoshi.web.ledger.urls")),
]
handler400 = "luoshi.web.shell.views.bad_request"
