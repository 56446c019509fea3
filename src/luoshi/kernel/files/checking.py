"""``luoshi verify files``."""

from __future__ import annotations

import hashlib

from luoshi.kernel.ledger.checkers import Finding, Progress


def files_finding(progress: Progress) -> Finding:
    """Hash the bytes of every stored file again; they are read in parts, however large."""
    from luoshi.kernel.files.models import StoredFile  # models are not loaded yet when this is registered
    from luoshi.kernel.files.places import path_of

    faults: list[str] = []
    count = 0
    for count, stored in enumerate(StoredFile.objects.order_by("id").iterator(chunk_size=1000), start=1):
        path = path_of(stored.sha256)
        if not path.exists():
            faults.append(f"文件 {stored.pk} 的内容不在文件库中，请从备份恢复。")
            continue
        with path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        if (digest, path.stat().st_size) != (stored.sha256, stored.size):
            faults.append(f"文件 {stored.pk} 的内容与登记的摘要不符，请从备份恢复。")
        if count % 1000 == 0:
            progress("核对文件", count)
    return Finding(f"已核对文件 {count} 个", tuple(faults))
