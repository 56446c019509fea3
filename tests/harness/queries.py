"""Rows without an order come in another order; locks over joins must say what they lock; dates stay dates."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

import pytest
from django.db.models import DateField, QuerySet
from django.db.models.sql.compiler import SQLCompiler


class WideLock(AssertionError):
    """``select_for_update`` over a join without ``of``: it would lock rows of every joined table."""


class DateFromDatetime(AssertionError):
    """A date column was given a datetime: Django would cut it in the server's zone, silently."""


def install(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(QuerySet, "_fetch_all", _shuffling(QuerySet._fetch_all))
    patch.setattr(SQLCompiler, "get_from_clause", _narrow_locks(SQLCompiler.get_from_clause))
    patch.setattr(DateField, "to_python", _dates_only(DateField.to_python))


def _shuffling(fetch_all: Any) -> Any:
    def fetch_and_shuffle(self: QuerySet[Any]) -> None:
        fresh = self._result_cache is None
        fetch_all(self)
        rows = self._result_cache
        if fresh and not self.ordered and len(rows) > 1:
            self._result_cache = another_order(rows)

    return fetch_and_shuffle


def another_order(rows: list[Any]) -> list[Any]:
    """Return ``rows`` shuffled, the same way each time, and never as the database gave them."""
    places = list(range(len(rows)))
    random.Random(len(rows)).shuffle(places)
    if places == sorted(places):
        places.reverse()
    return [rows[place] for place in places]


def _narrow_locks(get_from_clause: Any) -> Any:
    def get_checked_from_clause(self: SQLCompiler) -> Any:
        tables, params = get_from_clause(self)
        if self.query.select_for_update and len(tables) > 1 and not self.query.select_for_update_of:
            raise WideLock(f"select_for_update over {' '.join(tables)} needs of=(...)")
        return tables, params

    return get_checked_from_clause


def _dates_only(to_python: Any) -> Any:
    def date_to_python(self: DateField[Any, Any], value: Any) -> Any:
        if isinstance(value, datetime):
            raise DateFromDatetime(f"{self} is a date and was given {value!r}")
        return to_python(self, value)

    return date_to_python
