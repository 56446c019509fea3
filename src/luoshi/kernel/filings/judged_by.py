"""What the rows of a table are judged by: which obligations a form has, their versions, which are closed."""

from __future__ import annotations

from datetime import datetime
from operator import itemgetter

from django.db import connection

from luoshi.core.periods import Period
from luoshi.kernel.filings.forms import Form
from luoshi.kernel.filings.models import Answer, LockMode, Obligation

# unit id (None: not known), period code
Key = tuple[int | None, str]


def owed_ids(form: Form, period: Period | None) -> dict[Key, int]:
    """Return what is owed: (unit id, period code) → obligation id.

    Plain rows from the cursor, all of them out of one index: a form may have a hundred thousand obligations.
    """
    query = f"SELECT unit_id, period_code, id FROM {Obligation._meta.db_table} WHERE form_ref = %s"
    params = [form.ref]
    if period is not None:
        query += " AND period_code = %s"
        params.append(period.code)
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        rows = cursor.fetchall()
    return dict(zip(map(itemgetter(0, 1), rows), map(itemgetter(2), rows), strict=True))


def other_versions(form: Form, period: Period | None) -> dict[int, int]:
    """Return obligation id → definition of those opened under another version of the form."""
    found = Obligation.objects.filter(form_ref=form.ref).exclude(definition_id=form.definition_id).order_by()
    if period is not None:
        found = found.filter(period_code=period.code)
    return dict(found.values_list("pk", "definition_id"))


def closed_to_first(form: Form, now: datetime) -> dict[int, tuple[str, str]]:
    """Return obligation id → (rule, remedy) of those that take no first filing any more."""
    shut: dict[int, tuple[str, str]] = {}
    owed = Obligation.objects.filter(form_ref=form.ref).order_by()
    if form.window is not None:
        locked = owed.filter(lock_mode=LockMode.HARD, lock_at__lt=now, answer=Answer.NONE)
        locked = locked.exclude(mend_by__gte=now)
        remedy = "不再接收填报，请联系表单主管单位"
        shut |= {pk: ("该期间已锁定", remedy) for pk in locked.values_list("pk", flat=True)}
    answered = owed.filter(answer__in=[Answer.FILED, Answer.NIL, Answer.EXCUSED])
    for pk, answer, version in answered.values_list("pk", "answer", "current_version"):
        if answer == Answer.EXCUSED:
            shut[pk] = "该单位本期已免报", "请删去该行"
        else:
            shut[pk] = f"该单位本期已报（第 {version} 版）", "请删去该行；需要改动请用“更正”并说明理由"
    return shut
