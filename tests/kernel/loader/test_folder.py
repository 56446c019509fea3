"""The folder of a pack: nothing outside it is read, links are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from luoshi.core.errors import NotFound, PackInvalid
from luoshi.kernel.loader.check import pack_check
from luoshi.kernel.loader.folder import MOST_FILES, SHIPPED, Folder, folder_of, shipped_ids
from tests.kernel.loader.faulty import pack_copy


def test_a_pack_is_named_by_id_folder_or_file(tmp_path: Path):
    folder = pack_copy(tmp_path)
    assert folder_of("bulletins") == SHIPPED / "bulletins"
    assert folder_of(str(folder)) == folder_of(str(folder / "pack.yaml")) == folder
    assert "bulletins" in shipped_ids()


@pytest.mark.parametrize("name", ["buletins", "../packs/none", "", "/nowhere"])
def test_what_is_no_pack_is_not_found(name: str):
    with pytest.raises(NotFound, match="bulletins"):
        folder_of(name)
    with pytest.raises(NotFound):
        Folder(Path("/nowhere"))


def test_links_are_refused(tmp_path: Path):
    folder = pack_copy(tmp_path)
    (folder / "fixtures" / "secret.csv").symlink_to("/etc/passwd")
    with pytest.raises(PackInvalid, match="fixtures/secret.csv:1:1: .*不能含链接"):
        pack_check(folder)


def test_too_many_files_are_refused(tmp_path: Path):
    folder = pack_copy(tmp_path)
    for number in range(MOST_FILES):
        (folder / f"f{number}.csv").write_text("a\n", encoding="utf-8")
    with pytest.raises(PackInvalid, match=f"最多 {MOST_FILES} 个文件"):
        pack_check(folder)


def test_hidden_files_are_no_part_of_a_pack(tmp_path: Path):
    folder = pack_copy(tmp_path)
    before = pack_check(folder).content_hash
    (folder / ".swp").write_text("x", encoding="utf-8")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "x.pyc").write_bytes(b"x")
    assert pack_check(folder).content_hash == before


def test_the_content_hash_is_of_content_not_of_spelling_or_version(tmp_path: Path):
    folder = pack_copy(tmp_path)
    before = pack_check(folder).content_hash
    text = (folder / "pack.yaml").read_text(encoding="utf-8")
    (folder / "pack.yaml").write_text(
        "# 说明\n" + text.replace("version: 1,", "version: 9,"), encoding="utf-8"
    )
    assert pack_check(folder).content_hash == before
    (folder / "fixtures" / "more.csv").write_text("a\n", encoding="utf-8")
    assert pack_check(folder).content_hash != before
