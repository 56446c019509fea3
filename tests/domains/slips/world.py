"""The monthly form, long overdue: S1, S2 and S3 owe December 2020, due with 2021-01-15 (a Friday)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from luoshi.core.actor import Actor
from luoshi.domains.slips.actions import slips_issue
from luoshi.domains.slips.models import Slip
from luoshi.kernel.org.models import Unit
from tests.harness.times import SHANGHAI
from tests.kernel.filings.loop import Cast, loop_world, opened, player

RULES = "loop.filing"


def on(day: int, hour: int = 9, month: int = 1) -> datetime:
    """A moment of early 2021, in Shanghai."""
    return datetime(2021, month, day, hour, tzinfo=SHANGHAI)


# One working day overdue on Monday 18th, two on Tuesday 19th: then the first level is due.
TIP = on(19)
# Six working days overdue: the second level. Eleven: the third.
URGE = on(25)
OVERSEE = on(1, month=2)


@dataclass(frozen=True)
class World:
    """The people, with the head of S2 and a clerk of the office that issues."""

    cast: Cast
    head2: Actor

    @property
    def office(self) -> Actor:
        """Who issues: the reviewer of P1."""
        return self.cast.reviewer


def slip_world() -> World:
    """Plant everything and open December."""
    cast = loop_world()
    head2 = player("head2", "S2", ("head", "S2"))
    opened()
    return World(cast, head2)


def unit(code: str) -> int:
    return Unit.objects.get(code=code).pk


def issued(world: World, *codes: str, now: datetime = TIP, **given: str) -> list[Slip]:
    ids = [unit(code) for code in codes or ("S1",)]
    return slips_issue(actor=world.office, rules_ref=RULES, unit_ids=ids, now=now, **given)
