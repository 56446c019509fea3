"""The flow of a form: who fills, signs and reviews it, as its pack says and as slots are bound today."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from luoshi.kernel.definitions.queries import (
    Def,
    SlotTarget,
    definitions_beside,
    definitions_by_ids,
    slots_bound,
)

DEFAULT_RETURNS = 3
# Roles that every pack may name without defining them.
BUILT_IN: Mapping[str, str] = {
    "clerk": "duty:unit",
    "head": "duty:unit.head",
    "desk": "role:desk",
    "reviewer": "role:reviewer",
    "office": "role:office",
}


class Step(StrEnum):
    """A step that somebody takes on an obligation."""

    FILL = "fill"
    SIGN = "sign"
    REVIEW = "review"


STEP_TITLES: Mapping[Step, str] = {Step.FILL: "填报", Step.SIGN: "审签", Step.REVIEW: "审核"}


class DutyKind(StrEnum):
    """How a duty names its holders.

    ``own``: the clerk of the unit that owes; ``head``: its head; ``above``: the unit over it. ``role``:
    whoever holds an access role over the unit. ``post`` and ``unit``: what is bound to a slot.
    """

    OWN = "own"
    HEAD = "head"
    ABOVE = "above"
    ROLE = "role"
    POST = "post"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Duty:
    """Who takes a step. ``code``: post, unit or role; empty for a slot that is not bound, held by nobody."""

    kind: DutyKind
    code: str = ""
    slot: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """The steps of one form version; ``sign`` and ``review`` are None where the form has no such step.

    ``apart``: filler and signer must be two persons. ``nil_needs``: what a nil return must give ("note" or
    field keys), None where there is no nil return.
    """

    form_ref: str
    title: str
    fill: Duty
    sign: Duty | None
    review: Duty | None
    apart: bool
    returns: int
    nil_needs: tuple[str, ...] | None

    def duty(self, step: Step) -> Duty | None:
        """Return who takes a step; None when the form does not have it."""
        return {Step.FILL: self.fill, Step.SIGN: self.sign, Step.REVIEW: self.review}[step]

    @property
    def final_state(self) -> str:
        """Return the state in which nobody is to act any more."""
        return "accepted" if self.review else "signed" if self.sign else "submitted"

    @property
    def review_state(self) -> str:
        """Return the state in which a version waits for its reviewer."""
        return "signed" if self.sign else "submitted"


def flows_of(definition_ids: Collection[int]) -> dict[int, Flow]:
    """Return the flow of each form version by the id of its definition. Three queries, however many."""
    forms = definitions_by_ids(definition_ids)
    roles = definitions_beside("role", {form.pack_version_id for form in forms.values()})
    slots = slots_bound({form.pack for form in forms.values()})
    return {row_id: _flow(form, roles, slots) for row_id, form in forms.items()}


def flow_of(definition_id: int) -> Flow:
    """Return the flow of one form version. Raises: KeyError for a row that is no definition."""
    return flows_of([definition_id])[definition_id]


def _flow(
    form: Def, roles: Mapping[tuple[int, str], Def], slots: Mapping[tuple[str, str], SlotTarget]
) -> Flow:
    body = form.body.get("flow") or {}

    def duty(step: Step) -> Duty | None:
        name = body.get(step) or "none"
        if name == "none":
            return None
        role = roles.get((form.pack_version_id, name))
        return _duty(role.body["who"] if role else _built_in(name, form.body), form.pack, slots)

    nil = form.body.get("nil")
    returns = body.get("returns")
    return Flow(
        form_ref=form.ref,
        title=form.title,
        fill=duty(Step.FILL) or Duty(DutyKind.OWN),
        sign=duty(Step.SIGN),
        review=duty(Step.REVIEW),
        apart=body.get("apart") != "none",
        returns=DEFAULT_RETURNS if returns is None else int(returns),
        nil_needs=tuple(nil["need"]) if isinstance(nil, Mapping) else None,
    )


def _built_in(name: str, body: Mapping[str, Any]) -> str:
    if name == "owner":
        return str((body.get("admission") or {}).get("owner") or "unit:@")
    return BUILT_IN[name]


def _duty(who: str, pack: str, slots: Mapping[tuple[str, str], SlotTarget]) -> Duty:
    """Read ``post:@slot``, ``unit:@slot``, ``duty:unit[.head|.super]`` or ``role:NAME``."""
    kind, _, rest = who.partition(":")
    if kind == "role":
        return Duty(DutyKind.ROLE, rest)
    if kind == "duty":
        suffix = rest.partition(".")[2]
        return Duty({"": DutyKind.OWN, "head": DutyKind.HEAD, "super": DutyKind.ABOVE}[suffix])
    slot = rest.removeprefix("@")
    bound = slots.get((pack, slot))
    return Duty(DutyKind(kind), bound.target if bound and bound.kind == kind else "", slot)
