"""Putting contents into the store."""

from __future__ import annotations

import hashlib
import os
import tempfile
from datetime import datetime
from pathlib import Path

from django.db import transaction

from luoshi.kernel.files.models import StoredFile
from luoshi.kernel.files.names import kind_of_name, plain_name
from luoshi.kernel.files.places import path_of


@transaction.atomic
def file_store(*, name: str, content: bytes, now: datetime) -> StoredFile:
    """Keep ``content`` and return its row; the same content is kept once and keeps its first name and time.

    The caller has run ``preflight.check_upload``. The bytes are written before the row, so that a row never
    points at nothing; bytes without a row, left by a rollback, do no harm and are found again by their hash.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    _write_once(path_of(sha256), content)
    stored, _ = StoredFile.objects.get_or_create(
        sha256=sha256,
        defaults={
            "size": len(content),
            "kind": kind_of_name(name),
            "original_name": plain_name(name),
            "stored_at": now,
        },
    )
    return stored


def _write_once(path: Path, content: bytes) -> None:
    """Write ``content`` readable by this account only, whole or not at all."""
    if path.exists() and path.stat().st_size == len(content):
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # mkstemp opens with mode 0600 already.
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".draft-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
