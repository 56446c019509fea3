"""Filings from a spreadsheet: check every cell, show what would be taken. Nothing is saved here."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.errors import Invalid
from luoshi.core.periods import Period
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.files.preflight import check_upload
from luoshi.kernel.files.sheets import read_table
from luoshi.kernel.files.tables import Table
from luoshi.kernel.filings.flows import flow_of
from luoshi.kernel.filings.forms import Form, form_def
from luoshi.kernel.filings.heads import Template, head_of, template_of
from luoshi.kernel.filings.judging import CleanRow, PreviewRow, Rows, Sheet
from luoshi.kernel.filings.policy import tables_reach
from luoshi.kernel.filings.sight import obligations_visible
from luoshi.kernel.org.sheet import CellFault

MOST_ROWS = 200_000
MOST_BYTES = 30 * 1024 * 1024


@dataclass
class Preview:
    """What a file would bring. ``columns``: (field key, title) in file order.

    ``rows`` are made when looked at; ``clean`` and ``broken`` count them. With ``head_faults`` the table as a
    whole cannot be read and has no rows. ``faults`` holds at most 5,000, by row; ``faults_more`` counts the
    others. ``notes`` are hints for the page. A sheet of several units also counts, among the ``clean``, those
    that change what stands (``changed``), and beside them the ``same`` and the ``blank``.
    """

    form: Form
    template: Template
    period: Period | None
    file_name: str
    columns: list[tuple[str, str]]
    head_faults: list[CellFault]
    row_faults: list[CellFault]
    notes: list[str]
    clean: int = 0
    broken: int = 0
    faults_more: int = 0
    changed: int = 0
    same: int = 0
    blank: int = 0
    sheet: Sheet | None = field(default=None, repr=False)

    @property
    def faults(self) -> list[CellFault]:
        """Return every kept fault, those of the head first."""
        return [*self.head_faults, *self.row_faults]

    @property
    def rows(self) -> Sequence[PreviewRow]:
        """Return the rows in file order."""
        return Rows(self.sheet, self.row_faults) if self.sheet else ()

    def clean_rows(self) -> Iterator[CleanRow]:
        """Yield the rows that can be taken, in file order."""
        return self.sheet.clean_rows() if self.sheet else iter(())


def preview(
    *,
    actor: Actor,
    form_ref: str,
    import_ref: str,
    period: Period | None,
    name: str,
    content: bytes,
    now: datetime,
) -> Preview:
    """Check an uploaded table cell by cell against the form, the units and what is owed.

    ``period``: where the template asks for it on the page; None where each row brings its own.
    Raises: NotAllowed, NotFound (form, template), Invalid (no period, not the kind of period the form has, a
    file that cannot be read).
    """
    require_right(actor, "filing.import")
    form, template = form_def(form_ref), template_of(import_ref)
    if template.form_ref != form.ref:
        raise Invalid(f"导入模板“{import_ref}”不是表单“{form.title}”的模板，请重新选择。")
    period = _asked_period(form, template, period)
    check_upload(name, content, max_bytes=MOST_BYTES)
    with _without_collector():
        return _judged(actor, form, template, period, name, content, now)


def _judged(
    actor: Actor,
    form: Form,
    template: Template,
    period: Period | None,
    name: str,
    content: bytes,
    now: datetime,
) -> Preview:
    table = read_table(name, content)
    head = head_of(table, template, form)
    found = Preview(
        form=form,
        template=template,
        period=period,
        file_name=name,
        columns=[(key, template.titles[key]) for key in sorted(head.places, key=head.places.__getitem__)],
        head_faults=[*head.faults, *_too_long(table)],
        row_faults=[],
        notes=[*head.notes, *_other_sheets(table)],
    )
    if not found.head_faults:
        Sheet(found, table, head, now).judge(_units_answered_for(actor, form, now))
    return found


def _units_answered_for(actor: Actor, form: Form, now: datetime) -> set[int]:
    """Return the units in sight that owe the form and whose answers the actor may bring. Few queries."""
    reach = tables_reach(actor, flow_of(form.definition_id), local_day(now))
    owed = obligations_visible(actor).filter(reach, form_ref=form.ref).order_by()
    return set(owed.values_list("unit_id", flat=True).distinct())


@contextmanager
def _without_collector() -> Iterator[None]:
    """Pause the cycle collector: it would walk a million fresh cells again and again for nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _asked_period(form: Form, template: Template, period: Period | None) -> Period | None:
    if not template.asks_period:
        return None
    if period is None:
        raise Invalid("请选择这份表所属的期间。", fields={"period": "请选择期间。"})
    if period.kind is not form.period_kind:
        message = f"表单“{form.title}”不按“{period.title}”这种期间填报，请改选。"
        raise Invalid(message, fields={"period": message})
    return period


def _too_long(table: Table) -> list[CellFault]:
    if len(table.rows) <= MOST_ROWS:
        return []
    rule = f"一次最多导入 {MOST_ROWS} 行，表中有 {len(table.rows)} 行"
    return [CellFault("", table.first_data_row + MOST_ROWS, "行数", "", rule, "请分成几个文件导入")]


def _other_sheets(table: Table) -> list[str]:
    return (
        [f"只读取了工作表“{table.sheet}”，未读取：{'、'.join(table.other_sheets)}。"]
        if table.other_sheets
        else []
    )
