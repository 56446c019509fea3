"""The versions of a filing and its draft, as pages read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from luoshi.core.actor import Actor
from luoshi.core.periods import Period, parse_period
from luoshi.kernel.access.policy import can
from luoshi.kernel.access.queries import units_in_sight
from luoshi.kernel.definitions.fields import Field, FieldKind
from luoshi.kernel.evidence.queries import EvidenceView, evidence_view
from luoshi.kernel.filings.at_hand import filed_with
from luoshi.kernel.filings.entries import Typed
from luoshi.kernel.filings.facts import came_late
from luoshi.kernel.filings.forms import Form, form_by_id
from luoshi.kernel.filings.models import (
    Answer,
    Decision,
    Draft,
    Filing,
    ImportBatch,
    Obligation,
    Review,
    State,
)
from luoshi.kernel.filings.offers import Origin, origins_of
from luoshi.kernel.filings.sight import LATEST, obligation_visible
from luoshi.kernel.ledger.queries import newest_events_of
from luoshi.kernel.org.models import Unit


@dataclass(frozen=True, slots=True)
class ReviewView:
    """One decision. ``items``: (field key or "", its title, code of the reason, what to mend)."""

    decision: str
    decision_title: str
    round: int
    items: tuple[tuple[str, str, str, str], ...]
    talk_note: str
    comment: str
    mend_by: datetime | None
    at: datetime
    by: tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class FilingView:
    """One version of a filing. ``values``: (field, text shown, canonical text). ``current``: it answers.

    ``explained``: field key → why it jumped. ``origins``: of values that were known before, in the order of
    the form. ``signed_by``: account and post, None before it was signed.
    ``evidence``: (title of the field, file) it was filed with; such a field has no value.
    """

    id: int
    version: int
    state: str
    state_title: str
    current: bool
    values: tuple[tuple[Field, str, str | None], ...]
    note: str
    submitted_at: datetime
    submitted_by: tuple[int, str, str]
    batch: ImportBatch | None
    source_row: int | None
    event_id: int | None
    nil: bool
    explained: Mapping[str, str]
    origins: tuple[Origin, ...]
    late: bool
    late_reason: str
    occurred_on: date | None
    signed_at: datetime | None
    signed_by: tuple[int, str] | None
    unit_of_one: bool
    ended_at: datetime | None
    review: ReviewView | None
    evidence: tuple[tuple[str, EvidenceView], ...]


@dataclass(frozen=True, slots=True)
class DraftView:
    """What was typed so far, by whom and when last. ``rev`` goes back with the next save."""

    rev: int
    typed: Typed
    saved_at: datetime
    saved_by_account: int
    saved_by_name: str


@dataclass(frozen=True, slots=True)
class FiledRow:
    """A row behind a figure: whose, for which period, what it says, the event that wrote it last."""

    unit: Unit
    period: Period
    filing_id: int
    obligation_id: int
    version: int
    values: Mapping[str, str | None]
    submitted_at: datetime
    event_id: int | None


def draft_of(actor: Actor, obligation_id: int) -> DraftView | None:
    """Return the draft of an obligation in sight; None when nothing was typed yet. Raises: NotFound."""
    row = Draft.objects.filter(obligation=obligation_visible(actor, obligation_id)).first()
    if row is None:
        return None
    typed = Typed(row.values, row.note, row.explained, row.late_reason, occurred=row.occurred)
    return DraftView(row.rev, typed, row.saved_at, row.saved_by_account, row.saved_by_name)


def filing_versions(obligation: Obligation) -> list[FilingView]:
    """Return all versions of an obligation's filing, newest first. The caller has checked the sight."""
    form = form_by_id(obligation.definition_id)
    versions = list(obligation.filings.select_related("source_batch", "review").order_by("-version"))
    events = newest_events_of("filing", [each.pk for each in versions])
    proofs = filed_with([each.pk for each in versions])
    titles = {field.key: field.title for field in form.fields}
    return [
        FilingView(
            id=each.pk,
            version=each.version,
            state=each.state,
            state_title=State(each.state).label,
            current=obligation.answer != Answer.NONE and each.version == obligation.current_version,
            values=tuple(
                (field, field.display(each.values.get(field.key)), each.values.get(field.key))
                for field in form.fields
                if field.kind is not FieldKind.FILES
            ),
            note=each.note,
            submitted_at=each.submitted_at,
            submitted_by=(each.submitted_by_account, each.submitted_by_post, each.submitted_by_unit),
            batch=each.source_batch,
            source_row=each.source_row,
            event_id=events.get(each.pk),
            nil=each.nil,
            explained=each.explained or {},
            origins=origins_of(form, each),
            late=came_late(obligation, each),
            late_reason=each.late_reason,
            occurred_on=each.occurred_on,
            signed_at=each.signed_at,
            signed_by=(each.signed_by_account, each.signed_by_post)
            if each.signed_by_account is not None
            else None,
            unit_of_one=each.unit_of_one,
            ended_at=each.ended_at,
            review=_review(form, each.review) if hasattr(each, "review") else None,
            evidence=tuple((titles[key], evidence_view(revision)) for key, revision in proofs[each.pk]),
        )
        for each in versions
    ]


def _review(form: Form, review: Review) -> ReviewView:
    titles = {field.key: field.title for field in form.fields}
    return ReviewView(
        decision=review.decision,
        decision_title=Decision(review.decision).label,
        round=review.round,
        items=tuple(
            (item["field"], titles.get(item["field"], "整表"), item["code"], item["text"])
            for item in review.items
        ),
        talk_note=review.talk_note,
        comment=review.comment,
        mend_by=review.mend_by,
        at=review.at,
        by=(review.by_account, review.by_post, review.by_unit),
    )


def filed_rows(actor: Actor, filing_ids: Sequence[int]) -> list[FiledRow]:
    """Return those of the given filings that the actor may see, in the order given.

    Few queries, however many.
    """
    if not can(actor, "filing.view"):
        return []
    sight = units_in_sight(actor, LATEST)
    found = Filing.objects.select_related("obligation__unit").in_bulk(list(filing_ids))
    seen = [found[each] for each in filing_ids if each in found and found[each].obligation.unit_id in sight]
    events = newest_events_of("filing", [each.pk for each in seen])
    return [
        FiledRow(
            unit=each.obligation.unit,
            period=parse_period(each.obligation.period_code),
            filing_id=each.pk,
            obligation_id=each.obligation_id,
            version=each.version,
            values=each.values,
            submitted_at=each.submitted_at,
            event_id=events.get(each.pk),
        )
        for each in seen
    ]
