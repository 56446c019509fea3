"""Who may take a step on an obligation, and who may import a form's filings.

``duty_reach`` says of one duty which obligations an actor holds it for; single steps and lists of open work
both ask it, so that they never disagree.
"""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Q

from luoshi.core.actor import SYSTEM_ACTOR, Actor, require
from luoshi.core.errors import NotAllowed, NotFound, WrongState
from luoshi.kernel.access.policy import ROLES, require_right
from luoshi.kernel.access.sight import reach_of
from luoshi.kernel.definitions.queries import definition, slot_target
from luoshi.kernel.filings.flows import STEP_TITLES, Duty, DutyKind, Flow, Step, flow_of
from luoshi.kernel.filings.forms import Form
from luoshi.kernel.filings.models import Obligation
from luoshi.kernel.org.models import Appointment, Post, Unit
from luoshi.kernel.org.places import holding
from luoshi.kernel.org.queries import post_get, unit_get
from luoshi.kernel.org.succession import units_answered

# The access roles that may take a step for a whole unit or over the units below it.
STEP_ROLES: dict[Step, tuple[str, ...]] = {
    Step.FILL: ("clerk", "desk"),
    Step.SIGN: ("head",),
    Step.REVIEW: ("reviewer", "office"),
}


def duty_reach(actor: Actor, duty: Duty, step: Step, on: date) -> Q | None:
    """Return the condition on obligations for which ``actor`` holds ``duty``; None when for none of them.

    At most two queries. The places of units are those of now, or where they stood last.
    """
    match duty.kind:
        case DutyKind.OWN:
            return _own(actor, on) if actor.has("clerk") else None
        case DutyKind.HEAD:
            return _own(actor, on) if _heads(actor) else None
        case DutyKind.ABOVE:
            able = any(map(actor.has, STEP_ROLES[step])) or (step is Step.SIGN and _heads(actor))
            return _above(actor, on) if able else None
        case DutyKind.ROLE:
            return _covered(actor, (duty.code,))
        case DutyKind.POST:
            return Q() if duty.code and actor.post_code == duty.code else None
        case DutyKind.UNIT:
            if not duty.code or actor.unit_code != duty.code:
                return None
            return Q() if step is Step.SIGN and _heads(actor) else _covered(actor, STEP_ROLES[step])


def may_step(actor: Actor, flow: Flow, step: Step, obligation: Obligation, on: date) -> bool:
    """Say whether ``actor`` is the one to take ``step`` on an obligation; its state is not looked at."""
    duty = flow.duty(step)
    reach = duty_reach(actor, duty, step, on) if duty else None
    return reach is not None and Obligation.objects.filter(reach, pk=obligation.pk).exists()


def require_step(actor: Actor, flow: Flow, step: Step, obligation: Obligation, on: date) -> None:
    """Refuse whoever is not the one to take ``step``.

    Raises: NotAllowed naming who is; WrongState when the form has no such step.
    """
    duty = flow.duty(step)
    title = STEP_TITLES[step]
    if duty is None:
        raise WrongState(f"表单“{flow.title}”没有{title}环节。")
    if not may_step(actor, flow, step, obligation, on):
        raise NotAllowed(f"表单“{flow.title}”由{duty_named(duty)}{title}，您当前的岗位不能{title}。")


def unit_of_one(unit_id: int | None, on: date) -> bool:
    """Say whether all posts of a unit are held by one and the same person on a day."""
    if unit_id is None:
        return False
    held = Appointment.objects.filter(holding(on), post__unit_id=unit_id).order_by()
    return held.values("person_id").distinct().count() == 1


def _own(actor: Actor, on: date) -> Q | None:
    if actor.unit_id is None:
        return None
    return Q(unit_id__in=units_answered([actor.unit_id], on))


def _above(actor: Actor, on: date) -> Q | None:
    """Obligations that stood right under the actor's unit, or a unit it succeeds, on their opening day."""
    if actor.unit_id is None:
        return None
    codes = Unit.objects.filter(pk__in=units_answered([actor.unit_id], on)).order_by("id")
    return Q(unit_parent__in=list(codes.values_list("code", flat=True)))


def _covered(actor: Actor, roles: tuple[str, ...]) -> Q | None:
    scopes = {scope for role in roles for scope in actor.scopes(role)}
    if None in scopes:
        return Q()
    return Q(unit_id__in=reach_of(scopes, None).values("unit_id")) if scopes else None


def _heads(actor: Actor) -> bool:
    """Say whether the actor is the head of its unit: by role, or by holding the post of the head."""
    if actor.has("head"):
        return True
    return actor.post_id is not None and Post.objects.filter(pk=actor.post_id, is_head=True).exists()


def duty_named(duty: Duty) -> str:
    """Return the holder of a duty in words, as refusals name it."""
    match duty.kind:
        case DutyKind.OWN:
            return "本单位填报员"
        case DutyKind.HEAD:
            return "本单位负责人"
        case DutyKind.ABOVE:
            return "上级单位"
        case DutyKind.ROLE:
            return f"负责该单位的{ROLES[duty.code]}"
    if not duty.code:
        return f"槽位 {duty.slot}（尚未对应岗位或单位）"
    return _called(duty.kind.value, duty.code)


def duty_title(duty: Duty) -> str:
    """Return the holder of a duty as lists name it: the bare name of a unit or post where one is bound."""
    try:
        if duty.kind is DutyKind.UNIT and duty.code:
            return unit_get(duty.code).title
        if duty.kind is DutyKind.POST and duty.code:
            return post_get(duty.code).title
    except NotFound:
        return duty.code
    return duty_named(duty)


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


def tables_reach(actor: Actor, flow: Flow, on: date) -> Q:
    """Return the condition on obligations that an actor may answer by tables, and correct.

    Those that its desk covers and those that it fills itself; what another role lets it see is not among
    them: nobody files for a unit only because they see it.
    """
    if actor == SYSTEM_ACTOR or None in actor.scopes("desk"):
        return Q()
    parts = [_covered(actor, ("desk",)), duty_reach(actor, flow.fill, Step.FILL, on)]
    reaching = [part for part in parts if part is not None]
    # An empty condition lets everything pass, but drops out of a disjunction.
    if Q() in reaching:
        return Q()
    return reduce(or_, reaching, Q(pk__in=[]))


def require_corrector(actor: Actor, form: Form, obligation: Obligation, on: date) -> None:
    """Refuse whoever neither fills an obligation nor looks after its unit's tables. Raises: NotAllowed."""
    require_filler(actor, form, "filing.correct", obligation.unit_id)
    flow = flow_of(obligation.definition_id)
    reach = tables_reach(actor, flow, on)
    if reach and not Obligation.objects.filter(reach, pk=obligation.pk).exists():
        raise NotAllowed(f"表单“{form.title}”由{duty_named(flow.fill)}填报，您当前的岗位不能更正。")


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
