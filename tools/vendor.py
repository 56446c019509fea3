"""Front-end files kept in the repository: check them against their manifest, or fetch them anew.

    python tools/vendor.py            compare every file with vendor.json, offline (exit 1 on any difference)
    python tools/vendor.py --fetch    take the packages again with ``npm pack`` and compare
    python tools/vendor.py --write    take them again, write the files and the manifest

The manifest lists name, version, member of the package, sha256 and size of the stored file. One change is
made to a fetched file: the line that points to a source map is dropped, because the map is not shipped.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "src/luoshi/web/shell/static/vendor"
MANIFEST = FOLDER / "vendor.json"
WANTED = [
    ("bootstrap", "5.3.8", "dist/css/bootstrap.min.css", "bootstrap.min.css"),
    ("bootstrap", "5.3.8", "LICENSE", "bootstrap.LICENSE.txt"),
    ("echarts", "6.1.0", "dist/echarts.min.js", "echarts.min.js"),
    ("echarts", "6.1.0", "LICENSE", "echarts.LICENSE.txt"),
    ("echarts", "6.1.0", "NOTICE", "echarts.NOTICE.txt"),
    ("@tabler/icons", "3.51.0", "LICENSE", "tabler-icons.LICENSE.txt"),
]
SOURCE_MAP = re.compile(rb"\n?(/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S+)\s*\Z")


def entry(name: str, version: str, member: str, file: str, content: bytes) -> dict[str, Any]:
    """Return the manifest row of one stored file."""
    digest = hashlib.sha256(content).hexdigest()
    return {
        "name": name,
        "version": version,
        "member": member,
        "file": file,
        "sha256": digest,
        "size": len(content),
    }


def fetch(work: Path) -> dict[str, bytes]:
    """Return the wanted files, taken from the packages, by stored file name."""
    found: dict[str, bytes] = {}
    for name, version in sorted({row[:2] for row in WANTED}):
        command = ["npm", "pack", "--silent", "--pack-destination", str(work), f"{name}@{version}"]
        subprocess.run(command, check=True, capture_output=True, cwd=work)
        archive = work / f"{name.strip('@').replace('/', '-')}-{version}.tgz"
        with tarfile.open(archive) as package:
            for member, file in [row[2:] for row in WANTED if row[:2] == (name, version)]:
                stream = package.extractfile(f"package/{member}")
                if stream is None:
                    raise SystemExit(f"{name}@{version} 中没有 {member}")
                found[file] = SOURCE_MAP.sub(b"\n", stream.read())
    return found


def differences(contents: dict[str, bytes]) -> list[str]:
    """Compare ``contents`` (by file name) with the manifest; one line for every difference."""
    rows = {row["file"]: row for row in json.loads(MANIFEST.read_text(encoding="utf-8"))}
    faults = [f"{file}：清单中没有" for file in sorted(contents.keys() - rows.keys())]
    faults += [f"{file}：文件不存在" for file in sorted(rows.keys() - contents.keys())]
    for file in sorted(rows.keys() & contents.keys()):
        row = rows[file]
        if row != entry(row["name"], row["version"], row["member"], file, contents[file]):
            faults.append(f"{file}：内容与清单的 sha256 或大小不符")
    return faults


def stored() -> dict[str, bytes]:
    """Return every file of the vendor folder except the manifest."""
    return {path.name: path.read_bytes() for path in FOLDER.iterdir() if path != MANIFEST}


def write(contents: dict[str, bytes]) -> None:
    """Write the files and the manifest."""
    for file, content in contents.items():
        (FOLDER / file).write_bytes(content)
    rows = [entry(*row, contents[row[3]]) for row in WANTED]
    MANIFEST.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    if "--fetch" in arguments or "--write" in arguments:
        with tempfile.TemporaryDirectory() as work:
            contents = fetch(Path(work))
        if "--write" in arguments:
            write(contents)
    else:
        contents = stored()
    faults = differences(contents)
    print("\n".join(faults) or f"前端文件 {len(contents)} 个，与清单一致。")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
