"""Putting packs into force and out of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.errors import Incomplete, Invalid, NotFound, nearest
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.definitions.actions import pack_slots_bind, pack_version_add, pack_version_retire
from luoshi.kernel.definitions.models import PackVersion
from luoshi.kernel.definitions.queries import pack_in_force, pack_versions, slots_of
from luoshi.kernel.items.migrating import items_take_along
from luoshi.kernel.loader.check import CheckedPack, pack_check
from luoshi.kernel.loader.folder import PACK_FILE, Folder, folder_of
from luoshi.kernel.org.queries import post_get, unit_get

LOCAL = "local"
"""The district's own pack: what offices define in the browser."""


def pack_install(
    *, actor: Actor, path: str | Path, bindings: Mapping[str, str] | None = None, now: datetime
) -> PackVersion:
    """Check the pack at ``path`` (a folder or the id of a shipped pack) and put it into force.

    ``bindings``: slot → code of a post or unit; slots bound before may be left out. The same version with the
    same content again only binds anew, so that a set-up can be run twice.
    Raises: NotAllowed, NotFound, PackInvalid (all faults), Incomplete (a slot without a target), Invalid
    (an unknown slot or target), Duplicate (version or content used before), WrongState (open items would be
    stranded in a state that the new version does not have).
    Ledger: ``pack.installed`` on the pack version, or ``pack.bound`` when only slots changed.
    """
    require_right(actor, "pack.install")
    folder = folder_of(str(path))
    checked = pack_check(folder, packs={row.pack for row in pack_versions()})
    text = _kept_text(checked, folder)
    with transaction.atomic():
        _require_packs(checked)
        targets = _targets(checked, bindings or {})
        standing = pack_in_force(checked.id)
        if standing is not None and (standing.version, standing.content_hash) == (
            checked.version,
            checked.content_hash,
        ):
            pack_slots_bind(by=actor.by, pack_version_id=standing.id, bindings=targets, now=now)
            return PackVersion.objects.get(pk=standing.id)
        added = pack_version_add(
            by=actor.by,
            pack=checked.id,
            version=checked.version,
            title=checked.title,
            content_hash=checked.content_hash,
            entries=checked.entries,
            bindings=targets,
            now=now,
            text=text,
        )
        items_take_along(actor=actor, pack_version_id=added.pk, now=now)
        return added


def _kept_text(checked: CheckedPack, path: Path) -> str:
    """Return the pack file of the district's own pack, which is written on from here; "" for any other."""
    if checked.id != LOCAL:
        return ""
    folder = Folder(path)
    require(not folder.names(), "业务包 local 由系统书写，只含 pack.yaml，请移走其余文件后再安装。", Invalid)
    return folder.read(PACK_FILE).decode("utf-8-sig")


def pack_retire(*, actor: Actor, pack: str, now: datetime) -> PackVersion:
    """Take the version in force of a pack out of use; the one before it, if any, is in force again.

    Raises: NotAllowed, NotFound.
    Ledger: ``pack.retired`` on the pack version.
    """
    require_right(actor, "pack.install")
    standing = pack_in_force(pack)
    if standing is None:
        near = nearest(pack, {row.pack for row in pack_versions() if row.retired_at is None})
        raise NotFound(f"没有安装业务包“{pack}”。{f'是否指 {near}？' if near else ''}")
    return pack_version_retire(by=actor.by, pack_version_id=standing.id, now=now)


def _require_packs(checked: CheckedPack) -> None:
    lacking = [name for name in checked.requires if pack_in_force(name) is None]
    if lacking:
        raise Incomplete(f"业务包 {checked.id} 需要先安装：{'、'.join(lacking)}。")


def _targets(checked: CheckedPack, bindings: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return slot → (kind, code) of the slots given anew; every slot must be bound in the end."""
    for slot in bindings:
        if slot not in checked.slots:
            known = "、".join(checked.slots) or "无"
            raise Invalid(
                f"业务包 {checked.id} 没有槽位“{slot}”，现有槽位：{known}。", fields={slot: "没有这个槽位。"}
            )
    bound = {each.slot for each in slots_of(checked.id)} | set(bindings)
    open_slots = [slot for slot in checked.slots if slot not in bound]
    if open_slots:
        example = " ".join(f"--bind {slot}=代码" for slot in open_slots)
        raise Incomplete(
            f"业务包 {checked.id} 还有槽位没有对应的岗位或单位：{'、'.join(open_slots)}，"
            f"安装时请加 {example}。",
            fields=dict.fromkeys(open_slots, "请指定岗位或单位的代码。"),
        )
    return {
        slot: (checked.slots[slot], _target(slot, checked.slots[slot], code))
        for slot, code in bindings.items()
    }


def _target(slot: str, kind: str, code: str) -> str:
    """Return the code of an existing post or unit. Raises: Invalid."""
    try:
        return str(post_get(code).code if kind == "post" else unit_get(code).code)
    except NotFound as error:
        raise Invalid(f"槽位 {slot}：{error.message}", fields={slot: error.message}) from error
