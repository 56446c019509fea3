"""The page of one item: what it is, who handles it, what can be done next and by whom, what was done."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from luoshi.kernel.access.policy import can
from luoshi.kernel.discuss.queries import comments_of
from luoshi.kernel.items.ahead import moves_ahead
from luoshi.kernel.items.clock_reading import clocks_of_item
from luoshi.kernel.items.editing import may_edit
from luoshi.kernel.items.evidencing import may_prove
from luoshi.kernel.items.policy import RIGHT, may, standing_of
from luoshi.kernel.items.private import has_private, may_reveal
from luoshi.kernel.items.proofs import moves_proved, proofs_of
from luoshi.kernel.items.queries import (
    duties_of,
    is_watched,
    item_visible,
    moves_of,
    tags_of,
    type_by_id,
)
from luoshi.kernel.items.relations import merged_into, relations_of
from luoshi.kernel.items.schema import CREATE, DUTY_PREFIX, ENDED, STAGE_TITLES, Stage
from luoshi.kernel.items.types import ItemType
from luoshi.kernel.ledger.queries import events_of
from luoshi.web.items.clock_views import clocks_context
from luoshi.web.items.forms import DUTIES
from luoshi.web.items.panels import Act, acts_of, panels_of
from luoshi.web.items.timeline import (
    Timeline,
    entries_of_clocks,
    entries_of_comments,
    entries_of_events,
    entries_of_steps,
    timeline,
)
from luoshi.web.items.views import TONES
from luoshi.web.shell.posting import request_key

STEP = "item_move"


@require_safe
def item_detail(request: HttpRequest, item_id: int) -> HttpResponse:
    """One item: what it is, who handles it, what can be done, what was done."""
    return render(
        request,
        "items/_item.html" if request.htmx else "items/item.html",
        item_context(request, item_visible(request.actor, item_id)),
    )


def item_context(request: HttpRequest, item: Any) -> dict[str, Any]:
    """Return everything the page of an item shows."""
    kind = type_by_id(item.definition_id)
    duties = duties_of(item)
    proofs = proofs_of(item)
    ahead = moves_ahead(request.actor, item, duties, request.now)
    return {
        "item": item,
        "kind": kind,
        "state": kind.states[item.state],
        "stage_title": STAGE_TITLES[Stage(item.stage)],
        "tone": "" if item.merged_into_id else TONES[item.stage],
        "tones": TONES,
        "values": [
            (field, field.display(item.values.get(field.key)))
            for field in kind.fields.values()
            if not field.pii and item.values.get(field.key) is not None
        ],
        "private": has_private(item),
        "tags": tags_of(item),
        "duties": [(DUTIES.get(row.role, row.role), row) for row in duties],
        "merged_into": merged_into(request.actor, item),
        "relations": relations_of(request.actor, item),
        "links": can(request.actor, RIGHT),
        "moves": [each.move for each in ahead if not each.why],
        "blocked": [each for each in ahead if each.why],
        "acts": acts_of(request, item, kind),
        "more": more_acts(request, item, kind, duties),
        "line": line_of(request, item, kind, proofs),
        "proofs": [proof for proof in proofs if not proof.dropped],
        "proves": may_prove(request.actor, item, duties, request.now),
        "clocks": clocks_context(request, item, kind, duties),
        "watched": is_watched(request.actor, item),
        "panels": panels_of(request, item, kind),
        "key": request_key(),
    }


def line_of(request: HttpRequest, item: Any, kind: ItemType, proofs: list[Any]) -> Timeline:
    """Return the timeline, narrowed as the address asks."""
    events = events_of("item", item.pk)
    wrote = {row: event.id for event in events for named, row, _ in event.after if named == STEP}
    entries = [
        *entries_of_steps(kind, moves_of(item), moves_proved(item), wrote),
        *entries_of_comments(comments_of(request.actor, "item", item.pk)),
        *entries_of_clocks(clocks_of_item(item, request.now)),
        *entries_of_events(
            events,
            {proof.evidence_id: (proof.revisions[-1], proof.now) for proof in proofs if not proof.dropped},
        ),
    ]
    return timeline(entries, request.GET.get("show", ""), request.today)


def more_acts(request: HttpRequest, item: Any, kind: ItemType, duties: list[Any]) -> list[Act]:
    """Return what can be changed besides moves, by who reads the page."""
    actor = request.actor
    if not can(actor, RIGHT):
        return []
    may_change = may_edit(actor, item, duties, request.now)
    found = []
    if any(not key.startswith(DUTY_PREFIX) for key in may_change):
        found.append(("修改内容", "item_edit"))
    if any(key.startswith(DUTY_PREFIX) for key in may_change):
        found.append(("调整责任单位", "item_duties"))
    found += [("编辑标签", "item_tags"), ("关联事项", "item_link"), ("设定上级事项", "item_parents")]
    open_still = item.merged_into_id is None and kind.states[item.state].stage not in ENDED
    if open_still and may(actor, kind.moves[CREATE].by, standing_of(kind, (), request.today)):
        found += [("并入他件", "item_merge"), ("拆分", "item_split")]
    if has_private(item) and may_reveal(actor, item, duties, request.now):
        found.append(("查看个人信息", "item_reveal"))
    return [Act(label, reverse(name, args=[item.pk]), drawer=True) for label, name in found]
