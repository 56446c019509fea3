"""Evidence of items on pages: handed in by itself or together with a move, replaced, removed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from luoshi.core.errors import NotAllowed, NotFound, Refusal
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.definitions.fields import field_of
from luoshi.kernel.items.evidencing import (
    MOST,
    item_evidence_add,
    item_evidence_drop,
    item_evidence_revise,
    may_prove,
)
from luoshi.kernel.items.policy import RIGHT
from luoshi.kernel.items.proofs import proofs_of
from luoshi.kernel.items.queries import duties_of, item_visible, type_by_id
from luoshi.kernel.items.schema import EVIDENCE_PREFIX
from luoshi.kernel.items.types import ItemType
from luoshi.web.filings.many_forms import ProofBox, ProofInputs, proof_box
from luoshi.web.items.forms import PROOF
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.posting import request_key, taken_once

ATTACH, REMOVE = "attach", "remove"


class ProofForm(forms.Form):
    """A file as evidence, by itself."""

    def __init__(self, *args: Any, proofs: ProofInputs, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.proofs = proofs
        self.fields.update(proofs.fields())

    @property
    def box(self) -> ProofBox:
        """Return the box that draws the inputs."""
        return proof_box(self, self.proofs)


def inputs_of(request: HttpRequest, item: Any, kind: ItemType) -> ProofInputs:
    """Return the inputs for evidence of an item; the actor's own unit may replace and remove its own."""
    spec = {"key": PROOF, "title": "佐证", "type": f"files:{MOST}", "kinds": list(kind.evidence.kinds)}
    own = [
        proof.now for proof in proofs_of(item) if not proof.dropped and proof.unit_id == request.actor.unit_id
    ]
    return ProofInputs(field_of(spec, {}), own)


@require_http_methods(["GET", "HEAD", "POST"])
def item_evidence(request: HttpRequest, item_id: int) -> HttpResponse:
    """Hand in, replace or remove evidence of an item."""
    item = item_visible(request.actor, item_id)
    require_right(request.actor, RIGHT)
    if request.method != "POST" and not may_prove(request.actor, item, duties_of(item), request.now):
        raise NotAllowed("本件现在不由您的岗位办理，不能提交佐证。")
    kind = type_by_id(item.definition_id)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    asked = ProofForm(*posted, proofs=inputs_of(request, item, kind))
    if posted and asked.is_valid():
        with refusals_into(request, asked):
            done = taken_once(request, lambda: proof_changed(request, item, asked))
            messages.success(request, done["words"])
            return redirect("item_detail", item.pk)
    context = {"item": item, "kind": kind, "asked": asked, "key": request_key()}
    return render(request, "items/_evidence_in.html" if request.htmx else "items/evidence_in.html", context)


def changes_proof(request: HttpRequest) -> bool:
    """Say whether the button pressed is one of the box for evidence."""
    return request.POST.get("do", "").partition(":")[0] in (ATTACH, REMOVE)


def proof_changed(request: HttpRequest, item: Any, asked: forms.Form) -> dict[str, str]:
    """Take in the file that was chosen, or out the piece that is to be removed; return what was done."""
    verb, _, number = request.POST.get("do", "").partition(":")
    if verb == REMOVE:
        item_evidence_drop(
            actor=request.actor, item_id=item.pk, evidence_id=number_or_none(number) or 0, now=request.now
        )
        return {"words": f"{item.number} 的佐证已移除，移除已留痕。"}
    if not proof_handed_in(request, item, asked):
        raise Refusal("请先选择要上传的文件。", fields={f"{PROOF}.file": "请先选择要上传的文件。"})
    return {"words": f"{item.number} 的佐证已上传。"}


def proof_handed_in(request: HttpRequest, item: Any, asked: Any) -> bool:
    """Take in the file that was chosen; say whether there was one. Refusals name the inputs of the box."""
    sent = {name: asked.data.get(name, "") for name in asked.proofs.fields()} | dict(asked.files.items())
    for upload in asked.files.values():
        upload.seek(0)  # it was read before, when the move that it came with was refused
    found = asked.proofs.handed_in(sent)
    if found is None:
        return False
    proof, into = found
    here = {"actor": request.actor, "item_id": item.pk, "proof": proof, "now": request.now}
    try:
        if into:
            item_evidence_revise(evidence_id=number_or_none(into) or 0, **here)
        else:
            item_evidence_add(**here)
    except Refusal as refusal:
        raise named(refusal) from refusal
    return True


def named(refusal: Refusal) -> Refusal:
    """Return the refusal with the names its inputs have in the box; a lack of evidence stands at the file."""
    fields = {}
    for name, text in refusal.fields.items():
        lacks = name.startswith(EVIDENCE_PREFIX)
        own = name in ("kind", "title", "occurred_on", "file")
        fields[f"{PROOF}.file" if lacks else f"{PROOF}.{name}" if own else name] = text
    return type(refusal)(refusal.message, fields=fields)


def proof_saved_from(request: HttpRequest, item: Any, asked: Any) -> bool:
    """Keep the file that came with a refused move, so it need not be chosen again; say whether it was."""
    if asked.proofs is None:
        return False
    try:
        kept = proof_handed_in(request, item, asked)
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        if not any(key.startswith(f"{PROOF}.") for key in asked.errors):
            for key, text in refusal.fields.items():
                asked.add_error(key if key in asked.fields else None, text)
        return False
    if kept:
        messages.info(request, "佐证已上传并留在本件；办理尚未生效，请改正后再办。")
    return kept
