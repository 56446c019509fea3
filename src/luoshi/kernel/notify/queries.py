"""Reading messages, notices and deliveries, each limited to what the actor may see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import QuerySet

from luoshi.core.actor import Actor
from luoshi.core.errors import NotFound
from luoshi.kernel.access.policy import can_everywhere, require_right
from luoshi.kernel.access.queries import units_in_sight
from luoshi.kernel.notify.models import Channel, Delivery, Level, Message, Notice, Reason, Sent, Skip

__all__ = [
    "CHANNELS",
    "LEVELS",
    "REASONS",
    "STATES",
    "deliveries_visible",
    "message_visible",
    "messages_visible",
    "notices_visible",
    "skips_visible",
]

# Where units stand now or stood last.
LATEST = date.max
# Codes with their titles, for pages.
LEVELS: Mapping[str, str] = dict(Level.choices)
REASONS: Mapping[str, str] = dict(Reason.choices)
STATES: Mapping[str, str] = dict(Sent.choices)
CHANNELS: Mapping[str, str] = dict(Channel.choices)


def messages_visible(actor: Actor) -> QuerySet[Message]:
    """Return the messages to the actor's post, newest first: nobody reads those of another post."""
    found = Message.objects.select_related("notice__unit").order_by("-made_at", "-id")
    return found.none() if actor.post_id is None else found.filter(post_id=actor.post_id)


def message_visible(actor: Actor, message_id: int) -> Message:
    """Return one message. Raises: NotFound, also when it is to another post."""
    found = messages_visible(actor).filter(pk=message_id).first()
    if found is None:
        raise NotFound("没有这条消息，或您无权查看。")
    return found


def notices_visible(actor: Actor) -> QuerySet[Notice]:
    """Return the notices about units in the actor's sight, newest first, for who looks after sending.

    Raises: NotAllowed.
    """
    require_right(actor, "notice.log")
    found = Notice.objects.select_related("unit").order_by("-made_at", "-id")
    if can_everywhere(actor, "notice.log"):
        return found
    return found.filter(unit_id__in=units_in_sight(actor, LATEST))


def skips_visible(actor: Actor) -> QuerySet[Skip]:
    """Return who was passed over, newest first, as ``notices_visible``. Raises: NotAllowed."""
    seen = notices_visible(actor).order_by().values("pk")
    found = Skip.objects.select_related("notice", "unit", "post__unit", "instead__unit")
    return found.filter(notice__in=seen).order_by("-notice__made_at", "-id")


def deliveries_visible(actor: Actor) -> QuerySet[Delivery]:
    """Return what went out or should have, newest first, as ``notices_visible``. Raises: NotAllowed."""
    require_right(actor, "notice.log")
    found = Delivery.objects.select_related("digest__post__unit").order_by("-changed_at", "-id")
    if can_everywhere(actor, "notice.log"):
        return found
    return found.filter(digest__post__unit_id__in=units_in_sight(actor, LATEST))
