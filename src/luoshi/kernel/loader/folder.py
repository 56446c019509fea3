"""The folder of a pack: ``pack.yaml`` and the files beside it. Nothing outside the folder is ever read."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Protocol

from luoshi.core.errors import Fault, NotFound, PackInvalid, nearest

PACK_FILE = "pack.yaml"
MOST_FILES = 200
MOST_BYTES = 20_000_000
SHIPPED = Path(__file__).resolve().parents[2] / "packs"


class Files(Protocol):
    """The files of one pack; ``name`` is the folder's."""

    name: str

    def names(self) -> Collection[str]:
        """Return the relative paths of all files but the pack file."""

    def read(self, name: str) -> bytes:
        """Return the content of a file. Raises: KeyError."""


class Written:
    """A pack that stands in no folder: its pack file as text, and nothing beside it."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self._content = {PACK_FILE: text.encode()}

    def names(self) -> Collection[str]:
        """Return the relative paths of all files but the pack file: none."""
        return frozenset()

    def read(self, name: str) -> bytes:
        """Return the content of a file. Raises: KeyError."""
        return self._content[name]


class Folder:
    """The files of one pack, read once. Raises: PackInvalid for links, too many or too large files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.resolve().name
        self._content: dict[str, bytes] = {}
        if not (path / PACK_FILE).is_file():
            raise NotFound(f"“{path}”中没有 {PACK_FILE}，请指明业务包所在文件夹或已随附的业务包代码。")
        room = MOST_BYTES
        for file in _files(path):
            name = file.relative_to(path).as_posix()
            room -= file.stat().st_size
            if file.is_symlink() or len(self._content) >= MOST_FILES or room < 0:
                reason = f"业务包最多 {MOST_FILES} 个文件、共 {MOST_BYTES // 1_000_000} MB，且不能含链接"
                raise PackInvalid([Fault(name, 1, 1, "（文件）", reason)])
            self._content[name] = file.read_bytes()

    def names(self) -> Collection[str]:
        """Return the relative paths of all files but the pack file."""
        return self._content.keys() - {PACK_FILE}

    def read(self, name: str) -> bytes:
        """Return the content of a file. Raises: KeyError."""
        return self._content[name]


def _files(path: Path) -> Iterator[Path]:
    """Yield the files of a pack in a fixed order; hidden ones and byte code are no part of it."""
    for file in sorted(path.rglob("*")):
        parts = file.relative_to(path).parts
        if file.is_file() and not any(part.startswith((".", "__")) for part in parts):
            yield file


def shipped_ids() -> list[str]:
    """Return the ids of the packs that come with the product."""
    return sorted(each.parent.name for each in SHIPPED.glob(f"*/{PACK_FILE}"))


def folder_of(name: str) -> Path:
    """Return the folder that ``name``, a path or the id of a shipped pack, stands for. Raises: NotFound."""
    if (SHIPPED / name / PACK_FILE).is_file() and "/" not in name:
        return SHIPPED / name
    path = Path(name)
    if (path / PACK_FILE).is_file():
        return path
    if path.name == PACK_FILE and path.is_file():
        return path.parent
    near = nearest(name, shipped_ids())
    hint = f"是否想写 {near}？" if near else f"随附的业务包有：{'、'.join(shipped_ids())}。"
    raise NotFound(f"没有业务包“{name}”。{hint}也可以写业务包所在文件夹。")
