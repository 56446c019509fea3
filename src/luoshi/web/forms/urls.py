"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.forms import builder_views, views

urlpatterns = [
    path("", views.proposal_list, name="proposal_list"),
    path("export/", views.proposal_export, name="proposal_export"),
    path("local.yaml", views.local_pack, name="local_pack"),
    path("new/", builder_views.design_new, name="design_new"),
    path("drafts/<int:draft_id>/", builder_views.design_page, name="design_page"),
    path("drafts/<int:draft_id>/drop/", builder_views.design_dropped, name="design_drop"),
    path("<int:proposal_id>/", views.proposal_detail, name="proposal_detail"),
    path("<int:proposal_id>/withdraw/", views.proposal_withdrawn, name="proposal_withdraw"),
    path("<int:proposal_id>/admit/", views.proposal_admitted, name="proposal_admit"),
    path("<int:proposal_id>/refuse/", views.proposal_refused, name="proposal_refuse"),
]
