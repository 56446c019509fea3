"""Log lines name rows by id; contents and personal data stay out."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType
from typing import Any

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PlainFormatter(logging.Formatter):
    """Prints of an exception its kind and where it arose, never its message: that may quote a row."""

    def formatException(self, ei: ExcInfo) -> str:
        kind, _, trace = ei
        frames = "".join(traceback.format_tb(trace))
        return f"{frames}{kind.__module__}.{kind.__qualname__}" if kind else frames


def logging_settings(level: str) -> dict[str, Any]:
    """Return Django's ``LOGGING``: everything to stderr, from ``level`` upwards."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "plain": {
                "()": "luoshi.conf.logs.PlainFormatter",
                "format": "{asctime} {levelname} {name} {message}",
                "style": "{",
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
        "root": {"handlers": ["stderr"], "level": level},
        # Django brings handlers of its own (mail, a second console); one way out is enough.
        "loggers": {"django": {"handlers": [], "level": level, "propagate": True}},
    }
