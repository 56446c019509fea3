"""Bundles taken apart, changed in one place and put together again, and the verifier run on them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from luoshi.core.canonical import canonical_bytes, sha256_hex
from luoshi.core.merkle import merkle_root
from luoshi.kernel.documents.ooxml import zip_bytes
from luoshi.kernel.reports.bundle import VERIFIER

Files = dict[str, bytes]
Change = Callable[[Files], None]


@dataclass(frozen=True)
class Told:
    """What the verifier printed, and its exit code."""

    code: int
    text: str


def verifier_run(*paths: Path, python: str = sys.executable) -> Told:
    """Run the verifier alone: no site packages, no environment, nothing of Luoshi on the path."""
    done = subprocess.run(
        [python, "-I", "-S", str(VERIFIER), *map(str, paths)],
        capture_output=True,
        timeout=120,
        env={},
        cwd=paths[0].parent,
        check=False,
    )
    return Told(done.returncode, done.stdout.decode("utf-8") + done.stderr.decode("utf-8"))


def unpacked(content: bytes) -> Files:
    with ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def listed_anew(files: Files) -> None:
    """Make the list of files fit again, as whoever changed a file on purpose would."""
    head = json.loads(files["bundle.json"])
    head["files"] = {name: sha256_hex(content) for name, content in files.items() if name != "bundle.json"}
    files["bundle.json"] = canonical_bytes(head)


def manifests_anew(files: Files) -> None:
    """Make counts and roots of the rows fit again."""
    groups: dict[tuple[str, str], list[bytes]] = {}
    for line in files["rows.jsonl"].splitlines():
        row = json.loads(line)
        groups.setdefault((row["form"], row["period"]), []).append(line)
    files["manifests.json"] = canonical_bytes(
        [
            {"form": form, "period": period, "rows": len(lines), "root": merkle_root(lines).hex()}
            for (form, period), lines in groups.items()
        ]
    )


def rows_changed(change: Callable[[list[dict[str, Any]]], None], *, covered: bool = False) -> Change:
    """Return a change of rows.jsonl; ``covered``: manifests are made to fit."""

    def apply(files: Files) -> None:
        rows = [json.loads(line) for line in files["rows.jsonl"].splitlines()]
        change(rows)
        files["rows.jsonl"] = b"".join(canonical_bytes(row) + b"\n" for row in rows)
        if covered:
            manifests_anew(files)

    return apply


def records_changed(row_type: str, change: Callable[[list[dict[str, Any]]], None]) -> Change:
    """Return a change of the records of one type, given as their bodies in order."""

    def apply(files: Files) -> None:
        records = [json.loads(line) for line in files["records.jsonl"].splitlines()]
        change([record["body"] for record in records if record["row"][0] == row_type])
        files["records.jsonl"] = b"".join(canonical_bytes(record) + b"\n" for record in records)

    return apply


def record_dropped(row_type: str) -> Change:
    """Return a change that leaves out the first record of a type."""

    def apply(files: Files) -> None:
        lines = files["records.jsonl"].splitlines(keepends=True)
        at = next(index for index, line in enumerate(lines) if json.loads(line)["row"][0] == row_type)
        files["records.jsonl"] = b"".join(lines[:at] + lines[at + 1 :])

    return apply


def json_changed(name: str, change: Callable[[Any], None]) -> Change:
    """Return a change of one JSON file."""

    def apply(files: Files) -> None:
        value = json.loads(files[name])
        change(value)
        files[name] = canonical_bytes(value)

    return apply


def docx_changed(part: str, *swaps: tuple[str, str], count: int = 1) -> Change:
    """Return a change of texts in one part of the document; each must be there."""

    def apply(files: Files) -> None:
        parts = unpacked(files["report.docx"])
        text = parts[part].decode("utf-8")
        for old, new in swaps:
            assert old in text, f"{old} is not in {part}"
            text = text.replace(old, new, count)
        parts[part] = text.encode("utf-8")
        files["report.docx"] = zip_bytes(parts)

    return apply
