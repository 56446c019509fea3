"""``luoshi verify evidence``."""

from __future__ import annotations

from luoshi.kernel.ledger.checkers import Finding, Progress


def evidence_finding(progress: Progress) -> Finding:
    """Compare every revision with the stored file it names; the bytes themselves are ``verify files``."""
    from luoshi.kernel.evidence.models import Revision  # models are not loaded yet when this is registered

    faults: list[str] = []
    count = 0
    rows = Revision.objects.select_related("file").order_by("id")
    for count, revision in enumerate(rows.iterator(chunk_size=1000), start=1):
        if (revision.sha256, revision.size) != (revision.file.sha256, revision.file.size):
            faults.append(
                f"佐证 {revision.evidence_id} 第 {revision.number} 版与文件库登记的内容不是同一份。"
            )
        if count % 1000 == 0:
            progress("核对佐证", count)
    return Finding(f"已核对佐证 {count} 份", tuple(faults))
