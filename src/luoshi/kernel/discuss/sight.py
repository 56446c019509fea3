"""Which questions somebody may see: answered ones are for all who file, others for both sides."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from luoshi.core.actor import SYSTEM_ACTOR, Actor
from luoshi.core.errors import NotFound
from luoshi.kernel.access.policy import can, can_everywhere
from luoshi.kernel.discuss.hooks import topic_kinds
from luoshi.kernel.discuss.models import Question


def questions_visible(actor: Actor, on: date) -> QuerySet[Question]:
    """Return the questions an actor may see, the newest first.

    Answered ones are read by everybody with the right; open ones by the unit that asked, by who answers them
    and by who oversees every unit; withdrawn ones by the unit that asked.
    """
    found = Question.objects.select_related("unit").order_by("-asked_at", "-id")
    if not can(actor, "question.view"):
        return found.none()
    own = Q(unit_id=actor.unit_id) if actor.unit_id is not None else Q(pk__in=[])
    here = own | Q(answered_at__isnull=False)
    if actor == SYSTEM_ACTOR or can_everywhere(actor, "question.oversee"):
        return found.filter(here | Q(withdrawn_at=None))
    return found.filter(here | (Q(withdrawn_at=None) & answered_by(actor, on)))


def answered_by(actor: Actor, on: date) -> Q:
    """Return the condition on questions that the actor is the one to answer."""
    mine = Q(pk__in=[])
    if not can(actor, "question.answer"):
        return mine
    for kind in topic_kinds():
        refs = kind.answered(actor, on)
        if refs:
            mine |= Q(topic_kind=kind.kind, topic_ref__in=sorted(refs))
    return mine


def question_visible(actor: Actor, question_id: int, on: date = date.max) -> Question:
    """Return one question. Raises: NotFound, also when it is out of sight."""
    found = questions_visible(actor, on).filter(pk=question_id).first()
    if found is None:
        raise NotFound("没有这个问题，或您无权查看。")
    return found


def asker_visible(actor: Actor, question_id: int, on: date = date.max) -> Question:
    """Return one question whose asking unit the actor may know: its own, or it answers or oversees.

    Raises: NotFound. Other readers of an answered question are not told who asked.
    """
    found = question_visible(actor, question_id, on)
    if found.unit_id == actor.unit_id or can(actor, "question.oversee"):
        return found
    if not questions_visible(actor, on).filter(answered_by(actor, on), pk=question_id).exists():
        raise NotFound("没有这个问题，或您无权查看。")
    return found
