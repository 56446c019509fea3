"""Every form in force with what the registry knows of it: owner, audience, state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from luoshi.kernel.definitions.queries import definitions_of, first_installed
from luoshi.kernel.filings.flows import BUILT_IN, Duty, DutyKind, Flow, flows_of
from luoshi.kernel.filings.forms import Form, forms_of
from luoshi.kernel.filings.standing import IN_USE, FormState, Standing, standings_of
from luoshi.kernel.org.models import Unit
from luoshi.kernel.org.positions import UnitFacts, unit_facts
from luoshi.kernel.org.selectors import selector, selects

BY_UNITS = frozenset({DutyKind.OWN, DutyKind.HEAD})


@dataclass(frozen=True, slots=True)
class Registered:
    """One form on a day. ``audience``: the ids of the units it addresses; ``since``: first installed.

    ``by_units``: the units themselves fill it. Otherwise it is a statistics table: one post files it for
    all of them, and it burdens none of them.
    """

    form: Form
    standing: Standing
    state: FormState
    owner_title: str
    since: datetime
    audience: frozenset[int]
    by_units: bool
    flow: Flow

    @property
    def until(self) -> date | None:
        """Return the last day it opens by its admission, for lists; renewals are in ``standing``."""
        return self.standing.admission.until if self.standing.admission else None


def forms_registered(on: date) -> list[Registered]:
    """Return every form of the packs in force as it stands on a day, by pack and place in its file.

    Ten queries and one for each pack version whose forms name a vocab.
    """
    forms = forms_of(definitions_of("form"))
    standings = standings_of(forms)
    flows = flows_of([form.definition_id for form in forms])
    since = first_installed("form")
    facts = unit_facts(on)
    owners = Unit.objects.filter(code__in={each.owner for each in standings.values()}).order_by("code")
    titles = dict(owners.values_list("code", "title"))
    return [
        Registered(
            form=form,
            standing=standings[form.ref],
            state=standings[form.ref].state_on(on),
            owner_title=titles.get(standings[form.ref].owner, ""),
            since=since[form.ref],
            audience=audience_of(form.to, facts),
            by_units=filled_by_units(flows[form.definition_id].fill),
            flow=flows[form.definition_id],
        )
        for form in forms
    ]


def forms_in_use(on: date) -> list[Registered]:
    """Return the forms that may be issued on a day."""
    return [each for each in forms_registered(on) if each.state in IN_USE]


def audience_of(to: str, facts: list[UnitFacts]) -> frozenset[int]:
    """Return the ids of the units that an expression selects; nobody while nothing is written.

    Raises: ExpressionInvalid.
    """
    if not to.strip():
        return frozenset()
    expression = selector(to)
    return frozenset(each.id for each in facts if selects(expression, each))


def filled_by_units(fill: Duty) -> bool:
    """Say whether the units addressed fill a form themselves."""
    return fill.kind in BY_UNITS


def body_filled_by_units(body: Mapping[str, Any]) -> bool:
    """Say of a form that is not installed yet whether units fill it themselves.

    A role of its pack is taken for one of the unit: only ``desk``, ``reviewer``, ``office`` and ``owner``
    name others for certain.
    """
    fill = str((body.get("flow") or {}).get("fill") or "clerk")
    return fill != "owner" and BUILT_IN.get(fill, "duty:unit").startswith("duty:")
