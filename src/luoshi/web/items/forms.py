"""Forms generated from an item type: the fields that a move needs or may take, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from luoshi.kernel.definitions.fields import LONGEST_TEXT, Field, FieldKind
from luoshi.kernel.items.given import LONGEST_TITLE, Given
from luoshi.kernel.items.schema import BASIS, DUTY_PREFIX, DUTY_TITLES, EVIDENCE_PREFIX, NOTE, DutyRule
from luoshi.kernel.items.types import ItemType
from luoshi.web.filings.many_forms import ProofBox, ProofInputs, proof_box

TITLE = "title"
PROOF = "proof"
LONG_FROM = 10
DUTIES = DUTY_TITLES
NUMBERS = {FieldKind.INT, FieldKind.DECIMAL, FieldKind.PERCENT, FieldKind.MONEY}


class GivenForm(forms.Form):
    """What somebody gives with a move. Whether it suffices and fits is the action's to say.

    ``refused``: what is wrong although nothing was submitted, for the head of the form.
    """

    refused: Iterable[str] = ()

    def __init__(
        self,
        *args: Any,
        kind: ItemType,
        need: Iterable[str],
        may: Iterable[str],
        units: list[tuple[str, str]],
        standing: Mapping[str, Any] | None = None,
        proofs: ProofInputs | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(*args, **settings)
        self.kind = kind
        standing = standing or {}
        asked = {key: True for key in need} | {key: False for key in may}
        self.proofs = proofs
        for key, needed in asked.items():
            if key.startswith(EVIDENCE_PREFIX):
                continue
            self.fields[key] = self._field(key, needed, units)
            if key in standing:
                several = isinstance(self.fields[key], forms.MultipleChoiceField) and key in kind.fields
                self.fields[key].initial = standing[key].strip(",").split(",") if several else standing[key]
        if proofs is not None:
            self.fields.update(proofs.fields())
            for key, field in proofs.fields().items():
                self.fields[key].initial = standing.get(key, field.initial)

    def _field(self, key: str, needed: bool, units: list[tuple[str, str]]) -> forms.Field:
        if key == TITLE:
            return forms.CharField(label="事由", max_length=LONGEST_TITLE, required=needed,
                                   help_text="一句话说清是什么事，不写个人信息",
                                   error_messages={"required": "请填写事由。"})  # fmt: skip
        if key in (NOTE, BASIS):
            words = {NOTE: "说明", BASIS: "依据"}[key]
            return _long(words, needed, "")
        if key.startswith(DUTY_PREFIX):
            return _duty(self.kind.duties[key.removeprefix(DUTY_PREFIX)], needed, units)
        return _field(self.kind.fields[key], needed)

    @property
    def plain(self) -> list[forms.BoundField]:
        """Return the inputs but for those of evidence, which a box of their own draws."""
        return [bound for bound in self if not bound.name.startswith(f"{PROOF}.")]

    @property
    def box(self) -> ProofBox | None:
        """Return the box for evidence; None where the move asks for none."""
        return None if self.proofs is None else proof_box(self, self.proofs)

    def typed(self, *, proof: bool) -> dict[str, Any]:
        """Return what was typed, as a fresh form starts with it; ``proof``: that about a file too."""
        return {
            key: self.data.getlist(key) if isinstance(field, forms.MultipleChoiceField) else self.data[key]
            for key, field in self.fields.items()
            if key in self.data and (proof or not key.startswith(f"{PROOF}."))
        }

    def given(self) -> Given:
        """Return what was filled in; duties that are not part of the form are left alone."""
        duties: dict[str, list[str]] = {}
        for key in self.fields:
            if key.startswith(DUTY_PREFIX):
                codes = self.data.getlist(self.add_prefix(key))
                duties[key.removeprefix(DUTY_PREFIX)] = [code for code in codes if code]
        text = {key: self._text(key) for key in self.fields}
        return Given(
            title=text.get(TITLE) if TITLE in self.fields else None,
            values={key: text[key] for key in self.fields if key in self.kind.fields and self._said(key)},
            note=text.get(NOTE, ""),
            basis=text.get(BASIS, ""),
            duties={role: codes for role, codes in duties.items() if codes or self._was(role)},
        )

    def _said(self, key: str) -> bool:
        """Say whether a field is to be taken: personal data that is not shown is not wiped by a blank."""
        blank = not self.data.get(self.add_prefix(key), "").strip()
        return not (blank and self.kind.fields[key].pii)

    def _text(self, key: str) -> str:
        """Return what was typed; several boxes of one field as one text."""
        if key in self.kind.fields and self.kind.fields[key].kind is FieldKind.SET:
            return ",".join(self.data.getlist(self.add_prefix(key)))
        return self.data.get(self.add_prefix(key), "")

    def _was(self, role: str) -> bool:
        """Say whether somebody held a duty before, so that an empty choice takes it away."""
        return bool(self.fields[f"{DUTY_PREFIX}{role}"].initial)


def _duty(rule: DutyRule, needed: bool, units: list[tuple[str, str]]) -> forms.Field:
    label = DUTIES.get(rule.role, rule.role)
    required = {"required": f"请选择{label}。"}
    if rule.post:
        return forms.CharField(
            label=label, required=needed, help_text="填写岗位编码", error_messages=required
        )
    if rule.most == 1:
        choices = [("", "请选择"), *units]
        return forms.ChoiceField(label=label, required=needed, choices=choices, error_messages=required)
    return forms.MultipleChoiceField(
        label=label,
        required=needed,
        choices=units,
        error_messages=required,
        help_text="可选多个；电脑上按住控制键点选",
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )


def _field(field: Field, needed: bool) -> forms.Field:
    label = f"{field.title}（{field.unit}）" if field.unit else field.title
    help_text = "；".join(
        part
        for part in (
            field.help,
            f"不少于 {field.shortest} 字" if field.shortest else "",
            f"{field.least} 至 {field.most}" if field.kind is FieldKind.INT and field.least > -1 else "",
            "加密保存，查看须说明理由；已登记的在此不显示，留空不改" if field.pii else "",
        )
        if part
    )
    settings: dict[str, Any] = {
        "label": label,
        "required": needed,
        "help_text": help_text,
        "error_messages": {"required": f"请填写{field.title}。"},
    }
    if field.kind is FieldKind.VOCAB:
        return forms.ChoiceField(choices=[("", "请选择"), *field.options.items()], **settings)
    if field.kind is FieldKind.SET:
        boxes = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(choices=list(field.options.items()), widget=boxes, **settings)
    if field.kind is FieldKind.DATE:
        return forms.CharField(widget=forms.DateInput(attrs={"type": "date"}), **settings)
    if field.kind is FieldKind.MOMENT:
        settings["help_text"] = settings["help_text"] or "写作 2023-01-31 08:30"
        return forms.CharField(widget=forms.TextInput(attrs={"size": 18}), **settings)
    if field.kind in NUMBERS:
        return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 12}), **settings)
    if field.shortest >= LONG_FROM and not field.pii:
        return _long(label, needed, help_text)
    return forms.CharField(max_length=LONGEST_TEXT, **settings)


def _long(label: str, needed: bool, help_text: str) -> forms.Field:
    return forms.CharField(
        label=label,
        required=needed,
        help_text=help_text,
        max_length=LONGEST_TEXT,
        error_messages={"required": f"请填写{label}。"},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SureForm(forms.Form):
    """A form without fields, to carry what was refused."""
