from __future__ import annotations

import re
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from luoshi.conf import env
from luoshi.conf.env import (
    Environment,
    database_settings,
    read_environment,
    secret_key_in,
    variable_of,
)

ROOT = Path(__file__).parents[2]
# Setting a variable, or handing all of them to a child process, is not reading one.
READS_A_VARIABLE = re.compile(r"environ\.get\b|getenv|environ\[[^]]+\](?!\s*=[^=])")


def test_an_empty_environment_gives_the_defaults():
    assert read_environment({}) == Environment()


def test_values_are_read_in_the_type_of_the_setting():
    read = read_environment(
        {"LUOSHI_PORT": "9000", "LUOSHI_HTTPS": "true", "LUOSHI_ALLOWED_HOSTS": "a.example.cn,b.example.cn"}
    )
    assert (read.port, read.https, read.allowed_hosts) == (9000, True, ("a.example.cn", "b.example.cn"))


def test_an_empty_value_counts_as_not_set():
    assert read_environment({"LUOSHI_PORT": "", "LUOSHI_VAR": " ", "DATABASE_URL": ""}) == Environment()


@pytest.mark.parametrize(
    ("name", "value"), [("LUOSHI_PORT", "acht"), ("LUOSHI_THREADS", "-1"), ("LUOSHI_DEBUG", "perhaps")]
)
def test_a_value_of_the_wrong_type_stops_the_start(name, value):
    with pytest.raises(ImproperlyConfigured, match=f"{name} 的值“{value}”不对"):
        read_environment({name: value})


def test_every_setting_has_a_name_of_its_own_and_a_help():
    names = [variable_of(item) for item in fields(Environment)]
    assert len(set(names)) == len(names)
    assert all(name == "DATABASE_URL" or name.startswith("LUOSHI_") for name in names)
    assert all(item.metadata["help"].endswith("。") for item in fields(Environment))


def test_nothing_else_reads_the_environment():
    readers = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "src/luoshi").rglob("*.py")
        if READS_A_VARIABLE.search(path.read_text())
    ]
    assert readers == []


def test_the_default_database_is_sqlite_in_the_data_folder(tmp_path):
    chosen = database_settings(Environment(var=str(tmp_path)))
    assert chosen == {"ENGINE": "luoshi.db.sqlite", "NAME": str(tmp_path / "luoshi.sqlite3")}


def test_an_address_of_postgresql_or_sqlite_is_taken():
    postgres = database_settings(Environment(database_url="postgres://u:p@db.example.cn:5432/luoshi"))
    assert postgres["ENGINE"] == "django.db.backends.postgresql"
    assert (postgres["HOST"], postgres["NAME"], postgres["USER"]) == ("db.example.cn", "luoshi", "u")
    assert database_settings(Environment(database_url="sqlite:////data/x.sqlite3")) == {
        "ENGINE": "luoshi.db.sqlite",
        "NAME": "/data/x.sqlite3",
    }


def test_another_kind_of_database_is_refused_with_the_remedy():
    with pytest.raises(ImproperlyConfigured, match="只支持 postgres"):
        database_settings(Environment(database_url="mysql://u:p@h/x"))


def test_postgresql_without_its_driver_is_refused_with_the_remedy(monkeypatch):
    monkeypatch.setattr(env, "find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match="make dev"):
        database_settings(Environment(database_url="postgres://u:p@h/x"))


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are those of POSIX")
def test_the_signing_key_is_made_once_and_readable_by_the_owner_alone(tmp_path):
    folder = tmp_path / "var"
    key = secret_key_in(folder)
    assert len(key) >= 50
    assert secret_key_in(folder) == key
    assert stat.S_IMODE((folder / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["secret.key"]


def test_processes_that_start_at_once_agree_on_the_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: secret_key_in(tmp_path / "var"), range(40)))) == 1
