"""The registry of forms (报表目录): every form with what it costs, one form with its fields and decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from luoshi.core.actor import Actor
from luoshi.core.errors import NotFound
from luoshi.kernel.access.policy import can
from luoshi.kernel.filings.cost import Cost, cost_among
from luoshi.kernel.filings.duplicates import Near, duplicates_among
from luoshi.kernel.filings.models import FormStanding, StandingKind, StandingState
from luoshi.kernel.filings.registered import Registered, forms_registered
from luoshi.kernel.filings.renewing import ADMIT, may_issue
from luoshi.kernel.filings.standing import IN_USE
from luoshi.kernel.org.positions import unit_facts

Who = tuple[int, str, str]
"""Account, post and unit, as the ledger names an actor."""


@dataclass(frozen=True, slots=True)
class RegistryRow:
    """One form in the list. ``until``: the last day it opens, renewals counted; None when not registered.

    ``cost`` is without due dates. ``asked``: a renewal waits for an answer.
    """

    form: Registered
    until: date | None
    cost: Cost
    asked: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision about a form, or a request that waits for one (``decided_by`` None)."""

    id: int
    kind: StandingKind
    state: StandingState
    until: date | None
    basis: str
    reason: str
    reply: str
    asked_at: datetime
    asked_by: Who
    decided_at: datetime | None
    decided_by: Who | None


@dataclass(frozen=True, slots=True)
class RegistryForm:
    """One form in full: its cost with due dates, what it asks twice, decisions newest first."""

    row: RegistryRow
    near: tuple[Near, ...]
    decisions: tuple[Decided, ...]

    @property
    def waiting(self) -> Decided | None:
        """Return the renewal that waits for an answer."""
        return next((each for each in self.decisions if each.state == StandingState.ASKED), None)


def registry(on: date) -> list[RegistryRow]:
    """Return every form of the packs in force, by pack and place in its file.

    The queries of ``forms_registered`` and two.
    """
    facts, forms = unit_facts(on), forms_registered(on)
    in_use = [each for each in forms if each.state in IN_USE]
    asked = _asked()
    return [
        RegistryRow(
            form=each,
            until=each.standing.until_on(on),
            cost=cost_among(
                each.form.body, facts, in_use, on=on, ref=each.form.ref, by_units=each.by_units, dated=False
            ),
            asked=each.form.ref in asked,
        )
        for each in forms
    ]


def registry_form(ref: str, on: date) -> RegistryForm:
    """Return one form in full. Raises: NotFound."""
    facts, forms = unit_facts(on), forms_registered(on)
    found = next((each for each in forms if each.form.ref == ref), None)
    if found is None:
        raise NotFound("报表目录中没有这张表单。")
    in_use = [each for each in forms if each.state in IN_USE]
    body: dict[str, Any] = dict(found.form.body)
    row = RegistryRow(
        form=found,
        until=found.standing.until_on(on),
        cost=cost_among(body, facts, in_use, on=on, ref=ref, by_units=found.by_units),
        asked=ref in _asked(),
    )
    near = duplicates_among(body, found.audience, in_use, ref=ref)
    return RegistryForm(row, tuple(near), tuple(_decisions(ref)))


def registry_may(actor: Actor, found: RegistryForm) -> dict[str, bool]:
    """Return what an actor may do about a form: stop it, ask for its renewal, decide on one."""
    issues = may_issue(actor, found.row.form.standing)
    waiting = found.waiting
    stopped = bool(found.decisions) and next(
        (each.kind == StandingKind.STOP for each in found.decisions if each.state == StandingState.GRANTED),
        False,
    )
    return {
        "stop": issues and not stopped,
        "renew": issues and waiting is None and not found.row.form.standing.lacking,
        "decide": waiting is not None and can(actor, ADMIT) and actor.account_id != waiting.asked_by[0],
    }


def _asked() -> set[str]:
    rows = FormStanding.objects.filter(state=StandingState.ASKED).order_by("form_ref")
    return set(rows.values_list("form_ref", flat=True))


def _decisions(ref: str) -> list[Decided]:
    return [
        Decided(
            id=row.pk,
            kind=StandingKind(row.kind),
            state=StandingState(row.state),
            until=row.until,
            basis=row.basis,
            reason=row.reason,
            reply=row.reply,
            asked_at=row.asked_at,
            asked_by=(row.asked_by_account, row.asked_by_post, row.asked_by_unit),
            decided_at=row.decided_at,
            decided_by=None
            if row.decided_by_account is None
            else (row.decided_by_account, row.decided_by_post, ""),
        )
        for row in FormStanding.objects.filter(form_ref=ref).order_by("-seq")
    ]
