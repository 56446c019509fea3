"""PDF by LibreOffice, where it is installed. A convenience: the DOCX is the document."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

FONTS = Path(__file__).resolve().with_name("fonts.conf")


def can_pdf() -> bool:
    """Tell whether ``to_pdf`` can work on this machine."""
    return _office() is not None


def to_pdf(docx: bytes, *, timeout: float = 60.0) -> bytes | None:
    """Return ``docx`` printed as PDF; None when LibreOffice is missing, fails or needs over ``timeout`` s.

    Each call has its own profile folder, so that calls do not wait for one another or for a user's own
    LibreOffice. On timeout the process group started here is killed, nothing else.
    """
    office = _office()
    if office is None:
        return None
    with tempfile.TemporaryDirectory(prefix="luoshi-pdf-") as folder:
        source = Path(folder, "document.docx")
        source.write_bytes(docx)
        if not _convert(office, source, timeout):
            return None
        made = source.with_suffix(".pdf")
        return made.read_bytes() if made.exists() else None


def _office() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def _convert(office: str, source: Path, timeout: float) -> bool:
    folder = source.parent
    command = [
        office,
        "--headless",
        "--norestore",
        "--nolockcheck",
        f"-env:UserInstallation={folder.joinpath('profile').as_uri()}",
        "--convert-to",
        "pdf:writer_pdf_Export",
        "--outdir",
        str(folder),
        str(source),
    ]
    environment = {**os.environ, "FONTCONFIG_FILE": str(FONTS)}
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return process.wait(timeout) == 0
    except subprocess.TimeoutExpired:
        _kill_group(process)
        return False


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    # soffice is a script that starts soffice.bin: the whole group of our own child has to go.
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
