"""Fields that another form asks already, for whoever writes or admits a form (DOMAIN §7, rule 2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from luoshi.core.likeness import NEAR_PERCENT, likeness
from luoshi.kernel.definitions.fields import FieldKind
from luoshi.kernel.filings.registered import Registered, audience_of, forms_in_use
from luoshi.kernel.org.positions import unit_facts

# A remark is no datum that could be asked once: texts are the same only by their element.
WORDS = frozenset({FieldKind.TEXT.value})


class Why(StrEnum):
    """What makes two fields the same: one element code, or one unit of measure and near-equal titles."""

    ELEMENT = "element"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Near:
    """One field of a form and a field of a form in use that asks the same of some of the same units.

    ``likeness``: of the titles, 0 to 100. ``units``: how many units are addressed by both forms.
    """

    key: str
    title: str
    form_ref: str
    form_title: str
    owner_title: str
    period_kind: str
    other_key: str
    other_title: str
    element: str
    why: Why
    likeness: int
    units: int


def near_duplicates(body: Mapping[str, Any], *, on: date, ref: str = "") -> list[Near]:
    """Return which fields of a form are asked already, by field and then form; a day's forms and units.

    ``body``: as a pack writes a form, ``fields`` may be incomplete. ``ref``: the form itself when it is
    installed, which is then left out. The queries of ``forms_registered`` and one.
    Raises: ExpressionInvalid for an audience that cannot be read.
    """
    audience = audience_of(str(body.get("to") or ""), unit_facts(on))
    return duplicates_among(body, audience, forms_in_use(on), ref=ref)


def duplicates_among(
    body: Mapping[str, Any], audience: frozenset[int], others: Iterable[Registered], *, ref: str = ""
) -> list[Near]:
    """Return ``near_duplicates`` against forms that were read already. No query."""
    met = [(other, len(audience & other.audience)) for other in others if other.form.ref != ref]
    return [
        near
        for field in body.get("fields") or ()
        for other, units in met
        if units
        for near in _near(field, other, units)
    ]


def _near(field: Mapping[str, Any], other: Registered, units: int) -> Iterator[Near]:
    for theirs in other.form.body["fields"]:
        why, alike = _why(field, theirs)
        if why is None:
            continue
        yield Near(
            key=str(field.get("key") or ""),
            title=str(field.get("title") or ""),
            form_ref=other.form.ref,
            form_title=other.form.title,
            owner_title=other.owner_title,
            period_kind=other.form.period_kind.value,
            other_key=theirs["key"],
            other_title=theirs["title"],
            element=theirs.get("element") or "",
            why=why,
            likeness=alike,
            units=units,
        )


def _why(field: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[Why | None, int]:
    alike = likeness(str(field.get("title") or ""), other["title"])
    element = field.get("element") or ""
    if element and element == other.get("element"):
        return Why.ELEMENT, alike
    # Two elements, said to be different by whoever coded them.
    if element and other.get("element"):
        return None, alike
    kind = str(field.get("type") or "").partition(":")[0]
    same_measure = kind == other["type"].partition(":")[0] and (field.get("unit") or "") == (
        other.get("unit") or ""
    )
    if kind in WORDS or not same_measure or alike < NEAR_PERCENT:
        return None, alike
    return Why.TITLE, alike
