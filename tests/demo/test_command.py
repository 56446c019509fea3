"""``luoshi demo``: builds once, keeps the passwords for the owner, refuses data that is not the sample."""

from __future__ import annotations

import json
import stat
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from luoshi.core.actor import SYSTEM
from luoshi.demo.build import Credential
from luoshi.demo.management.commands import demo as command
from luoshi.kernel.access.actions import account_create

pytestmark = pytest.mark.django_db
ONE = Credential("tongji", "Abcde-fghj-234", "统计岗", "导入表格")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder; nothing is migrated, built or served."""
    monkeypatch.setattr(command, "call_command", lambda *args, **kwargs: None)
    monkeypatch.setattr(command, "data_folder", lambda: tmp_path)
    monkeypatch.setattr(command, "build", lambda **kwargs: [ONE])
    monkeypatch.setattr(command, "settings", SimpleNamespace())
    return tmp_path


def demo() -> str:
    told = StringIO()
    call_command("demo", "--no-serve", stdout=told)
    return told.getvalue()


def test_first_start_keeps_the_passwords_readable_by_the_owner_only(folder: Path):
    assert ONE.password in demo()
    assert stat.S_IMODE((folder / command.CREDENTIALS).stat().st_mode) == 0o600


def test_other_data_never_gets_the_demo_clock(folder: Path, now):
    account_create(by=SYSTEM, username="guanli", person_id=None, now=now)
    with pytest.raises(CommandError):
        demo()
    assert list(folder.iterdir()) == []


def test_second_start_builds_nothing_and_tells_the_same_accounts(folder: Path, monkeypatch, now):
    account_create(by=SYSTEM, username="tongji", person_id=None, now=now)
    (folder / command.CREDENTIALS).write_text(json.dumps([asdict(ONE)]), encoding="utf-8")
    monkeypatch.setattr(command, "build", None)
    assert ONE.password in demo()


def test_accounts_without_the_sample_file_are_not_taken_for_the_sample(folder: Path, now):
    account_create(by=SYSTEM, username="guanli", person_id=None, now=now)
    with pytest.raises(CommandError, match="不是样例数据"):
        demo()


def test_scale_is_full_unless_asked_for_less(folder: Path, monkeypatch):
    scales = []
    monkeypatch.setattr(command, "build", lambda **kwargs: scales.append(kwargs["scale"].name) or [ONE])
    demo()
    call_command("demo", "--no-serve", "--scale", "small", stdout=StringIO())
    assert scales == ["full", "small"]
