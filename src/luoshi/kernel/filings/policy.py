"""Who may fill a form: the right of the role, and the post or unit that the form's pack names."""

from __future__ import annotations

from luoshi.core.actor import SYSTEM_ACTOR, Actor, require
from luoshi.core.errors import NotFound
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.definitions.queries import definition, slot_target
from luoshi.kernel.filings.forms import Form
from luoshi.kernel.org.queries import post_get, unit_get


def filler_of(form: Form) -> tuple[str, str] | None:
    """Return ("post" or "unit", code) of who fills a form by its flow; None when the pack leaves it open.

    A slot that is not bound yet leaves it open too: then the right alone decides.
    """
    role = (form.body.get("flow") or {}).get("fill")
    try:
        who = str(definition("role", f"{form.pack}.{role}", form.pack_version).body["who"])
        kind, _, slot = who.partition(":")
        return slot_target(form.pack, slot) if kind in ("post", "unit") and slot.startswith("@") else None
    except NotFound:
        return None


def require_filler(actor: Actor, form: Form, right: str, unit_id: int | None = None) -> None:
    """Refuse whoever lacks ``right`` (over ``unit_id``) or is not the filler that the form names.

    Raises: NotAllowed.
    """
    require_right(actor, right, unit_id)
    filler = filler_of(form)
    if actor == SYSTEM_ACTOR or filler is None:
        return
    kind, code = filler
    own = actor.post_code if kind == "post" else actor.unit_code
    require(own == code, f"表单“{form.title}”由{_called(kind, code)}填报，您当前的岗位不能填报。")


def filler_named(form: Form) -> str:
    """Return who fills a form as a page names it; empty when the pack leaves it open."""
    filler = filler_of(form)
    return _called(*filler) if filler else ""


def _called(kind: str, code: str) -> str:
    """Return a post or unit as a refusal names it; by its code when it is not set up yet."""
    try:
        return f"岗位“{post_get(code).title}”" if kind == "post" else f"单位“{unit_get(code).title}”"
    except NotFound:
        return f"岗位 {code} " if kind == "post" else f"单位 {code} "
