"""Import of a 100,000-row workbook: preview against python-calamine's bare parse, and rows per second taken.

    python bench/import_xlsx.py [--rows 100000] [--take 5000] [--rounds 3]

Every measurement runs in a process of its own, turn about, so that neither warms up the other and peak memory
is its own. Limits: the preview costs at most 3 × the bare parse of the same file in the same run, and 300 MB
in the process and in its parsing child. Exits 1 beyond them. Works on a throw-away SQLite database.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

NOW = datetime(2021, 1, 15, tzinfo=UTC)
MONTHS = 100
MOST_TIMES, MOST_MB = 3.0, 300
HEAD = ("单位", "月份", "转办件数", "按时件数", "办结率", "满意率")
FORM = {
    "title": "月报",
    "period": "month",
    "to": "unit.kind == 'street'",
    "window": "none",
    "flow": {"fill": "none"},
    "fields": [
        {"key": "assigned", "title": HEAD[2], "type": "int", "min": 0, "fact": True},
        {"key": "ontime", "title": HEAD[3], "type": "int", "min": 0, "fact": True},
        {"key": "done", "title": HEAD[4], "type": "percent:2", "fact": True},
        {"key": "pleased", "title": HEAD[5], "type": "percent:2", "blank": True, "fact": True},
    ],
    "rules": [{"must": "ontime <= assigned", "say": "按时件数不得大于转办件数"}],
}
TEMPLATE = {
    "form": "monthly",
    "unit": HEAD[0],
    "period": HEAD[1],
    "columns": {"assigned": HEAD[2], "ontime": HEAD[3], "done": HEAD[4], "pleased": HEAD[5]},
}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--take", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="luoshi-bench-") as var:
        os.environ |= {
            "LUOSHI_VAR": var,
            "DATABASE_URL": "",
            "DJANGO_SETTINGS_MODULE": "luoshi.conf.settings",
        }
        _run("seed", var, options.rows, options.take)
        rounds = [(_run("parse", var), _run("preview", var)) for _ in range(options.rounds)]
        taken = _run("take", var)
    parse = min(bare["seconds"] for bare, _ in rounds)
    preview = min(checked["seconds"] for _, checked in rounds)
    parent = max(checked["own_mb"] for _, checked in rounds)
    child = max(checked["child_mb"] for _, checked in rounds)
    times = preview / parse
    print(f"{options.rows} rows × {len(HEAD)} columns, best of {options.rounds}")
    print(f"python-calamine alone     {parse:6.2f} s")
    print(f"preview                   {preview:6.2f} s = {times:.2f} × (limit {MOST_TIMES:.0f} ×)")
    print(
        f"peak memory               {parent:.0f} MB, parsing child {child:.0f} MB (limit {MOST_MB} MB each)"
    )
    print(f"taking                    {taken['rows'] / taken['seconds']:.0f} rows/s ({taken['rows']} rows)")
    return 0 if times <= MOST_TIMES and max(parent, child) <= MOST_MB else 1


def _run(part: str, var: str, *counts: int) -> dict[str, Any]:
    command = [sys.executable, str(Path(__file__)), f"--part={part}", var, *map(str, counts)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return dict(json.loads(done.stdout.splitlines()[-1]))


# --- each of these runs as a process of its own ---


def seed(var: Path, rows: str, take: str) -> dict[str, Any]:
    """Make units, form and obligations (without ledger: nothing here is measured) and the two workbooks."""
    _django()
    from django.core.management import call_command
    from django.db import transaction

    from luoshi.core.actor import SYSTEM
    from luoshi.core.periods import PeriodKind, periods_between
    from luoshi.kernel.definitions.actions import Entry, pack_version_add
    from luoshi.kernel.filings.forms import form_def
    from luoshi.kernel.filings.models import Obligation
    from luoshi.kernel.filings.slots import slots_allot
    from luoshi.kernel.org.models import Unit

    call_command("migrate", verbosity=0)
    months = periods_between(PeriodKind.MONTH, date(2010, 1, 1), date(2018, 4, 1))[:MONTHS]
    units = Unit.objects.bulk_create(
        Unit(code=f"U{i:04}", title=f"第{i}街道", kind="street", sort=i, opened_on=date(2000, 1, 1))
        for i in range(max(1, int(rows) // MONTHS))
    )
    pack_version_add(
        by=SYSTEM,
        pack="bench",
        version=1,
        title="测速",
        content_hash="0" * 64,
        entries=[Entry("form", "monthly", FORM), Entry("import", "monthly", TEMPLATE)],
        bindings={},
        now=NOW,
    )
    form = form_def("bench.monthly")
    with transaction.atomic():
        slots_allot(form.ref, form.facts)
        Obligation.objects.bulk_create(
            (
                Obligation(
                    form_ref=form.ref,
                    definition_id=form.definition_id,
                    unit=unit,
                    unit_code=unit.code,
                    unit_kind=unit.kind,
                    period_code=month.code,
                    period_kind=month.kind,
                    period_start=month.start,
                    period_end=month.end,
                    opened_on=NOW.date(),
                )
                for unit in units
                for month in months
            ),
            batch_size=1000,
        )
    pairs = [(unit.title, month.code) for month in months for unit in units]
    (var / "all.xlsx").write_bytes(_workbook(pairs))
    (var / "take.xlsx").write_bytes(_workbook(pairs[: int(take)]))
    return {}


def _workbook(pairs: list[tuple[str, str]]) -> bytes:
    import xlsxwriter

    chance = random.Random(2021)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEAD)
    for row, (unit, month) in enumerate(pairs, 1):
        assigned = chance.randint(0, 9999)
        cells = (chance.randint(0, assigned), chance.randint(0, 10000) / 100, chance.randint(0, 10000) / 100)
        sheet.write_row(row, 0, (unit, month, assigned, *cells))
    book.close()
    return out.getvalue()


def parse(var: Path) -> dict[str, Any]:
    """Read the workbook into Python values and nothing else."""
    from python_calamine import CalamineWorkbook

    content = (var / "all.xlsx").read_bytes()
    start = time.perf_counter()
    CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return {"seconds": time.perf_counter() - start}


def preview(var: Path) -> dict[str, Any]:
    """Check the whole upload: safety, parse, units, periods, obligations, every cell, rules."""
    _django()
    from luoshi.core.actor import SYSTEM_ACTOR
    from luoshi.kernel.filings.importing import preview as checked

    content = (var / "all.xlsx").read_bytes()
    start = time.perf_counter()
    found = checked(
        actor=SYSTEM_ACTOR,
        form_ref="bench.monthly",
        import_ref="bench.monthly",
        period=None,
        name="all.xlsx",
        content=content,
        now=NOW,
    )
    seconds = time.perf_counter() - start
    if found.broken or not found.clean:
        raise SystemExit(f"the table should be clean: {found.clean} clean, {found.faults[:3]}")
    peak = [
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    return {"seconds": seconds, "own_mb": peak[0], "child_mb": peak[1]}


def take(var: Path) -> dict[str, Any]:
    """Take a file: filings, events, facts."""
    _django()
    from luoshi.core.actor import SYSTEM_ACTOR
    from luoshi.kernel.filings.actions import draft_keep, filings_take

    draft = draft_keep(
        actor=SYSTEM_ACTOR,
        form_ref="bench.monthly",
        import_ref="bench.monthly",
        period=None,
        name="take.xlsx",
        content=(var / "take.xlsx").read_bytes(),
        now=NOW,
    )
    start = time.perf_counter()
    batch = filings_take(actor=SYSTEM_ACTOR, draft_token=draft.token, only_clean=False, now=NOW)
    return {"seconds": time.perf_counter() - start, "rows": batch.rows_taken}


def _django() -> None:
    import django

    django.setup()


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1].startswith("--part="):
        part = {"seed": seed, "parse": parse, "preview": preview, "take": take}[sys.argv[1].partition("=")[2]]
        print(json.dumps(part(Path(sys.argv[2]), *sys.argv[3:])))
    else:
        sys.exit(main())
