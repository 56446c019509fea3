"""A form as its pack defines it, read once from the definition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from luoshi.core.expr import Expr, parse
from luoshi.core.periods import PeriodKind
from luoshi.kernel.definitions.fields import Field, FieldKind, field_of
from luoshi.kernel.definitions.queries import Def, definition, definition_by_id, definitions_in
from luoshi.kernel.filings.windows import Window, window_of


@dataclass(frozen=True, slots=True)
class FormRule:
    """A rule across fields: ``must`` is true once all it names is filled; ``say`` is the refusal."""

    must: Expr
    say: str


@dataclass(frozen=True, slots=True)
class Form:
    """One form. ``to``: which units owe it, an expression for ``org.queries.units_selected``; None: all.

    ``occurred``: a filing states the day it is about.
    """

    ref: str
    title: str
    period_kind: PeriodKind
    to: str
    fields: tuple[Field, ...]
    rules: tuple[FormRule, ...]
    window: Window | None
    source: str
    occurred: bool
    pack: str
    pack_version: int
    definition_id: int
    body: Mapping[str, Any]

    def field(self, key: str) -> Field:
        """Return the field with this key. Raises: KeyError."""
        return {field.key: field for field in self.fields}[key]

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys of the fields in order."""
        return tuple(field.key for field in self.fields)

    @property
    def facts(self) -> tuple[Field, ...]:
        """Return the fields that figures can be computed from."""
        return tuple(field for field in self.fields if field.fact)


Vocabs: TypeAlias = "Mapping[str, Mapping[str, str]]"
"""Vocab key → its options: code → title."""


def form_def(ref: str, version: int | None = None) -> Form:
    """Return the form ``ref`` ("pack.key") in force, or that of ``version`` of its pack. Raises: NotFound."""
    return form_of(definition("form", ref, version))


def form_by_id(row_id: int) -> Form:
    """Return the form of a definition row: the one an obligation was opened under. Raises: NotFound."""
    return form_of(definition_by_id(row_id))


def form_of(found: Def) -> Form:
    """Read a definition of kind form, with the vocabs of its own pack version."""
    return forms_of([found])[0]


def forms_of(founds: Iterable[Def]) -> list[Form]:
    """Read definitions of kind form; the vocabs of a pack version are read once, when one is named."""
    vocabs: dict[int, Vocabs] = {}
    forms = []
    for found in founds:
        version = found.pack_version_id
        if version not in vocabs and _names_vocab(found.body):
            rows = definitions_in(version, "vocab")
            vocabs[version] = {each.key: vocab_options(each.body) for each in rows}
        forms.append(_form(found, vocabs.get(version, {})))
    return forms


def form_drawn(body: Mapping[str, Any], vocabs: Vocabs) -> Form:
    """Return a form that is not installed, to be looked at: as its pack would define it."""
    drawn = Def(0, "", "", "", "form", dict(body), "", 0, 0)
    return _form(drawn, vocabs)


def _form(found: Def, vocabs: Vocabs) -> Form:
    body = found.body
    return Form(
        ref=found.ref,
        title=found.title,
        period_kind=PeriodKind(body["period"]),
        to=body.get("to") or "",
        fields=tuple(field_of(field, vocabs) for field in body["fields"]),
        rules=tuple(FormRule(parse(rule["must"]), rule["say"]) for rule in body.get("rules") or ()),
        window=window_of(body.get("window")),
        source=body.get("source") or "",
        occurred=bool(body.get("occurred")),
        pack=found.pack,
        pack_version=found.pack_version,
        definition_id=found.id,
        body=body,
    )


def _names_vocab(body: Mapping[str, Any]) -> bool:
    columns = [column for field in body["fields"] for column in field.get("columns") or ()]
    typed = [str(each["type"]) for each in (*body["fields"], *columns)]
    return any(text.startswith(f"{FieldKind.VOCAB}:") for text in typed)


def vocab_options(body: Mapping[str, Any]) -> dict[str, str]:
    """Return code → title of a vocab definition."""
    return {code: str(title) for code, title in (body.get("options") or body).items()}


def rule_broken(rule: FormRule, values: Mapping[str, Any]) -> bool:
    """Say whether ``rule`` is broken; one that names a blank field is not judged yet."""
    if any(values[name] is None for name in rule.must.names):
        return False
    return rule.must.value(values) is not True
