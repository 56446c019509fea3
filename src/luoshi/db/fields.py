"""Columns that mean the same on every database."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

# PostgreSQL sorts and compares text by the cluster's language unless told otherwise; SQLite goes by bytes.
CODE_COLLATIONS: dict[str, str | None] = {"postgresql": "C", "sqlite": None}


class CodeField(models.CharField):
    """A short text compared and sorted by its bytes: codes, keys, names of states and kinds.

    Collation: ``C`` on PostgreSQL, the default (binary) on SQLite, so that order, ``<`` and uniqueness agree.
    The collation is chosen per connection and never written into a migration.
    """

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters: dict[str, Any] = dict(super().db_parameters(connection))
        parameters["collation"] = CODE_COLLATIONS[connection.vendor]
        return parameters
