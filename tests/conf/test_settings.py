from __future__ import annotations

import logging
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command

from luoshi.conf import settings as product
from luoshi.conf.env import Environment
from luoshi.conf.logs import PlainFormatter

ROOT = Path(__file__).parents[2]


def test_pages_are_closed_unless_opened():
    assert "django.contrib.auth.middleware.LoginRequiredMiddleware" in product.MIDDLEWARE
    assert "django.contrib.admin" not in product.INSTALLED_APPS


def test_debug_pages_are_off_unless_asked_for():
    assert Environment().debug is False and product.DEBUG is False


def test_demo_time_starts_where_it_is_told_to_and_runs_on():
    start = "2021-01-15T08:00:00+08:00"
    code = "from luoshi.conf.settings import LUOSHI_CLOCK as clock; print(clock.now().isoformat())"
    shown = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "LUOSHI_DEMO_START": start, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    passed = datetime.fromisoformat(shown.strip()) - datetime.fromisoformat(start)
    assert timedelta(0) <= passed < timedelta(seconds=60)


def test_cookies_are_kept_from_scripts_and_other_sites():
    assert product.SESSION_COOKIE_HTTPONLY and product.CSRF_COOKIE_HTTPONLY
    assert product.SESSION_COOKIE_SAMESITE == product.CSRF_COOKIE_SAMESITE == "Lax"


@pytest.mark.parametrize("password", ["Kj7#short", "longbutlower1", "ALLUPPER1234", "Password12"])
def test_weak_passwords_are_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize("password", ["Wuhou-lake7", "shui.Mo.2021", "落实落实落实aA1x#"])
def test_ten_characters_of_three_classes_are_enough(password):
    validate_password(password)


def test_a_refused_password_learns_the_rule():
    with pytest.raises(ValidationError, match="至少 3 类"):
        validate_password("longbutlower1")


def test_a_logged_exception_shows_kind_and_place_but_not_its_message():
    try:
        raise ValueError("张三 13800000000")
    except ValueError:
        record = logging.LogRecord(
            "luoshi", logging.ERROR, __file__, 1, "tick %s failed", ("x",), sys.exc_info()
        )
    text = PlainFormatter("{message}", style="{").format(record)
    assert "tick x failed" in text and "builtins.ValueError" in text and "test_settings.py" in text
    assert "张三" not in text.replace('raise ValueError("张三 13800000000")', "")


def test_the_page_of_the_documentation_is_the_one_the_command_writes(capsys):
    call_command("settings", "--markdown")
    assert capsys.readouterr().out == (ROOT / "docs/reference/settings.md").read_text()


def test_the_settings_command_lists_every_variable_and_no_secret(capsys, settings):
    settings.ENV = Environment(secret_key="geheim", port=9000)
    call_command("settings")
    out = capsys.readouterr().out
    assert "LUOSHI_PORT（已设置）\n    当前值：9000\n" in out
    assert "LUOSHI_HOST（默认）" in out
    assert "geheim" not in out and "（不显示）" in out
