"""A district in which one monthly form goes clerk → head → reviewer; real accounts, posts and roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from luoshi.core.actor import SYSTEM, SYSTEM_ACTOR, Actor
from luoshi.core.periods import parse_period
from luoshi.kernel.access.queries import actor_of
from luoshi.kernel.calendars.actions import calendar_install
from luoshi.kernel.filings.actions import (
    filing_accept,
    filing_return,
    filing_sign,
    filing_submit,
    filing_submit_nil,
    obligations_open,
)
from luoshi.kernel.filings.entries import Typed
from luoshi.kernel.filings.models import Draft, Filing, FilingFact, Obligation, Review
from luoshi.kernel.filings.reviewing import ReturnItem
from luoshi.kernel.ledger.models import Event
from luoshi.kernel.loader.actions import pack_install
from tests.harness.times import NOW, SHANGHAI
from tests.kernel.access.helpers import account, hold
from tests.kernel.org.helpers import district, grow

FORM = "loop.monthly"
PERIOD = parse_period("2020-12")
PACK = Path(__file__).parent / "packs" / "loop"
# December 2020 opens on 2020-12-24 and is due with 2021-01-15 (New Year's Day is a holiday).
IN_TIME = NOW
DUE = datetime(2021, 1, 15, 23, 59, 59, 999_000, tzinfo=SHANGHAI)
PAST_DUE = datetime(2021, 1, 18, 9, 0, tzinfo=SHANGHAI)
GOOD = {"cases": "10", "overdue": "1", "remark": ""}
WRONG = ReturnItem("cases", "wrong", "与台账不符，请核对")


@dataclass(frozen=True)
class Cast:
    """The people of the district; ``clerk`` and ``head`` are of street S1."""

    clerk: Actor
    colleague: Actor
    head: Actor
    other: Actor
    reviewer: Actor
    office: Actor
    auditor: Actor


def player(username: str, unit: str, *roles: tuple[str, str | None], on: date | None = None) -> Actor:
    """Make somebody with one post of their own in a unit and return who they are."""
    holder, _ = account(username, f"人员{username}")
    hold(holder, username, unit, *roles)
    return actor_of(holder, None, on or NOW.date())


def loop_world(streets: tuple[str, ...] = ("S1", "S2", "S3"), pack: Path = PACK) -> Cast:
    """Plant the district, its people and the pack."""
    district(streets)
    grow("P1", "B", kind="dept")
    calendar_install(by=SYSTEM, code="cn", now=NOW)
    cast = Cast(
        clerk=player("clerk", "S1", ("clerk", "S1")),
        colleague=player("colleague", "S1", ("clerk", "S1")),
        head=player("head", "S1", ("head", "S1")),
        other=player("other", "S2", ("clerk", "S2")),
        reviewer=player("reviewer", "P1", ("reviewer", None)),
        office=player("office", "D", ("office", None)),
        auditor=player("auditor", "D", ("auditor", None)),
    )
    pack_install(actor=SYSTEM_ACTOR, path=pack, bindings={"office": "P1"}, now=NOW)
    return cast


def opened(period=PERIOD, now: datetime = IN_TIME) -> int:
    return obligations_open(actor=SYSTEM_ACTOR, form_ref=FORM, period=period, now=now)


def owed(code: str = "S1", period: str = PERIOD.code) -> Obligation:
    return Obligation.objects.get(unit__code=code, period_code=period)


def submit(
    actor: Actor,
    obligation: Obligation | None = None,
    *,
    rev: int | None = None,
    now: datetime = IN_TIME,
    values: Mapping[str, str] = GOOD,
    occurred_on: date | None = None,
    **given: Any,
) -> Filing:
    obligation = obligation or owed()
    return filing_submit(
        actor=actor,
        obligation_id=obligation.pk,
        rev=rev_of(obligation) if rev is None else rev,
        typed=Typed(values=values, **given),
        occurred_on=occurred_on,
        now=now,
    )


def submit_nil(actor: Actor, *, now: datetime = IN_TIME, note: str = "本月无事项", **given: Any) -> Filing:
    obligation = owed()
    return filing_submit_nil(
        actor=actor,
        obligation_id=obligation.pk,
        rev=rev_of(obligation),
        typed=Typed(note=note, **given),
        now=now,
    )


def rev_of(obligation: Obligation) -> int:
    return Draft.objects.filter(obligation=obligation).values_list("rev", flat=True).first() or 0


def signed(cast: Cast, *, now: datetime = IN_TIME, **given: Any) -> Filing:
    """Submit and sign for S1."""
    return filing_sign(actor=cast.head, filing_id=submit(cast.clerk, now=now, **given).pk, now=now)


def returned(cast: Cast, filing: Filing, *, now: datetime = IN_TIME, **given: Any) -> Review:
    return filing_return(actor=cast.reviewer, filing_id=filing.pk, items=[WRONG], now=now, **given)


def accepted(cast: Cast, filing: Filing, *, now: datetime = IN_TIME) -> Review:
    return filing_accept(actor=cast.reviewer, filing_id=filing.pk, now=now)


def later(**given: float) -> datetime:
    return IN_TIME + timedelta(**given)


def snapshot() -> tuple[Any, ...]:
    """Return everything a step could have changed."""
    tables = (Obligation, Filing, Review, Draft, FilingFact, Event)
    return tuple(list(table.objects.order_by("pk").values()) for table in tables)
