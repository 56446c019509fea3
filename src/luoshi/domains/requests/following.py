"""What follows from a request or report: the next report on an emergency, the tasks an answer gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.errors import Invalid, WrongState
from luoshi.domains.requests.queries import PAPER, URGENT
from luoshi.kernel.items.actions import item_create
from luoshi.kernel.items.given import Given
from luoshi.kernel.items.joining import item_link
from luoshi.kernel.items.models import Item, LinkKind
from luoshi.kernel.items.queries import item_visible

ANSWERED = frozenset({"answered", "closed"})
UNSENT = frozenset({"draft", "signing", "void"})


@transaction.atomic
def report_continue(*, actor: Actor, item_id: int, given: Given, now: datetime) -> Item:
    """Begin the next report on the same emergency; it is linked with the one before.

    Raises: NotFound, NotAllowed, WrongState (the one before was not sent), Invalid (no emergency report),
    Incomplete.
    Ledger: ``item.created`` and ``item.linked`` on the new report.
    """
    before = item_visible(actor, item_id)
    require(
        before.type_ref == PAPER and before.values.get("kind") == URGENT, "只有突发报告可以续报。", Invalid
    )
    require(before.state not in UNSENT, "上一份突发报告还没有报出，请先报出，再续报。", WrongState)
    follows = replace(given, values={**given.values, "kind": URGENT})
    new = item_create(actor=actor, type_ref=PAPER, given=follows, now=now)
    item_link(actor=actor, item_id=new.pk, other_id=before.pk, kind=LinkKind.FOLLOWS, now=now)
    return new


@transaction.atomic
def answer_hand_on(*, actor: Actor, item_id: int, type_ref: str, given: Given, now: datetime) -> Item:
    """Take in an item of another type that carries out what a request was answered with.

    Raises: NotFound, NotAllowed (who may not take in such items), WrongState (not answered yet), Invalid,
    Incomplete.
    Ledger: ``item.created`` and ``item.linked`` on the new item.
    """
    paper = item_visible(actor, item_id)
    require(paper.type_ref == PAPER and type_ref != PAPER, "请从请示报告转出其他种类的事项。", Invalid)
    require(paper.state in ANSWERED, "本件还没有答复，答复后才能转为落实事项。", WrongState)
    task = item_create(actor=actor, type_ref=type_ref, given=given, now=now)
    item_link(actor=actor, item_id=task.pk, other_id=paper.pk, kind=LinkKind.FOLLOWS, now=now)
    return task
