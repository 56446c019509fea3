"""The whole check of a pack: read, shape, cross-checks, tests. All faults come out of one run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from luoshi.core.canonical import digest, sha256_hex
from luoshi.core.errors import PackInvalid
from luoshi.kernel.definitions.actions import Entry
from luoshi.kernel.loader.bodies import bodies_of, content_of, stored
from luoshi.kernel.loader.checks.context import Context
from luoshi.kernel.loader.checks.forms import check_forms, check_head, check_imports, check_roles, check_vocab
from luoshi.kernel.loader.checks.histories import check_histories
from luoshi.kernel.loader.checks.indicators import check_counting, check_indicators
from luoshi.kernel.loader.checks.items import check_items
from luoshi.kernel.loader.checks.lists import check_lists
from luoshi.kernel.loader.checks.notices import check_notices
from luoshi.kernel.loader.checks.reports import check_reports
from luoshi.kernel.loader.checks.schemes import check_schemes
from luoshi.kernel.loader.checks.slips import check_slips
from luoshi.kernel.loader.checks.tests import check_tests
from luoshi.kernel.loader.folder import PACK_FILE, Files, Folder, Written, shipped_ids
from luoshi.kernel.loader.item_trials import TrialResult
from luoshi.kernel.loader.nodes import Faults, Node
from luoshi.kernel.loader.sections import SECTION_KINDS, PackFile
from luoshi.kernel.loader.shape import check_shape
from luoshi.kernel.loader.strict_yaml import read_yaml
from luoshi.kernel.loader.trials import run_trials

CHECKS: tuple[Callable[[Context], None], ...] = (
    check_head,
    check_roles,
    check_vocab,
    check_items,
    check_forms,
    check_notices,
    check_imports,
    check_histories,
    check_indicators,
    check_schemes,
    check_reports,
    check_lists,
    check_slips,
    check_tests,
)


@dataclass(frozen=True)
class CheckedPack:
    """A pack that passed. ``slots``: slot → kind. ``entries``: what is to be stored, in order of the file.

    ``content_hash`` covers everything but the version number, the fixtures included.
    """

    id: str
    version: int
    title: str
    requires: tuple[str, ...]
    content_hash: str
    slots: Mapping[str, str]
    entries: tuple[Entry, ...]
    trials: tuple[TrialResult, ...]


def pack_check(path: Path, *, packs: Iterable[str] = ()) -> CheckedPack:
    """Check the pack in folder ``path``; ``packs``: ids of installed packs, besides those shipped.

    Raises: PackInvalid with every fault; NotFound when there is no pack file.
    """
    return _check(Folder(path), packs)


def pack_text_check(pack: str, text: str, *, packs: Iterable[str] = ()) -> CheckedPack:
    """Check a pack written down as ``text``, as if it stood in a folder named ``pack`` without other files.

    Raises: PackInvalid with every fault.
    """
    return _check(Written(pack, text), packs)


def _check(folder: Files, packs: Iterable[str]) -> CheckedPack:
    faults = Faults()
    root = read_yaml(folder.read(PACK_FILE), PACK_FILE, faults)
    if root is None:
        raise PackInvalid(faults.listed())
    read = check_shape(root, faults)
    known = frozenset(packs) | frozenset(shipped_ids())
    for check in CHECKS:
        check(Context(root, faults, folder, folder.name, known))
    bodies = bodies_of(root)
    check_counting(root, bodies, faults)
    trials = run_trials(root, bodies, folder, faults)
    if faults or read is None:
        raise PackInvalid(faults.listed())
    return _checked(root, read, folder, trials)


def _checked(root: Node, read: PackFile, folder: Files, trials: tuple[TrialResult, ...]) -> CheckedPack:
    files = [[name, sha256_hex(folder.read(name))] for name in sorted(folder.names())]
    return CheckedPack(
        id=read.pack.id,
        version=read.pack.version,
        title=read.pack.title,
        requires=tuple(read.pack.requires),
        content_hash=digest({"pack": content_of(root.plain()), "files": files}),
        slots={key: slot.kind for key, slot in read.slots.items()},
        entries=tuple(_entries(read, trials)),
        trials=trials,
    )


def _entries(read: PackFile, trials: tuple[TrialResult, ...]) -> Iterable[Entry]:
    """Yield every entry to be stored; a test takes its result along."""
    yield Entry("pack", read.pack.id, stored("pack", read.pack))
    for section, kind in SECTION_KINDS.items():
        entries: Mapping[str, Any] = getattr(read, section)
        for key, entry in entries.items():
            yield Entry(kind, key, stored(section, entry))
    for test, trial in zip(read.tests, trials, strict=True):
        body = stored("tests", test) | {"result": asdict(trial) | {"differs": list(trial.differs)}}
        yield Entry("test", f"t{trial.number:02}", body)
