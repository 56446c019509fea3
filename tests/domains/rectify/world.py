"""A district with the pack of rectification in force, made through the actions."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from luoshi.core.actor import SYSTEM, SYSTEM_ACTOR, Actor
from luoshi.domains.rectify.measures import MeasureGiven, measures_add
from luoshi.domains.rectify.types import BATCH, PROBLEM
from luoshi.kernel.calendars.actions import calendar_install
from luoshi.kernel.items.actions import item_create, item_move
from luoshi.kernel.items.given import Given
from luoshi.kernel.items.models import Item
from luoshi.kernel.loader.actions import pack_install
from luoshi.kernel.org.actions import post_create
from tests.harness.times import NOW
from tests.kernel.items.helpers import actor
from tests.kernel.org.helpers import district, grow

DAY = timedelta(days=1)
LONG = "对照标准逐条核对，已经落实到位并留有记录。"
DUE = date(2021, 6, 30)
PLAN = {"plan": LONG, "standard": LONG}


def world() -> None:
    """District D: departments P1 to P3 and desk ZX under A, Q1 under B, streets S1 and S2, 督查室 DC."""
    district()
    calendar_install(by=SYSTEM, code="cn", now=NOW)
    for code in ("P1", "P2", "P3", "ZX", "DC"):
        grow(code, "A")
    grow("Q1", "B")
    post_create(by=SYSTEM, code="desk", title="整改专责岗", unit_code="ZX", now=NOW)
    bindings = {"desk": "desk", "supervisor": "DC"}
    pack_install(actor=SYSTEM_ACTOR, path="zhenggai", bindings=bindings, now=NOW)


def desk(account: int = 7) -> Actor:
    return actor(account, "ZX", "desk", "desk")


def owner(unit: str = "P1", account: int = 11) -> Actor:
    return actor(account, unit)


def verifier(unit: str = "P2", account: int = 21) -> Actor:
    return actor(account, unit)


def watch() -> Actor:
    return actor(31, "DC")


def batch(**values: Any) -> Item:
    given = {"source": "tour", "received_on": "2021-01-10", "due_on": "2021-06-30"} | values
    return item_create(
        actor=desk(),
        type_ref=BATCH,
        given=Given(title="巡察反馈", values=given, duties={"lead": ["P1"]}),
        now=NOW,
    )


def given_of(kind: str = "limit", lead: str = "P1", verify: str = "P2", **values: Any) -> Given:
    fields = {
        "kind": kind,
        "area": "order",
        "source": "tour",
        "text": "部分制度没有按规定公开并执行。",
        "found_on": "2021-01-10",
        "due_on": DUE.isoformat(),
    } | values
    return Given(title="制度执行不到位", values=fields, duties={"lead": [lead], "verify": [verify]})


def problem(kind: str = "limit", now: datetime = NOW, **given: Any) -> Item:
    return item_create(actor=desk(), type_ref=PROBLEM, given=given_of(kind, **given), now=now)


def go(item: Item, move: str, by: Actor, now: datetime = NOW, **given: Any) -> Item:
    return item_move(actor=by, item_id=item.pk, move=move, given=Given(**given), now=now).item


def measured(found: Item, by: Actor | None = None, now: datetime = NOW, **given: Any) -> Item:
    measure = MeasureGiven(title="修订制度", standard=LONG, due_on=date(2021, 5, 31), **given)
    return measures_add(actor=by or owner(), problem_id=found.pk, measures=[measure], now=now)[0]


def working(kind: str = "limit") -> tuple[Item, Item]:
    """Return a problem whose plan was approved, and its measure."""
    found = problem(kind)
    measure = measured(found)
    go(found, "draft", owner(), values=PLAN)
    return go(found, "approve", desk()), measure


def verified(measure: Item, now: datetime = NOW) -> Item:
    go(measure, "report", owner(), now, values={"outcome": LONG})
    return go(measure, "verify", verifier(), now, values={"method": "site", "verdict": LONG})


def applied(kind: str = "limit") -> Item:
    found, measure = working(kind)
    verified(measure)
    return go(found, "apply", owner(), values={"applied": LONG, "result": "done"})


def noticed(days: int = 5) -> Item:
    """Return a problem on public notice."""
    found = go(applied(), "pass", verifier(), values={"method": "site", "verdict": LONG})
    return go(found, "publish", desk(), values={"public_days": str(days)})


def later(days: int) -> datetime:
    return NOW + days * DAY


def closed() -> Item:
    return go(noticed(), "close", desk(), later(12), values={"recheck_on": "2021-07-30"})
