"""The one place where a refusal becomes an answer, and where refusals reach the security log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from luoshi.core.errors import NotAllowed, NotFound, Refusal
from luoshi.kernel.ledger.actions import security_note

CONFLICT = 409
READING_METHODS = {"GET", "HEAD"}
TITLES = {403: "没有权限", 404: "没有找到", CONFLICT: "未能办理"}


class DeniedMiddleware:
    """Writes what was refused into the security log, on the way out.

    It stands outside the read-only guard: by now the transaction of the refused action was rolled back,
    and a denied reading may be noted too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.refusals = []
        response = self.get_response(request)
        for refusal in request.refusals:
            note(request, refusal)
        return response


class ErrorsMiddleware:
    """Answers a ``Refusal`` that no form took up: 404, 403 or 409, as a page or (under htmx) as a notice."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.htmx and response.status_code == 404 and not getattr(response, "is_refusal", False):
            return answer(request, NotFound("没有这项内容，或者它不在您的查看范围内。"), status=404)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        if isinstance(exception, NotFound):
            return answer(request, exception, status=404)
        keep(request, exception)
        return answer(request, exception, status=403 if isinstance(exception, NotAllowed) else CONFLICT)


def answer(request: HttpRequest, refusal: Refusal, *, status: int) -> HttpResponse:
    """Render the refusal with its remedy."""
    context = {
        "title": TITLES[status],
        "status": status,
        "message": refusal.message,
        "fields": refusal.fields,
        "back": request.get_full_path() if request.method not in READING_METHODS else "",
    }
    template = "shell/_refusal.html" if request.htmx else "shell/refusal.html"
    response = render(request, template, context, status=status)
    response.is_refusal = True
    return response


def keep(request: HttpRequest, refusal: Refusal) -> None:
    """Remember a refusal for the security log: a refused change, or a reading denied for lack of rights."""
    if isinstance(refusal, NotAllowed) or request.method not in READING_METHODS:
        request.refusals.append(refusal)


def note(request: HttpRequest, refusal: Refusal) -> None:
    """Write one refusal down: the page and the rule, never what was typed."""
    match = request.resolver_match
    security_note(
        kind="denied" if isinstance(refusal, NotAllowed) else "refused",
        account=request.user.pk if request.user.is_authenticated else None,
        at=request.now,
        detail={"page": match.url_name if match else "", "method": request.method, "rule": refusal.code},
    )


@contextmanager
def refusals_into(request: HttpRequest, form: BaseForm, *, noted: bool = True) -> Iterator[None]:
    """Turn a refusal raised inside into errors of ``form``, beside the fields it names.

    Lack of rights and missing records are not the form's business and pass on. ``noted``: False where the
    action writes the security log itself.
    """
    try:
        yield
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        if noted:
            keep(request, refusal)
        named = {key: text for key, text in refusal.fields.items() if key in form.fields}
        for key, text in named.items():
            form.add_error(key, text)
        if not named:
            form.add_error(None, refusal.message)
