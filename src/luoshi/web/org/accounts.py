"""Accounts: who can sign in, one-time passwords for paper, stopping and resuming."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from luoshi.core.errors import Invalid
from luoshi.kernel.access.actions import (
    MOST_ISSUED,
    account_resume,
    account_stop,
    password_reset,
    passwords_issue,
)
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.access.queries import AccountState, account_lines
from luoshi.kernel.documents.xlsx import Column
from luoshi.web.shell.export import xlsx_response
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.posting import request_key, taken_once

PER_PAGE = MOST_ISSUED
STATES = {
    AccountState.WITHOUT: ("未发口令", "warn"),
    AccountState.FIRST: ("待首次登录", "doing"),
    AccountState.USED: ("正常", "ok"),
    AccountState.STOPPED: ("已停用", "bad"),
}


@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    """Every account with its posts; those without a password may be chosen to be given one."""
    require_right(request.actor, "account.manage")
    context = list_context(request)
    if request.htmx:
        return render(request, "org/_accounts.html", context)
    return render(request, "org/accounts.html", context)


def list_context(request: HttpRequest) -> dict[str, Any]:
    """Return the page of accounts as the address asks for it."""
    text, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    chosen = AccountState(state) if state in set(AccountState) else None
    lines = account_lines(request.actor, on=request.today, text=text, state=chosen)
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    return {
        "page": page,
        "rows": [(line, *STATES[line.state]) for line in page],
        "q": text,
        "state": chosen.value if chosen else "",
        "states": [(each.value, title) for each, (title, _) in STATES.items()],
        "without": sum(line.state is AccountState.WITHOUT for line in page),
        "key": request_key(),
        "me": request.user.pk,
    }


@require_safe
def account_export(request: HttpRequest) -> HttpResponse:
    """The accounts as filtered, without any password."""
    require_right(request.actor, "account.manage")
    context = list_context(request)
    columns = [Column("账号", 16), Column("姓名", 14), Column("岗位", 40), Column("状态", 14)]
    rows = [
        (line.username, line.name, "；".join(line.posts), STATES[line.state][0])
        for line in context["page"].paginator.object_list
    ]
    return xlsx_response("账号", columns, rows)


@never_cache
@require_POST
def passwords_issued(request: HttpRequest) -> HttpResponse:
    """Give one-time passwords and show them this once, as slips for paper.

    Not under a request key: its answer may be kept nowhere. Sent twice, the second is refused.
    """
    require_right(request.actor, "account.manage")
    numbers = [number_or_none(text) for text in request.POST.getlist("account")]
    issued = passwords_issue(
        by=request.actor, account_ids=[number for number in numbers if number], now=request.now
    )
    return render(request, "org/passwords.html", {"issued": issued})


@never_cache
@require_POST
def account_changed(request: HttpRequest, account_id: int) -> HttpResponse:
    """Stop an account, let it in again, or give it a new one-time password."""
    require_right(request.actor, "account.manage")
    match request.POST.get("do"):
        case "reset":
            issued = [password_reset(by=request.actor, account_id=account_id, now=request.now)]
            return render(request, "org/passwords.html", {"issued": issued})
        case "stop":
            return _done(request, account_id, account_stop, "已停用，正在进行的登录随即失效。")
        case "resume":
            return _done(request, account_id, account_resume, "已恢复。")
    raise Invalid("请选择停用、恢复或重置口令。")


def _done(request: HttpRequest, account_id: int, action: Callable[..., Any], told: str) -> HttpResponse:
    result = taken_once(
        request,
        lambda: {"username": action(by=request.actor, account_id=account_id, now=request.now).username},
    )
    messages.success(request, f"账号“{result['username']}”{told}")
    return redirect("account_list")
