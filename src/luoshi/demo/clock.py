"""Which clock the product runs on: the machine's, or the demo's, which is kept with the data.

A demo begins at a past moment and runs on from there. The pair of "demo moment, real moment" is written into
the data folder when the demo begins, so that no restart and no second process turns its time back.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

from luoshi.core.clock import Clock, OffsetClock, SystemClock

DEMO_CLOCK = "demo-clock.json"


def clock_in(var_dir: Path, demo_start: str) -> Clock:
    """Return the clock of a data folder: the demo's when one began there or is asked for, else the machine's.

    Raises: ValueError when ``demo_start`` or the kept file holds no moment with a zone.
    """
    path = var_dir / DEMO_CLOCK
    if path.exists():
        kept = json.loads(path.read_text("utf-8"))
        return OffsetClock(datetime.fromisoformat(kept["demo"]), datetime.fromisoformat(kept["real"]))
    return demo_begun(var_dir, datetime.fromisoformat(demo_start)) if demo_start else SystemClock()


def demo_begun(var_dir: Path, start: datetime) -> Clock:
    """Begin demo time in a data folder, unless it has begun there already; return its clock.

    Two processes may begin at once: the file is written aside and linked into place, so the first one wins.
    """
    path = var_dir / DEMO_CLOCK
    OffsetClock(start)  # faults a moment without a zone before it is kept
    if not path.exists():
        var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = var_dir / f".{DEMO_CLOCK}.{os.getpid()}"
        real = SystemClock().now()
        draft.write_text(json.dumps({"demo": start.isoformat(), "real": real.isoformat()}), encoding="utf-8")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return clock_in(var_dir, "")
