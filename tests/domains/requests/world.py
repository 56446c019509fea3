"""A district with the pack of requests and reports: units P1 and P2, the office ZX, who decides in LD."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from luoshi.core.actor import SYSTEM, SYSTEM_ACTOR, Actor
from luoshi.domains.requests.queries import PAPER
from luoshi.kernel.calendars.actions import calendar_install
from luoshi.kernel.items.actions import item_create, item_move
from luoshi.kernel.items.given import Given
from luoshi.kernel.items.models import Item
from luoshi.kernel.loader.actions import pack_install
from luoshi.kernel.org.actions import post_create
from tests.harness.times import NOW
from tests.kernel.items.helpers import actor
from tests.kernel.org.helpers import district, grow

BODY = "辖区南片没有便民服务点，群众办事路途较远，拟新增一处服务点。"
BINDINGS = {"desk": "desk", "leader": "leader", "supervisor": "DC"}
REPLY = "同意增设，所需设备由机关事务部门统一配置。"


def world(pack: str | Path = "qingshi") -> None:
    district(())
    calendar_install(by=SYSTEM, code="cn", now=NOW)
    for code in ("P1", "P2", "ZX", "LD", "DC"):
        grow(code, "A")
    post_create(by=SYSTEM, code="desk", title="文书岗", unit_code="ZX", now=NOW)
    post_create(by=SYSTEM, code="leader", title="批办岗", unit_code="LD", now=NOW)
    pack_install(actor=SYSTEM_ACTOR, path=pack, bindings=BINDINGS, now=NOW)


def desk() -> Actor:
    return actor(7, "ZX", "desk", "office")


def leader() -> Actor:
    return actor(8, "LD", "leader", "head")


def clerk(unit: str = "P1", account: int = 11) -> Actor:
    return actor(account, unit, f"{unit}.clerk")


def head(unit: str = "P1", account: int = 12) -> Actor:
    return actor(account, unit, f"{unit}.head", "head")


def drafted(by: Actor | None = None, now: datetime = NOW, **values: Any) -> Item:
    given = {
        "kind": "request",
        "upto": "district",
        "matter": "people",
        "matters": "1",
        "pressing": "plain",
        "body": BODY,
        "agreed": "alone",
    } | values
    title = "关于增设便民服务点的请示"
    return item_create(actor=by or clerk(), type_ref=PAPER, given=Given(title=title, values=given), now=now)


def go(item: Item, move: str, by: Actor, now: datetime = NOW, **given: Any) -> Item:
    return item_move(actor=by, item_id=item.pk, move=move, given=Given(**given), now=now).item


def sent(now: datetime = NOW, **values: Any) -> Item:
    item = drafted(now=now, **values)
    studied = {"studied": "meeting", "studied_on": "2021-01-14"}
    go(item, "submit", clerk(), now, values=studied)
    return go(item, "sign", head(), now)


def registered(now: datetime = NOW, **values: Any) -> Item:
    return go(sent(now, **values), "register", desk(), now)


def answered(now: datetime = NOW, later: datetime | None = None, **values: Any) -> Item:
    item = registered(now, **values)
    go(item, "propose", desk(), now, values={"propose": "建议同意增设一处。"})
    go(item, "approve", leader(), now, values={"decide": "同意。"})
    reply = {"result": "agree", "reply": REPLY, "answered_on": "2021-01-18"}
    return go(item, "answer", desk(), later or now, values=reply)
