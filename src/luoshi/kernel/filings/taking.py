"""Files of filings: kept until taken or dropped, checked again, taken whole or in their clean rows."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from luoshi.core.actor import Actor, require
from luoshi.core.errors import Invalid, NotFound
from luoshi.core.periods import Period, parse_period
from luoshi.kernel.files.actions import file_store
from luoshi.kernel.files.preflight import check_upload
from luoshi.kernel.files.queries import file_by_hash, file_content
from luoshi.kernel.filings.answering import Given, answers_write, correction_write
from luoshi.kernel.filings.bulk import SHEET
from luoshi.kernel.filings.bulk_read import sheet_preview, stamp_check
from luoshi.kernel.filings.correcting import correctable, reason_checked
from luoshi.kernel.filings.facts import chunks
from luoshi.kernel.filings.forms import form_def
from luoshi.kernel.filings.heads import template_of
from luoshi.kernel.filings.importing import MOST_BYTES, Preview, preview
from luoshi.kernel.filings.judging import CleanRow
from luoshi.kernel.filings.models import ImportBatch, ImportDraft
from luoshi.kernel.filings.policy import require_filler
from luoshi.kernel.filings.queries import batches_visible
from luoshi.kernel.filings.sight import obligation_locked
from luoshi.kernel.ledger.actions import record

_GONE = "这份表格已导入、已放弃或不存在。请在“节点填报”查看已导入的数据；要再导入，请重新上传。"


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
    if import_ref == SHEET:
        stamp_check(form_ref, period, name, content)
    else:
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


def batch_preview(*, actor: Actor, batch_id: int, now: datetime) -> Preview:
    """Check the file of a taken sheet again, as things stand now: what was taken says the same by now.

    Reads only. Raises: NotFound (not in sight, no sheet), NotAllowed, Invalid.
    """
    batch = ImportBatch.objects.filter(pk=batch_id, import_ref=SHEET).order_by("id").first()
    if batch is None or not batches_visible(actor, batch.form_ref).filter(pk=batch_id).exists():
        raise NotFound("没有这次批量填报，或您无权查看。")
    content = file_content(file_by_hash(batch.file_sha))
    period = parse_period(batch.period_code)
    return sheet_preview(actor, batch.form_ref, period, batch.file_name, content, now)


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
    content = file_content(file_by_hash(draft.file_sha))
    if draft.import_ref == SHEET:
        period = parse_period(draft.period_code)
        return sheet_preview(actor, draft.form_ref, period, draft.file_name, content, now)
    return preview(
        actor=actor,
        form_ref=draft.form_ref,
        import_ref=draft.import_ref,
        period=parse_period(draft.period_code) if draft.period_code else None,
        name=draft.file_name,
        content=content,
        now=now,
    )


@transaction.atomic
def filings_take(
    *, actor: Actor, draft_token: uuid.UUID | str, only_clean: bool, now: datetime, reason: str = ""
) -> ImportBatch:
    """Take the rows of a kept upload as filings, all of them or, when asked for, the clean ones.

    The file is checked again first. The same draft taken twice gives the first batch again. ``reason``: why
    rows of a sheet of several units change what stands.
    Raises: NotAllowed, NotFound, Invalid (the table or, without ``only_clean``, a row has faults; nothing
    clean), Incomplete (a change without reason), Stale (a unit filed meanwhile).
    Ledger: ``filing.taken`` for each obligation, ``filing.corrected`` where a row changes what stands,
    ``batch.taken`` for the batch.
    """
    draft = _own_drafts(actor, draft_token).select_for_update().first()
    if draft is None:
        return _batch_of(actor, draft_token)
    form = form_def(draft.form_ref)
    require_filler(actor, form, "filing.import")
    found = _preview(actor, draft, now)
    _takeable(found, only_clean)
    reason = reason_checked(reason) if found.changed else ""
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
        _rows_write(rows, batch, reason, actor, now)
    data = {"form": form.ref, "period": draft.period_code, "file": draft.file_sha}
    counts = {"rows_taken": found.clean, "rows_left": found.broken}
    record(batch, "batch.taken", by=actor.by, at=now, data=data | counts)
    draft.delete()
    return batch


def _rows_write(
    rows: Sequence[CleanRow], batch: ImportBatch, reason: str, actor: Actor, now: datetime
) -> None:
    """Write first answers by the version of the form that each obligation has, then what corrects others."""
    by_form: dict[int, list[CleanRow]] = {}
    for row in rows:
        if not row.corrects:
            by_form.setdefault(row.form.definition_id, []).append(row)
    for some in by_form.values():
        given = {row.obligation_id: Given(row.said, row.number, row.prefilled) for row in some}
        answers_write(some[0].form, given, batch, actor, now)
    for row in rows:
        if row.corrects:
            obligation = obligation_locked(actor, row.obligation_id)
            form, standing = correctable(actor, obligation, now)
            given_row = Given(row.said, row.number)
            correction_write(
                form, obligation, standing, row.said.values, reason, actor, now, (batch, given_row)
            )


def _takeable(found: Preview, only_clean: bool) -> None:
    if found.head_faults:
        fault = found.head_faults[0]
        raise Invalid(f"文件不能导入：{fault.rule}。{fault.remedy}。")
    if found.broken and not only_clean:
        raise Invalid(
            f"有 {found.broken} 行存在问题，请改正后重新上传，或选择只导入无误的 {found.clean} 行。"
        )
    require(found.clean, "没有可以导入的行，请改正后重新上传。", Invalid)
