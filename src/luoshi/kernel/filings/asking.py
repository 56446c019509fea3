"""What ``kernel.discuss`` asks of this app: who comments on an obligation, who asks about a form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.kernel.access.policy import can
from luoshi.kernel.definitions.queries import Def, definitions_named, definitions_of
from luoshi.kernel.discuss.hooks import SubjectKind, Topic, TopicKind, register_subject, register_topic
from luoshi.kernel.filings.flows import DutyKind, Flow, Step, flow_of, flows_of
from luoshi.kernel.filings.models import Obligation
from luoshi.kernel.filings.policy import STEP_ROLES, duty_reach, duty_title, may_step
from luoshi.kernel.filings.sight import obligation_visible, units_answered
from luoshi.kernel.notify.recipients import To, holder, inside, over
from luoshi.kernel.org.queries import unit_get

OFFICE = "督查专员"
REVIEWER = "审核岗"
COMMENTERS = "填报、审签、审核本条的岗位和督查专员"
SUPERVISES = "period.open"


def register() -> None:
    """Tell ``kernel.discuss`` of obligations and forms."""
    register_subject(SubjectKind("obligation", obligation_visible_check, may_comment, COMMENTERS))
    register_topic(TopicKind("form", topics, holds, answered, tell))


def obligation_visible_check(actor: Actor, obligation_id: int) -> None:
    """Refuse an obligation out of sight. Raises: NotFound."""
    obligation_visible(actor, obligation_id)


def may_comment(actor: Actor, obligation_id: int, now: datetime) -> bool:
    """Say whether the actor fills, signs or reviews an obligation, or supervises its unit."""
    obligation = obligation_visible(actor, obligation_id)
    flow, today = flow_of(obligation.definition_id), local_day(now)
    steps = [step for step in Step if flow.duty(step)]
    return can(actor, SUPERVISES, obligation.unit_id) or any(
        may_step(actor, flow, step, obligation, today) for step in steps
    )


def topics(refs: frozenset[str] | None) -> Mapping[str, Topic]:
    """Return forms as topics; a form that no pack in force has any more is left out."""
    found = definitions_of("form")
    chosen = found if refs is None else [each for each in found if each.ref in refs]
    flows = flows_of([each.id for each in chosen])
    return {each.ref: _topic(each, flows[each.id]) for each in chosen}


def holds(actor: Actor, ref: str, on: date) -> bool:
    """Say whether the actor's unit, or one it succeeds, ever owed the form."""
    if actor.unit_id is None:
        return False
    units = units_answered([actor.unit_id], on)
    return Obligation.objects.filter(form_ref=ref, unit_id__in=units).exists()


def answered(actor: Actor, on: date) -> frozenset[str]:
    """Return the forms whose questions the actor answers: those it reviews; the office, where nobody does."""
    flows = flows_of([each.id for each in definitions_of("form")])
    return frozenset(flow.form_ref for flow in flows.values() if _answers(actor, flow, on))


def tell(ref: str, unit_id: int) -> tuple[To, ...]:
    """Return who is told of a question: the reviewer of the form; the office, where nobody reviews it."""
    duty = flow_of(definitions_named("form", [ref])[ref].id).review
    match duty.kind if duty else None:
        case DutyKind.UNIT if duty and duty.code:
            return (inside(unit_get(duty.code).pk, STEP_ROLES[Step.REVIEW], REVIEWER),)
        case DutyKind.POST if duty and duty.code:
            return (holder(duty.code, unit_id, REVIEWER),)
        case DutyKind.ROLE if duty:
            return (over(unit_id, [duty.code]),)
    return (over(unit_id, ["office"]),)


def _answers(actor: Actor, flow: Flow, on: date) -> bool:
    if flow.review is None:
        return can(actor, SUPERVISES)
    return duty_reach(actor, flow.review, Step.REVIEW, on) is not None


def _topic(found: Def, flow: Flow) -> Topic:
    fields = {str(field["key"]): str(field["title"]) for field in found.body["fields"]}
    return Topic("form", found.ref, found.title, fields, duty_title(flow.review) if flow.review else OFFICE)
