"""Whom a step of a reminder tells: the duties of a form's flow, as recipients of notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from luoshi.kernel.definitions.queries import definitions_by_ids, slots_bound
from luoshi.kernel.filings.flows import Duty, DutyKind, Flow, Step
from luoshi.kernel.filings.models import Obligation
from luoshi.kernel.filings.policy import STEP_ROLES
from luoshi.kernel.notify.recipients import To, coach, filler, head, holder, inside, over
from luoshi.kernel.org.models import Unit

FILLER, REVIEWER, OWNER = "填报岗", "审核岗", "牵头单位"
OWNER_ROLES = ("reviewer", "office", "clerk")


@dataclass(frozen=True, slots=True)
class Told:
    """The flows and owners of some obligations, read at once. ``units``: unit code → id."""

    flows: Mapping[int, Flow]
    owners: Mapping[int, str]
    units: Mapping[str, int]

    @classmethod
    def of(cls, obligations: Iterable[Obligation], flows: Mapping[int, Flow]) -> Told:
        """Read what is needed for these obligations. Three queries."""
        forms = definitions_by_ids({each.definition_id for each in obligations})
        slots = slots_bound({form.pack for form in forms.values()})
        owners = {}
        for row_id, form in forms.items():
            slot = ((form.body.get("admission") or {}).get("owner") or "").removeprefix("unit:@")
            bound = slots.get((form.pack, slot))
            owners[row_id] = bound.target if bound else ""
        duties = [flow.duty(step) for flow in flows.values() for step in Step]
        codes = {duty.code for duty in duties if duty and duty.kind is DutyKind.UNIT} | set(owners.values())
        codes |= {each.unit_parent for each in obligations}
        found = Unit.objects.filter(code__in=codes - {""}).order_by().values_list("code", "id")
        return cls(flows, owners, dict(found))

    def form_title(self, obligation: Obligation) -> str:
        """Return the title of the form that is owed."""
        return self.flows[obligation.definition_id].title

    def to(self, obligation: Obligation, names: Iterable[str]) -> tuple[To, ...]:
        """Return the recipients behind the words of a rule."""
        return tuple(self._one(obligation, name) for name in names)

    def _one(self, obligation: Obligation, name: str) -> To:
        flow, unit = self.flows[obligation.definition_id], obligation.unit_id
        match name:
            case "head":
                return head(unit)
            case "coach":
                return coach(unit)
            case "owner":
                return self._within(self.owners[obligation.definition_id], OWNER_ROLES, OWNER, unit)
            case "reviewer":
                return self._duty(flow.review, Step.REVIEW, REVIEWER, obligation)
        return self._duty(flow.fill, Step.FILL, FILLER, obligation)

    def _duty(self, duty: Duty | None, step: Step, title: str, obligation: Obligation) -> To:
        unit = obligation.unit_id
        if duty is None:
            return head(unit)
        match duty.kind:
            case DutyKind.OWN:
                return filler(unit)
            case DutyKind.HEAD:
                return head(unit)
            case DutyKind.ROLE:
                return over(unit, [duty.code])
            case DutyKind.ABOVE:
                return self._within(obligation.unit_parent, STEP_ROLES[step], title, unit)
            case DutyKind.UNIT:
                return self._within(duty.code, STEP_ROLES[step], title, unit)
        return holder(duty.code, unit, title)

    def _within(self, code: str, roles: tuple[str, ...], title: str, unit: int) -> To:
        """The posts of the unit with this code; of the unit concerned where there is no such unit."""
        return inside(self.units.get(code, unit), roles, title)
