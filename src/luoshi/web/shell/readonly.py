"""GET and HEAD never write: while such a request is answered, any other SQL than reading is a fault."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack

from django.db import connections
from django.http import HttpRequest, HttpResponse

READING_METHODS = {"GET", "HEAD", "OPTIONS"}
READING_SQL = re.compile(
    r"\s*\(*\s*(SELECT|WITH|EXPLAIN|VALUES|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|PRAGMA|SHOW)\b", re.I
)
WRITING_INSIDE = re.compile(
    r"\b(INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|FOR\s+(NO\s+KEY\s+)?UPDATE)\b", re.I
)


class WriteInReadingRequest(RuntimeError):
    """A page that only reads tried to write. A fault of the program, not of the reader."""


def refuse_writes(execute, sql, params, many, context):
    """Database wrapper: let reading pass, raise on anything else."""
    if not READING_SQL.match(sql) or WRITING_INSIDE.search(sql):
        raise WriteInReadingRequest(f"a reading request ran: {sql[:80]}")
    return execute(sql, params, many, context)


class ReadOnlyMiddleware:
    """Stands innermost, so that sessions and messages of outer middleware may still be saved."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in READING_METHODS:
            return self.get_response(request)
        with ExitStack() as wrapped:
            for connection in connections.all():
                wrapped.enter_context(connection.execute_wrapper(refuse_writes))
            return self.get_response(request)
