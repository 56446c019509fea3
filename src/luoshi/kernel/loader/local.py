"""The district's own pack ``local``: what offices define in the browser, written down as any other pack is.

Every change composes the whole pack anew from the text in force, holds it against the same check as a pack
from a folder and installs it as the next version. Older versions stay: what was opened under one keeps it.
Whole changes follow one another under a lock, so that of two offices neither loses what it wrote.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django.db import connection, transaction

from luoshi.core.actor import Actor, require
from luoshi.core.errors import Fault, Incomplete, Invalid, NotFound, PackInvalid, Stale, WrongState, nearest
from luoshi.db.sql import advisory_lock
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.definitions.actions import pack_version_add
from luoshi.kernel.definitions.models import PackVersion
from luoshi.kernel.definitions.queries import (
    PackRow,
    definitions_in,
    keys_ever,
    pack_in_force,
    pack_text_of,
    pack_versions,
    slots_of,
)
from luoshi.kernel.filings.models import Obligation
from luoshi.kernel.loader.actions import LOCAL
from luoshi.kernel.loader.check import CheckedPack, pack_text_check
from luoshi.kernel.loader.emit import pack_text
from luoshi.kernel.loader.folder import PACK_FILE
from luoshi.kernel.loader.nodes import Faults, Plain
from luoshi.kernel.loader.strict_yaml import read_yaml
from luoshi.kernel.org.queries import unit_get

RIGHT = "form.admit"
TITLE = "本区自建表单"
LOCK = f"loader.{LOCAL}"
LONGEST_REASON = 500
LONGEST_NOTE = 200
_LONGEST_SLOT = 40
Pack = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LocalForm:
    """One form as it goes into the pack.

    ``body``: the entry as docs/reference/packs.md has it, but for ``admission.owner``, which follows from
    ``owner``, the code of the unit that answers for it. ``vocab``: vocab key → {code: title}, the lists of
    options it names. ``stands``: the hash of the form's definition that was changed, "" for a new form.
    """

    key: str
    body: Mapping[str, Any]
    owner: str
    vocab: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    stands: str = ""


def local_form_put(*, actor: Actor, form: LocalForm, reason: str, now: datetime) -> PackVersion:
    """Put one form into the pack, in place of the one of that key. See ``local_forms_put``."""
    return local_forms_put(actor=actor, forms=[form], reason=reason, now=now)


@transaction.atomic
def local_forms_put(*, actor: Actor, forms: Sequence[LocalForm], reason: str, now: datetime) -> PackVersion:
    """Put forms into the pack as one new version; what changes nothing makes no version.

    Raises: NotAllowed, Incomplete (no reason), NotFound (owner), Stale (a form was changed meanwhile, or a
    new one is there already), Invalid with every fault by its path in the form (``fields[2].min``; with more
    than one form ``KEY.fields[2].min``).
    Ledger: ``pack.installed`` on the new version of the pack.
    """
    require_right(actor, RIGHT)
    reason = _reason(reason)
    pack, standing = _standing()
    _require_unchanged(forms, standing)
    before = _content(pack)
    targets = _put(pack, forms)
    if _content(pack) == before and standing is not None:
        return PackVersion.objects.get(pk=standing.id)
    note = "、".join(str(form.body.get("title") or form.key) for form in forms)
    return _installed(actor, pack, targets, f"准入：{note}", reason, now, _told_by(forms))


@transaction.atomic
def local_form_remove(*, actor: Actor, key: str, reason: str, now: datetime) -> PackVersion:
    """Take a form that was never opened out of the pack.

    Raises: NotAllowed, Incomplete (no reason), NotFound, WrongState (it has obligations: stop it instead),
    Invalid (something else in the pack leans on it).
    Ledger: ``pack.installed`` on the new version of the pack.
    """
    require_right(actor, RIGHT)
    reason = _reason(reason)
    pack, _ = _standing()
    forms = pack["forms"]
    if key not in forms:
        near = nearest(key, forms)
        raise NotFound(f"业务包 {LOCAL} 没有表单“{key}”。{f'是否指 {near}？' if near else ''}")
    opened = Obligation.objects.filter(form_ref=f"{LOCAL}.{key}").exists()
    require(not opened, "这张表已经开放过，填报须能照旧查阅，不能移出，请改为停用。", WrongState)
    title = str(forms.pop(key)["title"])
    _sweep(pack)
    return _installed(actor, pack, {}, f"移出：{title}", reason, now, _plainly)


def local_key_next() -> str:
    """Return a key that no form of the pack ever had: ``x001``, ``x002``, … Nobody else gets it meanwhile.

    Call it inside the transaction that puts the form.
    """
    advisory_lock(connection, LOCK)
    known = keys_ever("form", LOCAL)
    return next(key for number in range(1, 100_000) if (key := f"x{number:03}") not in known)


def local_form_faults(form: LocalForm) -> dict[str, str]:
    """Return what the check finds wrong with a form, by its path in it; nothing is written.

    Raises: NotFound for an owner that does not exist.
    """
    pack = _pack_of(pack_in_force(LOCAL))
    _put(pack, [form])
    try:
        _checked(pack)
    except PackInvalid as refusal:
        return _told_by([form])(refusal.faults)
    return {}


def local_form_body(form: LocalForm) -> dict[str, Any]:
    """Return the body of a form as it would be installed, every optional key filled in.

    Raises: NotFound for an owner that does not exist, PackInvalid.
    """
    pack = _pack_of(pack_in_force(LOCAL))
    _put(pack, [form])
    entries = _checked(pack).entries
    return dict(next(each.body for each in entries if (each.kind, each.key) == ("form", form.key)))


def local_text(version: int | None = None) -> tuple[PackRow, str]:
    """Return a version of the pack (the one in force without ``version``) with its file. Raises: NotFound."""
    rows = [
        row for row in pack_versions(LOCAL) if (row.newest if version is None else row.version == version)
    ]
    text = pack_text_of(rows[0].id) if rows else None
    if text is None:
        raise NotFound("本区还没有自建的表单，没有业务包可以下载。")
    return rows[0], text


def local_bindings() -> list[str]:
    """Return the slots of the pack as ``luoshi pack install`` wants them: ``slot=code``."""
    return [f"{each.slot}={each.target}" for each in slots_of(LOCAL)]


def _standing() -> tuple[Pack, PackRow | None]:
    """Return the pack to be changed and the version it is in force as; nobody else changes it meanwhile."""
    advisory_lock(connection, LOCK)
    standing = pack_in_force(LOCAL)
    return _pack_of(standing), standing


def _pack_of(standing: PackRow | None) -> Pack:
    text = pack_text_of(standing.id) if standing is not None else None
    pack: Pack = {"pack": {"id": LOCAL, "version": 1, "title": TITLE, "requires": []}}
    if text is not None:
        faults = Faults()
        root = read_yaml(text.encode(), PACK_FILE, faults)
        assert root is not None and not faults, "the kept pack file no longer reads"
        pack = cast(Pack, root.plain())
    for section in ("slots", "vocab", "roles", "forms"):
        pack.setdefault(section, {})
    return {key: pack[key] for key in _in_order(pack)}


def _in_order(pack: Pack) -> list[str]:
    first = ["pack", "slots", "vocab", "roles", "forms"]
    return [*first, *(key for key in pack if key not in first)]


def _content(pack: Pack) -> str:
    return pack_text({key: part for key, part in pack.items() if key != "pack"})


def _require_unchanged(forms: Sequence[LocalForm], standing: PackRow | None) -> None:
    """Refuse a form that somebody else put there, or changed, since its writer read it."""
    found = definitions_in(standing.id, "form") if standing is not None else []
    hashes = {each.key: each.body_hash for each in found}
    for form in forms:
        if hashes.get(form.key, "") != form.stands:
            raise Stale(
                f"表单“{form.body.get('title') or form.key}”已被他人改动，请以现行版本为准核对后重报。"
            )


def _put(pack: Pack, forms: Sequence[LocalForm]) -> dict[str, tuple[str, str]]:
    """Write forms into ``pack`` with all they lean on; return the slots to be bound."""
    targets: dict[str, tuple[str, str]] = {}
    for form in forms:
        slot = _slot(pack, form.owner, targets)
        admission = {**form.body.get("admission", {}), "owner": f"unit:@{slot}"}
        pack["forms"][form.key] = {
            key: admission if key == "admission" else part
            for key, part in {**form.body, "admission": admission}.items()
        }
        pack["vocab"] |= {key: dict(options) for key, options in form.vocab.items()}
    _sweep(pack)
    return targets


def _slot(pack: Pack, owner: str, targets: dict[str, tuple[str, str]]) -> str:
    """Return the slot that stands for a unit; a new one when there is none."""
    unit = unit_get(owner)
    bound = {each.slot: each.target for each in slots_of(LOCAL)} | {
        slot: code for slot, (_, code) in targets.items()
    }
    known: str | None = next((slot for slot in pack["slots"] if bound.get(slot) == unit.code), None)
    if known is not None:
        return known
    stem = re.sub("[^a-z0-9]", "_", f"u_{unit.code.lower()}")[: _LONGEST_SLOT - 3]
    names = (stem, *(f"{stem}_{number}" for number in range(2, 100)))
    slot = next(name for name in names if name not in pack["slots"])
    pack["slots"][slot] = {"kind": "unit", "title": unit.title}
    targets[slot] = ("unit", unit.code)
    return slot


def _sweep(pack: Pack) -> None:
    """Drop the lists of options that no field names any more."""
    fields = [each for form in pack["forms"].values() for each in form.get("fields", ())]
    fields += [column for each in fields for column in each.get("columns", ())]
    named = {str(each.get("type")).partition(":")[2] for each in fields}
    pack["vocab"] = {key: options for key, options in pack["vocab"].items() if key in named}


def _checked(pack: Pack) -> CheckedPack:
    return pack_text_check(
        LOCAL, pack_text(cast("dict[str, Plain]", pack)), packs={row.pack for row in pack_versions()}
    )


Tell = Callable[[Iterable[Fault]], dict[str, str]]


def _installed(
    actor: Actor,
    pack: Pack,
    targets: Mapping[str, tuple[str, str]],
    note: str,
    reason: str,
    now: datetime,
    tell: Tell,
) -> PackVersion:
    """Check the pack under its next version and put it into force."""
    version = max((row.version for row in pack_versions(LOCAL)), default=0) + 1
    # the number in the note keeps a version apart from an older one with the same forms
    pack["pack"] |= {"version": version, "note": f"第{version}版　{note}"[:LONGEST_NOTE]}
    try:
        checked = _checked(pack)
    except PackInvalid as refusal:
        faults = tell(refusal.faults)
        raise Invalid(f"表单有 {len(faults)} 处需要改正，请按各项提示修改。", fields=faults) from refusal
    return pack_version_add(
        by=actor.by,
        pack=checked.id,
        version=checked.version,
        title=checked.title,
        content_hash=checked.content_hash,
        entries=checked.entries,
        bindings=targets,
        now=now,
        text=pack_text(cast("dict[str, Plain]", pack)),
        reason=reason,
    )


def _told_by(forms: Sequence[LocalForm]) -> Tell:
    """Return what tells faults by their path in the form; a list of options by the field that names it."""
    alone = len(forms) == 1

    def tell(faults: Iterable[Fault]) -> dict[str, str]:
        told: dict[str, str] = {}
        for fault in faults:
            for form in forms:
                path = _path_in(form, fault.path)
                if path is not None:
                    told.setdefault(path if alone else f"{form.key}.{path}".rstrip("."), _words(fault))
                    break
            else:
                told.setdefault("", _words(fault))
        return told

    return tell


def _path_in(form: LocalForm, path: str) -> str | None:
    whole = f"forms.{form.key}"
    if path == whole or path.startswith((f"{whole}.", f"{whole}[")):
        return path.removeprefix(whole).lstrip(".")
    for key in form.vocab:
        if path == f"vocab.{key}" or path.startswith(f"vocab.{key}."):
            for number, each in enumerate(form.body.get("fields", ())):
                if each.get("type") == f"vocab:{key}":
                    return f"fields[{number}].options"
    return None


def _plainly(faults: Iterable[Fault]) -> dict[str, str]:
    return {fault.path: _words(fault) for fault in faults}


def _words(fault: Fault) -> str:
    return f"{fault.message}（{fault.hint}）。" if fault.hint else f"{fault.message}。"


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason:
        raise Incomplete("请写明改动理由。", fields={"reason": "请写明改动理由。"})
    if len(reason) > LONGEST_REASON:
        raise Invalid("改动理由太长。", fields={"reason": f"不得超过 {LONGEST_REASON} 字。"})
    return reason
