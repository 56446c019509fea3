"""Reading a filled sheet back: what each row would do, compared with what stands now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from luoshi.core.actor import Actor
from luoshi.core.errors import Invalid, Refusal
from luoshi.core.periods import Period
from luoshi.kernel.files.names import kind_of_name, plain_name
from luoshi.kernel.files.preflight import check_upload
from luoshi.kernel.files.sheets import open_table, read_table
from luoshi.kernel.files.tables import Table
from luoshi.kernel.filings.answering import Said
from luoshi.kernel.filings.bulk import (
    EXPLAINED,
    HELP,
    ID,
    LATE,
    NOTE,
    fillable,
    row_id,
    sheet_template,
    stamped_form,
    standing_values,
)
from luoshi.kernel.filings.correcting import correctable
from luoshi.kernel.filings.entries import (
    LONGEST_REASON,
    Values,
    late_reason_checked,
    lock_check,
    values_before_many,
)
from luoshi.kernel.filings.heads import UNIT, Head, head_of
from luoshi.kernel.filings.importing import MOST_BYTES, Preview
from luoshi.kernel.filings.judging import CleanRow, Part, Sheet
from luoshi.kernel.filings.models import Answer, Filing, Obligation
from luoshi.kernel.filings.offers import Offer, offers_of
from luoshi.kernel.org.names import name_key

LEAVE = "请恢复下载时的记录编号和单位，这两列不要移动或改写"
KINDS: Mapping[str, str] = {
    "new": "新报",
    "changed": "改动",
    "same": "无变化",
    "blank": "未填",
    "fault": "有误",
}


def stamp_check(form_ref: str, period: Period | None, name: str, content: bytes) -> None:
    """Refuse a file that is no sheet of this form and period. Raises: Invalid, saying why."""
    if period is None:
        raise Invalid("请选择期间后再上传。", fields={"period": "请选择期间。"})
    if kind_of_name(plain_name(name)) == "csv":
        raise Invalid("批量填报只接收从本页下载的 .xlsx 文件，请勿另存为 .csv。")
    check_upload(name, content, max_bytes=MOST_BYTES)
    with open_table(name, content) as table:
        stamped_form(form_ref, period, table.above)


def sheet_preview(
    actor: Actor, form_ref: str, period: Period, name: str, content: bytes, now: datetime
) -> Preview:
    """Check a filled sheet row by row against what stands now. Reads only.

    Raises: NotAllowed, NotFound (form), Invalid (no sheet of this form and period).
    """
    owed = fillable(actor, form_ref, period, now)
    stamp_check(form_ref, period, name, content)
    table = read_table(name, content)
    form = stamped_form(form_ref, period, table.above)
    template = sheet_template(form)
    head = head_of(table, template, form)
    found = Preview(
        form=form,
        template=template,
        period=period,
        file_name=name,
        columns=[(key, template.titles[key]) for key in sorted(head.places, key=head.places.__getitem__)],
        head_faults=list(head.faults),
        row_faults=[],
        notes=list(head.notes),
    )
    if not found.head_faults:
        mine = {each.pk: each for each in owed if each.definition_id == form.definition_id}
        FilledSheet(found, table, head, actor, mine, now).judge(set())
    return found


class FilledSheet(Sheet):
    """The rows of a filled sheet: found by their ids, compared with what stands and what is known."""

    def __init__(
        self,
        into: Preview,
        table: Table,
        head: Head,
        actor: Actor,
        mine: Mapping[int, Obligation],
        now: datetime,
    ) -> None:
        place = head.places[ID]
        table.rows = [[None] * len(row) if row[place] == HELP else row for row in table.rows]
        super().__init__(into, table, head, now)
        self.actor = actor
        self.mine = mine
        self.found: list[Obligation | None] = []
        self.kinds: dict[int, str] = {}
        self.before: dict[int, Mapping[str, str]] = {}
        self.offers: dict[int, dict[str, Offer]] = {}
        self.standing: dict[int, Filing] = {}

    def judge(self, sight: set[int]) -> None:
        """Check everything and fill the preview; what one may fill was looked up, ``sight`` adds nothing."""
        self.into.sheet = self
        self.found = [self._obligation(row) for row in range(len(self.numbers))]
        self.units = {self.raw[UNIT][row]: each.unit for row, each in enumerate(self.found) if each}
        self.units |= {raw: None for raw in self.raw[UNIT] if raw not in self.units}
        self.keys = [(each.unit_id if each else None, self._code()) for each in self.found]
        self.owed = {(each.unit_id, each.period_code): each.pk for each in self.mine.values()}
        self._twice()
        asked = [each for each in self.found if each is not None]
        self.offers = offers_of(self.form, asked)
        self.standing = standing_values(asked)
        self._cells()
        self._rules()
        self._compare(values_before_many(asked) if any(f.jump is not None for f in self.form.fields) else {})
        self._close()

    def _code(self) -> str:
        return self.into.period.code if self.into.period else ""

    def _obligation(self, row: int) -> Obligation | None:
        """Return what a row answers, by its id; a fault when the id or the unit beside it was touched."""
        text = str(self.raw[ID][row] or "")
        number = text.partition("-")[0]
        each = self.mine.get(int(number)) if number.isascii() and number.isdecimal() else None
        if not text:
            self._fault(row, ID, "缺少记录编号", LEAVE)
        elif each is None:
            rule = "记录编号不在您可填报的范围，或不属于本期本表"
            self._fault(row, ID, rule, "请删去该行，或重新下载填报表")
        elif text != row_id(each):
            self._fault(row, ID, "记录编号被改动过", LEAVE)
        elif name_key(str(self.raw[UNIT][row] or "")) != name_key(each.unit.title):
            self._fault(row, UNIT, f"单位与记录编号不符，该编号属于“{each.unit.title}”", LEAVE)
        else:
            return each
        return None

    def _twice(self) -> None:
        places: dict[int, list[int]] = {}
        for row, each in enumerate(self.found):
            if each is not None:
                places.setdefault(each.pk, []).append(row)
        for rows in places.values():
            for row in rows if len(rows) > 1 else ():
                listed = "、".join(str(self.numbers[each]) for each in rows)
                self._fault(row, ID, f"同一记录编号出现 {len(rows)} 次（第 {listed} 行）", "请只保留一行")

    def _by_version(self) -> list[Part]:
        """Return the rows that say something, judged by the version the sheet was made for."""
        rows = []
        for row, each in enumerate(self.found):
            if each is None:
                continue
            if self._blank(row, each):
                self.kinds[row] = "same" if each.answer == Answer.NIL else "blank"
            else:
                rows.append(row)
        return [Part(self.form, rows)]

    def _blank(self, row: int, each: Obligation) -> bool:
        """Say whether nothing was filled in: no cell but what was known, and something needed is lacking."""
        offers = self.offers.get(each.pk, {})
        lacking = False
        for field in self.form.fields:
            raw = self.raw[field.key][row] if field.key in self.raw else None
            if raw is None:
                lacking = lacking or not field.blank
            elif field.key not in offers or str(raw) not in self._spellings(field.key, offers[field.key]):
                return False
        return lacking

    def _spellings(self, key: str, offer: Offer) -> tuple[str, str]:
        return offer.value, self.form.field(key).display(offer.value)

    def _compare(self, lasts: Mapping[int, Mapping[str, str | None]]) -> None:
        """Find for each sound row whether it is new, changes what stands, or says the same."""
        for part in self.parts:
            for place, row in enumerate(part.rows):
                each = self.found[row]
                if row in self.broken or each is None:
                    continue
                values = part.values(place)
                if each.pk in self.standing:
                    self._compared(row, each, values)
                else:
                    self._first(row, each, values, lasts.get(each.pk, {}))

    def _compared(self, row: int, each: Obligation, values: Values) -> None:
        """A row of an answered obligation: the same, or a correction that the actor may make."""
        stands = self.standing[each.pk].values
        differing = [key for key in self.read_keys() if values[key] != stands.get(key)]
        if not differing:
            self.kinds[row] = "same"
            return
        self.kinds[row] = "changed"
        self.before[row] = {key: self.form.field(key).display(stands.get(key)) for key in differing}
        try:
            correctable(self.actor, each, self.now)
        except Refusal as refusal:
            shown = "、".join(self.form.field(key).title for key in differing)
            self._fault(row, differing[0], f"该单位已报，{shown}不能改动", refusal.message.rstrip("。"))

    def _first(self, row: int, each: Obligation, values: Values, last: Mapping[str, str | None]) -> None:
        """A row of an obligation that is not answered: in time or with a reason, jumps explained."""
        self.kinds[row] = "new"
        offers = self.offers.get(each.pk, {})
        self.before[row] = {
            key: self.form.field(key).display(offer.value)
            for key, offer in offers.items()
            if values[key] != offer.value
        }
        for field in self.form.fields:
            if field.jumps(last.get(field.key), values[field.key]) and not self._text(
                row, field.key + EXPLAINED
            ):
                rule = f"上期为 {last[field.key]}，变动超过 {field.jump}%"
                self._fault(row, field.key + EXPLAINED, rule, "请在此说明变动原因")
        for key in (NOTE, LATE, *(k for k in self.raw if k.endswith(EXPLAINED))):
            if len(self._text(row, key)) > LONGEST_REASON:
                self._fault(row, key, f"不得超过 {LONGEST_REASON} 字", "请删减")
        try:
            lock_check(each, self.now)
        except Refusal as refusal:
            self._fault(row, UNIT, refusal.message.rstrip("。"), "请删去该行")
            return
        try:
            late_reason_checked(each, self._text(row, LATE), self.now)
        except Refusal as refusal:
            self._fault(row, LATE, refusal.message.rstrip("。"), "请在此填写迟报理由")

    def read_keys(self) -> list[str]:
        """Return the fields that the sheet holds."""
        return [field.key for field in self.form.fields if field.key in self.raw]

    def _text(self, row: int, key: str) -> str:
        raw = self.raw[key][row] if key in self.raw else None
        return "" if raw is None else str(raw).strip()

    def _close(self) -> None:
        super()._close()
        sound = [kind for row, kind in self.kinds.items() if row not in self.broken]
        self.into.changed, self.into.same = sound.count("changed"), sound.count("same")
        self.into.blank = sound.count("blank")
        self.into.clean = sound.count("new") + self.into.changed

    def kind_of(self, row: int) -> str:
        """Return what taking a row would do, one of ``KINDS``."""
        return "fault" if row in self.broken else self.kinds[row]

    def was(self, row: int) -> Mapping[str, str]:
        """Return what stands, or was known, where the row says something else."""
        return self.before.get(row, {})

    def clean_rows(self) -> Iterator[CleanRow]:
        """Yield the rows to be taken: first answers and corrections."""
        for part in self.parts:
            for place, row in enumerate(part.rows):
                each, kind = self.found[row], self.kind_of(row)
                if each is None or kind not in ("new", "changed"):
                    continue
                values = part.values(place)
                if kind == "changed":
                    stands = self.standing[each.pk].values
                    values = {
                        key: values[key] if key in self.raw else stands.get(key) for key in self.form.keys
                    }
                    yield CleanRow(self.numbers[row], each.pk, self.form, Said(values), corrects=True)
                else:
                    said = self._said(row, each, values)
                    yield CleanRow(self.numbers[row], each.pk, self.form, said, prefilled=True)

    def _said(self, row: int, each: Obligation, values: Values) -> Said:
        told = {f.key: text for f in self.form.fields if (text := self._text(row, f.key + EXPLAINED))}
        return Said(
            values=values,
            note=self._text(row, NOTE),
            explained=told,
            late_reason=late_reason_checked(each, self._text(row, LATE), self.now),
        )
