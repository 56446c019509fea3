"""Sign-in, sign-out, the choice of appointment, the own password, large type."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from luoshi.core.errors import NotFound
from luoshi.kernel.access.actions import account_password_set, signin_check
from luoshi.kernel.access.queries import appointments_of
from luoshi.kernel.ledger.actions import security_note
from luoshi.web.shell.actor import APPOINTMENT
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.forms import PasswordForm, SigninForm

LARGE_TYPE = "large"
YEAR_IN_SECONDS = 365 * 86400
BACKEND = "django.contrib.auth.backends.ModelBackend"


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def signin(request: HttpRequest) -> HttpResponse:
    """Sign in by name and password. A part of a page asked for after the session ended leads here whole."""
    if request.htmx:
        return HttpResponseClientRedirect(f"{request.path}?{urlencode({'next': page_left(request)})}")
    if request.user.is_authenticated:
        return redirect("workbench")
    form = SigninForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form, noted=False):
            account = signin_check(**form.cleaned_data, now=request.now, source=request.META["REMOTE_ADDR"])
            login(request, account, backend=BACKEND)
            return redirect(next_page(request))
    return render(request, "shell/signin.html", {"form": form, "next": request.GET.get("next", "")})


@require_POST
def signout(request: HttpRequest) -> HttpResponse:
    """End the session."""
    security_note(kind="signout", account=request.user.pk, at=request.now, detail={})
    logout(request)
    messages.info(request, "已退出。")
    return redirect("signin")


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Act in another of one's own appointments."""
    asked = request.POST.get("appointment", "")
    held = {str(entry.id): entry for entry in appointments_of(request.user, request.today)}
    if asked not in held:
        raise NotFound("没有这项任职，或已经到期。")
    request.session[APPOINTMENT] = held[asked].id
    return redirect("workbench")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change the own password; compulsory after somebody else gave one out."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            old, new = form.cleaned_data["old"], form.cleaned_data["new"]
            account = account_password_set(actor=request.actor, old=old, new=new, now=request.now)
            update_session_auth_hash(request, account)
            messages.success(request, "密码已修改，下次登录请用新密码。")
            return redirect("workbench")
    return render(request, "shell/password.html", {"form": form, "forced": request.user.must_change_password})


@login_not_required
@require_POST
def large_type(request: HttpRequest) -> HttpResponse:
    """Turn the large-type mode on or off for this browser."""
    response = redirect(next_page(request))
    if request.COOKIES.get(LARGE_TYPE):
        response.delete_cookie(LARGE_TYPE)
    else:
        response.set_cookie(LARGE_TYPE, "1", max_age=YEAR_IN_SECONDS, httponly=True, samesite="Lax")
    return response


def page_left(request: HttpRequest) -> str:
    """Return the page that htmx says it stands on; the workbench when its header is no address of ours."""
    try:
        return request.htmx.current_url_abs_path or "/"
    except ValueError:
        return "/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what cannot be read. Unlike Django's own page it never looks into the form, which may be why."""
    return HttpResponseBadRequest(render_to_string("400.html"))


def next_page(request: HttpRequest) -> str:
    """Return the page to go on to: an address of this site that the form carried, else the workbench."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=request.is_secure()):
        return wanted
    return "/"
