"""The form of one answer, as its pack defines it. Everything is taken as typed; the actions judge it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.forms import BoundField
from django.utils.safestring import SafeString

from luoshi.kernel.definitions.fields import Field, FieldKind, Unfit
from luoshi.kernel.definitions.table_rows import rows_typed
from luoshi.kernel.evidence.actions import Proof
from luoshi.kernel.evidence.queries import EvidenceView
from luoshi.kernel.filings.entries import MINUTES, Typed
from luoshi.kernel.filings.forms import Form, rule_broken
from luoshi.kernel.filings.offers import Offer, Offers
from luoshi.web.filings.many_forms import (
    ProofBox,
    ProofInputs,
    RowsTable,
    RowsWidget,
    proof_box,
    tables_of,
)

EXPLAINED = ".explained"
NOTE = "note"
LATE_REASON = "late_reason"
OCCURRED = "occurred"
SHOWN = ".shown"
SAME = ".same"
SAME_ALL = "same_all"


class TypedField(forms.CharField):
    """A text taken as typed: never stripped, never shortened, line ends as one sign."""

    def __init__(self, **settings: object) -> None:
        super().__init__(required=False, strip=False, **settings)

    def clean(self, value: str) -> str:
        return super().clean(value).replace("\r\n", "\n")


class EntryForm(forms.Form):
    """The fields of a form, an explanation for each that may jump, a note, a reason for lateness.

    ``ticked``: known values confirmed before the page was opened again, by field key; one that is known
    otherwise by now is to be confirmed anew.
    """

    def __init__(
        self,
        *args: object,
        form: Form,
        standing: Typed,
        offers: Offers,
        evidence: Mapping[str, Sequence[EvidenceView]],
        ticked: Mapping[str, str] | None = None,
        **settings: object,
    ) -> None:
        super().__init__(*args, **settings)
        self.asked = form
        self.offers = offers
        self.ticked = ticked or {}
        self.proofs = {
            field.key: ProofInputs(field, evidence.get(field.key, ()))
            for field in form.fields
            if field.kind is FieldKind.FILES
        }
        if form.occurred:
            day = forms.DateInput(attrs={"type": "date"})
            self.fields[OCCURRED] = TypedField(label="事项发生日期", initial=standing.occurred, widget=day)
            self.fields[OCCURRED].help_text = "事情实际发生的日期，不是填报日期；零报告不填。"
        for field in form.fields:
            if field.key in self.proofs:
                self.fields[field.key] = TypedField(label=field.title, widget=forms.HiddenInput())
                self.fields.update(self.proofs[field.key].fields())
                continue
            self.fields[field.key] = _input_of(field, _text_of(field, standing, offers.get(field.key)))
            if field.jump is not None:
                self.fields[field.key + EXPLAINED] = _words(
                    f"{field.title}变动说明", standing.explained.get(field.key, "")
                )
        self.fields[NOTE] = _words("说明", standing.note)
        self.fields[NOTE].help_text = "可不填；零报告须在此说明情况。"
        self.fields[LATE_REASON] = _words("迟报理由", standing.late_reason)
        self.fields[MINUTES] = TypedField(
            label="本次填报用时（分钟）",
            help_text="可不填；只用来核对本表登记的预计用时，不用于评价单位和个人，不随草稿保存。",
            widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 4, "autocomplete": "off"}),
        )

    def typed(self) -> Typed:
        """Return what was typed."""
        texts = self.cleaned_data
        return Typed(
            values={key: texts[key] for key in self.asked.keys if key not in self.proofs},
            note=texts[NOTE],
            explained={
                field.key: text
                for field in self.asked.fields
                if field.jump is not None and (text := texts[field.key + EXPLAINED])
            },
            late_reason=texts[LATE_REASON],
            occurred=texts.get(OCCURRED, ""),
            shown=self.shown(),
            same=self.same(),
            minutes=texts[MINUTES],
        )

    def shown(self) -> dict[str, str]:
        """Return the known values that the page sent back had put in, by field key."""
        return {key: self.data[key + SHOWN] for key in self.asked.keys if self.data.get(key + SHOWN)}

    def same(self) -> frozenset[str]:
        """Return the fields that were confirmed: one by one, or all that still are as they were shown."""
        if not self.is_bound:
            known = {key: offer.value for key, offer in self.offers.items()}
            return frozenset(key for key, value in self.ticked.items() if known.get(key) == value)
        ticked = {key for key in self.asked.keys if self.data.get(key + SAME)}
        if self.data.get(SAME_ALL):
            shown = self.shown()
            ticked |= {key for key in shown if self.data.get(key, "").strip() in ("", shown[key])}
        return frozenset(ticked)

    def handed_in(self) -> list[tuple[str, Proof, str]]:
        """Return every file that was chosen: (field, file, id of what it replaces or ""). Raises: Refusal."""
        found = []
        for key, inputs in self.proofs.items():
            if (given := inputs.handed_in(self.cleaned_data)) is not None:
                found.append((key, *given))
        return found

    @property
    def kept_names(self) -> list[str]:
        """Return the names of the inputs whose texts a draft keeps."""
        uploads = {name for inputs in self.proofs.values() for name in inputs.fields()}
        return [name for name in self.fields if name not in uploads and name not in self.proofs]

    @property
    def minutes(self) -> BoundField:
        """Return the input for how long it took; a template cannot name it, for its dot."""
        return self[MINUTES]

    @property
    def ticked_all(self) -> bool:
        """Say whether everything known was confirmed at once."""
        return bool(self.data.get(SAME_ALL))

    def rules_beside(self) -> None:
        """Put the rules that are broken beside the last field each of them names."""
        try:
            values = {
                each.key: each.typed(each.read(self.typed().values.get(each.key, "")))
                for each in self.asked.fields
            }
        except Unfit:
            return
        for rule in self.asked.rules:
            if rule_broken(rule, values):
                named = [key for key in self.asked.keys if key in rule.must.names]
                self.add_error(named[-1] if named else None, f"{rule.say}。")


@dataclass(frozen=True)
class Line:
    """One field as the page draws it.

    ``before``: last period's canonical text ("" for none) and ``before_shown`` as a reader sees it.
    ``theirs``: what somebody else saved meanwhile, None when it does not differ. ``mend``: what the reviewer
    wants mended. ``explain``: the explanation, None while nobody asks for one. ``offer``: what is known,
    ``offer_shown`` as a reader sees it, ``same``: confirmed. ``table`` of a field of table rows, ``box`` of
    one of files: None for all others.
    """

    field: Field
    bound: BoundField
    input: SafeString
    before: str
    before_shown: str
    theirs: str | None
    mend: tuple[str, ...]
    explain: BoundField | None
    offer: Offer | None
    offer_shown: str
    same: bool
    table: RowsTable | None
    box: ProofBox | None

    @property
    def offer_filing(self) -> int | None:
        """Return the filing that the known value comes from, to be looked at."""
        target = self.offer.target if self.offer else None
        return target[1] if target and target[0] == "filing" else None


def lines_of(
    asked: EntryForm,
    before: Mapping[str, str | None],
    theirs: Mapping[str, str],
    mend: Mapping[str, tuple[str, ...]],
    more: Mapping[str, int],
) -> list[Line]:
    """Return the fields of a form in order, each with what stands beside it.

    ``more``: how many blank rows stand below a table, where not one.
    """
    tables = tables_of(asked, asked.asked.fields, more)
    return [_line(asked, field, before, theirs, mend, tables) for field in asked.asked.fields]


def _line(
    asked: EntryForm,
    field: Field,
    before: Mapping[str, str | None],
    theirs: Mapping[str, str],
    mend: Mapping[str, tuple[str, ...]],
    tables: Mapping[str, RowsTable],
) -> Line:
    bound = asked[field.key]
    proofs = asked.proofs.get(field.key)
    explain = asked[field.key + EXPLAINED] if field.jump is not None else None
    was = before.get(field.key) if field.single else None
    offer = asked.offers.get(field.key)
    return Line(
        field=field,
        bound=bound,
        input=_drawn(bound, field, was, offer),
        before=was or "",
        before_shown=field.display(was) if was is not None else "",
        theirs=_theirs(field, theirs.get(field.key)),
        mend=mend.get(field.key, ()),
        explain=explain if explain is not None and (explain.errors or explain.value()) else None,
        offer=offer,
        offer_shown=field.display(offer.value) if offer else "",
        same=field.key in asked.same(),
        table=tables.get(field.key),
        box=proof_box(asked, proofs) if proofs else None,
    )


def _theirs(field: Field, text: str | None) -> str | None:
    """Return what somebody else saved, as it is shown: a table row by row."""
    if not text or field.kind is not FieldKind.ROWS:
        return text
    rows = rows_typed(field, text)
    return "\n".join("；".join(row.get(column.key, "") for column in field.columns) for row in rows)


def _drawn(bound: BoundField, field: Field, before: str | None, offer: Offer | None) -> SafeString:
    """Return the input of a field of one value; tables and files are drawn by templates of their own."""
    if not field.single:
        return SafeString()
    return bound.as_widget(attrs=_described_by(bound, field, before, offer))


def _described_by(bound: BoundField, field: Field, before: str | None, offer: Offer | None) -> dict[str, str]:
    named = {"help": bool(field.help), "before": before is not None, "known": offer is not None}
    named["error"] = bool(bound.errors)
    ids = " ".join(f"{bound.auto_id}-{name}" for name, there in named.items() if there)
    attributes = {"aria-describedby": ids} if ids else {}
    if not field.blank:
        attributes["aria-required"] = "true"
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return attributes


def _text_of(field: Field, standing: Typed, offer: Offer | None) -> str:
    """Return what stands in an input at first: what was typed, else what is known.

    A field that may be left blank stays blank once somebody had it so.
    """
    text = standing.values.get(field.key, "")
    if text or offer is None or (field.blank and field.key in standing.values):
        return text
    return offer.value


def _input_of(field: Field, text: str) -> TypedField:
    shared = {"label": field.title, "initial": text, "help_text": field.help}
    match field.kind:
        case FieldKind.ROWS:
            return TypedField(widget=RowsWidget(), **shared)
        case FieldKind.VOCAB:
            choices = [("", "请选择"), *field.options.items()]
            return TypedField(widget=forms.Select(choices=choices), **shared)
        case FieldKind.DATE:
            return TypedField(widget=forms.DateInput(attrs={"type": "date"}), **shared)
        case FieldKind.TEXT:
            return TypedField(widget=forms.Textarea(attrs={"rows": 2}), **shared)
    return TypedField(widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **shared)


def _words(label: str, text: str) -> TypedField:
    return TypedField(label=label, initial=text, widget=forms.Textarea(attrs={"rows": 2}))


class ExcuseForm(forms.Form):
    """The reason for being excused, or the answer to who asked for it."""

    reason = forms.CharField(label="免报理由", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    reply = forms.CharField(label="答复", required=False, widget=forms.Textarea(attrs={"rows": 3}))
