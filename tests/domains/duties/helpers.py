"""A small district with people who draft and publish lists, made through the actions."""

from __future__ import annotations

from datetime import date
from typing import Any

from luoshi.core.actor import Actor, Grant
from luoshi.domains.duties.actions import item_put, list_draft, list_publish
from luoshi.domains.duties.checking import ItemTyped
from luoshi.domains.duties.models import DutyItem, DutyList
from luoshi.kernel.ledger.models import Event
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.org.models import Unit
from tests.harness.times import NOW
from tests.kernel.filings.helpers import form_body, pack_install
from tests.kernel.filings.helpers import world as filings_world
from tests.kernel.org.helpers import grow

TODAY = date(2021, 1, 15)


def world() -> dict[str, Unit]:
    """District D with branches A (streets S1 … S4) and B (department P1), the office O, and a pack."""
    units = filings_world()
    return units | {"O": grow("O", "D", kind="office")}


def form_quarterly() -> None:
    """Put a quarterly form of the pack t into force, beside the monthly one."""
    pack_install(version=2, form=form_body(period="quarter", title="季报"))


def actor(account: int, role: str, unit: str, scope: str | None = None) -> Actor:
    """An account with one role, over everything or over one unit's subtree."""
    home = Unit.objects.get(code=unit)
    scope_id = None if scope is None else Unit.objects.get(code=scope).pk
    return Actor(
        account_id=account,
        post_code=f"{unit.lower()}-{role}",
        unit_id=home.pk,
        unit_code=unit,
        unit_title=home.title,
        roles=frozenset({Grant(role, scope_id)}),
    )


def drafter() -> Actor:
    return actor(21, "reviewer", "O", "D")


def publisher() -> Actor:
    return actor(22, "office", "D")


def clerk(unit: str = "S1") -> Actor:
    return actor(31, "clerk", unit, unit)


def drafted(by: Actor | None = None, **given: Any) -> DutyList:
    facts = {
        "code": "gx",
        "title": "共性责任清单",
        "kind": "common",
        "holders": ["team", "head"],
        "year": 2021,
        "applies_to": "街道",
        "basis": "年度工作安排",
    } | given
    return list_draft(actor=by or drafter(), now=NOW, **facts)


def typed(code: str = "A01", **given: Any) -> ItemTyped:
    facts = {
        "aspect": "统筹部署",
        "requirement": "研究部署全年工作",
        "holders": "领导班子",
        "frequency": "每半年",
        "due": "期末当日",
    } | given
    return ItemTyped(code=code, **facts)


def put(draft: DutyList, code: str = "A01", by: Actor | None = None, **given: Any) -> DutyItem:
    return item_put(actor=by or drafter(), list_id=draft.pk, typed=typed(code, **given), now=NOW)


def published(on: date = TODAY, **given: Any) -> DutyList:
    """A published list with one item A01."""
    draft = drafted(**given)
    put(draft)
    return list_publish(actor=publisher(), list_id=draft.pk, effective_from=on, now=NOW)


def kinds_of(duty_list: DutyList) -> list[str]:
    return [event.kind for event in events_of("duty_list", duty_list.pk)]


def snapshot() -> tuple[Any, ...]:
    """Everything an action on lists could have changed."""
    tables = (DutyList, DutyItem, Event)
    return tuple(list(table.objects.order_by("pk").values()) for table in tables)
