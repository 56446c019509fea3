"""A small district with one pack of two forms, made through the actions so that its ledger is honest."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import openpyxl

from luoshi.core.actor import SYSTEM, Actor, Grant
from luoshi.core.periods import parse_period
from luoshi.kernel.definitions.actions import Entry, pack_version_add
from luoshi.kernel.filings.actions import draft_keep, filings_take, obligations_open
from luoshi.kernel.filings.models import Filing, FilingFact, ImportBatch, Obligation
from luoshi.kernel.ledger.models import Event
from luoshi.kernel.org.models import Unit
from tests.harness.times import NOW
from tests.kernel.org.helpers import district, grow

FORM, TEMPLATE, DATED = "t.monthly", "t.monthly", "t.dated"
DECEMBER = parse_period("2020-12")
HEAD = ("单位", "件数", "超期", "满意率", "类型")

FIELDS: list[dict[str, Any]] = [
    {"key": "cases", "title": "件数", "type": "int", "unit": "件", "min": 0, "fact": True, "element": "E01"},
    {"key": "overdue", "title": "超期", "type": "int", "min": 0, "fact": True},
    {"key": "rate", "title": "满意率", "type": "percent:2", "blank": True, "fact": True, "element": "E02"},
    {"key": "kind", "title": "类型", "type": "vocab:kind", "blank": True, "fact": True},
    {"key": "remark", "title": "备注", "type": "text", "blank": True},
]
RULES = [{"must": "overdue <= cases", "say": "超期不得大于件数"}]
ADMISSION = {"owner": "unit:@owner", "basis": "年度责任清单", "until": "2027-12-31", "minutes": 10}
COLUMNS = {"cases": "件数", "overdue": "超期", "rate": "满意率", "kind": "类型"}


def form_body(**given: Any) -> dict[str, Any]:
    return {
        "title": "月报",
        "period": "month",
        "to": "unit.kind == 'street'",
        "window": "none",
        "flow": {"fill": "desk", "sign": "none", "review": "none"},
        "nil": "none",
        "admission": ADMISSION,
        "source": "",
        "fields": FIELDS,
        "rules": RULES,
    } | given


WINDOW = {
    "calendar": "cn",
    "open": "end - 5 workday",
    "due": "end + 10 workday",
    "lock": {"at": "due + 20 workday", "mode": "hard"},
}


def indicator(**given: Any) -> dict[str, Any]:
    return {
        "title": "指标",
        "grain": "filing",
        "form": "monthly",
        "time": "period",
        "unit": "",
        "digits": 0,
    } | given


INDICATORS: dict[str, dict[str, Any]] = {
    "cases": indicator(title="件数", sum="cases", empty="skip", unit="件"),
    "done": indicator(
        title="办结率", num="cases - overdue", den="cases", empty="skip", unit="%", digits=2, better="up"
    ),
    "rate": indicator(title="满意率", mean="rate", empty="skip", unit="%", digits=2),
    "strict": indicator(title="满意率", mean="rate", empty="refuse", unit="%", digits=2),
    "count": indicator(title="份数", count="all"),
    "urgent": indicator(
        title="紧急占比", num="kind == 'urgent'", den="all", empty="as_no", unit="%", digits=1
    ),
}


KINDS = {"finance": "融资", "urgent": "紧急"}


def pack_install(
    version: int = 1,
    form: Mapping[str, Any] | None = None,
    vocab: Mapping[str, str] = KINDS,
    forms: Sequence[str] = ("monthly",),
    **indicators: Any,
) -> None:
    """Put version ``version`` of pack t into force."""
    body = dict(form or form_body())
    entries = [
        Entry("role", "desk", {"who": "post:@desk"}),
        Entry("vocab", "kind", dict(vocab)),
        *(Entry("form", key, body) for key in forms),
        Entry(
            "import",
            "monthly",
            {"form": "monthly", "unit": "单位", "period": "none", "columns": COLUMNS, "ignore": ["排名"]},
        ),
        Entry(
            "import",
            "dated",
            {"form": "monthly", "unit": "单位", "period": "月份", "columns": COLUMNS, "ignore": []},
        ),
        *(Entry("indicator", key, each) for key, each in (INDICATORS | indicators).items()),
    ]
    pack_version_add(
        by=SYSTEM,
        pack="t",
        version=version,
        title="试验",
        content_hash=f"{version:064x}",
        entries=entries,
        bindings={"desk": ("post", "desk"), "owner": ("unit", "D")},
        now=NOW,
    )


def world(streets: Iterable[str] = ("S1", "S2", "S3", "S4")) -> dict[str, Unit]:
    """Plant district D with branches A and B, streets under A and one department, and install the pack."""
    district(streets)
    grow("P1", "B", kind="dept")
    pack_install()
    return {unit.code: unit for unit in Unit.objects.order_by("code")}


def _actor(account: int, role: str, scope: int | None = None, **given: Any) -> Actor:
    return Actor(account_id=account, roles=frozenset({Grant(role, scope)}), **given)


OFFICE = _actor(3, "office", post_code="office", unit_code="D")
DESK = _actor(7, "desk", post_code="desk", unit_code="D")
AUDITOR = _actor(9, "auditor", post_code="audit", unit_code="D")
SYSADMIN = _actor(1, "sysadmin", post_code="admin", unit_code="D")
OTHER_DESK = _actor(8, "desk", post_code="other", unit_code="D")


def desk_over(unit: Unit) -> Actor:
    """The desk, but with one unit in its sight only."""
    return _actor(7, "desk", unit.pk, post_code="desk", unit_code=unit.code, unit_id=unit.pk)


def csv(rows: Sequence[Sequence[object]], head: Sequence[str] = HEAD) -> bytes:
    lines = [head, *rows]
    return "\n".join(",".join("" if cell is None else str(cell) for cell in line) for line in lines).encode()


def xlsx(rows: Sequence[Sequence[object]], head: Sequence[str] = HEAD, merge: str = "") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for line in [head, *rows]:
        sheet.append(list(line))
    if merge:
        sheet.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


CLEAN = [
    ("S1", 10, 1, 98.06, "融资"),
    ("S2", 20, 0, None, None),
    ("单位S3", 0, 0, 100, "紧急"),
    ("S4", 5, 5, 0, None),
]


def opened(period=DECEMBER, now: datetime = NOW) -> int:
    return obligations_open(actor=OFFICE, form_ref=FORM, period=period, now=now)


def take(
    rows: Sequence[Sequence[object]] = CLEAN,
    *,
    actor: Actor = DESK,
    period=DECEMBER,
    only_clean: bool = False,
    template: str = TEMPLATE,
    head: Sequence[str] = HEAD,
    now: datetime = NOW,
) -> ImportBatch:
    """Upload a CSV and take it."""
    content = csv(rows, head)
    draft = draft_keep(
        actor=actor,
        form_ref=FORM,
        import_ref=template,
        period=period,
        name="表.csv",
        content=content,
        now=now,
    )
    return filings_take(actor=actor, draft_token=draft.token, only_clean=only_clean, now=now)


def filed(code: str) -> Obligation:
    return Obligation.objects.get(unit__code=code, period_code=DECEMBER.code)


def snapshot() -> tuple[Any, ...]:
    """Return everything an action on filings could have changed."""
    tables = (Obligation, Filing, ImportBatch, FilingFact, Event)
    return tuple(list(table.objects.order_by("pk").values()) for table in tables)
