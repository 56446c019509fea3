"""Foreign files are parsed in a process of their own, with limits on memory and time.

A hostile file can make a parser abort or ask for gigabytes; that ends the child only.
What it read comes back as frames.
"""

from __future__ import annotations

import marshal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from luoshi.core.errors import Invalid

CHILD_MEMORY_BYTES = 768 * 1024 * 1024
CHILD_CPU_SECONDS = 20
CHILD_WALL_SECONDS = 60.0
_MOST_FRAME_BYTES = 64 * 1024 * 1024


@contextmanager
def child(script: Path, content: bytes, *given: str) -> Iterator[IO[bytes]]:
    """Start the parsing process and give its output; whatever happens, it has ended afterwards."""
    command = [sys.executable, "-I", str(script), *given, str(CHILD_MEMORY_BYTES), str(CHILD_CPU_SECONDS)]
    with tempfile.TemporaryFile() as source:
        source.write(content)
        source.seek(0)
        process = subprocess.Popen(command, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    watch = threading.Timer(CHILD_WALL_SECONDS, process.kill)
    watch.daemon = True
    watch.start()
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        watch.cancel()
        process.stdout.close()
        process.kill()
        process.wait()


def frames(pipe: IO[bytes], refusal: str) -> Iterator[Any]:
    """Yield what the child sends. Raises: Invalid with ``refusal`` when it ends before saying so."""
    while True:
        head = pipe.read(4)
        size = int.from_bytes(head, "big")
        if len(head) == 4 and size == 0:
            return
        frame = pipe.read(size) if len(head) == 4 and size <= _MOST_FRAME_BYTES else b""
        if not frame or len(frame) != size:
            raise Invalid(refusal)
        yield marshal.loads(frame)  # noqa: S302 - written by our own child a moment ago
