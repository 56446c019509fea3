"""Inputs of fields that hold more than one value: table rows, and files with what they are about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField

from luoshi.core.errors import Incomplete
from luoshi.kernel.definitions.fields import FILE_KINDS, Field, FieldKind, Unfit
from luoshi.kernel.definitions.reading import date_read
from luoshi.kernel.definitions.table_rows import RowsUnfit, rows_text, rows_totals, rows_typed
from luoshi.kernel.evidence.actions import Proof
from luoshi.kernel.evidence.queries import EvidenceView
from luoshi.kernel.files.proofs import ENDINGS, size_check

FILE, KIND, TITLE, DAY, INTO = "file", "kind", "title", "occurred_on", "into"
MORE_ROWS = 3


class RowsWidget(forms.Widget):
    """Gathers the cells ``KEY.ROW.COLUMN`` of a table into one text; the template draws them."""

    def value_from_datadict(self, data: Mapping[str, str], files: object, name: str) -> str:
        found: dict[int, dict[str, str]] = {}
        for key in data:
            if place := re.fullmatch(rf"{re.escape(name)}\.(\d{{1,4}})\.([a-z][a-z0-9_]*)", key):
                found.setdefault(int(place[1]), {})[place[2]] = data[key]
        rows = [found[number] for number in sorted(found)]
        return rows_text([row for row in rows if any(text.strip() for text in row.values())])

    def value_omitted_from_data(self, data: object, files: object, name: str) -> bool:
        return False


@dataclass(frozen=True)
class RowCell:
    """One cell of a table as the page draws it. ``fault``: what is wrong with it."""

    column: Field
    name: str
    text: str
    fault: str


@dataclass(frozen=True)
class RowsTable:
    """A table as the page draws it: rows of cells, a sum below each column ("" where none is wanted)."""

    field: Field
    rows: tuple[tuple[RowCell, ...], ...]
    totals: tuple[str, ...]
    full: bool

    @property
    def summed(self) -> list[tuple[Field, str]]:
        """Return every column with its sum."""
        return list(zip(self.field.columns, self.totals, strict=True))


def rows_table(bound: BoundField, field: Field, more: int = 1) -> RowsTable:
    """Return the table of a bound field with ``more`` blank rows below, as far as the field takes them."""
    text = str(bound.value() or "")
    try:
        typed = rows_typed(field, text)
    except Unfit:
        typed = []
    faults = _cell_faults(field, text) if bound.errors else {}
    blank = max(0, min(more, field.most_many - len(typed)))
    rows = [*typed, *({} for _ in range(blank))]
    sums = _sums(field, text)
    return RowsTable(
        field=field,
        rows=tuple(
            tuple(
                RowCell(
                    column,
                    f"{field.key}.{number}.{column.key}",
                    _input_text(column, row.get(column.key, "")),
                    faults.get((number, column.key), ""),
                )
                for column in field.columns
            )
            for number, row in enumerate(rows, start=1)
        ),
        totals=tuple(sums.get(column.key, "") for column in field.columns) if field.totals else (),
        full=len(rows) >= field.most_many,
    )


def _input_text(column: Field, text: str) -> str:
    """Return what stands in the input: an option by its code, whether code or title was typed."""
    codes = {title: code for code, title in column.options.items()}
    return codes.get(text, text)


def _cell_faults(field: Field, text: str) -> dict[tuple[int, str], str]:
    try:
        field.read(text)
    except RowsUnfit as unfit:
        return {place: f"{problem}。" for place, problem in unfit.cells.items()}
    except Unfit:
        return {}
    return {}


def _sums(field: Field, text: str) -> dict[str, str]:
    try:
        return rows_totals(field, field.read(text))
    except Unfit:
        return {}


# --- files ---


class ProofInputs:
    """The inputs of one field of files: a new file, what it is and about which day, and what it replaces."""

    def __init__(self, field: Field, standing: Sequence[EvidenceView]) -> None:
        self.field = field
        self.standing = tuple(standing)
        self.full = len(self.standing) >= field.most_many

    def fields(self) -> dict[str, forms.Field]:
        """Return the inputs by name."""
        endings = dict.fromkeys(f".{each}" for kind in self.field.file_kinds for each in ENDINGS[kind])
        kinds = [(kind, FILE_KINDS[kind]) for kind in self.field.file_kinds]
        into = [(str(each.evidence_id), f"更换“{each.title}”") for each in self.standing]
        new = [] if self.full else [("", "新增一份")]
        made: dict[str, forms.Field] = {
            FILE: forms.FileField(
                label="选择文件",
                required=False,
                allow_empty_file=True,
                widget=forms.FileInput(attrs={"accept": ",".join(endings)}),
            ),
            KIND: forms.CharField(label="类别", required=False, widget=forms.Select(choices=kinds)),
            DAY: forms.CharField(
                label="发生日期", required=False, widget=forms.DateInput(attrs={"type": "date"})
            ),
            TITLE: forms.CharField(
                label="名称", required=False, widget=forms.TextInput(attrs={"placeholder": "不填则用文件名"})
            ),
            INTO: forms.CharField(label="用途", required=False, widget=forms.Select(choices=[*new, *into])),
        }
        return {f"{self.field.key}.{name}": each for name, each in made.items()}

    def handed_in(self, texts: Mapping[str, object]) -> tuple[Proof, str] | None:
        """Return the file that was chosen and the id of what it replaces ("" for none); None for no file.

        Raises: Invalid for a file that is too large to be read; Incomplete for a day that is no day.
        """
        key = self.field.key
        upload = texts.get(f"{key}.{FILE}")
        if not isinstance(upload, UploadedFile):
            return None
        size_check(upload.name or "", upload.size or 0, field=f"{key}.{FILE}")
        return (
            Proof(
                kind=str(texts[f"{key}.{KIND}"]),
                title=str(texts[f"{key}.{TITLE}"]),
                occurred_on=_day(str(texts[f"{key}.{DAY}"]), f"{key}.{DAY}"),
                file_name=upload.name or "",
                content=upload.read(),
            ),
            str(texts[f"{key}.{INTO}"]),
        )


def _day(text: str, name: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date_read(text)
    except Unfit as unfit:
        message = f"发生日期{unfit.problem}。"
        raise Incomplete(message, fields={name: message}) from unfit


@dataclass(frozen=True)
class ProofBox:
    """A field of files as the page draws it: what is at hand, and the inputs for one more."""

    inputs: ProofInputs
    file: BoundField
    kind: BoundField
    day: BoundField
    title: BoundField
    into: BoundField

    @property
    def open(self) -> bool:
        """Say whether something was typed or is wrong, so that the inputs are shown opened."""
        typed = any(bound.errors or bound.value() for bound in (self.day, self.title))
        return typed or bool(self.file.errors or self.kind.errors) or not self.inputs.standing

    @property
    def rules(self) -> str:
        """Return what may be handed in, in words."""
        field = self.inputs.field
        kinds = "、".join(f"{FILE_KINDS[kind]}（{'、'.join(ENDINGS[kind])}）" for kind in field.file_kinds)
        return f"最多 {field.most_many} 份，每份不超过 50 MB。可收：{kinds}。"


def proof_box(form: forms.Form, inputs: ProofInputs) -> ProofBox:
    """Return the box of one field of files in a form."""
    key = inputs.field.key
    return ProofBox(inputs, *(form[f"{key}.{name}"] for name in (FILE, KIND, DAY, TITLE, INTO)))


def tables_of(form: forms.Form, fields: Sequence[Field], more: Mapping[str, int]) -> dict[str, RowsTable]:
    """Return the tables of a form by field key; ``more``: how many blank rows, where not one."""
    return {
        each.key: rows_table(form[each.key], each, more.get(each.key, 1))
        for each in fields
        if each.kind is FieldKind.ROWS and each.key in form.fields
    }
