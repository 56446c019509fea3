"""Reading forms, obligations and filings, each limited to the units the actor may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet

from luoshi.core.actor import Actor
from luoshi.core.periods import Period, parse_period
from luoshi.kernel.access.policy import can, can_everywhere
from luoshi.kernel.definitions.queries import definitions_of
from luoshi.kernel.filings.diffs import FieldChange, Part, filing_diff, version_before
from luoshi.kernel.filings.forms import Form, form_by_id, form_def, forms_of
from luoshi.kernel.filings.heads import Template, template_from
from luoshi.kernel.filings.lighting import Light, lights_of
from luoshi.kernel.filings.matrix import (
    Cell,
    Matrix,
    MatrixAsked,
    Only,
    groups_of,
    matrix,
    matrix_years,
)
from luoshi.kernel.filings.models import (
    Answer,
    ImportBatch,
    ImportDraft,
)
from luoshi.kernel.filings.sight import filing_visible, obligation_visible, obligations_visible
from luoshi.kernel.filings.statistics import EVERYTHING, Asked, By, Counts, counts, median_days_before_due
from luoshi.kernel.filings.versions import (
    DraftView,
    FiledRow,
    FilingView,
    ReviewView,
    draft_of,
    filed_rows,
    filing_versions,
)
from luoshi.kernel.filings.work import (
    OpenWork,
    my_open_work,
    review_queue,
)

__all__ = [
    "By",
    "Cell",
    "Counts",
    "DraftView",
    "FieldChange",
    "EVERYTHING",
    "Asked",
    "FiledRow",
    "FilingView",
    "FormCard",
    "Light",
    "Matrix",
    "MatrixAsked",
    "Only",
    "OpenWork",
    "Part",
    "ReviewView",
    "batches_visible",
    "counts",
    "draft_of",
    "drafts_of",
    "filed_rows",
    "filing_diff",
    "filing_versions",
    "filing_visible",
    "form_by_id",
    "form_def",
    "forms_visible",
    "groups_of",
    "lights_of",
    "matrix",
    "matrix_years",
    "median_days_before_due",
    "my_open_work",
    "obligation_visible",
    "obligations_visible",
    "review_queue",
    "templates_of",
    "version_before",
]


@dataclass(frozen=True, slots=True)
class FormCard:
    """A form with how far it has come among the units in sight; ``newest`` is the latest period opened."""

    form: Form
    opened: int
    answered: int
    units: int
    newest: Period | None


def forms_visible(actor: Actor) -> list[FormCard]:
    """Return every form in force with its counts among the units in sight.

    Query count does not grow with rows.
    """
    if not can(actor, "filing.view"):
        return []
    counted: dict[str, Any] = {
        row["form_ref"]: row
        for row in obligations_visible(actor)
        .order_by()
        .values("form_ref")
        .annotate(
            opened=Count("pk"),
            answered=Count("pk", filter=~Q(answer=Answer.NONE)),
            units=Count("unit_id", distinct=True),
            newest=Max("period_end"),
        )
    }
    newest = _codes_ending(actor, {ref: row["newest"] for ref, row in counted.items()})
    cards = []
    for form in forms_of(definitions_of("form")):
        row = counted.get(form.ref, {})
        cards.append(
            FormCard(
                form=form,
                opened=row.get("opened", 0),
                answered=row.get("answered", 0),
                units=row.get("units", 0),
                newest=parse_period(newest[form.ref]) if form.ref in newest else None,
            )
        )
    return cards


def _codes_ending(actor: Actor, ends: Mapping[str, date]) -> dict[str, str]:
    asked = Q(pk__in=[])
    for ref, end in ends.items():
        asked |= Q(form_ref=ref, period_end=end)
    rows = obligations_visible(actor).filter(asked).order_by().values("form_ref")
    return dict(rows.annotate(code=Min("period_code")).values_list("form_ref", "code"))


def templates_of(form_ref: str) -> list[Template]:
    """Return the import templates of a form."""
    pack = form_ref.partition(".")[0]
    imports = (found for found in definitions_of("import", pack) if "form" in found.body)
    templates = map(template_from, imports)
    return [each for each in templates if each.form_ref == form_ref]


def batches_visible(actor: Actor, form_ref: str) -> QuerySet[ImportBatch]:
    """Return the import batches of a form, newest first: all for who imports or opens for every unit.

    A batch names its file and counts rows of many units; others find their own ones.
    """
    found = ImportBatch.objects.filter(form_ref=form_ref).order_by("-taken_at", "-id")
    if can_everywhere(actor, "filing.import") or can_everywhere(actor, "period.open"):
        return found
    return found.filter(taken_by_account=actor.account_id)


def drafts_of(actor: Actor) -> QuerySet[ImportDraft]:
    """Return the actor's own uploads that were neither taken nor dropped, newest first."""
    return ImportDraft.objects.filter(account_id=actor.account_id).order_by("-created_at", "-id")
