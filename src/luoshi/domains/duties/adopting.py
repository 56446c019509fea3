"""Taking over the list of a pack: its items become records of the district, for a year, as a draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.errors import Duplicate, Invalid
from luoshi.db.sql import advisory_lock
from luoshi.domains.duties.actions import head_checked, items_written, line_standing, next_version, told
from luoshi.domains.duties.checking import PLAIN, Desk, ItemTyped, faults_told
from luoshi.domains.duties.models import DutyList
from luoshi.domains.duties.policy import require_drafting
from luoshi.kernel.definitions.queries import Def, definition, slot_target
from luoshi.kernel.ledger.actions import record
from luoshi.kernel.org.queries import unit_get


@transaction.atomic
def list_adopt(
    *,
    actor: Actor,
    template_ref: str,
    code: str,
    year: int,
    now: datetime,
    keeper_code: str = "",
    title: str = "",
) -> DutyList:
    """Copy the list ``template_ref`` ("pack.key") of a pack in force into a draft, every item with it.

    The unit of the actor keeps it unless named. What does not suit is changed in the draft.
    Raises: NotAllowed, NotFound (no such template, keeper, or slot not bound), Duplicate (the code is used),
    Invalid when an item does not fit the district, naming it.
    Ledger: ``list.adopted`` with every item.
    """
    found = definition("list", template_ref)
    body = found.body
    keeper = unit_get(keeper_code or actor.unit_code)
    require_drafting(actor, body["kind"], keeper.pk)
    advisory_lock(connection, f"duties.list:{code}")
    if line_standing(code):
        raise Duplicate(f"清单编码“{code}”已经使用。下一年度请修订原有清单，或换一个编码。")
    made = DutyList(
        code=code,
        version=next_version(code),
        title=title or body["title"],
        kind=body["kind"],
        holders=list(body["holders"]),
        year=year,
        keeper=keeper,
        applies_to=body["to"],
        basis=body["basis"],
        template=found.ref,
    )
    head_checked(made, actor, local_day(now))
    made.editors, made.drafted_at = [actor.account_id], now
    made.save()
    desk = Desk(local_day(now))
    reads = []
    for item in body["items"]:
        read, faults = desk.read(made, item_typed(found, item))
        if read is None:
            first = next(text for _, text in faults_told(faults))
            raise Invalid(f"范本的事项 {item['code']} 在本地不适用：{first}")
        reads.append(read)
    rows = items_written(made, reads)
    data = told(made) | {"source": found.ref, "pack_version": found.pack_version}
    record(made, "list.adopted", by=actor.by, at=now, rows=rows, data=data)
    return made


def item_typed(template: Def, item: Mapping[str, Any]) -> ItemTyped:
    """Return an item of a template as it would be typed. Raises: NotFound for a slot that is not bound."""
    how, _, name = item["answer"].partition(":")
    answers = {"form": f"{template.pack}.{name}", "element": name, "plain": PLAIN}
    review = item["review"]
    return ItemTyped(
        code=item["code"],
        aspect=item["aspect"],
        requirement=item["requirement"],
        holders="、".join(item["holders"]),
        frequency=item["frequency"],
        due="" if item["due"] == "none" else item["due"],
        applies_to=item["to"] or "",
        review_unit="" if review == "none" else slot_target(template.pack, review)[1],
        answer=answers[how],
        evidence_hint=item["evidence"],
        legal_basis=item["legal"],
    )
