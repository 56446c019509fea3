"""What a row must be to stand in the ledger, and the digest that the ledger keeps of it.

``Ledgered`` rows are named, with their digest, by the event that wrote them. A ``Root`` owns its rows: one
action on one root writes one event. Only roots carry ``ver``, which counts their events.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from django.apps import apps
from django.db import models

from luoshi.core.canonical import Canonical, canonical_bytes, decimal_text, sha256_hex

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
MICROSECOND = timedelta(microseconds=1)
LONGEST_TYPE = 32


class Ledgered(models.Model):
    """A row whose every change stands in the ledger.

    ``ledger_type``: short ASCII noun, unique among all models, never changed once events exist.
    ``ledger_private``: personal and free-text columns; the digest holds a salted commitment in their place.
    ``ledger_derived``: columns that can be computed again; not in the digest.
    ``ledger_later``: columns added when rows may have existed, each with the value those rows got. While a
    row holds that value, the column is left out of its digest, so that older digests stay true.
    """

    ledger_type: ClassVar[str]
    ledger_private: ClassVar[tuple[str, ...]] = ()
    ledger_derived: ClassVar[tuple[str, ...]] = ()
    ledger_later: ClassVar[Mapping[str, object]] = {}

    class Meta:
        abstract = True


class VersionField(models.PositiveIntegerField):
    """The version of a root. A new row is stored with 1, so that its first event need not update it."""

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        if add:
            model_instance.ver = 1
            model_instance.first_event_due = True
        return super().pre_save(model_instance, add)

    def deconstruct(self) -> Any:
        """Stand in migrations as the plain field that the column is."""
        name, _, arguments, options = super().deconstruct()
        return name, "django.db.models.PositiveIntegerField", arguments, options


class Root(Ledgered):
    """A row that owns others. ``ver`` counts its events and moves only in ``ledger.actions``.

    ``first_event_due``: this copy was inserted, and its first event is not written yet.
    """

    ver = VersionField("版本", default=0, editable=False)
    first_event_due = False

    class Meta:
        abstract = True

    def save(self, **kwargs: Any) -> None:
        """Save all columns but ``ver``: a copy read before somebody else's event must not turn it back."""
        if not self._state.adding and kwargs.get("update_fields") is None and not kwargs.get("force_insert"):
            loaded = {name for name in _saved_names(type(self)) if name not in self.get_deferred_fields()}
            kwargs["update_fields"] = sorted(loaded)
        super().save(**kwargs)


@cache
def _saved_names(model: type[models.Model]) -> tuple[str, ...]:
    fields = model._meta.concrete_fields
    return tuple(f.attname for f in fields if not (f.primary_key or f.generated or f.name == "ver"))


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a digest: its name in Python and how its value is spelled canonically."""

    name: str
    spell: Callable[[Any], Canonical]
    private: bool


def milliseconds(moment: datetime) -> int:
    """Return whole milliseconds since 1970-01-01 UTC, cut off, not rounded.

    Raises: ValueError for a datetime without a zone.
    """
    if moment.utcoffset() is None:
        raise ValueError("the ledger takes aware datetimes only")
    return (moment - EPOCH) // MILLISECOND


def moment_of(ms: int) -> datetime:
    """Return the UTC datetime of whole milliseconds since 1970-01-01."""
    return EPOCH + ms * MILLISECOND


def plain(value: object) -> Canonical:
    """Return ``value`` in types that have a canonical form, without changing what it says.

    Decimals become text, datetimes integer milliseconds, dates, times and UUIDs ISO text, bytes hex.
    Floats are left as they are and refused by ``canonical_bytes``.
    """
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, datetime):
        return milliseconds(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    return value  # type: ignore[return-value]


def _decimal_speller(field: models.DecimalField[Any, Any]) -> Callable[[Any], Canonical]:
    places = field.decimal_places or 0

    def spell(value: Any) -> Canonical:
        number: Decimal = field.to_python(value)
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > places and number != round(number, places):
            raise ValueError(
                f"{field.name}={number} has more than {places} decimals: the database would round it"
            )
        return decimal_text(number)

    return spell


def _simple_speller(field: models.Field[Any, Any]) -> Callable[[Any], Canonical]:
    def spell(value: Any) -> Canonical:
        return plain(field.to_python(value))

    return spell


def _speller(field: models.Field[Any, Any]) -> Callable[[Any], Canonical]:
    """Return how a value of ``field`` is spelled; TypeError for a kind of field with no exact spelling."""
    if isinstance(field, models.ForeignKey):
        return _speller(field.target_field)
    if isinstance(field, models.DecimalField):
        return _decimal_speller(field)
    if isinstance(field, models.JSONField):
        return plain
    if isinstance(field, models.BinaryField):
        return lambda value: bytes(value).hex()
    if isinstance(field, models.FileField):
        return str
    if isinstance(field, models.DurationField):
        return lambda value: value // MICROSECOND
    exact = (
        models.IntegerField, models.CharField, models.TextField, models.BooleanField, models.DateField,
        models.TimeField, models.UUIDField, models.GenericIPAddressField,
    )  # fmt: skip
    if isinstance(field, exact):
        return _simple_speller(field)
    raise TypeError(f"{field} has no exact spelling for the ledger")


@cache
def columns_of(model: type[Ledgered]) -> tuple[Column, ...]:
    """Return the columns that enter the digest: all stored ones but ``ver``, derived and generated ones."""
    left_out = {"ver", *model.ledger_derived} if issubclass(model, Root) else set(model.ledger_derived)
    return tuple(
        Column(
            field.attname, _speller(field), not {field.name, field.attname}.isdisjoint(model.ledger_private)
        )
        for field in model._meta.concrete_fields
        if {field.name, field.attname}.isdisjoint(left_out) and not field.generated
    )


@cache
def private_names(model: type[Ledgered]) -> tuple[str, ...]:
    """Return the columns of ``model`` whose values the ledger keeps as commitments only."""
    return tuple(column.name for column in columns_of(model) if column.private)


def untold(row: Ledgered, name: str) -> bool:
    """Say whether a column was added later and still holds what the rows before it got."""
    return name in row.ledger_later and getattr(row, name) == row.ledger_later[name]


def private_told(row: Ledgered) -> tuple[str, ...]:
    """Return the private columns that have a commitment in the events of ``row`` as it is."""
    return tuple(name for name in private_names(type(row)) if not untold(row, name))


def column_text(row: Ledgered, name: str) -> str:
    """Return the canonical text of one column: what its commitment commits to (``null`` when blank)."""
    column = next(column for column in columns_of(type(row)) if column.name == name)
    value = getattr(row, name)
    return canonical_bytes(None if value is None else column.spell(value)).decode()


def row_body(row: Ledgered, commitments: Mapping[str, str]) -> dict[str, Canonical]:
    """Return the object ``{column: value}`` whose canonical bytes the digest of a row is taken of.

    ``commitments`` maps each private column to the commitment that stands for its value.
    Decimals enter as text, datetimes as integer milliseconds, dates as ISO text, foreign keys as ids,
    JSON columns as structure, bytes as hex. The row must hold what the database holds.
    Raises: KeyError for a missing commitment.
    """
    found: dict[str, Canonical] = {}
    for column in columns_of(type(row)):
        if untold(row, column.name):
            continue
        if column.private:
            found[column.name] = commitments[column.name]
        else:
            value = getattr(row, column.name)
            found[column.name] = None if value is None else column.spell(value)
    return found


def row_digest(row: Ledgered, commitments: Mapping[str, str]) -> str:
    """Return the SHA-256 (hex) of the canonical bytes of ``row_body``.

    Raises: KeyError for a missing commitment; TypeError, ValueError for values without a canonical form.
    """
    return sha256_hex(canonical_bytes(row_body(row, commitments)))


@cache
def ledgered_models() -> dict[str, type[Ledgered]]:
    """Return every installed ledgered model by its ``ledger_type``, in order of the type."""
    found = (model for model in apps.get_models() if issubclass(model, Ledgered) and not model._meta.proxy)
    return {model.ledger_type: model for model in sorted(found, key=lambda model: model.ledger_type)}
