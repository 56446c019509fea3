"""One sheet for a form and period, a row for each unit: out with what is known, back with what was filled.

The sheet carries a stamp (form, version, period) above its head and an id in each row, so that a row can only
answer what it was made for. Reading it back is judged like any other table, row by row.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.errors import Invalid
from luoshi.core.periods import Period
from luoshi.kernel.definitions.fields import Field, FieldKind
from luoshi.kernel.filings.flows import flow_of
from luoshi.kernel.filings.forms import Form, form_by_id, form_def
from luoshi.kernel.filings.heads import UNIT, Template
from luoshi.kernel.filings.models import Answer, Draft, Filing, Obligation
from luoshi.kernel.filings.offers import Offer, offers_of
from luoshi.kernel.filings.policy import require_filler, tables_reach
from luoshi.kernel.filings.sight import obligations_visible

SHEET = "@sheet"
ID, NOTE, LATE = "@id", "@note", "@late"
HELP = "填写说明"
EXPLAINED = ".explained"
FAULT_TITLE = "问题"
_OWN_TITLES = {ID: "记录编号", UNIT: "单位", NOTE: "填报说明", LATE: "迟报理由"}
_STAMP = re.compile(r"表单 (\S+) 第(\d+)版 期间 (\S+) 校验 ([0-9a-f]{16})")
Cell = str | int | Decimal | date | None


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column of the sheet; ``field`` is None for id, unit and the words beside the values."""

    key: str
    title: str
    help: str
    field: Field | None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: the obligation it answers, and its cells in the order of the columns."""

    obligation: Obligation
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class FillSheet:
    """What is written into the file."""

    form: Form
    period: Period
    stamp: str
    columns: tuple[SheetColumn, ...]
    rows: tuple[SheetRow, ...]

    @property
    def help_row(self) -> tuple[Cell, ...]:
        """Return the row below the head that says what to write; it is not read back."""
        return tuple(HELP if column.key == ID else column.help for column in self.columns)


def fillable(actor: Actor, form_ref: str, period: Period, now: datetime) -> list[Obligation]:
    """Return what the actor may fill of a form for a period, by unit: the desk all it covers, others the own.

    Raises: NotAllowed, NotFound (form).
    """
    form = form_def(form_ref)
    require_filler(actor, form, "filing.import")
    owed = obligations_visible(actor).filter(form_ref=form_ref, period_code=period.code)
    reach = tables_reach(actor, flow_of(form.definition_id), local_day(now))
    return list(owed.filter(reach).exclude(answer=Answer.EXCUSED).order_by("unit__sort", "unit__code", "id"))


def sheets_of(owed: Sequence[Obligation]) -> dict[int, list[Obligation]]:
    """Return obligations by the version of the form they were opened under: each has a sheet of its own."""
    found: dict[int, list[Obligation]] = {}
    for each in owed:
        found.setdefault(each.definition_id, []).append(each)
    return dict(sorted(found.items(), reverse=True))


def fill_sheet(owed: Sequence[Obligation], period: Period) -> FillSheet:
    """Return the sheet of obligations opened under one version of a form.

    Cells hold what stands, what was drafted, else what is known. Raises: Invalid (nothing to fill, or the
    form asks for table rows or files).
    """
    if not owed:
        raise Invalid(f"{period.title}没有可由您填报的单位，请核对期间。")
    form = form_by_id(owed[0].definition_id)
    columns = columns_of(form)
    offers = offers_of(form, owed)
    standing = standing_values(owed)
    drafts = {each.obligation_id: each for each in Draft.objects.filter(obligation__in=owed).order_by("id")}
    rows = []
    for each in owed:
        draft = drafts.get(each.pk) if each.answer == Answer.NONE else None
        words = _words(draft)
        values = _values(form, offers.get(each.pk, {}), draft, standing.get(each.pk))
        cells = {ID: row_id(each), UNIT: each.unit.title} | words | values
        rows.append(SheetRow(each, tuple(cells.get(column.key) for column in columns)))
    return FillSheet(form, period, stamp_of(form, period), columns, tuple(rows))


def columns_of(form: Form) -> tuple[SheetColumn, ...]:
    """Return the columns of a form's sheet. Raises: Invalid when it asks for what no cell can hold."""
    many = [field.title for field in form.fields if not field.single and not field.blank]
    if many:
        raise Invalid(f"表单“{form.title}”的{'、'.join(many)}不能用表格填报，请逐份填写。")
    found = [
        SheetColumn(ID, _OWN_TITLES[ID], "", None),
        SheetColumn(UNIT, _OWN_TITLES[UNIT], "此行不读取；记录编号和单位请勿改动", None),
    ]
    for field in form.fields:
        if field.single:
            title = f"{field.title}（填报项）" if field.title in _OWN_TITLES.values() else field.title
            found.append(SheetColumn(field.key, title, field_help(field), field))
            if field.jump is not None:
                told = f"与上期相比变动超过 {field.jump}% 时填写"
                found.append(SheetColumn(field.key + EXPLAINED, f"{field.title}变动说明", told, None))
    found.append(SheetColumn(NOTE, _OWN_TITLES[NOTE], "可不填", None))
    found.append(SheetColumn(LATE, _OWN_TITLES[LATE], "超过截止时间的填写", None))
    return tuple(found)


def sheet_template(form: Form) -> Template:
    """Return how the columns of a form's sheet become its fields."""
    titles = {column.key: column.title for column in columns_of(form)}
    return Template(SHEET, form.ref, titles, (FAULT_TITLE,))


def field_help(field: Field) -> str:
    """Return what is to be written into a field, in words."""
    kinds = {FieldKind.INT: "整数", FieldKind.TEXT: "文字", FieldKind.DATE: "日期，如 2023-01-31"}
    what = kinds.get(field.kind, "数字")
    if field.kind is FieldKind.VOCAB:
        what = "从中选填：" + "、".join(field.options.values())
    needed = "可不填" if field.blank else "必填"
    unit = f"，单位：{field.unit}" if field.unit else ""
    return f"{needed}；{what}{unit}" + (f"。{field.help}" if field.help else "")


def standing_values(owed: Sequence[Obligation]) -> dict[int, Filing]:
    """Return the version in force of each obligation that is answered, by its id. One query."""
    versions = {each.pk: each.current_version for each in owed if each.answer in (Answer.FILED, Answer.NIL)}
    rows = Filing.objects.filter(obligation_id__in=versions).order_by("version")
    return {row.obligation_id: row for row in rows if row.version == versions[row.obligation_id]}


def _words(draft: Draft | None) -> dict[str, Cell]:
    if draft is None:
        return {}
    told: dict[str, Cell] = {key + EXPLAINED: text for key, text in draft.explained.items()}
    return told | {NOTE: draft.note or None, LATE: draft.late_reason or None}


def _values(
    form: Form, offers: Mapping[str, Offer], draft: Draft | None, filing: Filing | None
) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    for field in form.fields:
        if not field.single:
            continue
        if filing is not None:
            found[field.key] = cell_of(field, filing.values.get(field.key))
        elif draft is not None and draft.values.get(field.key, "").strip():
            found[field.key] = draft.values[field.key]
        elif field.key in offers:
            found[field.key] = cell_of(field, offers[field.key].value)
    return found


def cell_of(field: Field, text: str | None) -> Cell:
    """Return a canonical text as a cell: numbers as numbers, dates as dates, options by their title."""
    if text is None:
        return None
    if field.numeric:
        return Decimal(text)
    if field.kind is FieldKind.DATE:
        return date.fromisoformat(text)
    return field.options.get(text, text)


def stamp_of(form: Form, period: Period) -> str:
    """Return the line above the head that says what the sheet was made for."""
    named = f"表单 {form.ref} 第{form.pack_version}版 期间 {period.code}"
    return f"{form.title}　{period.title}　{named} 校验 {_digest(form, period)}（本行、表头和前两列请勿改动）"


def row_id(obligation: Obligation) -> str:
    """Return the id of a row: the obligation and a check of what it belongs to."""
    named = f"{obligation.pk}|{obligation.form_ref}|{obligation.period_code}|{obligation.unit_code}"
    return f"{obligation.pk}-{hashlib.sha256(named.encode()).hexdigest()[:8]}"


def stamped_form(form_ref: str, period: Period, above: Sequence[Sequence[object]]) -> Form:
    """Return the version of the form that a sheet was made for, by the rows above its head.

    Raises: Invalid for no stamp, another form, another period, a version that the period does not have.
    """
    line = next((str(cell) for row in above for cell in row if cell is not None), "")
    found = _STAMP.search(line)
    if found is None:
        raise Invalid("这不是从本页下载的填报表（表头上方没有标识）。请下载本期的填报表，填写后上传。")
    ref, version, code, digest = found.groups()
    form = form_def(form_ref)
    if ref != form_ref:
        raise Invalid(f"这是表单 {ref} 的填报表，不能用于“{form.title}”。请在该表单的页面上传。")
    if code != period.code:
        raise Invalid(f"这是期间 {code} 的填报表，不能用于{period.title}。请改选期间，或重新下载。")
    owed = Obligation.objects.filter(form_ref=form_ref, period_code=period.code).order_by()
    for row_id in owed.values_list("definition_id", flat=True).distinct():
        made_for = form_by_id(row_id)
        if made_for.pack_version == int(version):
            if digest != _digest(made_for, period):
                raise Invalid("表头上方的标识被改动过，无法确认这张表的用途。请重新下载填报表后填写。")
            return made_for
    raise Invalid(f"这张表按第 {version} 版表单制作，{period.title}不用这一版。请重新下载填报表后填写。")


def _digest(form: Form, period: Period) -> str:
    named = "|".join((form.ref, str(form.pack_version), period.code, *form.keys))
    return hashlib.sha256(named.encode()).hexdigest()[:16]
