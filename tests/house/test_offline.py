"""Nothing that ships asks another machine: no registry, no content network, vendored files as recorded."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "src/luoshi/web/shell/static/vendor"
TEXTS = {
    ".py",
    ".md",
    ".toml",
    ".lock",
    ".json",
    ".html",
    ".css",
    ".js",
    ".svg",
    ".yaml",
    ".yml",
    ".txt",
    ".csv",
    "",
}
SKIPPED = {".git", ".venv", "var", "wheelhouse", "build", "dist", "__pycache__", "node_modules"}
# Put together here, so that this file does not name them either.
REGISTRIES = [
    ".".join(parts)
    for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))
]
NETWORKS = [
    ".".join(parts) for parts in (("jsdelivr", "net"), ("unpkg", "com"), ("cdnjs", "cloudflare", "com"))
]
URL = re.compile(r"https?://([\w.-]+)")
# Names of XML and JSON namespaces, this machine, and the names reserved for examples (RFC 2606).
HARMLESS = re.compile(
    r"(www\.)?w3\.org|json-schema\.org|schemas\.(openxmlformats\.org|microsoft\.com)|purl\.(oclc\.)?org|127\.0\.0\.1|localhost|([\w-]+\.)*example(\.\w+)*"
)


def texts(folder: Path) -> Iterator[Path]:
    """Every text file below ``folder`` that belongs to the project."""
    for path in sorted(folder.iterdir()):
        if path.name in SKIPPED or path.name.endswith("_cache"):
            continue
        if path.is_dir():
            yield from texts(path)
        elif path.suffix in TEXTS:
            yield path


def test_no_file_names_a_registry_or_a_content_network():
    hosts = re.compile("|".join(map(re.escape, REGISTRIES + NETWORKS)))
    named = [
        f"{path.relative_to(ROOT)}" for path in texts(ROOT) if hosts.search(path.read_text(errors="ignore"))
    ]
    assert named == []


def test_shipped_files_point_to_no_other_machine():
    foreign = [
        f"{path.relative_to(ROOT)}: {match.group(1)}"
        for path in texts(ROOT / "src")
        if VENDOR not in path.parents
        for match in URL.finditer(path.read_text(errors="ignore"))
        if not HARMLESS.fullmatch(match.group(1))
    ]
    assert foreign == []


@pytest.mark.parametrize(
    ("url", "harmless"),
    [
        ("http://www.w3.org/2000/svg", True),
        ("https://luoshi.example.cn/", True),
        ("https://cdn.content.net/x.js", False),
        ("http://127.0.0.1.evil.net/", False),
    ],
)
def test_only_namespaces_examples_and_this_machine_are_harmless(url, harmless):
    assert bool(HARMLESS.fullmatch(URL.match(url).group(1))) is harmless


def faults_of_vendored(folder: Path) -> list[str]:
    """Compare the vendored files with their manifest, in both directions."""
    manifest = {row["file"]: row for row in json.loads((folder / "vendor.json").read_text())}
    present = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "vendor.json"
    }
    changed = [name for name in manifest if name in present and manifest[name]["sha256"] != present[name]]
    return [f"changed: {name}" for name in changed] + [
        f"missing or unlisted: {name}" for name in sorted(manifest.keys() ^ present.keys())
    ]


def test_vendored_files_are_the_recorded_ones():
    assert faults_of_vendored(VENDOR) == []


def test_a_changed_missing_or_additional_vendored_file_is_noticed(tmp_path):
    rows = [{"file": name, "sha256": hashlib.sha256(b"good").hexdigest()} for name in ("a.js", "b.js")]
    (tmp_path / "vendor.json").write_text(json.dumps(rows))
    (tmp_path / "a.js").write_bytes(b"bad")
    (tmp_path / "c.js").write_bytes(b"new")
    assert faults_of_vendored(tmp_path) == [
        "changed: a.js",
        "missing or unlisted: b.js",
        "missing or unlisted: c.js",
    ]
