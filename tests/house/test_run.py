"""The start script: installs once, again when a lock changes, offline when it can."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


class Workshop:
    """A copy of the start script in a folder of its own, with pip and venv only noted down."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (folder / "run.py").write_text((ROOT / "run.py").read_text())
        for name in ("requirements.lock", "requirements-dev.lock"):
            (folder / name).write_text(f"{name} 1\n")
        self.folder, self.calls, self.pip_fails = folder, [], False
        self.run = loaded(folder / "run.py")
        monkeypatch.setattr(self.run.subprocess, "run", self.note)

    def note(self, command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        self.calls.append(" ".join(command))
        if "venv" in command:
            self.run.PYTHON.parent.mkdir(parents=True)
            self.run.PYTHON.touch()
            (self.folder / ".venv/lib/python3.11/site-packages").mkdir(parents=True)
        failed = self.pip_fails and "pip" in command
        return subprocess.CompletedProcess(
            command, int(failed), "", "No matching distribution" if failed else ""
        )

    def prepared(self, kind: str) -> list[str]:
        """Prepare ``kind`` and return what was called for it: venv, or the lock that pip installed."""
        self.calls.clear()
        self.run.prepare(kind)
        return [
            "venv" if " venv " in call else Path(call.split("--requirement ")[1].split()[0]).name
            for call in self.calls
        ]


def loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("luoshi_run", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def workshop(tmp_path, monkeypatch) -> Workshop:
    if sys.platform == "win32":
        pytest.skip("the folders of a Windows environment differ")
    return Workshop(tmp_path, monkeypatch)


def test_installs_once(workshop):
    assert workshop.prepared("core") == ["venv", "requirements.lock"]
    assert workshop.prepared("core") == []


def test_installs_afresh_when_the_lock_changes(workshop):
    workshop.prepared("core")
    (workshop.folder / "requirements.lock").write_text("2")
    assert workshop.prepared("core") == ["venv", "requirements.lock"]


def test_development_is_added_to_the_product_and_holds_it(workshop):
    workshop.prepared("core")
    assert workshop.prepared("dev") == ["requirements-dev.lock"]
    assert workshop.prepared("dev") == workshop.prepared("core") == []


def test_installs_again_after_an_installation_that_failed(workshop, capsys):
    workshop.pip_fails = True
    assert workshop.run.main(["demo"]) == 1
    told = capsys.readouterr().err
    assert "wheelhouse" in told and "No matching distribution" in told
    workshop.pip_fails = False
    assert workshop.prepared("core") == ["venv", "requirements.lock"]


def test_a_wheelhouse_replaces_the_network(workshop):
    (workshop.folder / "wheelhouse").mkdir()
    workshop.prepared("core")
    assert "--no-index --find-links" in workshop.calls[-1]
    assert "--require-hashes --only-binary :all:" in workshop.calls[-1]


def test_the_environment_points_to_the_source(workshop):
    workshop.prepared("core")
    pointer = workshop.folder / ".venv/lib/python3.11/site-packages/luoshi.pth"
    assert pointer.read_text() == f"{workshop.folder / 'src'}\n"


def test_an_old_python_is_told_what_is_needed(workshop, monkeypatch, capsys):
    monkeypatch.setattr(workshop.run, "OLDEST", (99, 0))
    monkeypatch.setattr(workshop.run.shutil, "which", lambda name: None)
    assert workshop.run.main(["test"]) == 1
    assert "需要 Python" in capsys.readouterr().err


def test_an_unknown_verb_lists_the_known_ones(workshop, capsys):
    assert workshop.run.main(["dmeo"]) == 2
    said = capsys.readouterr()
    assert "dmeo" in said.err and "demo" in said.out


def test_every_target_of_make_is_a_verb_and_help_lists_all(workshop, capsys):
    makefile = (ROOT / "Makefile").read_text()
    (targets,) = re.findall(r"^VERBS := (.+)$", makefile, re.MULTILINE)
    assert set(targets.split()) | {"help", "luoshi"} == set(workshop.run.VERBS)
    assert workshop.run.main([]) == 0
    listed = capsys.readouterr().out
    assert all(f"  {verb}" in listed for verb in workshop.run.VERBS)
