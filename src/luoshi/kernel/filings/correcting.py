"""Corrections: a new version in place of the one in force, with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, Invalid, WrongState
from luoshi.kernel.filings.answering import correction_write
from luoshi.kernel.filings.entries import LONGEST_REASON, lock_check, values_read
from luoshi.kernel.filings.flows import flow_of
from luoshi.kernel.filings.forms import Form, form_by_id
from luoshi.kernel.filings.models import Answer, Filing, Obligation
from luoshi.kernel.filings.policy import require_corrector
from luoshi.kernel.filings.sight import obligation_locked

NOT_FINAL = "该版本还在审签、审核中，不能更正。请先撤回，或等退回后修改。"


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
    form, standing = correctable(actor, obligation, now)
    reason = reason_checked(reason)
    corrected = values_read(form, values, standing.values)
    before = {key: standing.values.get(key) for key in form.keys}
    require(corrected != before, "各项与现行版本相同，没有可更正的内容。", Invalid)
    return correction_write(form, obligation, standing, corrected, reason, actor, now)


def correctable(actor: Actor, obligation: Obligation, now: datetime) -> tuple[Form, Filing]:
    """Return the form of an obligation and the version in force, when the actor may correct it now.

    Raises: NotAllowed, WrongState (nothing filed yet, not through its flow), Frozen (hard lock).
    """
    form = form_by_id(obligation.definition_id)
    require_corrector(actor, form, obligation, local_day(now))
    require(obligation.answer in (Answer.FILED, Answer.NIL), "该单位本期尚未填报，无可更正。", WrongState)
    standing = obligation.filings.get(version=obligation.current_version)
    require(standing.state == flow_of(obligation.definition_id).final_state, NOT_FINAL, WrongState)
    lock_check(obligation, now)
    return form, standing


def reason_checked(reason: str) -> str:
    """Return the reason of a correction. Raises: Incomplete, Invalid (too long)."""
    reason = reason.strip()
    if not reason:
        raise Incomplete("请说明更正理由。", fields={"reason": "请说明更正理由。"})
    require(len(reason) <= LONGEST_REASON, f"更正理由不得超过 {LONGEST_REASON} 字。", Invalid)
    return reason
