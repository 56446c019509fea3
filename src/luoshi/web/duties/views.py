"""The district's lists with what they cover, one list with its items, and the difference of two versions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from luoshi.core.rhythm import rhythm_words
from luoshi.domains.duties.audience import Audience
from luoshi.domains.duties.checking import TITLES
from luoshi.domains.duties.coverage import coverage
from luoshi.domains.duties.policy import may_draft, may_publish
from luoshi.domains.duties.queries import (
    COMPARED,
    Kind,
    State,
    items_of,
    list_changes,
    list_visible,
    lists_visible,
    templates_visible,
)
from luoshi.kernel.access.policy import can, require_right
from luoshi.kernel.documents.xlsx import Column
from luoshi.kernel.ledger.queries import events_of
from luoshi.web.duties.forms import AdoptForm, PublishForm, RetireForm
from luoshi.web.duties.words import (
    KINDS,
    STATES,
    answer_words,
    audience_words,
    form_limits,
    form_titles,
    holders_words,
    limit_words,
    state_of,
    state_words,
    typed_of,
)
from luoshi.web.ledger.words import Names
from luoshi.web.shell.export import xlsx_response

WIDE = {"requirement": 44, "evidence_hint": 24, "legal_basis": 24, "answer": 24, "applies_to": 24}


@require_safe
def duty_overview(request: HttpRequest) -> HttpResponse:
    """Every list in sight, and for those who publish what does not fit."""
    require_right(request.actor, "list.view")
    context = lists_context(request)
    if request.htmx:
        return render(request, "duties/_lists.html", context)
    return render(request, "duties/overview.html", {**context, **tools_context(request)})


def lists_context(request: HttpRequest) -> dict[str, Any]:
    """Return the versions that the address asks for; without a state, those that are over are left out."""
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "kind", "state")}
    rows = []
    for each in lists_visible(request.actor, request.today):
        state = state_of(each, request.today)
        wanted = asked["state"] == state if asked["state"] else state != "past"
        named = asked["q"].casefold() in f"{each.title} {each.code} {each.keeper.title}".casefold()
        if wanted and named and asked["kind"] in ("", each.kind):
            rows.append((each, Kind(each.kind).label, *state_words(each, request.today)))
    return {"rows": rows, "asked": asked, "kinds": KINDS, "states": STATES}


def tools_context(request: HttpRequest, adopt: AdoptForm | None = None) -> dict[str, Any]:
    """Return what stands beside the lists."""
    publishes = can(request.actor, "list.publish")
    templates = [(found.ref, found.title) for found in templates_visible(request.actor)]
    adopt = adopt or AdoptForm(templates=templates, initial={"year": request.today.year})
    return {
        "coverage": coverage(request.today) if publishes else None,
        "adopt": adopt if templates else None,
        "may": {"draft": can(request.actor, "list.draft"), "publish": publishes},
        "own": request.actor.unit_code,
    }


@require_safe
def duty_overview_export(request: HttpRequest) -> HttpResponse:
    """The lists as shown, as a spreadsheet."""
    require_right(request.actor, "list.view")
    columns = [
        Column("清单编码", 14),
        Column("名称", 32),
        Column("类别", 12),
        Column("年度", 8, "int"),
        Column("版次", 8, "int"),
        Column("状态", 12),
        Column("生效日期", 14),
        Column("失效日期", 14),
        Column("事项数", 8, "int"),
        Column("主管单位", 24),
        Column("依据文件", 36),
    ]
    rows = [
        (
            *(each.code, each.title, kind, each.year, each.version, word),
            *(_day(each.effective_from), _day(each.effective_to)),
            *(each.item_count, each.keeper.title, each.basis),
        )
        for each, kind, _, word in lists_context(request)["rows"]
    ]
    return xlsx_response(f"责任清单 {request.today.isoformat()}", columns, rows)


def _day(value: Any) -> str:
    return value.isoformat() if value else ""


@require_safe
def list_detail(request: HttpRequest, list_id: int) -> HttpResponse:
    """One version with its items."""
    return render(request, "duties/list.html", list_context(request, list_id))


def list_context(request: HttpRequest, list_id: int, **forms: Any) -> dict[str, Any]:
    """Return a version with everything that is shown of it; ``forms`` are those that have errors to show."""
    found = list_visible(request.actor, list_id, request.today)
    audience, titles, limits = Audience.on(request.today), form_titles(), form_limits()
    versions = [
        (each, *state_words(each, request.today))
        for each in lists_visible(request.actor, request.today)
        if each.code == found.code
    ]
    events = events_of("duty_list", found.pk)
    names = Names.of((event.by for event in events), request.today)
    draft = found.state == State.DRAFT
    drafts = may_draft(request.actor, found.kind, found.keeper_id)
    newest = max((each.version for each, _, _ in versions if each.effective_from), default=0)
    return {
        "list": found,
        "kind": Kind(found.kind).label,
        "state": state_words(found, request.today),
        "audience": audience_words(found.applies_to, audience),
        "holders": holders_words(found.holders),
        "items": [
            (
                item,
                holders_words(item.holders),
                limit_words(item, limits),
                answer_words(item, titles),
                audience_words(item.applies_to, audience),
            )
            for item in items_of(found)
        ],
        "versions": versions,
        "events": [(event, names.who(event.by)) for event in reversed(events)],
        "publish": PublishForm(initial={"effective_from": request.today}),
        "retire": RetireForm(),
        "may": {
            "edit": draft and drafts,
            "publish": draft and may_publish(request.actor, found),
            "wait": draft and can(request.actor, "list.publish", found.keeper_id),
            "revise": found.version == newest and drafts and found.state != State.RETIRED,
            "retire": found.state == State.PUBLISHED and can(request.actor, "list.publish", found.keeper_id),
        },
        **forms,
    }


@require_safe
def list_export(request: HttpRequest, list_id: int) -> HttpResponse:
    """The items of a version, in the columns that can be imported again."""
    found = list_visible(request.actor, list_id, request.today)
    audience, titles = Audience.on(request.today), form_titles()
    columns = [Column(title, WIDE.get(field, 16)) for field, title in TITLES.items()]
    rows = [tuple(typed_of(item, audience, titles).values()) for item in items_of(found)]
    return xlsx_response(f"{found.title} 第{found.version}版", columns, rows)


@require_safe
def list_changes_page(request: HttpRequest, list_id: int) -> HttpResponse:
    """What a version changes against the one before."""
    newer, older, changes = list_changes(request.actor, list_id, request.today)
    audience, titles = Audience.on(request.today), form_titles()
    states = {"new": ("ok", "新增"), "gone": ("bad", "删去"), "changed": ("warn", "改动")}
    rows = [
        (
            change,
            *states[change.state],
            [
                (COMPARED[name], _shown(name, before, audience, titles), _shown(name, now, audience, titles))
                for name, before, now in change.fields
            ],
        )
        for change in changes
    ]
    return render(request, "duties/changes.html", {"list": newer, "older": older, "rows": rows})


def _shown(name: str, text: str, audience: Audience, titles: dict[str, str]) -> str:
    if name == "applies_to":
        return audience_words(text, audience) or "本清单全部单位"
    if name == "form_ref":
        return titles.get(text, text)
    if name == "due":
        return rhythm_words("event", text).partition("，")[2] if text else ""
    return text
