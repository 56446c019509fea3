"""What may be done with a form, beyond reading it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from luoshi.core.actor import Actor
from luoshi.core.errors import NotAllowed
from luoshi.kernel.access.policy import can
from luoshi.kernel.filings.forms import Form
from luoshi.kernel.filings.policy import require_filler
from luoshi.kernel.filings.queries import batches_visible, templates_of
from luoshi.web.filings.forms import OpenForm
from luoshi.web.shell.posting import request_key


def tools_context(request: HttpRequest, form: Form, open_form: OpenForm | None = None) -> dict[str, Any]:
    """Return what may be done with a form, beyond reading it."""
    if open_form is None:
        open_form = OpenForm(kind=form.period_kind)
    return {
        "templates": templates_of(form.ref),
        "batches": batches_visible(request.actor, form.ref)[:5],
        "open_form": open_form,
        "key": request_key(),
        "may": {
            "open": can(request.actor, "period.open"),
            "import": may_fill(request.actor, form, "filing.import"),
        },
    }


def may_fill(actor: Actor, form: Form, right: str, unit_id: int | None = None) -> bool:
    """Say whether the actor is the one who fills this form."""
    try:
        require_filler(actor, form, right, unit_id)
    except NotAllowed:
        return False
    return True
