"""Three forms that share elements: a monthly one, a roll of the same month, a quarterly one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from luoshi.core.actor import SYSTEM_ACTOR, Actor
from luoshi.core.periods import parse_period
from luoshi.kernel.filings.actions import filing_submit, obligations_open
from luoshi.kernel.filings.entries import Typed
from luoshi.kernel.filings.forms import form_by_id
from luoshi.kernel.filings.models import Filing, Obligation
from luoshi.kernel.filings.offers import Offer, offers_of
from tests.kernel.filings.loop import IN_TIME, Cast, loop_world, rev_of

PACK = Path(__file__).parent / "packs" / "shared"
MONTH, NEXT, QUARTER = "2020-12", "2021-01", "2020-Q4"
MONTHLY = {"cases": "12", "staff": "8", "area": "3.5"}


def shared_world() -> Cast:
    """Plant the district and open December and the fourth quarter."""
    cast = loop_world(pack=PACK)
    for form, period in (("monthly", MONTH), ("roll", MONTH), ("quarterly", QUARTER)):
        open_form(form, period)
    return cast


def open_form(form: str, period: str, now: datetime = IN_TIME) -> int:
    return obligations_open(
        actor=SYSTEM_ACTOR, form_ref=f"shared.{form}", period=parse_period(period), now=now
    )


def owes(form: str, period: str | None = None, unit: str = "S1") -> Obligation:
    period = period or (QUARTER if form == "quarterly" else MONTH)
    return Obligation.objects.get(form_ref=f"shared.{form}", period_code=period, unit__code=unit)


def offered(form: str, period: str | None = None) -> dict[str, Offer]:
    obligation = owes(form, period)
    return offers_of(form_by_id(obligation.definition_id), [obligation]).get(obligation.pk, {})


def fills(
    actor: Actor,
    form: str,
    values: Mapping[str, str],
    *,
    period: str | None = None,
    shown: Mapping[str, str] | None = None,
    same: Iterable[str] = (),
    now: datetime = IN_TIME,
) -> Filing:
    """Submit a form; ``shown`` is what its page had put in, by default everything that is known."""
    obligation = owes(form, period)
    if shown is None:
        shown = {key: offer.value for key, offer in offered(form, period).items()}
    return filing_submit(
        actor=actor,
        obligation_id=obligation.pk,
        rev=rev_of(obligation),
        typed=Typed(values=values, shown=shown, same=frozenset(same)),
        now=now,
    )
