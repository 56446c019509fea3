"""An uploaded table between looking at it and taking it: the file is kept, a signed token stands for it."""

from __future__ import annotations

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from luoshi.core.errors import Invalid
from luoshi.kernel.files.actions import file_store
from luoshi.kernel.files.preflight import check_upload
from luoshi.kernel.files.queries import file_by_hash, file_content
from luoshi.kernel.files.sheets import read_table
from luoshi.kernel.files.tables import Table
from luoshi.web.shell.forms import LARGEST_UPLOAD

DAY_IN_SECONDS = 86400


def table_read(upload: UploadedFile) -> Table:
    """Return the table of an upload. Raises: Invalid when it is dangerous or no table."""
    content = upload.read()
    check_upload(upload.name, content, max_bytes=LARGEST_UPLOAD)
    return read_table(upload.name, content)


def table_keep(request: HttpRequest, upload: UploadedFile, *, salt: str, meant: str) -> str:
    """Keep a table that was looked at; return the token by which this account takes it within a day.

    ``meant``: what it was looked at for, given back by ``table_kept``.
    """
    upload.seek(0)
    stored = file_store(name=upload.name, content=upload.read(), now=request.now)
    return signing.dumps([stored.sha256, upload.name, meant, request.user.pk], salt=salt)


def table_kept(request: HttpRequest, *, salt: str) -> tuple[Table, str]:
    """Return the table that the posted token stands for, and what it was meant for.

    Raises: Invalid when the token is forged, older than a day or another account's.
    """
    try:
        sha256, name, meant, account = signing.loads(
            request.POST.get("token", ""), salt=salt, max_age=DAY_IN_SECONDS
        )
    except signing.BadSignature as fault:
        raise Invalid("导入凭据无效或已超过一天，请重新上传表格。") from fault
    if account != request.user.pk:
        raise Invalid("这份表格是用另一账号上传的，请重新上传。")
    return read_table(name, file_content(file_by_hash(sha256))), meant
