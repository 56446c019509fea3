"""Whether a form may be issued: its admission (报表准入), and what the district decided about it since.

A form is registered when its definition names owner, basis, audience, period, last day and minutes, and the
owner is a unit of this district. A form in use opens; one that ran out or was stopped does not, and what is
open already stays owed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, WrongState
from luoshi.kernel.definitions.queries import slots_bound
from luoshi.kernel.filings.forms import Form
from luoshi.kernel.filings.standing_models import FormStanding, StandingKind, StandingState

# A form ends soon when it has this many days left. A parameter of ours.
ENDING_DAYS = 60
SLOT = "unit:@"
PARTS = {
    "owner": "责任单位",
    "basis": "发文依据",
    "to": "填报范围",
    "period": "填报周期",
    "until": "有效期",
    "minutes": "预计用时",
}
"""What an admission must say, in the words of the office."""


class FormState(StrEnum):
    """How a form stands on a day."""

    ACTIVE = "active"
    ENDING = "ending"
    EXPIRED = "expired"
    UNREGISTERED = "unregistered"
    STOPPED = "stopped"


STATE_TITLES: Mapping[FormState, str] = {
    FormState.ACTIVE: "在用",
    FormState.ENDING: "将到期",
    FormState.EXPIRED: "已到期",
    FormState.UNREGISTERED: "未登记",
    FormState.STOPPED: "已停用",
}
IN_USE = frozenset({FormState.ACTIVE, FormState.ENDING})


@dataclass(frozen=True, slots=True)
class Admission:
    """A complete admission. ``owner``: as the definition writes it, ``unit:@slot``."""

    owner: str
    basis: str
    until: date
    minutes: int

    @property
    def slot(self) -> str:
        """Return the slot of the owner without its mark."""
        return self.owner.removeprefix(SLOT)


@dataclass(frozen=True, slots=True)
class Ruling:
    """A granted decision: in force from the day ``on``; ``until`` is None for a stop."""

    on: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """The admission of one form and the decisions since, in order.

    ``owner``: code of the unit, empty while the slot is not bound. ``lacking``: what the admission does not
    say; nothing for a registered form.
    """

    admission: Admission | None
    owner: str
    lacking: tuple[str, ...]
    rulings: tuple[Ruling, ...] = ()

    def until_on(self, day: date) -> date | None:
        """Return the last day the form opens, as known on ``day``; a renewal never shortens it."""
        if self.admission is None:
            return None
        known = (ruling.until for ruling in self._known(day) if ruling.until is not None)
        return max((self.admission.until, *known))

    def stopped_since(self, day: date) -> date | None:
        """Return since when the form is out of use on ``day``; None when it is not."""
        newest = next(reversed(self._known(day)), None)
        return newest.on if newest is not None and newest.until is None else None

    def state_on(self, day: date) -> FormState:
        """Return how the form stands on a day."""
        until = self.until_on(day)
        if self.lacking or until is None:
            return FormState.UNREGISTERED
        if self.stopped_since(day):
            return FormState.STOPPED
        if until < day:
            return FormState.EXPIRED
        return FormState.ENDING if until - day < timedelta(days=ENDING_DAYS) else FormState.ACTIVE

    def admitted_on(self, day: date) -> bool:
        """Say whether the form could be opened on a day by what was decided until then."""
        return self.state_on(day) in IN_USE

    def _known(self, day: date) -> list[Ruling]:
        return [ruling for ruling in self.rulings if ruling.on <= day]


def admission_of(body: Mapping[str, Any]) -> Admission | None:
    """Return the admission of a form's definition; None when a part of it is missing or makes no sense."""
    if parts_lacking(body):
        return None
    found = body["admission"]
    return Admission(
        owner=str(found["owner"]),
        basis=str(found["basis"]).strip(),
        until=date.fromisoformat(str(found["until"])),
        minutes=int(found["minutes"]),
    )


def parts_lacking(body: Mapping[str, Any]) -> list[str]:
    """Return the parts of an admission that a form's definition does not say, in words and in order."""
    found = body.get("admission")
    said = {
        **(found if isinstance(found, Mapping) else {}),
        "to": body.get("to"),
        "period": body.get("period"),
    }
    return [title for part, title in PARTS.items() if not _says(part, said.get(part))]


def _says(part: str, value: Any) -> bool:
    if part == "minutes":
        return isinstance(value, int) and not isinstance(value, bool) and value > 0
    text = str(value or "").strip()
    if part == "until":
        try:
            date.fromisoformat(text)
        except ValueError:
            return False
    return bool(text)


def standings_of(forms: Collection[Form]) -> dict[str, Standing]:
    """Return how each form stands, by ref. Two queries."""
    slots = slots_bound({form.pack for form in forms})
    decided = FormStanding.objects.filter(
        form_ref__in=[form.ref for form in forms], state=StandingState.GRANTED
    ).order_by("form_ref", "seq")
    rulings: dict[str, list[Ruling]] = defaultdict(list)
    for row in decided:
        assert row.decided_at is not None  # a constraint of the table
        until = row.until if row.kind == StandingKind.RENEW else None
        rulings[row.form_ref].append(Ruling(local_day(row.decided_at), until))
    found: dict[str, Standing] = {}
    for form in forms:
        admission, lacking = admission_of(form.body), parts_lacking(form.body)
        bound = slots.get((form.pack, admission.slot)) if admission else None
        owner = bound.target if bound is not None and bound.kind == "unit" else ""
        if admission and not owner:
            lacking = [PARTS["owner"]]
        found[form.ref] = Standing(admission, owner, tuple(lacking), tuple(rulings[form.ref]))
    return found


def require_admitted(form: Form, standing: Standing, *, opening: date, today: date) -> None:
    """Refuse to open a form that is not registered, was stopped, or ran out.

    A period whose scheduled day lay in the time of the admission opens, however late this runs.
    Raises: Incomplete (unregistered), WrongState (stopped, expired).
    """
    if standing.lacking:
        parts = "、".join(standing.lacking)
        raise Incomplete(
            f"表单“{form.title}”没有完成准入登记，缺少：{parts}。未登记的表单不得下发，"
            "请先在业务包或表单设计中补全准入登记，再开放期间。"
        )
    stopped = standing.stopped_since(today)
    if stopped is not None:
        raise WrongState(
            f"表单“{form.title}”已于 {stopped:%Y-%m-%d} 停用，不再开放。"
            "确需恢复的，请在“报表目录”申请续期，经他人批准后再开放。"
        )
    if not standing.admitted_on(opening) and not standing.admitted_on(today):
        raise WrongState(
            f"表单“{form.title}”的准入已于 {standing.until_on(today):%Y-%m-%d} 到期，不再开放。"
            "确需继续的，请在“报表目录”申请续期，经他人批准后再开放。"
        )
