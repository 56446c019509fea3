"""The hours of the district, the push address, one's own mailbox and topics."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from luoshi.kernel.access.policy import require_right
from luoshi.kernel.notify.hours import hours_in_force
from luoshi.kernel.notify.setting import (
    notice_hours_set,
    preference_of,
    preference_set,
    webhook_set,
    webhook_shown,
)
from luoshi.kernel.notify.topics import topics_known
from luoshi.web.notices.forms import HoursForm, PreferenceForm, WebhookForm
from luoshi.web.shell.errors import refusals_into

HOURS = ("digest_at", "quiet_from", "quiet_to", "workdays_only")


@require_http_methods(["GET", "HEAD", "POST"])
def notice_hours(request: HttpRequest) -> HttpResponse:
    """Time of the digest and quiet hours."""
    require_right(request.actor, "notice.manage")
    hours = hours_in_force()
    form = HoursForm(request.POST or None, initial={name: getattr(hours, name) for name in HOURS})
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            notice_hours_set(actor=request.actor, now=request.now, **form.cleaned_data)
            messages.success(request, "提醒设置已保存。")
            return redirect("notice_hours")
    return render(request, "notices/hours.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def notice_webhook(request: HttpRequest) -> HttpResponse:
    """Where digests are pushed to, and the secret by which the receiver knows them."""
    address, secret = webhook_shown(request.actor)
    form = WebhookForm(request.POST or None, initial={"address": address})
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            webhook_set(actor=request.actor, now=request.now, **form.cleaned_data)
            messages.success(request, "推送设置已保存，签名密钥已更换。")
            return redirect("notice_webhook")
    return render(request, "notices/webhook.html", {"form": form, "secret": secret})


@require_http_methods(["GET", "HEAD", "POST"])
def notice_preference(request: HttpRequest) -> HttpResponse:
    """The own mailbox and the topics one need not hear of."""
    kept = preference_of(request.actor)
    initial = {"mailbox": kept.mailbox, "muted": kept.muted}
    form = PreferenceForm(request.POST or None, initial=initial, topics=topics_known())
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            preference_set(actor=request.actor, **form.cleaned_data)
            messages.success(request, "我的提醒设置已保存。")
            return redirect("notice_preference")
    return render(request, "notices/preference.html", {"form": form})
