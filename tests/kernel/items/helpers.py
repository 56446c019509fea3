"""A district with the pack of firms' cases in force, made through the actions."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from luoshi.core.actor import SYSTEM, SYSTEM_ACTOR, Actor, Grant
from luoshi.kernel.calendars.actions import calendar_install
from luoshi.kernel.items.actions import item_create, item_move
from luoshi.kernel.items.given import Given
from luoshi.kernel.items.models import Item, ItemDuty, ItemFact, ItemMove, MoveFact
from luoshi.kernel.ledger.models import Event
from luoshi.kernel.loader.actions import pack_install
from luoshi.kernel.org.actions import post_create
from luoshi.kernel.org.models import Post, Unit
from tests.harness.times import NOW
from tests.kernel.org.helpers import district, grow

CASE = "zhengqi.case"
RESULT = "已协调银行与企业当面对接，贷款续期手续办理完毕。"
DETAIL = "流动资金贷款下月到期，续贷手续卡在评估环节。"
BINDINGS = {"desk": "desk", "supervisor": "DC"}


def world(pack: str | Path = "zhengqi", now: datetime = NOW) -> dict[str, Unit]:
    """Plant district D: departments P1, P2, the desk's ZX and 督查室 DC under A; install the pack."""
    district(())
    calendar_install(by=SYSTEM, code="cn", now=now)
    for code in ("P1", "P2", "ZX", "DC"):
        grow(code, "A")
    post_create(by=SYSTEM, code="desk", title="受理岗", unit_code="ZX", now=now)
    pack_install(actor=SYSTEM_ACTOR, path=pack, bindings=BINDINGS, now=now)
    return {unit.code: unit for unit in Unit.objects.order_by("code")}


def actor(account: int, unit: str, post: str = "", role: str = "clerk", **given: Any) -> Actor:
    found = Unit.objects.get(code=unit)
    own = Post.objects.filter(code=post).order_by("id").first()
    return Actor(
        account_id=account,
        unit_id=found.pk,
        unit_code=unit,
        unit_title=found.title,
        post_id=own.pk if own else None,
        post_code=post,
        roles=frozenset({Grant(role, found.pk)}),
        **given,
    )


def desk(account: int = 7) -> Actor:
    return actor(account, "ZX", "desk", "desk")


def lead(unit: str = "P1", account: int = 11) -> Actor:
    return actor(account, unit, f"{unit}.clerk")


def office() -> Actor:
    return Actor(account_id=3, post_code="office", unit_code="D", roles=frozenset({Grant("office", None)}))


def taken_in(now: datetime = NOW, title: str = "续贷困难", by: Actor | None = None, **values: Any) -> Item:
    given = {"kind": "finance", "channel": "phone", "firm": "海宁纺织厂", "detail": DETAIL} | values
    return item_create(actor=by or desk(), type_ref=CASE, given=Given(title=title, values=given), now=now)


def go(item: Item, move: str, by: Actor, now: datetime = NOW, **given: Any) -> Item:
    return item_move(actor=by, item_id=item.pk, move=move, given=Given(**given), now=now).item


def doing(unit: str = "P1", now: datetime = NOW) -> Item:
    """Return an item that its lead has accepted."""
    item = taken_in(now)
    go(item, "send", desk(), now, duties={"lead": [unit]})
    return go(item, "accept", lead(unit), now)


def reported(unit: str = "P1", now: datetime = NOW) -> Item:
    return go(doing(unit, now), "report", lead(unit), now, values={"result": RESULT})


def closed(unit: str = "P1", now: datetime = NOW) -> Item:
    return go(reported(unit, now), "confirm", desk(), now, values={"solved": "yes", "rating": "98"})


def snapshot() -> tuple[Any, ...]:
    """Return everything an action on items could have changed."""
    models = (Item, ItemMove, ItemDuty, ItemFact, MoveFact)
    return tuple(list(model.objects.order_by("id").values()) for model in models) + (Event.objects.count(),)
