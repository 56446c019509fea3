"""Time of the matrix and the statistics page over many obligations, through the whole page stack.

    python bench/matrix.py [--rounds 15]

85 units × 60 periods: median at most 150 ms, of the matrix page with all periods. 5,000 units × 12 periods:
the first 200 units with the totals of all at most 1 s, cold (first request) and warm. Each size is a process
and a throw-away SQLite database of its own; nine of ten obligations are filed, some late. The statistics page
is printed beside without a limit.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

NOW = datetime(2021, 1, 15, tzinfo=UTC)
FORM = {
    "title": "月报",
    "period": "month",
    "to": "unit.kind == 'street'",
    "window": "none",
    "flow": {"fill": "none"},
    "fields": [{"key": "cases", "title": "件数", "type": "int", "min": 0, "fact": True}],
}
SIZES = ((85, 60, 150.0), (5_000, 12, 1000.0))
MATRIX = "/filings/bench.monthly/?year=all"
STATISTICS = "/filings/statistics/?form=bench.monthly"


def main() -> int:
    parser = argparse.ArgumentParser(description="填报一览和填报统计的响应时间。")
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    reached = True
    for units, periods, limit in SIZES:
        with tempfile.TemporaryDirectory(prefix="luoshi-bench-") as var:
            command = [sys.executable, str(Path(__file__)), "--part", var, str(units), str(periods)]
            done = subprocess.run(
                [*command, str(options.rounds)], check=True, capture_output=True, text=True, env=_env(var)
            )
        told = json.loads(done.stdout.splitlines()[-1])
        print(
            f"{units} 个单位 × {periods} 期（应报 {told['rows']} 份）：填报一览首次 {told['cold']:.0f} 毫秒，"
            f"中位 {told['warm']:.0f} 毫秒（上限 {limit:.0f}），{told['kb']:.0f} KB；"
            f"填报统计中位 {told['statistics']:.0f} 毫秒"
        )
        measured = told["warm"] if limit < 1000 else max(told["warm"], told["cold"])
        reached &= measured <= limit
    print("达到要求。" if reached else "未达到要求。")
    return 0 if reached else 1


def _env(var: str) -> dict[str, str]:
    return os.environ | {
        "LUOSHI_VAR": var,
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "luoshi.conf.settings",
        "LUOSHI_ALLOWED_HOSTS": "testserver",
    }


def part(units: int, periods: int, rounds: int) -> dict[str, Any]:
    """Seed one size (without ledger: nothing of it is measured here) and ask for the pages."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    rows = _seed(units, periods)
    client = Client()
    client.force_login(_office())
    began = time.perf_counter()
    answer = client.get(MATRIX)
    cold = time.perf_counter() - began
    drawn = answer.content.count(b'<td><a class="cell ')
    if answer.status_code != 200 or drawn != min(units, 200) * periods:
        raise SystemExit(f"the matrix is not whole: {answer.status_code}, {drawn} cells")
    return {
        "rows": rows,
        "cold": 1000 * cold,
        "warm": _median(client, MATRIX, rounds),
        "statistics": _median(client, STATISTICS, rounds),
        "kb": len(answer.content) / 1024,
    }


def _median(client: Any, address: str, rounds: int) -> float:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        client.get(address)
        times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)


def _seed(units: int, periods: int) -> int:
    from django.db import transaction

    from luoshi.core.actor import SYSTEM
    from luoshi.core.periods import PeriodKind, periods_between
    from luoshi.kernel.definitions.actions import Entry, pack_version_add
    from luoshi.kernel.filings.forms import form_def
    from luoshi.kernel.filings.models import Filing, Obligation
    from luoshi.kernel.org.models import Unit

    months = periods_between(PeriodKind.MONTH, date(2016, 1, 1), date(2020, 12, 31))[-periods:]
    pack_version_add(
        by=SYSTEM,
        pack="bench",
        version=1,
        title="测速",
        content_hash="0" * 64,
        entries=[Entry("form", "monthly", FORM)],
        bindings={},
        now=NOW,
    )
    form = form_def("bench.monthly")
    with transaction.atomic():
        streets = Unit.objects.bulk_create(
            Unit(code=f"U{i}", title=f"第{i}街道", kind="street", sort=i, opened_on=date(2000, 1, 1))
            for i in range(units)
        )
        owed = Obligation.objects.bulk_create(
            (
                Obligation(
                    form_ref=form.ref,
                    definition_id=form.definition_id,
                    unit=unit,
                    unit_code=unit.code,
                    unit_kind=unit.kind,
                    unit_branch=f"G{unit.sort % 6}",
                    period_code=month.code,
                    period_kind=month.kind,
                    period_start=month.start,
                    period_end=month.end,
                    opened_on=month.end,
                    due_at=_due(month.end),
                    answer="none" if (unit.sort + month.end.month) % 10 == 0 else "filed",
                    current_version=0 if (unit.sort + month.end.month) % 10 == 0 else 1,
                )
                for unit in streets
                for month in months
            ),
            batch_size=1000,
        )
        Filing.objects.bulk_create(
            (
                Filing(
                    obligation=each,
                    version=1,
                    state="accepted",
                    values={"cases": "1"},
                    submitted_at=each.due_at + timedelta(days=1 if each.pk % 17 == 0 else -3),
                    submitted_by_account=1,
                )
                for each in owed
                if each.current_version
            ),
            batch_size=1000,
        )
    return len(owed)


def _due(end: date) -> datetime:
    return datetime(end.year, end.month, end.day, tzinfo=UTC) + timedelta(days=15)


def _office() -> Any:
    """Make an account with a post that sees every unit."""
    from luoshi.core.actor import SYSTEM
    from luoshi.kernel.access.actions import account_create, role_bind
    from luoshi.kernel.access.models import Account
    from luoshi.kernel.org.actions import appoint, person_create, post_create

    person = person_create(by=SYSTEM, name="督查专员", now=NOW)
    post_create(by=SYSTEM, code="office", unit_code="U0", title="督查专员", now=NOW)
    role_bind(by=SYSTEM, post_code="office", role="office", scope_unit_code=None, now=NOW)
    appoint(by=SYSTEM, person_id=person.pk, post_code="office", from_on=date(2020, 1, 1), now=NOW)
    account, _ = account_create(by=SYSTEM, username="office", person_id=person.pk, now=NOW)
    Account.objects.update(must_change_password=False)
    return account


if __name__ == "__main__":
    if "--part" in sys.argv:
        print(json.dumps(part(*map(int, sys.argv[-3:]))))
        sys.exit(0)
    sys.exit(main())
