"""Writing versions of filings with everything that hangs on them: obligation, event, facts, held values.

Called by ``actions`` inside their transaction, after rights and values were checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from luoshi.core.actor import Actor
from luoshi.core.errors import Stale
from luoshi.kernel.elements.actions import Held, hold, release
from luoshi.kernel.filings.facts import facts_write
from luoshi.kernel.filings.forms import Form
from luoshi.kernel.filings.models import Answer, Filing, ImportBatch, Obligation, State
from luoshi.kernel.filings.slots import slots_of
from luoshi.kernel.ledger.actions import Entry, record, record_many


@dataclass(frozen=True, slots=True)
class Given:
    """What one row of a file says: canonical values and its number in the file."""

    values: dict[str, str | None]
    row: int


def answers_write(
    form: Form, given: Mapping[int, Given], batch: ImportBatch, actor: Actor, now: datetime
) -> None:
    """Write the first version of each obligation in ``given`` (by id), all of one form.

    Raises: Stale when one of them was answered since the file was checked.
    Ledger: ``filing.taken`` for each.
    """
    locked = Obligation.objects.select_for_update().filter(pk__in=given).order_by("id")
    obligations = list(locked)
    if any(each.answer != Answer.NONE for each in obligations):
        raise Stale("有单位在您核对期间已经填报，请重新上传文件核对。")
    filings = Filing.objects.bulk_create(
        [
            _version(each, given[each.pk].values, actor, now, batch=batch, row=given[each.pk].row)
            for each in obligations
        ]
    )
    Obligation.objects.filter(pk__in=given).update(answer=Answer.FILED, current_version=1)
    for obligation in obligations:
        obligation.answer, obligation.current_version = Answer.FILED, 1
    pairs = list(zip(obligations, filings, strict=True))
    entries = [
        Entry(each, "filing.taken", rows=[filing], data=_facts_of(each, filing) | {"batch": batch.pk})
        for each, filing in pairs
    ]
    record_many(entries, by=actor.by, at=now)
    facts_write(pairs, slots_of(form.ref))
    hold(values=[held for pair in pairs for held in _held(form, *pair)])


def correction_write(
    form: Form,
    obligation: Obligation,
    standing: Filing,
    values: dict[str, str | None],
    reason: str,
    actor: Actor,
    now: datetime,
) -> Filing:
    """Put a new version in place of ``standing``. Ledger: ``filing.corrected``."""
    changed = sorted(key for key in values if values[key] != standing.values.get(key))
    standing.state = State.SUPERSEDED
    standing.save()
    obligation.answer = Answer.FILED
    obligation.current_version = standing.version + 1
    obligation.save()
    filing = _version(obligation, values, actor, now, note=reason)
    filing.save()
    data = _facts_of(obligation, filing) | {"fields": changed}
    record(obligation, "filing.corrected", by=actor.by, at=now, rows=[standing, filing], data=data)
    facts_write([(obligation, filing)], slots_of(form.ref))
    hold(values=_held(form, obligation, filing))
    blanked = [field.element for field in form.fields if field.element and values[field.key] is None]
    release(elements=blanked, unit_id=obligation.unit_id, period_code=obligation.period_code)
    return filing


def _version(
    obligation: Obligation,
    values: dict[str, str | None],
    actor: Actor,
    now: datetime,
    *,
    note: str = "",
    batch: ImportBatch | None = None,
    row: int | None = None,
) -> Filing:
    return Filing(
        obligation=obligation,
        version=obligation.current_version or 1,
        state=State.SUBMITTED,
        values=values,
        note=note,
        submitted_at=now,
        submitted_by_account=actor.account_id,
        submitted_by_post=actor.post_code,
        submitted_by_unit=actor.unit_code,
        source_batch=batch,
        source_row=row,
    )


def _facts_of(obligation: Obligation, filing: Filing) -> dict[str, object]:
    return {
        "form": obligation.form_ref,
        "unit": obligation.unit_code,
        "period": obligation.period_code,
        "version": filing.version,
    }


def _held(form: Form, obligation: Obligation, filing: Filing) -> Sequence[Held]:
    return [
        Held(field.element, obligation.unit_id, obligation.period_code, text, ("filing", filing.pk))
        for field in form.fields
        if field.element and (text := filing.values[field.key]) is not None
    ]
