"""Reading the store."""

from __future__ import annotations

import hashlib

from luoshi.core.errors import NotFound
from luoshi.kernel.files.models import StoredFile
from luoshi.kernel.files.places import path_of


class ContentDamaged(Exception):
    """The bytes on disk are gone or no longer have the hash they are stored under. A fault, not a refusal."""


def file_by_hash(sha256: str) -> StoredFile:
    """Return the stored file. Raises: NotFound."""
    stored = StoredFile.objects.filter(sha256=sha256).first()
    if stored is None:
        raise NotFound("没有找到该文件。")
    return stored


def file_content(stored: StoredFile) -> bytes:
    """Return the bytes, checked against their hash. Raises: ContentDamaged."""
    path = path_of(stored.sha256)
    if not path.exists():
        raise ContentDamaged(f"stored file {stored.pk}: content is missing")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        raise ContentDamaged(f"stored file {stored.pk}: content does not have its hash")
    return content
