"""Reading installed definitions. This is the only door: nobody else touches the rows."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet

from luoshi.core.errors import NotFound, nearest
from luoshi.kernel.definitions.kinds import KINDS, check_kind
from luoshi.kernel.definitions.models import Definition, PackText, PackVersion, SlotBinding


@dataclass(frozen=True, slots=True)
class Def:
    """One definition as installed.

    ``id`` is that of the row, for foreign keys; ``ref`` is "pack.key". ``body`` holds the entry as
    docs/reference/packs.md describes it, with every optional key filled in; every number that may have a
    fraction is text ("0.2"), so that it hashes exactly.
    """

    id: int
    ref: str
    pack: str
    key: str
    kind: str
    body: dict[str, Any]
    body_hash: str
    pack_version_id: int
    pack_version: int

    @property
    def title(self) -> str:
        """Return the entry's own title; a report has it in lines."""
        title = self.body.get("title", self.key)
        return "".join(title) if isinstance(title, list) else str(title)


@dataclass(frozen=True, slots=True)
class PackRow:
    """One installed pack version, for lists."""

    id: int
    pack: str
    version: int
    title: str
    content_hash: str
    installed_at: datetime
    retired_at: datetime | None
    newest: bool


@dataclass(frozen=True, slots=True)
class SlotTarget:
    """What stands in a slot: ``kind`` is "post" or "unit", ``target`` its code."""

    slot: str
    kind: str
    target: str


def definition(kind: str, ref: str, version: int | None = None) -> Def:
    """Return the definition ``ref`` ("pack.key") of the newest pack version in force, or of ``version``.

    A given version is found even when it was superseded or retired: what was born under it keeps it.
    Raises: NotFound with the nearest installed name; ValueError for a kind that no pack has.
    """
    return definitions_named(kind, [ref], {} if version is None else {ref.partition(".")[0]: version})[ref]


def definitions_named(
    kind: str, refs: Collection[str], versions: Mapping[str, int] | None = None
) -> dict[str, Def]:
    """Return ref → ``definition(kind, ref)`` for several at once, in the order given; one query a pack.

    ``versions``: pack → version, where not the newest is meant. Raises: as ``definition`` does.
    """
    check_kind(kind)
    versions = versions or {}
    keys: dict[str, set[str]] = {}
    for ref in refs:
        pack, _, key = ref.partition(".")
        keys.setdefault(pack, set()).add(key)
    found: dict[str, Def] = {}
    for pack, wanted in keys.items():
        found |= _named(kind, pack, wanted, versions.get(pack))
    for ref in refs:
        if ref not in found:
            raise NotFound(_missing(kind, ref, versions.get(ref.partition(".")[0])))
    return {ref: found[ref] for ref in refs}


def _named(kind: str, pack: str, keys: Collection[str], version: int | None) -> dict[str, Def]:
    rows = Definition.objects.select_related("pack_version").filter(
        kind=kind, key__in=keys, pack_version__pack=pack
    )
    if version is None:
        rows = rows.filter(pack_version__in=_newest_ids(pack))
    else:
        rows = rows.filter(pack_version__version=version)
    return {found.ref: found for found in map(_def, rows.order_by("id"))}


def definition_by_id(definition_id: int) -> Def:
    """Return a definition by the id of its row. Raises: NotFound."""
    row = Definition.objects.select_related("pack_version").filter(pk=definition_id).order_by("id").first()
    if row is None:
        raise NotFound("没有这条业务包定义。")
    return _def(row)


def definitions_by_ids(ids: Collection[int]) -> dict[int, Def]:
    """Return definitions by the ids of their rows. One query."""
    rows = Definition.objects.select_related("pack_version").filter(pk__in=ids).order_by("id")
    return {row.pk: _def(row) for row in rows}


def definitions_beside(kind: str, pack_version_ids: Collection[int]) -> dict[tuple[int, str], Def]:
    """Return the definitions of ``kind`` of some pack versions by (pack version id, key). One query."""
    check_kind(kind)
    rows = Definition.objects.select_related("pack_version").filter(
        kind=kind, pack_version_id__in=pack_version_ids
    )
    return {(row.pack_version_id, row.key): _def(row) for row in rows.order_by("id")}


def definitions_of(kind: str, pack: str | None = None) -> list[Def]:
    """Return every definition of ``kind`` in force, ordered by pack and by place in its file."""
    check_kind(kind)
    rows = (
        Definition.objects.select_related("pack_version")
        .filter(kind=kind, pack_version__in=_newest_ids(pack))
        .order_by("pack_version__pack", "id")
    )
    return [_def(row) for row in rows]


def kinds_in_force() -> frozenset[str]:
    """Return the kinds that some pack in force defines. One query, without their texts."""
    rows = Definition.objects.filter(pack_version__in=_newest_ids(None))
    return frozenset(rows.order_by().values_list("kind", flat=True).distinct())


def definitions_in(pack_version_id: int, kind: str | None = None) -> list[Def]:
    """Return the definitions of one pack version (all, or those of ``kind``) in the order of its file."""
    rows = Definition.objects.select_related("pack_version").filter(pack_version_id=pack_version_id)
    if kind is not None:
        check_kind(kind)
        rows = rows.filter(kind=kind)
    found = [_def(row) for row in rows.order_by("id")]
    return sorted(found, key=lambda each: list(KINDS).index(each.kind))


def definitions_ever(kind: str, ref: str) -> list[Def]:
    """Return a definition as every version of its pack had it, oldest first. One query."""
    check_kind(kind)
    pack, _, key = ref.partition(".")
    rows = Definition.objects.select_related("pack_version").filter(
        kind=kind, key=key, pack_version__pack=pack
    )
    return [_def(row) for row in rows.order_by("pack_version__version")]


def keys_ever(kind: str, pack: str) -> set[str]:
    """Return every key that any version of a pack gave to a definition of ``kind``. One query."""
    check_kind(kind)
    rows = Definition.objects.filter(kind=kind, pack_version__pack=pack).order_by()
    return set(rows.values_list("key", flat=True).distinct())


def first_installed(kind: str) -> dict[str, datetime]:
    """Return when each definition of ``kind`` was first installed, in whatever version, by ref. One query."""
    check_kind(kind)
    rows = Definition.objects.filter(kind=kind).order_by().values_list("pack_version__pack", "key")
    return {f"{pack}.{key}": at for pack, key, at in rows.annotate(at=Min("pack_version__installed_at"))}


def slot_target(pack: str, slot: str) -> tuple[str, str]:
    """Return (kind, code) of what is bound to a slot of ``pack``; "@slot" is accepted too.

    Raises: NotFound with the command that binds it.
    """
    name = slot.removeprefix("@")
    row = SlotBinding.objects.filter(pack=pack, slot=name).order_by("id").first()
    if row is None:
        raise NotFound(
            f"业务包 {pack} 的槽位 {name} 还没有对应的岗位或单位，"
            f"请运行 luoshi pack install {pack} --bind {name}=代码。"
        )
    return row.kind, row.target


def slots_bound(packs: Collection[str]) -> dict[tuple[str, str], SlotTarget]:
    """Return the bound slots of some packs by (pack, slot). One query."""
    rows = SlotBinding.objects.filter(pack__in=packs).order_by("pack", "slot")
    return {(row.pack, row.slot): SlotTarget(row.slot, row.kind, row.target) for row in rows}


def slots_of(pack: str) -> list[SlotTarget]:
    """Return the bound slots of a pack, ordered by name."""
    rows = SlotBinding.objects.filter(pack=pack).order_by("slot")
    return [SlotTarget(row.slot, row.kind, row.target) for row in rows]


def packs_by_target(post_code: str, unit_code: str) -> list[str]:
    """Return the packs in a slot of which a post or a unit stands, in order. One query, none for nobody."""
    bound = Q(kind="post", target=post_code) if post_code else Q()
    if unit_code:
        bound |= Q(kind="unit", target=unit_code)
    if not bound:
        return []
    return list(SlotBinding.objects.filter(bound).order_by("pack").values_list("pack", flat=True).distinct())


def pack_versions(pack: str | None = None) -> list[PackRow]:
    """Return every installed version, by pack, newest version first."""
    newest = set(_newest_ids(pack))
    rows = PackVersion.objects.order_by("pack", "-version")
    if pack is not None:
        rows = rows.filter(pack=pack)
    return [
        PackRow(
            row.pk,
            row.pack,
            row.version,
            row.title,
            row.content_hash,
            row.installed_at,
            row.retired_at,
            newest=row.pk in newest,
        )
        for row in rows
    ]


def pack_in_force(pack: str) -> PackRow | None:
    """Return the newest version of a pack that is not retired; None when it is not installed."""
    return next((row for row in pack_versions(pack) if row.newest), None)


def pack_text_of(pack_version_id: int) -> str | None:
    """Return the pack file that was kept of a version; None when it was installed from a folder."""
    kept = PackText.objects.filter(pack_version_id=pack_version_id).order_by("id")
    return kept.values_list("text", flat=True).first()


def _newest_ids(pack: str | None) -> QuerySet[PackVersion, int]:
    """Return the ids of the version in force of ``pack`` (of every pack for None): newest, not retired."""
    live = PackVersion.objects.filter(retired_at=None).order_by()
    if pack is not None:
        live = live.filter(pack=pack)
    newer = live.filter(pack=OuterRef("pack"), version__gt=OuterRef("version"))
    return live.filter(~Exists(newer)).values_list("id", flat=True)


def _def(row: Definition) -> Def:
    version = row.pack_version
    return Def(
        id=row.pk,
        ref=f"{version.pack}.{row.key}",
        pack=version.pack,
        key=row.key,
        kind=row.kind,
        body=json.loads(row.body),
        body_hash=row.body_hash,
        pack_version_id=version.pk,
        pack_version=version.version,
    )


def _missing(kind: str, ref: str, version: int | None) -> str:
    known = [
        f"{pack}.{key}"
        for pack, key in Definition.objects.filter(kind=kind)
        .order_by("id")
        .values_list(F("pack_version__pack"), "key")
    ]
    near = nearest(ref, known)
    hint = f"是否想写 {near}？" if near else "请先安装含有它的业务包（luoshi pack install）。"
    which = f"第 {version} 版中" if version is not None else ""
    return f"已安装的业务包{which}没有{KINDS[kind]}“{ref}”。{hint}"
