"""``luoshi verify files`` and ``evidence`` turn red when a stored content, or what names it, was changed."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from luoshi.kernel.evidence.checking import evidence_finding
from luoshi.kernel.evidence.models import Revision
from luoshi.kernel.evidence.owners import register_owner
from luoshi.kernel.evidence.queries import revision_content
from luoshi.kernel.files.checking import files_finding
from luoshi.kernel.files.models import StoredFile
from luoshi.kernel.files.places import path_of
from luoshi.kernel.files.queries import ContentDamaged
from tests.kernel.files.samples import pdf
from tests.kernel.filings.proving import added, proof, proven_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def revision(db, settings, tmp_path) -> Revision:
    settings.LUOSHI_FILES_DIR = tmp_path
    cast = proven_world()
    added(cast.clerk, proof(pdf("二")))
    return added(cast.clerk)


def quiet(stage: str, done: int) -> None:
    """Take no notice of progress."""


def test_contents_as_stored_are_in_order(revision, capsys):
    assert files_finding(quiet).faults == () and evidence_finding(quiet).faults == ()
    call_command("verify", "files")
    call_command("verify", "evidence")
    assert "已核对文件 2 个，全部相符" in capsys.readouterr().out


@pytest.mark.parametrize("change", [lambda content: content + b" ", lambda content: b"x" + content[1:]])
def test_changed_bytes_are_found(revision, change):
    path = path_of(revision.sha256)
    path.write_bytes(change(path.read_bytes()))
    assert files_finding(quiet).faults == (f"文件 {revision.file_id} 的内容与登记的摘要不符，请从备份恢复。",)
    with pytest.raises(SystemExit):
        call_command("verify", "files")


def test_missing_bytes_are_found(revision):
    path_of(revision.sha256).unlink()
    assert files_finding(quiet).faults == (f"文件 {revision.file_id} 的内容不在文件库中，请从备份恢复。",)


def test_a_file_put_in_place_of_another_is_found_and_not_handed_out(revision):
    other = StoredFile.objects.exclude(pk=revision.file_id).get()
    Revision.objects.filter(pk=revision.pk).update(file=other)
    assert len(evidence_finding(quiet).faults) == 1
    with pytest.raises(ContentDamaged):
        revision_content(Revision.objects.select_related("file").get(pk=revision.pk))


def test_who_sees_evidence_is_registered_once_and_by_a_known_name():
    with pytest.raises(LookupError, match="did you mean 'filing'"):
        register_owner("filling", lambda actor, revision_id, today: True)
    with pytest.raises(ValueError, match="already"):
        register_owner("filing", lambda actor, revision_id, today: True)
