"""Plants faults into a copy of the shipped pack and says where each must be reported."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from luoshi.core.errors import Fault, PackInvalid
from luoshi.kernel.loader.check import pack_check
from luoshi.kernel.loader.folder import SHIPPED

MARK = "¦"


@dataclass(frozen=True)
class Seed:
    """One planted fault: the first ``old`` becomes ``new``; the mark in ``new`` is where it must be seen."""

    old: str
    new: str
    says: str
    file: str = "pack.yaml"


@dataclass(frozen=True)
class Spot:
    """Where a fault must be reported, and a word of what must be said."""

    file: str
    line: int
    col: int
    says: str


def pack_copy(into: Path, pack: str = "bulletins") -> Path:
    """Copy a shipped pack, which is right, into a folder of the same name."""
    return Path(shutil.copytree(SHIPPED / pack, into / pack))


def planted(folder: Path, seeds: Sequence[Seed]) -> list[Spot]:
    """Plant the seeds into the files of a pack copy; return where they must be seen, in order."""
    spots: list[Spot] = []
    for name in dict.fromkeys(seed.file for seed in seeds):
        path = folder / name
        text = path.read_text(encoding="utf-8")
        mine = [seed for seed in seeds if seed.file == name]
        for number, seed in enumerate(mine):
            assert seed.old in text, seed.old
            assert seed.new.count(MARK) == 1, seed.new
            text = text.replace(seed.old, seed.new.replace(MARK, f"{MARK}{number:02}"), 1)
        while (at := text.find(MARK)) >= 0:
            head, number = text[:at], int(text[at + 1 : at + 3])
            text = head + text[at + 3 :]
            line = head.count("\n") + 1
            col = len(head) - head.rfind("\n")
            if name.endswith(".csv"):
                col = head[head.rfind("\n") + 1 :].count(",") + 1
            spots.append(Spot(name, line, col, mine[number].says))
        path.write_text(text, encoding="utf-8")
    return spots


def faults_of(folder: Path) -> list[Fault]:
    """Check a pack that must be refused; return all faults."""
    with pytest.raises(PackInvalid) as refusal:
        pack_check(folder)
    return refusal.value.faults


def assert_exactly(faults: Sequence[Fault], spots: Sequence[Spot]) -> None:
    """Every planted fault is there, at its place, in its words; and nothing else is."""
    seen = sorted((fault.file, fault.line, fault.col) for fault in faults)
    wanted = sorted((spot.file, spot.line, spot.col) for spot in spots)
    assert seen == wanted, "\n".join(map(str, faults))
    for spot in spots:
        said = [str(f) for f in faults if (f.file, f.line, f.col) == (spot.file, spot.line, spot.col)]
        assert any(spot.says in each for each in said), (spot, said)


def without_imports(text: str) -> str:
    """Return a pack without its imports: a table of another system cannot follow every change of moves."""
    return re.sub(r"^imports:\n(?:[ #].*\n|\n)*", "", text, count=1, flags=re.MULTILINE)
