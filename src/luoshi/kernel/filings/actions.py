"""Every change of obligations and filings: who, lock, state, change, record, facts, in one transaction.

Opening, imports and corrections are here; the steps of one answer in ``submitting``, ``reviewing`` and
``excusing``, their evidence in ``evidencing``; what is decided about a form as a whole in ``renewing``.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import QuerySet

from luoshi.core.actor import Actor, require
from luoshi.core.errors import Incomplete, Invalid, NotAllowed, NotFound, WrongState
from luoshi.core.periods import Period, PeriodKind, parse_period
from luoshi.db.sql import advisory_lock
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.access.queries import units_in_sight
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.files.actions import file_store
from luoshi.kernel.files.preflight import check_upload
from luoshi.kernel.files.queries import file_by_hash, file_content
from luoshi.kernel.filings.answering import Given, Said, answers_write, correction_write
from luoshi.kernel.filings.entries import LONGEST_REASON, lock_check, values_read
from luoshi.kernel.filings.evidencing import (
    filing_evidence_add,
    filing_evidence_remove,
    filing_evidence_replace,
)
from luoshi.kernel.filings.excusing import (
    obligation_excuse_ask,
    obligation_excuse_decide,
    obligation_excuse_direct,
)
from luoshi.kernel.filings.facts import chunks, facts_rebuild
from luoshi.kernel.filings.flows import flow_of
from luoshi.kernel.filings.forms import Form, form_by_id, form_def
from luoshi.kernel.filings.heads import template_of
from luoshi.kernel.filings.importing import MOST_BYTES, Preview, preview
from luoshi.kernel.filings.models import (
    Answer,
    Filing,
    ImportBatch,
    ImportDraft,
    LockMode,
    Obligation,
)
from luoshi.kernel.filings.policy import require_filler
from luoshi.kernel.filings.renewing import form_renew_ask, form_renew_decide, form_stop
from luoshi.kernel.filings.reviewing import filing_accept, filing_return, filing_sign, filings_accept_batch
from luoshi.kernel.filings.sight import obligation_locked
from luoshi.kernel.filings.slots import slots_allot
from luoshi.kernel.filings.standing import require_admitted, standings_of
from luoshi.kernel.filings.submitting import (
    draft_save,
    filing_submit,
    filing_submit_nil,
    filing_withdraw,
    obligation_claim,
)
from luoshi.kernel.filings.windows import Dates, dates_of, local_day
from luoshi.kernel.ledger.actions import Entry, record, record_many
from luoshi.kernel.org.models import Unit
from luoshi.kernel.org.queries import ancestor_chains, units_selected

_GONE = "这份表格已导入、已放弃或不存在。请在“节点填报”查看已导入的数据；要再导入，请重新上传。"

__all__ = [
    "draft_drop",
    "draft_keep",
    "draft_preview",
    "draft_save",
    "filing_accept",
    "filing_correct",
    "filing_evidence_add",
    "filing_evidence_remove",
    "filing_evidence_replace",
    "filing_return",
    "filing_sign",
    "filing_submit",
    "filing_submit_nil",
    "filing_withdraw",
    "filings_accept_batch",
    "filings_take",
    "form_renew_ask",
    "form_renew_decide",
    "form_stop",
    "obligation_claim",
    "obligation_excuse_ask",
    "obligation_excuse_decide",
    "obligation_excuse_direct",
    "obligations_open",
]


@transaction.atomic
def obligations_open(*, actor: Actor, form_ref: str, period: Period, now: datetime) -> int:
    """Open a form for a period: one obligation for each unit the form addresses on the opening day.

    Run again, it opens only what is lacking. Each keeps its parents of that day. Returns how many it opened.
    The opening day is the scheduled one when the form has a window, however late this runs, else today.
    Raises: NotAllowed, NotFound, Invalid (kind of period, overlap, nobody addressed), WrongState (early;
    stopped or run out), Incomplete (not registered).
    Ledger: ``obligation.opened`` for each.
    """
    require_right(actor, "period.open")
    form = form_def(form_ref)
    advisory_lock(connection, f"filings.open:{form.ref}")
    _period_fits(form, period)
    dates = dates_of(form.window, period, work_calendar(form.window.calendar)) if form.window else None
    on = _opening_day(form, dates, now)
    require_admitted(form, standings_of([form])[form.ref], opening=on, today=local_day(now))
    units = units_selected(form.to, on)
    require(
        units, f"按 {on:%Y-%m-%d} 的单位树，表单“{form.title}”没有适用单位，请核对单位和业务包。", Invalid
    )
    outside = {unit.pk for unit in units} - units_in_sight(actor, on)
    require(not outside, f"其中 {len(outside)} 个单位不在您的范围内，不能开放填报。", NotAllowed)
    if slots_allot(form.ref, form.facts):
        facts_rebuild(form.ref)
    standing = Obligation.objects.filter(form_ref=form.ref, period_code=period.code).order_by()
    open_already = set(standing.values_list("unit_id", flat=True))
    lacking = [unit for unit in units if unit.pk not in open_already]
    chains = ancestor_chains([unit.pk for unit in lacking], on)
    for some in chunks(lacking):
        opened = Obligation.objects.bulk_create(
            [_obligation(form, unit, chains[unit.pk], period, on, dates) for unit in some]
        )
        data = {"form": form.ref, "period": period.code, "pack_version": form.pack_version}
        record_many(
            [Entry(each, "obligation.opened", data=data | {"unit": each.unit_code}) for each in opened],
            by=actor.by,
            at=now,
        )
    return len(lacking)


def _period_fits(form: Form, period: Period) -> None:
    require(
        period.kind is form.period_kind,
        f"表单“{form.title}”不按“{period.title}”这种期间填报，请改选。",
        Invalid,
    )
    if period.kind is not PeriodKind.RANGE:
        return
    overlapping = Obligation.objects.filter(
        form_ref=form.ref, period_start__lte=period.end, period_end__gte=period.start
    ).exclude(period_code=period.code)
    code = overlapping.order_by("period_start").values_list("period_code", flat=True).first()
    require(
        code is None, f"期间 {period.code} 与已开放的 {code} 重叠，同一事项会计两次，请改选期间。", Invalid
    )


def _opening_day(form: Form, dates: Dates | None, now: datetime) -> date:
    today = local_day(now)
    if dates is None:
        return today
    require(
        dates.open_on <= today,
        f"表单“{form.title}”本期应于 {dates.open_on:%Y-%m-%d} 开放，未到日期。",
        WrongState,
    )
    return dates.open_on


def _obligation(
    form: Form, unit: Unit, chain: list[tuple[str, int]], period: Period, on: date, dates: Dates | None
) -> Obligation:
    return Obligation(
        form_ref=form.ref,
        definition_id=form.definition_id,
        unit_id=unit.pk,
        unit_code=unit.code,
        unit_kind=unit.kind,
        period_code=period.code,
        period_kind=period.kind,
        period_start=period.start,
        period_end=period.end,
        opened_on=on,
        due_at=dates.due_at if dates else None,
        due_provisional=dates.provisional if dates else False,
        lock_at=dates.lock_at if dates else None,
        lock_mode=dates.lock_mode if dates else LockMode.NONE,
        parents=[[code, unit_id] for code, unit_id in reversed(chain)],
        unit_branch=chain[-2][0] if len(chain) > 1 else "",
        unit_parent=chain[0][0] if chain else "",
    )


@transaction.atomic
def draft_keep(
    *,
    actor: Actor,
    form_ref: str,
    import_ref: str,
    period: Period | None,
    name: str,
    content: bytes,
    now: datetime,
) -> ImportDraft:
    """Keep an upload until it is taken or dropped. Nothing is filed yet; the token is for the preview page.

    Raises: NotAllowed, NotFound (form, template), Invalid (not a table that may be read).
    Ledger: none.
    """
    require_filler(actor, form_def(form_ref), "filing.import")
    template_of(import_ref)
    check_upload(name, content, max_bytes=MOST_BYTES)
    stored = file_store(name=name, content=content, now=now)
    return ImportDraft.objects.create(
        token=uuid.uuid4(),
        account_id=actor.account_id,
        form_ref=form_ref,
        import_ref=import_ref,
        period_code=period.code if period else "",
        file_name=name[-255:],
        file_sha=stored.sha256,
        created_at=now,
    )


@transaction.atomic
def draft_drop(*, actor: Actor, draft_token: uuid.UUID | str) -> None:
    """Forget an upload that was not taken. Raises: NotFound. Ledger: none."""
    _draft(actor, draft_token).delete()


def draft_preview(*, actor: Actor, draft_token: uuid.UUID | str, now: datetime) -> Preview:
    """Check a kept upload as things stand now. Reads only. Raises: what ``preview`` raises, NotFound."""
    return _preview(actor, _draft(actor, draft_token), now)


def _draft(actor: Actor, token: uuid.UUID | str) -> ImportDraft:
    found = _own_drafts(actor, token).first()
    if found is None:
        raise NotFound(_GONE)
    return found


def _batch_of(actor: Actor, token: uuid.UUID | str) -> ImportBatch:
    """Return the batch that a draft became, for whoever sends the same form twice. Raises: NotFound."""
    taken = ImportBatch.objects.filter(token=_uuid(token), taken_by_account=actor.account_id)
    first = taken.order_by("id").first()
    if first is None:
        raise NotFound(_GONE)
    return first


def _own_drafts(actor: Actor, token: uuid.UUID | str) -> QuerySet[ImportDraft]:
    return ImportDraft.objects.filter(token=_uuid(token), account_id=actor.account_id).order_by("id")


def _uuid(token: uuid.UUID | str) -> uuid.UUID:
    try:
        return token if isinstance(token, uuid.UUID) else uuid.UUID(token)
    except ValueError:
        raise NotFound("上传凭据无效，请重新上传文件。") from None


def _preview(actor: Actor, draft: ImportDraft, now: datetime) -> Preview:
    return preview(
        actor=actor,
        form_ref=draft.form_ref,
        import_ref=draft.import_ref,
        period=parse_period(draft.period_code) if draft.period_code else None,
        name=draft.file_name,
        content=file_content(file_by_hash(draft.file_sha)),
        now=now,
    )


@transaction.atomic
def filings_take(
    *, actor: Actor, draft_token: uuid.UUID | str, only_clean: bool, now: datetime
) -> ImportBatch:
    """Take the rows of a kept upload as filings, all of them or, when asked for, the clean ones.

    The file is checked again first. The same draft taken twice gives the first batch again.
    Raises: NotAllowed, NotFound, Invalid (the table or, without ``only_clean``, a row has faults; nothing
    clean), Stale (a unit filed meanwhile).
    Ledger: ``filing.taken`` for each obligation, ``batch.taken`` for the batch.
    """
    draft = _own_drafts(actor, draft_token).select_for_update().first()
    if draft is None:
        return _batch_of(actor, draft_token)
    form = form_def(draft.form_ref)
    require_filler(actor, form, "filing.import")
    found = _preview(actor, draft, now)
    _takeable(found, only_clean)
    batch = ImportBatch.objects.create(
        token=draft.token,
        form_ref=form.ref,
        import_ref=draft.import_ref,
        period_code=draft.period_code,
        file_name=draft.file_name,
        file_sha=draft.file_sha,
        rows_taken=found.clean,
        rows_left=found.broken,
        taken_at=now,
        taken_by_account=actor.account_id,
    )
    for rows in chunks(found.clean_rows()):
        answers_write(
            form, {row.obligation_id: Given(Said(row.values), row.number) for row in rows}, batch, actor, now
        )
    data = {"form": form.ref, "period": draft.period_code, "file": draft.file_sha}
    counts = {"rows_taken": found.clean, "rows_left": found.broken}
    record(batch, "batch.taken", by=actor.by, at=now, data=data | counts)
    draft.delete()
    return batch


def _takeable(found: Preview, only_clean: bool) -> None:
    if found.head_faults:
        fault = found.head_faults[0]
        raise Invalid(f"文件不能导入：{fault.rule}。{fault.remedy}。")
    if found.broken and not only_clean:
        raise Invalid(
            f"有 {found.broken} 行存在问题，请改正后重新上传，或选择只导入无误的 {found.clean} 行。"
        )
    require(found.clean, "没有可以导入的行，请改正后重新上传。", Invalid)


@transaction.atomic
def filing_correct(
    *, actor: Actor, obligation_id: int, values: Mapping[str, str], reason: str, now: datetime
) -> Filing:
    """Replace the filing in force by a corrected version; the old one stays readable.

    ``values``: field key → text as typed, for the fields that change; the others keep their value.
    Raises: NotFound (not in sight), NotAllowed, WrongState (nothing filed yet), Frozen (hard lock),
    Incomplete (no reason), Invalid (a value does not fit, a rule is broken, nothing changes).
    Ledger: ``filing.corrected`` with the digests of both versions.
    """
    obligation = obligation_locked(actor, obligation_id)
    form = form_by_id(obligation.definition_id)
    require_filler(actor, form, "filing.correct", obligation.unit_id)
    require(obligation.answer in (Answer.FILED, Answer.NIL), "该单位本期尚未填报，无可更正。", WrongState)
    standing = obligation.filings.get(version=obligation.current_version)
    require(
        standing.state == flow_of(obligation.definition_id).final_state,
        "该版本还在审签、审核中，不能更正。请先撤回，或等退回后修改。",
        WrongState,
    )
    lock_check(obligation, now)
    reason = reason.strip()
    if not reason:
        raise Incomplete("请说明更正理由。", fields={"reason": "请说明更正理由。"})
    require(len(reason) <= LONGEST_REASON, f"更正理由不得超过 {LONGEST_REASON} 字。", Invalid)
    corrected = values_read(form, values, standing.values)
    before = {key: standing.values.get(key) for key in form.keys}
    require(corrected != before, "各项与现行版本相同，没有可更正的内容。", Invalid)
    return correction_write(form, obligation, standing, corrected, reason, actor, now)
