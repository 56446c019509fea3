"""Saying who coaches a unit."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from luoshi.kernel.access.policy import require_right
from luoshi.kernel.org.coaching import coach_links, coach_set, posts_to_coach
from luoshi.kernel.org.queries import unit_get
from luoshi.web.shell.errors import refusals_into


class CoachForm(forms.Form):
    """The post that coaches, and from which day."""

    post_code = forms.ChoiceField(label="包联岗位", required=False, help_text="选“不设”即自该日起结束包联。")
    on = forms.DateField(
        label="起始日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "日期请写作 2021-01-15。", "required": "请填写起始日期。"},
    )

    def __init__(self, *given: object, posts: list[tuple[str, str]], **named: object) -> None:
        super().__init__(*given, **named)
        self.fields["post_code"].choices = [("", "不设"), *posts]


@require_http_methods(["GET", "HEAD", "POST"])
def unit_coach(request: HttpRequest, code: str) -> HttpResponse:
    """Set or end the coach of a unit."""
    require_right(request.actor, "coach.set")
    unit = unit_get(code)
    posts = posts_to_coach(unit.pk, request.today)
    links = coach_links(unit.pk)
    held = links[0].post_code if links and links[0].to_on is None else ""
    form = CoachForm(request.POST or None, posts=posts, initial={"on": request.today, "post_code": held})
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            coach_set(
                by=request.actor,
                unit_code=code,
                post_code=form.cleaned_data["post_code"] or None,
                on=form.cleaned_data["on"],
                now=request.now,
            )
            messages.success(request, f"{unit.title}的包联领导已登记。")
            return redirect("unit_detail", code)
    return render(request, "org/coach.html", {"unit": unit, "form": form})
