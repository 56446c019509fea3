"""The compared views. Each creates one record per POST and answers with its id."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse  # noqa: TID251 - views of the measurement, not of the product
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from bench.create.models import PlainHead, PlainLine
from luoshi.core.actor import By
from luoshi.kernel.ledger.actions import once
from luoshi.kernel.org.actions import person_create

DESK = By(7, "desk", "u01")


@require_POST
@transaction.atomic
def bare_page(request: HttpRequest) -> HttpResponse:
    """Insert two rows, as a plain Django application would; behind the product's sign-in and middleware."""
    head = PlainHead.objects.create(name=request.POST["name"])
    PlainLine.objects.create(head=head, text=request.POST["name"], at=settings.LUOSHI_CLOCK.now())
    return HttpResponse(str(head.pk))


@csrf_exempt
@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    """The same, for everybody."""
    return bare_page(request)


@csrf_exempt
@login_not_required
@require_POST
def recorded(request: HttpRequest) -> HttpResponse:
    """Create a record of the product through its action: checks, row, event, outbox row, commitment."""
    person = person_create(by=DESK, name=request.POST["name"], now=settings.LUOSHI_CLOCK.now())
    return HttpResponse(str(person.pk))


@require_POST
def page(request: HttpRequest) -> HttpResponse:
    """Create it as a page does: session, form token, account, actor, right, request key."""
    actor, now = request.actor, request.now

    def make() -> dict[str, int]:
        return {"id": person_create(by=actor, name=request.POST["name"], now=now).pk}

    return HttpResponse(str(once(by=actor.by, key=request.POST["key"], now=now, make=make)["id"]))
