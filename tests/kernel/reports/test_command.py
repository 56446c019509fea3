"""``luoshi report``: writes the frozen or drafted report, refuses with the reason and exit code 1."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.district import District

pytestmark = pytest.mark.django_db


def report(ref: str, period: str, out: Path) -> str:
    told = StringIO()
    call_command("report", ref, "--period", period, "--out", str(out), stdout=told)
    return told.getvalue()


@pytest.mark.parametrize(
    ("ref", "period", "state"),
    [
        ("bulletins.nantong", "2017-08", "定稿"),
        ("bulletins.panjin", "2023-01..2023-04", "定稿"),
        ("bulletins.changzhou", "2010-08", "定稿"),
        ("bulletins.lianyungang", "2021-07..2023-01", "草稿"),
    ],
)
def test_each_bulletin_is_written(district: District, tmp_path: Path, ref: str, period: str, state: str):
    out = tmp_path / "b.docx"
    assert state in report(ref, period, out)
    assert b"ind_" in ZipFile(out).read("word/document.xml")


def test_html_is_written_too(district: District, tmp_path: Path):
    out = tmp_path / "b.html"
    report("bulletins.panjin", "2023-01..2023-04", out)
    assert "15552" in out.read_text("utf-8")


@pytest.mark.parametrize(
    ("ref", "period", "name", "reason"),
    [
        ("bulletins.panjin", "2023-13", "b.docx", "月份应为"),
        ("bulletins.panjin", "2022-01..2022-02", "b.docx", "没有填报数据"),
        ("bulletins.nobody", "2017-08", "b.docx", "没有通报"),
        ("bulletins.panjin", "2023-01..2023-04", "b.pdf", "docx"),
    ],
)
def test_refusals_say_why_and_write_nothing(
    district: District, tmp_path: Path, ref: str, period: str, name: str, reason: str
):
    with pytest.raises(CommandError, match=reason):
        report(ref, period, tmp_path / name)
    assert not list(tmp_path.iterdir())
