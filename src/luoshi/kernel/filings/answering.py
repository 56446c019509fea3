"""Writing versions of filings with everything that hangs on them: obligation, event, facts, held values.

Called by the actions inside their transaction, after rights and values were checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db.models import F

from luoshi.core.actor import Actor
from luoshi.core.errors import Stale
from luoshi.kernel.elements.actions import Held, hold, release
from luoshi.kernel.filings.at_hand import at_hand, filed_with, links_write
from luoshi.kernel.filings.entries import Values
from luoshi.kernel.filings.facts import came_late, facts_end, facts_write
from luoshi.kernel.filings.forms import Form
from luoshi.kernel.filings.models import SAVED, Answer, Filing, How, ImportBatch, Obligation, State
from luoshi.kernel.filings.offers import Noted, Offers, noted, noted_by_correction, offers_of
from luoshi.kernel.filings.sharing import held_again
from luoshi.kernel.filings.slots import slots_of
from luoshi.kernel.ledger.actions import Entry, record, record_many


@dataclass(frozen=True, slots=True)
class Said:
    """One answer as it was checked. ``explained``: field key → why the value jumped.

    ``noted``: how its values came about.
    """

    values: Values
    nil: bool = False
    note: str = ""
    explained: Mapping[str, str] | None = None
    late_reason: str = ""
    occurred_on: date | None = None
    minutes: int | None = None
    noted: Noted = field(default_factory=lambda: Noted({}, {}))


@dataclass(frozen=True, slots=True)
class Given:
    """What one row of a file says and its number in the file; ``prefilled``: it came with what is known."""

    said: Said
    row: int
    prefilled: bool = False


def answers_write(
    form: Form, given: Mapping[int, Given], batch: ImportBatch, actor: Actor, now: datetime
) -> None:
    """Write a version for each obligation in ``given`` (by id), all of one form.

    Raises: Stale when one of them was answered since the file was checked.
    Ledger: ``filing.taken`` for each.
    """
    locked = Obligation.objects.select_for_update().filter(pk__in=given).order_by("id")
    obligations = list(locked)
    if any(each.answer != Answer.NONE for each in obligations):
        raise Stale("有单位在您核对期间已经填报，请重新上传文件核对。")
    offers = offers_of(form, obligations)
    for obligation in obligations:
        _answered(obligation, Answer.FILED)
    versions = [_version(each, _noted(given[each.pk], offers[each.pk]), actor, now) for each in obligations]
    for filing in versions:
        filing.source_batch = batch
        filing.source_row = given[filing.obligation_id].row
    filings = Filing.objects.bulk_create(versions)
    Obligation.objects.filter(pk__in=given).update(
        answer=Answer.FILED,
        current_version=F("current_version") + 1,
        excuse_asked_at=None,
        excuse_asked_by_account=None,
        excuse_asked_by_post="",
    )
    pairs = list(zip(obligations, filings, strict=True))
    proofs = at_hand(obligations)
    links = links_write((filing, proofs[each.pk]) for each, filing in pairs)
    entries = [
        Entry(
            each,
            "filing.taken",
            rows=[filing, *links.get(filing.pk, ())],
            data=facts_told(each, filing) | {"batch": batch.pk},
        )
        for each, filing in pairs
    ]
    record_many(entries, by=actor.by, at=now)
    facts_write(pairs, slots_of(form.ref))
    hold(values=[held for pair in pairs for held in _held(form, *pair)])


def _noted(given: Given, offers: Offers) -> Said:
    shown = offers if given.prefilled else ()
    return replace(given.said, noted=noted(given.said.values, offers, shown=shown, otherwise=How.IMPORT))


def answer_write(form: Form, obligation: Obligation, said: Said, actor: Actor, now: datetime) -> Filing:
    """Write the next version of one obligation that is not answered.

    Ledger: ``filing.submitted``, or ``filing.nil_submitted`` for a nil return.
    """
    _answered(obligation, Answer.NIL if said.nil else Answer.FILED)
    obligation.save()
    filing = _version(obligation, said, actor, now)
    filing.save()
    # A nil return says that nothing happened: there is nothing to prove.
    proofs = [] if said.nil else at_hand([obligation])[obligation.pk]
    links = links_write([(filing, proofs)]).get(filing.pk, [])
    kind = "filing.nil_submitted" if said.nil else "filing.submitted"
    data = facts_told(obligation, filing) | {"late": came_late(obligation, filing)}
    record(obligation, kind, by=actor.by, at=now, rows=[filing, *links], data=data)
    facts_write([(obligation, filing)], slots_of(form.ref))
    hold(values=_held(form, obligation, filing))
    return filing


def correction_write(
    form: Form,
    obligation: Obligation,
    standing: Filing,
    values: Values,
    reason: str,
    actor: Actor,
    now: datetime,
    came: tuple[ImportBatch, Given] | None = None,
) -> Filing:
    """Put a new version in place of ``standing``; ``came``: from which row of which file, None by hand.

    Ledger: ``filing.corrected``.
    """
    changed = sorted(key for key in values if values[key] != standing.values.get(key))
    how = How.TYPED if came is None else How.IMPORT
    standing.state, standing.ended_at = State.SUPERSEDED, now
    standing.save()
    _answered(obligation, Answer.FILED)
    obligation.save()
    filing = _version(
        obligation, Said(values, note=reason, noted=noted_by_correction(standing, values, how)), actor, now
    )
    if came is not None:
        filing.source_batch, filing.source_row = came[0], came[1].row
    filing.save()
    links = links_write([(filing, filed_with([standing.pk])[standing.pk])]).get(filing.pk, [])
    data = facts_told(obligation, filing) | {"fields": changed}
    record(obligation, "filing.corrected", by=actor.by, at=now, rows=[standing, filing, *links], data=data)
    facts_write([(obligation, filing)], slots_of(form.ref))
    hold(values=_held(form, obligation, filing))
    blanked = {field.element for field in form.fields if field.element and values[field.key] is None}
    if blanked:
        release(elements=blanked, unit_id=obligation.unit_id, period_code=obligation.period_code)
        held_again(obligation, blanked)
    return filing


def answer_end(form: Form, obligation: Obligation, filing: Filing, state: State, now: datetime) -> None:
    """Take back the version in force: its obligation is open again, its fact ends, it holds no value.

    The caller records obligation and filing.
    """
    filing.state, filing.ended_at = state, now
    filing.save()
    obligation.answer = Answer.NONE
    obligation.save()
    facts_end(filing)
    elements = {field.element for field in form.fields if field.element}
    if elements:
        release(
            elements=elements,
            unit_id=obligation.unit_id,
            period_code=obligation.period_code,
            sources=("filing", list(obligation.filings.order_by("id").values_list("id", flat=True))),
        )
        held_again(obligation, elements)


def facts_told(obligation: Obligation, filing: Filing) -> dict[str, object]:
    """Return what every event about a version says."""
    return {
        "form": obligation.form_ref,
        "unit": obligation.unit_code,
        "period": obligation.period_code,
        "version": filing.version,
    }


def _answered(obligation: Obligation, answer: Answer) -> None:
    """Set the answer and count the version; who answers no longer asks to be excused."""
    obligation.answer = answer
    obligation.current_version += 1
    obligation.excuse_asked_at = None
    obligation.excuse_asked_by_account = None
    obligation.excuse_asked_by_post = ""


def _version(obligation: Obligation, said: Said, actor: Actor, now: datetime) -> Filing:
    return Filing(
        obligation=obligation,
        version=obligation.current_version,
        state=State.SUBMITTED,
        values=said.values,
        nil=said.nil,
        note=said.note,
        explained=dict(said.explained) if said.explained else None,
        late_reason=said.late_reason,
        sources=said.noted.sources,
        offered=said.noted.offered,
        fields_given=sum(text is not None for text in said.values.values()),
        fields_saved=sum(how in SAVED for how in said.noted.sources.values()),
        occurred_on=said.occurred_on,
        minutes_spent=said.minutes,
        mend_by=obligation.mend_by,
        submitted_at=now,
        submitted_by_account=actor.account_id,
        submitted_by_post=actor.post_code,
        submitted_by_unit=actor.unit_code,
    )


def _held(form: Form, obligation: Obligation, filing: Filing) -> Sequence[Held]:
    return [
        Held(field.element, obligation.unit_id, obligation.period_code, text, ("filing", filing.pk))
        for field in form.fields
        if field.element and (text := filing.values[field.key]) is not None
    ]
