"""The proof bundle of a frozen report: everything its figures rest on, to be checked without this system.

A zip of text files with the document and the verifier. The same issue gives the same bytes whenever it is
made, whatever was filed since. The format stands in docs/reference/bundles.md; it has no personal data: rows
carry the fields that are counted, events carry commitments.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import luoshi
from luoshi.core.canonical import canonical_bytes, sha256_hex
from luoshi.core.errors import WrongState
from luoshi.kernel.assess.models import Line, Round, Sheet
from luoshi.kernel.definitions.models import Definition
from luoshi.kernel.documents.docx import render_docx
from luoshi.kernel.documents.ooxml import zip_bytes
from luoshi.kernel.filings.forms import Form, form_def
from luoshi.kernel.indicators.measure import measure_of
from luoshi.kernel.indicators.models import Figure
from luoshi.kernel.ledger.queries import EventView, events_of, namings_of
from luoshi.kernel.ledger.rows import Ledgered, Root, row_body
from luoshi.kernel.org.queries import units_named
from luoshi.kernel.reports.bounds import Bound, bounds_from, sources_of
from luoshi.kernel.reports.bundle_rows import manifests_of, row_line, rows_gathered
from luoshi.kernel.reports.models import Issue
from luoshi.kernel.reports.queries import issue_view

FORMAT, VERSION = "luoshi-proof", 1
VERIFIER = Path(luoshi.__file__).parent / "verifier" / "luoshi_verify.py"
README = """证明包说明

本包用来核对一份已定稿通报的每一个数字，不需要登录系统，也不需要联网。

做法：在装有 Python 3.8 或更高版本的电脑上，把本包解开，运行
    python luoshi_verify.py .
或直接核对压缩包和手里的公文：
    python luoshi_verify.py 证明包.zip 通报.docx

程序由数据行按定义重算每个数字，与定稿记录、正文、公文逐一比对，说明哪些是重算的、哪些只作比对。
本包尚未签名，只能证明包内各部分互相对得上。请向印发单位核对程序打印的“证明包摘要”。

report.docx      公文
records.jsonl    定稿记录：通报、数字、得分单、得分项、考核轮次、定义
definitions/     指标、表单、考核方案、通报的定义
rows.jsonl       数据行：只有计入统计的字段，没有个人信息和说明文字
manifests.json   分表单、分期间的行数和根摘要
events.jsonl     有关的留痕原文和序号
units.json       单位编码和名称
rounds.json      所引用的考核轮次
bundle.json      清单：各文件的摘要；签名的位置
"""


@dataclass(frozen=True)
class ProofBundle:
    """A bundle as written. ``digest``: SHA-256 of its list of files, which stands for the whole."""

    content: bytes
    docx: bytes
    digest: str
    rows: int
    figures: int


def issue_docx(issue: Issue) -> bytes:
    """Return a frozen report as .docx, each figure naming what it is bound to."""
    view = issue_view(issue)
    return render_docx(view.document, docx_sources(view.bounds))


def docx_sources(bounds: Sequence[Bound]) -> Mapping[str, Mapping[str, str]]:
    """Return what the figures of a document are bound to, with units by code as they are named today."""
    ids = {bound.unit_id for bound in bounds if bound.unit_id is not None}
    return sources_of(bounds, {unit.pk: unit.code for unit in units_named(ids)})


def proof_bundle(issue: Issue) -> ProofBundle:
    """Make the proof bundle of a frozen report.

    Raises: WrongState while the event of the freezing still waits for its ledger position, and for a report
    with figures over anything but filings.
    """
    rounds = _rounds(issue)
    figures = _figures(issue, rounds)
    definitions = _definitions(issue, figures, rounds)
    forms = _forms(definitions)
    gathered = rows_gathered(figures, forms, _names(definitions))
    sheets = list(Sheet.objects.filter(round__in=rounds).order_by("id"))
    lines = list(Line.objects.filter(sheet__in=sheets).order_by("id"))
    records: list[Ledgered] = [issue, *figures, *rounds, *sheets, *lines, *definitions.values()]
    events = _numbered([*_events(issue, rounds, definitions), *gathered.events])
    pairs = [(row, row_line(row)) for row in gathered.rows]
    docx = issue_docx(issue)
    units = {row["unit_id"] for row in gathered.rows} | {each.unit_id for each in sheets}
    units |= {each.unit_id for each in figures if each.unit_id is not None}
    files = {
        "README.txt": README.encode("utf-8"),
        "luoshi_verify.py": VERIFIER.read_bytes(),
        "report.docx": docx,
        "records.jsonl": _lines(
            canonical_bytes({"row": [row.ledger_type, row.pk], "body": row_body(row, {})}) for row in records
        ),
        **{f"definitions/{name}.json": row.body.encode("utf-8") for name, row in definitions.items()},
        "rows.jsonl": _lines(line for _, line in pairs),
        "manifests.json": canonical_bytes(manifests_of(pairs)),
        "events.jsonl": _lines(
            canonical_bytes({"position": place, "body": event.body})
            for place, event in sorted(events.items())
        ),
        "units.json": canonical_bytes(
            {str(unit.pk): {"code": unit.code, "title": unit.title} for unit in units_named(units)}
        ),
        "rounds.json": canonical_bytes([_round_told(each) for each in rounds]),
    }
    head = canonical_bytes(_head(issue, definitions, files))
    content = zip_bytes({"bundle.json": head, **files})
    return ProofBundle(content, docx, sha256_hex(head), len(pairs), len(figures))


def _head(issue: Issue, definitions: Mapping[str, Definition], files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the list of files. ``checkpoint`` and ``signature`` are filled once the ledger is sealed."""
    return {
        "format": FORMAT,
        "v": VERSION,
        "report": {
            "issue": issue.pk,
            "ref": issue.report_ref,
            "title": issue.title,
            "period": issue.period_code,
            "number": issue.number,
            "position": issue.position,
            "document_hash": issue.document_hash,
        },
        "definitions": {name: row.pk for name, row in definitions.items()},
        "files": {name: sha256_hex(content) for name, content in files.items()},
        "checkpoint": None,
        "signature": None,
    }


def _lines(parts: Iterable[bytes]) -> bytes:
    return b"".join(part + b"\n" for part in parts)


def _rounds(issue: Issue) -> list[Round]:
    """Return the published rounds whose scores the report states, in order of their id."""
    ids: dict[str, set[int]] = {"line": set(), "sheet": set(), "round": set()}
    for bound in bounds_from(issue.bounds):
        if bound.row_id is not None:
            ids[bound.kind].add(bound.row_id)
    found = set(Line.objects.filter(pk__in=ids["line"]).order_by().values_list("sheet__round_id", flat=True))
    found |= set(Sheet.objects.filter(pk__in=ids["sheet"]).order_by().values_list("round_id", flat=True))
    return list(
        Round.objects.filter(pk__in=found | ids["round"])
        .select_related("definition__pack_version")
        .order_by("id")
    )


def _figures(issue: Issue, rounds: Sequence[Round]) -> list[Figure]:
    own = Figure.objects.filter(owner_type=Issue.ledger_type, owner_id=issue.pk)
    theirs = Figure.objects.filter(owner_type=Round.ledger_type, owner_id__in=[each.pk for each in rounds])
    return list((own | theirs).order_by("id"))


def _definitions(issue: Issue, figures: Sequence[Figure], rounds: Sequence[Round]) -> dict[str, Definition]:
    """Return "kind/ref@version" → row of every definition that the report rests on, in order of the name."""
    indicators = {(figure.indicator_ref, figure.pack_version) for figure in figures}
    found = [_definition("indicator", ref, version) for ref, version in sorted(indicators)]
    found += [
        _definition("form", f"{row.pack_version.pack}.{form}", row.pack_version.version)
        for row, form in [(row, _form_counted(row)) for row in found]
    ]
    by_id = {row.pk: row for row in found}
    by_id |= {issue.definition_id: issue.definition}
    by_id |= {each.definition_id: each.definition for each in rounds}
    named = {
        f"{row.kind}/{row.pack_version.pack}.{row.key}@{row.pack_version.version}": row
        for row in by_id.values()
    }
    return dict(sorted(named.items()))


def _form_counted(row: Definition) -> str:
    """Return the form an indicator counts. Raises: WrongState for one that counts anything else."""
    body = _body(row)
    if body["grain"] != "filing":
        raise WrongState(
            f"本件的数字“{body['title']}”按事项记录统计，证明包目前只收填报记录，不能生成。"
            "请从指标数据核对该数字的记录。"
        )
    return str(body["form"])


def _body(row: Definition) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(row.body)
    return body


def _definition(kind: str, ref: str, version: int) -> Definition:
    pack, _, key = ref.partition(".")
    rows = Definition.objects.select_related("pack_version")
    return rows.get(kind=kind, key=key, pack_version__pack=pack, pack_version__version=version)


def _forms(definitions: Mapping[str, Definition]) -> dict[str, Form]:
    forms = {}
    for name in definitions:
        kind, _, rest = name.partition("/")
        if kind == "form":
            ref, _, version = rest.partition("@")
            forms[ref] = form_def(ref, int(version))
    return forms


def _names(definitions: Mapping[str, Definition]) -> frozenset[str]:
    """Return every name that one of the indicators reads."""
    read = [measure_of(_body(row)).names for row in definitions.values() if row.kind == "indicator"]
    return frozenset().union(*read)


def _events(issue: Issue, rounds: Sequence[Round], definitions: Mapping[str, Definition]) -> list[EventView]:
    roots: list[Root] = [issue, *rounds]
    found = [event for root in roots for event in events_of(root.ledger_type, root.pk)]
    namings = namings_of(Definition.ledger_type, [row.pk for row in definitions.values()])
    return found + [event for events in namings.values() for event in events]


def _numbered(events: Iterable[EventView]) -> dict[int, EventView]:
    """Return events by their ledger position, each once. Raises: WrongState when one has none yet."""
    found = {}
    for event in events:
        if event.position is None:
            raise WrongState("定稿的留痕还没有编号，通常在一分钟以内完成。请稍后再下载证明包。")
        found[event.position] = event
    return found


def _round_told(each: Round) -> dict[str, Any]:
    pack = each.definition.pack_version
    return {"id": each.pk, "scheme": each.scheme_ref, "version": pack.version, "period": each.period_code}
