"""One element in several forms: what other forms of the same time say, and how much typing was saved."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import F, Sum

from luoshi.core.periods import PeriodKind, parse_period
from luoshi.kernel.definitions.fields import Field
from luoshi.kernel.definitions.queries import definitions_by_ids
from luoshi.kernel.elements.actions import Held, hold
from luoshi.kernel.filings.forms import Form, form_by_id, forms_of
from luoshi.kernel.filings.models import Answer, Filing, Obligation


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A field of a filing whose element another form of the same time states otherwise, as shown."""

    key: str
    title: str
    here: str
    there: str
    form_title: str
    period_title: str
    obligation_id: int


@dataclass(frozen=True, slots=True)
class Saved:
    """Of ``given`` values in the filings in force, ``saved`` needed no typing: held or computed."""

    given: int
    saved: int


def contradictions(filing: Filing) -> list[Contradiction]:
    """Return where other forms of the same unit and time differ, by field. The caller has checked the sight.

    Compared are forms of the same period, and a longer form whose field takes the value of its last month
    with that month. The number of queries does not depend on the number of forms.
    """
    obligation = filing.obligation
    form = form_by_id(obligation.definition_id)
    if not any(field.element for field in form.fields):
        return []
    found = []
    for other, version, other_form in _beside(obligation):
        for field, theirs in _shared(form, obligation, other_form, other):
            here, there = filing.values.get(field.key), version.values.get(theirs.key)
            if here is not None and there is not None and here != there:
                found.append(
                    Contradiction(
                        key=field.key,
                        title=field.title,
                        here=field.display(here),
                        there=theirs.display(there),
                        form_title=other_form.title,
                        period_title=parse_period(other.period_code).title,
                        obligation_id=other.pk,
                    )
                )
    return found


def _beside(obligation: Obligation) -> Iterator[tuple[Obligation, Filing, Form]]:
    """Yield what else the unit filed and stands for periods with the same last day, oldest first."""
    filings = (
        Filing.objects.select_related("obligation")
        .filter(
            obligation__unit_id=obligation.unit_id,
            obligation__period_end=obligation.period_end,
            obligation__answer=Answer.FILED,
            version=F("obligation__current_version"),
        )
        .exclude(obligation_id=obligation.pk)
        .order_by("submitted_at", "id")
    )
    versions = list(filings)
    ids = {each.obligation.definition_id for each in versions}
    forms = {form.definition_id: form for form in forms_of(definitions_by_ids(ids).values())}
    for each in versions:
        yield each.obligation, each, forms[each.obligation.definition_id]


def _shared(
    form: Form, one: Obligation, other_form: Form, other: Obligation
) -> Iterator[tuple[Field, Field]]:
    """Yield the pairs of fields that state the same element for the same time."""
    for field in form.fields:
        for theirs in other_form.fields if field.element else ():
            if field.element != theirs.element:
                continue
            same = one.period_code == other.period_code
            month = (field.last_month and other.period_kind == PeriodKind.MONTH) or (
                theirs.last_month and one.period_kind == PeriodKind.MONTH
            )
            if same or month:
                yield field, theirs


def held_again(obligation: Obligation, elements: Collection[str]) -> None:
    """Hold what other forms of the same period still say of ``elements``, after a version ceased to count.

    Ledger: none, as with every held value.
    """
    hold(
        values=[
            Held(field.element, other.unit_id, other.period_code, text, ("filing", version.pk))
            for other, version, form in _beside(obligation)
            if other.period_code == obligation.period_code
            for field in form.fields
            if field.element in elements and (text := version.values.get(field.key)) is not None
        ]
    )


def saved_fields(unit_ids: Collection[int], months: Collection[int]) -> dict[tuple[int, int], Saved]:
    """Return how many values needed no typing, by unit id and month (year × 100 + month). One query.

    A filing counts for the month in which its period ends; only versions in force count.
    """
    wanted = set(months)
    days = {parse_period(f"{month // 100:04}-{month % 100:02}").end: month for month in wanted}
    rows = (
        Filing.objects.filter(
            obligation__unit_id__in=set(unit_ids),
            obligation__period_end__in=set(days),
            obligation__answer=Answer.FILED,
            version=F("obligation__current_version"),
        )
        .order_by()
        .values_list("obligation__unit_id", "obligation__period_end")
        .annotate(given=Sum("fields_given"), saved=Sum("fields_saved"))
    )
    return {(unit_id, days[end]): Saved(given, saved) for unit_id, end, given, saved in rows}
