"""Writing definitions. Only the loader calls this, after it has checked the whole pack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from luoshi.core.actor import By
from luoshi.core.canonical import canonical_bytes, sha256_hex
from luoshi.core.errors import Duplicate, NotFound, WrongState
from luoshi.kernel.definitions.kinds import check_kind
from luoshi.kernel.definitions.models import Definition, PackText, PackVersion, SlotBinding
from luoshi.kernel.ledger.actions import record


@dataclass(frozen=True, slots=True)
class Entry:
    """One definition to be written: ``body`` is a canonical value (decimals as text)."""

    kind: str
    key: str
    body: Mapping[str, object]


@transaction.atomic
def pack_version_add(
    *,
    by: By,
    pack: str,
    version: int,
    title: str,
    content_hash: str,
    entries: Sequence[Entry],
    bindings: Mapping[str, tuple[str, str]],
    now: datetime,
    text: str = "",
    reason: str = "",
) -> PackVersion:
    """Put a checked pack version into force with all its definitions; ``bindings``: slot → (kind, code).

    ``text``: the pack file, kept whole when it is given, with the ``reason`` of the change.

    Raises: Duplicate when the version number or the content is there already.
    Ledger: ``pack.installed`` on the pack version, with every definition and binding written.
    """
    _refuse_known(pack, version, content_hash)
    root = PackVersion.objects.create(
        pack=pack, version=version, title=title, content_hash=content_hash, installed_at=now
    )
    rows = [_definition(root, entry) for entry in entries]
    Definition.objects.bulk_create(rows)
    bound = _bind(pack, bindings)
    kept = [PackText.objects.create(pack_version=root, text=text, reason=reason)] if text else []
    data = {"pack": pack, "version": version, "content": content_hash, "definitions": len(rows)}
    record(root, "pack.installed", by=by, at=now, rows=[*rows, *bound, *kept], data=data)
    return root


@transaction.atomic
def pack_slots_bind(
    *, by: By, pack_version_id: int, bindings: Mapping[str, tuple[str, str]], now: datetime
) -> int:
    """Bind slots of a pack anew; returns how many changed. Nothing is recorded when none did.

    Ledger: ``pack.bound`` on the pack version, with the bindings written.
    """
    root = _locked(pack_version_id)
    bound = _bind(root.pack, bindings)
    if bound:
        record(root, "pack.bound", by=by, at=now, rows=bound, data={"slots": len(bound)})
    return len(bound)


@transaction.atomic
def pack_version_retire(*, by: By, pack_version_id: int, now: datetime) -> PackVersion:
    """Take a pack version out of use; what was born under it keeps its definitions.

    Raises: NotFound, WrongState when it is retired already.
    Ledger: ``pack.retired`` on the pack version.
    """
    root = _locked(pack_version_id)
    if root.retired_at is not None:
        raise WrongState(f"业务包 {root.pack} 第 {root.version} 版已经停用。")
    root.retired_at = now
    root.save(update_fields=["retired_at"])
    record(root, "pack.retired", by=by, at=now, data={"pack": root.pack, "version": root.version})
    return root


def _refuse_known(pack: str, version: int, content_hash: str) -> None:
    known = dict(PackVersion.objects.filter(pack=pack).order_by("id").values_list("version", "content_hash"))
    if known.get(version) == content_hash:
        raise Duplicate(f"业务包 {pack} 第 {version} 版已经安装，内容相同，无需再装。")
    if version in known:
        raise Duplicate(f"业务包 {pack} 第 {version} 版已经安装且内容不同。内容改动后请提高 version。")
    for other, content in known.items():
        if content == content_hash:
            raise Duplicate(f"业务包 {pack} 的内容与已安装的第 {other} 版相同，不能只换版本号。")
    if known and version < max(known):
        raise Duplicate(f"业务包 {pack} 已装有第 {max(known)} 版，不能再装更旧的第 {version} 版。")


def _definition(root: PackVersion, entry: Entry) -> Definition:
    check_kind(entry.kind)
    text = canonical_bytes(entry.body)
    return Definition(
        pack_version=root, kind=entry.kind, key=entry.key, body=text.decode(), body_hash=sha256_hex(text)
    )


def _bind(pack: str, bindings: Mapping[str, tuple[str, str]]) -> list[SlotBinding]:
    """Write the bindings that differ from what stands; return the rows written."""
    standing = {row.slot: row for row in SlotBinding.objects.filter(pack=pack).order_by("slot")}
    written = []
    for slot, (kind, target) in sorted(bindings.items()):
        row = standing.get(slot) or SlotBinding(pack=pack, slot=slot)
        if (row.kind, row.target) != (kind, target):
            row.kind, row.target = kind, target
            row.save()
            written.append(row)
    return written


def _locked(pack_version_id: int) -> PackVersion:
    root = PackVersion.objects.select_for_update().filter(pk=pack_version_id).order_by("id").first()
    if root is None:
        raise NotFound("没有这个业务包版本。")
    return root
