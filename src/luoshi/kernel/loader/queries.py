"""What is installed and what is shipped, for pages and commands."""

from __future__ import annotations

from dataclasses import dataclass

from luoshi.core.actor import Actor
from luoshi.core.errors import NotFound, nearest
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.definitions.kinds import KINDS
from luoshi.kernel.definitions.queries import (
    Def,
    PackRow,
    definitions_in,
    pack_in_force,
    pack_versions,
    slots_of,
)


@dataclass(frozen=True)
class SectionView:
    """The definitions of one kind, with the Chinese name of the kind."""

    kind: str
    title: str
    definitions: tuple[Def, ...]


@dataclass(frozen=True)
class SlotView:
    """A slot with what stands in it; ``target`` is empty when nothing does."""

    slot: str
    title: str
    kind: str
    target: str


@dataclass(frozen=True)
class PackDetail:
    """One pack version with everything it defines. ``tests``: bodies of its tests, with their results."""

    row: PackRow
    requires: tuple[str, ...]
    versions: tuple[PackRow, ...]
    slots: tuple[SlotView, ...]
    sections: tuple[SectionView, ...]
    tests: tuple[Def, ...]


def packs_visible(actor: Actor) -> list[PackRow]:
    """Return the pack versions in force, by pack. Raises: NotAllowed."""
    require_right(actor, "pack.view")
    return [row for row in pack_versions() if row.newest]


def pack_detail(actor: Actor, pack: str, version: int | None = None) -> PackDetail:
    """Return a pack in force, or one of its versions. Raises: NotAllowed, NotFound."""
    require_right(actor, "pack.view")
    versions = pack_versions(pack)
    row = (
        pack_in_force(pack) if version is None else next((v for v in versions if v.version == version), None)
    )
    if row is None:
        near = nearest(pack, {each.pack for each in pack_versions()})
        raise NotFound(f"没有安装业务包“{pack}”。{f'是否指 {near}？' if near and near != pack else ''}")
    found = definitions_in(row.id)
    head = next(each for each in found if each.kind == "pack")
    targets = {each.slot: each.target for each in slots_of(pack)}
    slots = tuple(
        SlotView(each.key, each.title, each.body["kind"], targets.get(each.key, ""))
        for each in found
        if each.kind == "slot"
    )
    sections = tuple(
        SectionView(kind, title, tuple(each for each in found if each.kind == kind))
        for kind, title in KINDS.items()
        if kind not in ("pack", "slot", "test")
    )
    return PackDetail(
        row=row,
        requires=tuple(head.body["requires"]),
        versions=tuple(versions),
        slots=slots,
        sections=tuple(section for section in sections if section.definitions),
        tests=tuple(each for each in found if each.kind == "test"),
    )
