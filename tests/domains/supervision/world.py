"""District D with the supervision pack: the office DC, units P1 to P3, a post that approves at ZX."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from luoshi.core.actor import SYSTEM, SYSTEM_ACTOR, Actor
from luoshi.domains.supervision.authorities import Grant, authority_grant
from luoshi.kernel.calendars.actions import calendar_install
from luoshi.kernel.items.actions import item_create, item_move
from luoshi.kernel.items.clock_models import ItemClock
from luoshi.kernel.items.given import Given
from luoshi.kernel.items.models import Item
from luoshi.kernel.loader.actions import pack_install
from luoshi.kernel.org.actions import post_create
from tests.harness.times import SHANGHAI
from tests.kernel.items.helpers import actor
from tests.kernel.org.helpers import district, grow

MATTER, PART = "duban.matter", "duban.part"
CONCLUSION, HONOUR = "duban.conclusion", "duban.honour"
BINDINGS = {"office": "DC", "approver": "approver"}
ANSWER = "已完成改造并通过联合验收，验收单编号示例一号。"


def on(day: int, hour: int = 9, month: int = 3) -> datetime:
    """A moment of 2021, in March unless another month is said. 2021-03-01 is a Monday."""
    return datetime(2021, month, day, hour, tzinfo=SHANGHAI)


NOW = on(1)


def duban_world() -> None:
    """Plant the district and install the pack."""
    district(())
    calendar_install(by=SYSTEM, code="cn", now=NOW)
    for code in ("P1", "P2", "P3", "ZX", "DC"):
        grow(code, "A")
    post_create(by=SYSTEM, code="approver", title="督查审批岗", unit_code="ZX", now=NOW)
    pack_install(actor=SYSTEM_ACTOR, path="duban", bindings=BINDINGS, now=NOW)
    authority_grant(actor=office(), grant=granted(), now=NOW)


def granted(unit: str = "DC", **given: Any) -> Grant:
    """An authority of a body, as typed."""
    typed = {
        "unit_code": unit,
        "standing": "body",
        "granted_by": "示例区人民政府",
        "paper": "示政办〔2021〕1号",
        "matter": "区政府重点工作和会议决定事项",
        "scope": "区政府各部门、各街道",
        "duty": "督查区政府决策部署的落实",
        "from_on": date(2021, 1, 1),
    }
    return Grant(**(typed | given))


def office(account: int = 7) -> Actor:
    return actor(account, "DC", f"dc{account}", "office")


def approver(account: int = 9) -> Actor:
    return actor(account, "ZX", "approver", "head")


def lead(unit: str = "P1", account: int = 11, role: str = "clerk") -> Actor:
    return actor(account, unit, f"{unit}.{role}", role)


def registered(now: datetime = NOW, title: str = "老旧小区加装电梯", **values: Any) -> Item:
    """Register a matter that nobody has been handed."""
    given = {
        "kind": "meeting",
        "source": "meeting",
        "urgency": "normal",
        "content": "按会议要求完成首批加装",
        "require": "年内完成并通过验收",
        "limit": "rule",
        "cadence": "monthly",
    } | values
    return item_create(actor=office(), type_ref=MATTER, given=Given(title=title, values=given), now=now)


def go(item: Item, move: str, by: Actor, now: datetime = NOW, **given: Any) -> Item:
    return item_move(actor=by, item_id=item.pk, move=move, given=Given(**given), now=now).item


def sent(unit: str = "P1", now: datetime = NOW, **values: Any) -> Item:
    return go(registered(now, **values), "send", office(), now, duties={"lead": [unit]})


def doing(unit: str = "P1", now: datetime = NOW, **values: Any) -> Item:
    return go(sent(unit, now, **values), "accept", lead(unit), now)


def reported(unit: str = "P1", now: datetime = NOW, **values: Any) -> Item:
    return go(doing(unit, now, **values), "report", lead(unit), now, values={"answer": ANSWER})


def clock(item: Item, key: str = "total") -> ItemClock:
    """Return the newest round of a clock."""
    return ItemClock.objects.filter(item=item, key=key).order_by("-round")[0]
