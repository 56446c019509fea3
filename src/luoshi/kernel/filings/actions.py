"""Every change of obligations and filings: who, lock, state, change, record, facts, in one transaction.

Opening is here; the steps of one answer are in ``submitting``, ``reviewing``, ``excusing``, ``correcting``,
their evidence in ``evidencing``, tables of answers in ``taking``;
what is decided about a form as a whole in ``renewing``.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Invalid, NotAllowed, WrongState
from luoshi.core.periods import Period, PeriodKind
from luoshi.db.sql import advisory_lock
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.access.queries import units_in_sight
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.filings.correcting import filing_correct
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
from luoshi.kernel.filings.forms import Form, form_def
from luoshi.kernel.filings.models import LockMode, Obligation
from luoshi.kernel.filings.renewing import form_renew_ask, form_renew_decide, form_stop
from luoshi.kernel.filings.reviewing import filing_accept, filing_return, filing_sign, filings_accept_batch
from luoshi.kernel.filings.slots import slots_allot
from luoshi.kernel.filings.standing import require_admitted, standings_of
from luoshi.kernel.filings.submitting import (
    draft_save,
    filing_submit,
    filing_submit_nil,
    filing_withdraw,
    obligation_claim,
)
from luoshi.kernel.filings.taking import batch_preview, draft_drop, draft_keep, draft_preview, filings_take
from luoshi.kernel.filings.windows import Dates, dates_of
from luoshi.kernel.ledger.actions import Entry, record_many
from luoshi.kernel.org.models import Unit
from luoshi.kernel.org.queries import ancestor_chains, units_selected

__all__ = [
    "batch_preview",
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
