"""The dialog of one move: what it needs, with the evidence it is taken with."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from luoshi.core.errors import NotFound, Refusal
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.items.actions import item_move
from luoshi.kernel.items.policy import RIGHT, require_holder, standing_of
from luoshi.kernel.items.queries import duties_of, item_visible, type_by_id, units_for_choice
from luoshi.kernel.items.schema import CREATE, DUTY_PREFIX, evidence_needed
from luoshi.kernel.items.types import ItemType, Move
from luoshi.web.items.evidence_views import (
    changes_proof,
    inputs_of,
    named,
    proof_changed,
    proof_handed_in,
    proof_saved_from,
)
from luoshi.web.items.forms import PROOF, TITLE, GivenForm, SureForm
from luoshi.web.items.views import TONES
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.posting import request_key, taken_once


def choices(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the units of the day as choices."""
    return [(unit.code, unit.title) for unit in units_for_choice(request.today)]


@require_http_methods(["GET", "HEAD", "POST"])
def item_moved(request: HttpRequest, item_id: int, move: str) -> HttpResponse:
    """The dialog of one move: what it needs, nothing else."""
    item = item_visible(request.actor, item_id)
    kind = type_by_id(item.definition_id)
    require_right(request.actor, RIGHT)
    rule = kind.moves.get(move)
    if rule is None or move == CREATE:
        raise NotFound(f"“{kind.title}”没有这个动作。")
    duties = duties_of(item)
    require_holder(request.actor, rule.by, standing_of(kind, duties, request.today), rule.title)
    asked = move_form(request, item, rule, duties)
    if request.method == "POST" and changes_proof(request):
        asked = proof_first(request, item, rule, duties, asked)
    elif request.method == "POST":
        if asked.is_valid():
            with refusals_into(request, asked):
                taken_once(request, lambda: proved_and_moved(request, item, rule.key, asked))
                messages.success(request, f"{item.number} 已办理“{rule.title}”。")
                return redirect("item_detail", item.pk)
        if proof_saved_from(request, item, asked):
            asked = told_again(asked, move_form(request, item, rule, duties, files=False))
    context = {
        "item": item,
        "kind": kind,
        "rule": rule,
        "asked": asked,
        "state": kind.states[item.state],
        "end": kind.states[rule.end],
        "tones": TONES,
        "key": request_key(),
    }
    return render(request, "items/_move.html" if request.htmx else "items/move.html", context)


def move_form(
    request: HttpRequest,
    item: Any,
    rule: Move,
    duties: list[Any],
    *,
    files: bool = True,
    typed: dict[str, Any] | None = None,
) -> GivenForm:
    """Return the form of a move; ``files``: with those sent; ``typed``: unbound, and starting with it."""
    kind = type_by_id(item.definition_id)
    proves = any(evidence_needed(key) for key in rule.need)
    posted: tuple[Any, ...] = ()
    if request.method == "POST" and typed is None:
        posted = (request.POST, request.FILES) if files else (without_proof(request), None)
    return GivenForm(
        *posted,
        kind=kind,
        need=rule.need,
        may=rule.may,
        units=choices(request),
        standing=standing_values(item, kind, duties) | (typed or {}),
        proofs=inputs_of(request, item, kind) if proves else None,
    )


def without_proof(request: HttpRequest) -> Any:
    """Return what was typed, without the inputs of a file that was taken in already."""
    left = request.POST.copy()
    for name in [name for name in left if name.startswith(f"{PROOF}.")]:
        del left[name]
    return left


def standing_values(item: Any, kind: ItemType, duties: list[Any]) -> dict[str, Any]:
    """Return what stands on an item, by the names of a form."""
    standing: dict[str, Any] = {TITLE: item.title, **item.values}
    for row in duties:
        one = kind.duties[row.role].most == 1
        code = row.post.code if row.post else row.unit_code
        key = f"{DUTY_PREFIX}{row.role}"
        standing[key] = code if one else [*standing.get(key, []), code]
    return standing


def proved_and_moved(request: HttpRequest, item: Any, move: str, asked: GivenForm) -> dict[str, int]:
    """Take in the file that was chosen and take the move: both or neither."""
    if asked.proofs is not None:
        proof_handed_in(request, item, asked)
    try:
        taken = item_move(
            actor=request.actor,
            item_id=item.pk,
            move=move,
            given=asked.given(),
            now=request.now,
            seen_step=number_or_none(request.POST.get("step")),
        )
    except Refusal as refusal:
        raise named(refusal) from refusal
    return {"step": taken.step.number}


def proof_first(
    request: HttpRequest, item: Any, rule: Move, duties: list[Any], asked: GivenForm
) -> GivenForm:
    """Take evidence in or out without moving; return the form as it goes on, with what was typed."""
    asked.full_clean()
    only = SureForm(request.POST)
    with refusals_into(request, only):
        done = taken_once(request, lambda: proof_changed(request, item, asked))
        messages.success(request, done["words"])
    refused = only.non_field_errors()
    again = move_form(request, item, rule, duties, typed=asked.typed(proof=bool(refused)))
    again.refused = refused
    return again


def told_again(asked: GivenForm, again: GivenForm) -> GivenForm:
    """Return the form anew with the faults it had."""
    again.is_valid()
    for key, errors in asked.errors.items():
        if key not in again.errors:
            again.add_error(None if key == NON_FIELD_ERRORS else key, list(errors))
    return again
