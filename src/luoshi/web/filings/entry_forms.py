"""The form of one answer, as its pack defines it. Everything is taken as typed; the actions judge it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.forms import BoundField
from django.utils.safestring import SafeString

from luoshi.kernel.definitions.fields import Field, FieldKind, Unfit
from luoshi.kernel.filings.entries import MINUTES, Typed
from luoshi.kernel.filings.forms import Form, rule_broken
from luoshi.kernel.filings.offers import Offer, Offers

EXPLAINED = ".explained"
NOTE = "note"
LATE_REASON = "late_reason"
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
    """The fields of a form, an explanation for each that may jump, a note, a reason for lateness."""

    def __init__(
        self, *args: object, form: Form, standing: Typed, offers: Offers, **settings: object
    ) -> None:
        super().__init__(*args, **settings)
        self.asked = form
        self.offers = offers
        for field in form.fields:
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
            values={key: texts[key] for key in self.asked.keys},
            note=texts[NOTE],
            explained={
                field.key: text
                for field in self.asked.fields
                if field.jump is not None and (text := texts[field.key + EXPLAINED])
            },
            late_reason=texts[LATE_REASON],
            shown=self.shown(),
            same=self.same(),
            minutes=texts[MINUTES],
        )

    def shown(self) -> dict[str, str]:
        """Return the known values that the page sent back had put in, by field key."""
        return {key: self.data[key + SHOWN] for key in self.asked.keys if self.data.get(key + SHOWN)}

    def same(self) -> frozenset[str]:
        """Return the fields that were confirmed: one by one, or all that still are as they were shown."""
        ticked = {key for key in self.asked.keys if self.data.get(key + SAME)}
        if self.data.get(SAME_ALL):
            shown = self.shown()
            ticked |= {key for key in shown if self.data.get(key, "").strip() in ("", shown[key])}
        return frozenset(ticked)

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
                each.key: each.typed(each.read(self.typed().values[each.key])) for each in self.asked.fields
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
    ``offer_shown`` as a reader sees it, ``same``: confirmed.
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
) -> list[Line]:
    """Return the fields of a form in order, each with what stands beside it."""
    return [_line(asked, field, before, theirs, mend) for field in asked.asked.fields]


def _line(
    asked: EntryForm,
    field: Field,
    before: Mapping[str, str | None],
    theirs: Mapping[str, str],
    mend: Mapping[str, tuple[str, ...]],
) -> Line:
    bound = asked[field.key]
    explain = asked[field.key + EXPLAINED] if field.jump is not None else None
    was = before.get(field.key)
    offer = asked.offers.get(field.key)
    return Line(
        field=field,
        bound=bound,
        input=bound.as_widget(attrs=_described_by(bound, field, was, offer)),
        before=was or "",
        before_shown=field.display(was) if was is not None else "",
        theirs=theirs.get(field.key),
        mend=mend.get(field.key, ()),
        explain=explain if explain is not None and (explain.errors or explain.value()) else None,
        offer=offer,
        offer_shown=field.display(offer.value) if offer else "",
        same=field.key in asked.same(),
    )


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
