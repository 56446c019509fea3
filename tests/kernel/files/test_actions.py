from __future__ import annotations

import hashlib
import stat
from datetime import timedelta

import pytest

from luoshi.core.errors import NotFound
from luoshi.kernel.files.actions import file_store
from luoshi.kernel.files.models import StoredFile
from luoshi.kernel.files.places import path_of
from luoshi.kernel.files.queries import ContentDamaged, file_by_hash, file_content

pytestmark = pytest.mark.django_db
CONTENT = "单位,办结\n".encode()


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.LUOSHI_FILES_DIR = tmp_path / "files"
    return settings.LUOSHI_FILES_DIR


def test_content_is_kept_under_its_hash_for_this_account_only(now, store):
    stored = file_store(name="C:\\八月.csv", content=CONTENT, now=now)
    digest = hashlib.sha256(CONTENT).hexdigest()
    assert (stored.sha256, stored.size, stored.kind) == (digest, len(CONTENT), "csv")
    assert (stored.original_name, stored.stored_at) == ("八月.csv", now)
    path = store / digest[:2] / digest[2:]
    assert path.read_bytes() == CONTENT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [child.name for child in path.parent.iterdir()] == [path.name]


def test_the_same_content_is_kept_once(now):
    first = file_store(name="八月.csv", content=CONTENT, now=now)
    again = file_store(name="副本.csv", content=CONTENT, now=now + timedelta(days=1))
    assert again == first
    assert (again.original_name, again.stored_at) == ("八月.csv", now)
    assert StoredFile.objects.count() == 1


def test_a_lost_content_comes_back_with_the_next_upload(now):
    stored = file_store(name="八月.csv", content=CONTENT, now=now)
    path_of(stored.sha256).unlink()
    with pytest.raises(ContentDamaged, match="missing"):
        file_content(stored)
    file_store(name="八月.csv", content=CONTENT, now=now)
    assert file_content(stored) == CONTENT


def test_changed_bytes_are_noticed(now):
    stored = file_store(name="八月.csv", content=CONTENT, now=now)
    path_of(stored.sha256).write_bytes(CONTENT[:-1] + b" ")
    with pytest.raises(ContentDamaged, match="does not have its hash"):
        file_content(stored)


def test_files_are_found_by_their_hash(now):
    stored = file_store(name="八月.csv", content=CONTENT, now=now)
    assert file_by_hash(stored.sha256) == stored
    with pytest.raises(NotFound):
        file_by_hash("0" * 64)
