"""A trial shown to its units before it is published."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from luoshi.kernel.access.policy import require_right
from luoshi.kernel.assess.actions import round_preview
from luoshi.web.assess.forms import PreviewForm
from luoshi.web.assess.views import publish_context, sheet_context
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.posting import taken_once


@require_POST
def round_preview_page(request: HttpRequest, round_id: int) -> HttpResponse:
    """Show every unit its sheet and open the days for appeals."""
    require_right(request.actor, "round.publish")
    form = PreviewForm(request.POST)
    if form.is_valid():
        with refusals_into(request, form):
            taken_once(request, lambda: {"round": previewed(request, round_id)})
            messages.success(request, "已预告，各单位已收到通知。")
            return redirect("round_detail", round_id)
    context = sheet_context(request, round_id)
    context |= publish_context(request, context["round"], form)
    return render(request, "assess/round.html", context)


def previewed(request: HttpRequest, round_id: int) -> int:
    """Preview the round."""
    return round_preview(actor=request.actor, round_id=round_id, now=request.now).pk
