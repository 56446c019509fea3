"""Who asks and when: ``request.actor`` and ``request.now``, taken once at the edge."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from luoshi.core.beijing import local_day
from luoshi.kernel.access.queries import actor_of

APPOINTMENT = "appointment"
FREE_WHILE_PASSWORD_DUE = {"password", "signout", "large_type"}


class ActorMiddleware:
    """Sets ``request.now`` for everybody and ``request.actor`` (None before sign-in).

    An account whose password was given out by somebody else gets no further than the page where it is
    changed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = settings.LUOSHI_CLOCK.now()
        request.today = local_day(request.now)
        request.actor = None
        if request.user.is_authenticated:
            chosen = request.session.get(APPOINTMENT)
            request.actor = actor_of(request.user, chosen, request.today)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        if not request.user.is_authenticated or not request.user.must_change_password:
            return None
        if request.resolver_match.url_name in FREE_WHILE_PASSWORD_DUE:
            return None
        return redirect("password")
