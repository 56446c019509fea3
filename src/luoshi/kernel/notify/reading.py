"""What somebody does with the own messages. Marks are no part of the ledger: nobody is measured by them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from luoshi.core.actor import Actor
from luoshi.kernel.notify.models import Message
from luoshi.kernel.notify.queries import message_visible, messages_visible
from luoshi.kernel.notify.topics import address_of


@transaction.atomic
def messages_read(*, actor: Actor, now: datetime, ids: Collection[int] | None = None) -> int:
    """Mark messages of the actor's post as read, all unread ones without ``ids``; return how many.

    Ids of other posts are passed over. Ledger: none.
    """
    if actor.post_id is None:
        return 0
    mine = Message.objects.filter(post_id=actor.post_id, read_at__isnull=True)
    return (mine if ids is None else mine.filter(pk__in=ids)).update(read_at=now)


def message_open(*, actor: Actor, message_id: int, now: datetime) -> str:
    """Mark one message as read and return the path of the work it is about, empty when no page shows it.

    Raises: NotFound, also for a message of another post. Ledger: none.
    """
    message = message_visible(actor, message_id)
    messages_read(actor=actor, now=now, ids=[message.pk])
    return address_of(message.notice.subject_kind, message.notice.subject_id)


def unread_count(actor: Actor | None, most: int = 100) -> int:
    """Return how many messages of the actor's post are unread, counted up to ``most``. One query."""
    if actor is None or actor.post_id is None:
        return 0
    return messages_visible(actor).filter(read_at__isnull=True).order_by()[:most].count()
