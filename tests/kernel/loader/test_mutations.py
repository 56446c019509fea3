"""Whatever stands in a pack file, the check answers with faults or passes; it never breaks down."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from luoshi.core.errors import PackInvalid
from luoshi.kernel.loader.check import pack_check
from tests.kernel.loader.faulty import pack_copy

ODD = [
    "",
    "null",
    "true",
    "0",
    "-1",
    "3.5",
    "[]",
    "{}",
    "[1]",
    "{a: b}",
    "none",
    "x",
    '"',
    "'",
    "{",
    "]",
    ": ",
    "中",
]


def mutated(text: str, rng: random.Random) -> str:
    """Return the text with one to three places spoiled: lines cut, copied, bent; values replaced."""
    for _ in range(rng.randint(1, 3)):
        lines = text.split("\n")
        at = rng.randrange(len(lines))
        match rng.randrange(6):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[rng.randrange(len(lines))])
            case 2:
                lines[at] = " " * rng.randrange(8) + lines[at].lstrip()
            case 3:
                head, colon, rest = lines[at].partition(": ")
                lines[at] = f"{head}{colon}{rng.choice(ODD)}" if colon else rest
            case 4:
                spot = rng.randrange(len(lines[at]) + 1)
                lines[at] = lines[at][:spot] + rng.choice(ODD) + lines[at][spot:]
            case 5:
                parts = lines[at].split(", ")
                parts[rng.randrange(len(parts))] = rng.choice(ODD)
                lines[at] = ", ".join(parts)
        text = "\n".join(lines)
    return text


def checked(folder: Path, seed: int, text: str) -> None:
    (folder / "pack.yaml").write_text(mutated(text, random.Random(seed)), encoding="utf-8")
    try:
        pack_check(folder)
    except PackInvalid as refusal:
        assert refusal.faults
        for fault in refusal.faults:
            assert fault.line >= 1 and fault.col >= 1 and fault.path and fault.message, (seed, fault)
    except Exception as error:
        raise AssertionError(f"seed {seed}") from error


@pytest.mark.parametrize("seed", range(40))
def test_forty_spoiled_packs(tmp_path: Path, seed: int):
    folder = pack_copy(tmp_path)
    checked(folder, seed, (folder / "pack.yaml").read_text(encoding="utf-8"))


@pytest.mark.deep
def test_three_thousand_spoiled_packs(tmp_path: Path):
    folder = pack_copy(tmp_path)
    text = (folder / "pack.yaml").read_text(encoding="utf-8")
    for seed in range(3000):
        checked(folder, seed, text)
