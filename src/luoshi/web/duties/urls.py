"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.duties import edit_views, importing, unit_views, views

urlpatterns = [
    path("", views.duty_overview, name="duty_overview"),
    path("export/", views.duty_overview_export, name="duty_overview_export"),
    path("units/", unit_views.duty_units, name="duty_units"),
    path("units/export/", unit_views.duty_units_export, name="duty_units_export"),
    path("units/<str:code>/", unit_views.duty_unit, name="duty_unit"),
    path("units/<str:code>/sheet/", unit_views.duty_unit_sheet, name="duty_unit_sheet"),
    path("units/<str:code>/export/", unit_views.duty_unit_export, name="duty_unit_export"),
    path("review/", unit_views.duty_review, name="duty_review"),
    path("adopt/", edit_views.list_adopted, name="list_adopt"),
    path("draft/", edit_views.list_drafted, name="list_draft"),
    path("template/", importing.list_template, name="list_template"),
    path("lists/<int:list_id>/", views.list_detail, name="list_detail"),
    path("lists/<int:list_id>/export/", views.list_export, name="list_export"),
    path("lists/<int:list_id>/changes/", views.list_changes_page, name="list_changes"),
    path("lists/<int:list_id>/item/", edit_views.item_edit, name="list_item"),
    path("lists/<int:list_id>/item/remove/", edit_views.item_removed, name="list_item_remove"),
    path("lists/<int:list_id>/import/", importing.list_imported, name="list_import"),
    path("lists/<int:list_id>/publish/", edit_views.list_published, name="list_publish"),
    path("lists/<int:list_id>/revise/", edit_views.list_revised, name="list_revise"),
    path("lists/<int:list_id>/retire/", edit_views.list_retired, name="list_retire"),
    path("lists/<int:list_id>/drop/", edit_views.list_dropped, name="list_drop"),
]
