"""System checks: a model that the ledger could not digest stops the start, not the first event."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.db import models

from luoshi.kernel.ledger.rows import LONGEST_TYPE, Ledgered, columns_of

_TYPE = re.compile(r"[a-z][a-z0-9_]*")


def check_ledgered_models(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Check every ledgered model: its type, the names it lists, columns with an exact spelling."""
    found = [model for model in apps.get_models() if issubclass(model, Ledgered) and not model._meta.proxy]
    faults = [Error(text, obj=model, id="ledger.E001") for model in found for text in _faults_of(model)]
    owners: dict[str, type[Ledgered]] = {}
    for model in found:
        first = owners.setdefault(getattr(model, "ledger_type", ""), model)
        if first is not model:
            text = f"ledger_type {model.ledger_type!r} is already taken by {first.__name__}"
            faults.append(Error(text, obj=model, id="ledger.E002"))
    return list(faults)


def _faults_of(model: type[Ledgered]) -> Iterator[str]:
    meta = model._meta
    noun = getattr(model, "ledger_type", "")
    if not _TYPE.fullmatch(noun) or len(noun) > LONGEST_TYPE:
        yield f"ledger_type {noun!r} is not a short lower-case ASCII noun"
    if meta.parents:
        yield "a ledgered model has one table: no multi-table inheritance"
    if not isinstance(meta.pk, models.AutoField | models.BigAutoField):
        yield "a ledgered model has an automatic integer id"
    for field in meta.local_many_to_many:
        through = field.remote_field.through
        if through is not None and through._meta.auto_created:
            yield f"{field.name}: give the link table a ledgered model of its own"
    known = {name for field in meta.concrete_fields for name in (field.name, field.attname)}
    for name in (*model.ledger_private, *model.ledger_derived, *model.ledger_later):
        if name not in known:
            yield f"{name!r} in ledger_private, ledger_derived or ledger_later is not a column"
    try:
        columns_of(model)
    except TypeError as error:
        yield str(error)
