"""Where a content lies on disk."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings


def path_of(sha256: str) -> Path:
    """Return the path of a content: the first two hex digits are the folder, the rest the name."""
    return Path(settings.LUOSHI_FILES_DIR) / sha256[:2] / sha256[2:]
