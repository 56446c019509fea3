"""What comes out of the printer. Needs LibreOffice and pdftotext: ``-m office``."""

from __future__ import annotations

import shutil
import subprocess
import time
from dataclasses import replace

import pytest

from luoshi.kernel.documents import pdf, tree
from luoshi.kernel.documents.docx import render_docx
from tests.kernel.documents.samples import REPORT, with_blocks


def pages(doc: tree.Document, tmp_path) -> list[list[str]]:
    """Print and return the non-empty lines of every page."""
    content = pdf.to_pdf(render_docx(doc), timeout=120)
    assert content is not None
    path = tmp_path / "printed.pdf"
    path.write_bytes(content)
    text = subprocess.run(
        [shutil.which("pdftotext") or "pdftotext", "-layout", str(path), "-"], check=True, capture_output=True
    ).stdout.decode()
    return [[line.strip() for line in page.splitlines() if line.strip()] for page in text.split("\f")]


@pytest.mark.office
def test_a_full_page_has_22_lines_of_28_characters(tmp_path):
    plain = tree.Document(title_lines=(), blocks=(tree.Paragraph((tree.Text("落" * 28 * 60),)),))
    second = pages(plain, tmp_path)[1]
    assert [len(line) for line in second[:-1]] == [28] * 22
    assert "2" in second[-1]


@pytest.mark.office
def test_imprint_is_the_last_thing_on_the_last_page(tmp_path):
    filled = with_blocks(tree.Paragraph((tree.Text("落实" * 400),)))
    *_, last, rest = pages(filled, tmp_path)
    assert rest == []
    assert last[-2].startswith("中共示例区委办公室") and last[-2].endswith("印发")


@pytest.mark.office
def test_signature_shares_a_page_with_text_wherever_the_text_ends(tmp_path):
    unhurried = replace(REPORT, imprint=None, notes=(), head=None)
    for lines in (16, 17, 18):
        blocks = tuple(tree.Paragraph((tree.Text("落" * 20 + "。"),)) for _ in range(lines))
        printed = pages(replace(unhurried, blocks=blocks), tmp_path)
        signed = next(page for page in printed if "中共示例区委员会" in page)
        assert any(line.startswith("落") for line in signed), lines


def test_no_converter_no_pdf(monkeypatch):
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    assert not pdf.can_pdf()
    assert pdf.to_pdf(b"") is None


def test_a_hanging_converter_is_killed_with_its_children(tmp_path, monkeypatch):
    pid = tmp_path / "pid"
    slow = tmp_path / "soffice"
    slow.write_text(f"#!/bin/sh\nsleep 600 &\necho $! > {pid}\nwait\n")
    slow.chmod(0o755)
    monkeypatch.setattr(pdf, "_office", lambda: str(slow))
    started = time.monotonic()
    assert pdf.to_pdf(b"x", timeout=0.5) is None
    assert time.monotonic() - started < 10
    child = int(pid.read_text())
    for _ in range(100):
        if not _alive(child):
            break
        time.sleep(0.02)
    assert not _alive(child)


def _alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
