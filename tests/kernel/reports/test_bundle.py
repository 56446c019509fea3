"""The proof bundle: the same whenever it is made, complete, and without personal data."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from luoshi.core.errors import WrongState
from luoshi.core.periods import parse_period
from luoshi.kernel.assess.actions import round_compute, round_publish
from luoshi.kernel.documents.docx import FIGURES_NAMESPACE
from luoshi.kernel.filings.actions import filing_correct
from luoshi.kernel.filings.models import Filing, Obligation
from luoshi.kernel.ledger.actions import sequence_all
from luoshi.kernel.reports.actions import report_freeze
from luoshi.kernel.reports.bundle import issue_docx, proof_bundle
from luoshi.kernel.reports.models import Issue
from luoshi.kernel.reports.queries import issue_compared
from tests.district import District
from tests.verifier.bundles import verifier_run

pytestmark = pytest.mark.django_db
PANJIN, PERIOD = "bulletins.panjin", parse_period("2023-01..2023-04")


def issue_of(ref: str) -> Issue:
    return Issue.objects.get(report_ref=ref)


def correct(district: District, reason: str = "核对原始工单后更正") -> None:
    found = Obligation.objects.get(form_ref=PANJIN, unit__title="双台子区", period_code=PERIOD.code)
    values = {**found.filings.get(version=found.current_version).values, "satisfied_rate": "99.01"}
    filing_correct(
        actor=district.actor("tongji"),
        obligation_id=found.pk,
        values=values,
        reason=reason,
        now=district.now + timedelta(hours=1),
    )
    sequence_all()


def lines(content: bytes, name: str) -> list[dict[str, Any]]:
    with ZipFile(io.BytesIO(content)) as archive:
        return [json.loads(line) for line in archive.read(name).splitlines()]


@pytest.mark.parametrize("ref", ["bulletins.nantong", "bulletins.panjin", "bulletins.changzhou"])
def test_each_frozen_bulletin_is_recomputed_by_the_verifier(district: District, tmp_path: Path, ref: str):
    path = tmp_path / "bundle.zip"
    path.write_bytes(proof_bundle(issue_of(ref)).content)
    told = verifier_run(path)
    assert told.code == 0, told.text


def test_bundle_stays_the_same_byte_for_byte_after_the_records_changed(district: District, tmp_path: Path):
    issue = issue_of(PANJIN)
    before, document = proof_bundle(issue), issue_docx(issue)
    correct(district)
    assert proof_bundle(issue) == before and issue_docx(issue) == document
    changed = {
        change.key: (change.published, change.present)
        for change in issue_compared(district.actor("ducha"), issue, district.now)
    }
    assert changed["panjin_satisfied"] == ("97.81%", "98.64%")
    path = tmp_path / "bundle.zip"
    path.write_bytes(before.content)
    assert verifier_run(path).code == 0


def test_correction_has_a_bundle_with_the_rows_of_its_own_time(district: District, tmp_path: Path):
    correct(district)
    actor, now = district.actor("ducha"), district.now + timedelta(hours=2)
    draft = round_compute(actor=actor, scheme_ref="bulletins.panjin", period=PERIOD, now=now)
    round_publish(actor=actor, round_id=draft.pk, now=now)
    issue = report_freeze(actor=actor, report_ref=PANJIN, period=PERIOD, now=now, correcting=True)
    sequence_all()
    made = proof_bundle(issue)
    versions = [row for row in lines(made.content, "rows.jsonl") if row["unit"] == "PJ04"]
    assert [row["values"]["satisfied_rate"] for row in versions] == ["94.01", "99.01"]
    assert versions[0]["to"] == versions[1]["from"]
    path = tmp_path / "bundle.zip"
    path.write_bytes(made.content)
    told = verifier_run(path)
    assert told.code == 0, told.text


def test_changed_record_behind_a_frozen_report_turns_the_verdict_red(
    district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Somebody with the database in hand changes a value past every action."""
    issue = issue_of(PANJIN)
    read = Filing.objects.in_bulk

    def changed(ids: list[int]) -> dict[int, Filing]:
        found = read(ids)
        found[min(found)].values["done_rate"] = "99.99"
        return found

    monkeypatch.setattr(Filing.objects, "in_bulk", changed)
    path = tmp_path / "bundle.zip"
    path.write_bytes(proof_bundle(issue).content)
    told = verifier_run(path)
    assert told.code == 1
    assert (
        "数字“办结率”（大洼区，2023-01..2023-04）按包内数据行重算的结果为 99.99%，定稿为 98.06%" in told.text
    )


def test_bundle_holds_no_personal_data_and_no_free_text(district: District):
    correct(district, reason="张三来电要求更正")
    made = proof_bundle(issue_of(PANJIN))
    with ZipFile(io.BytesIO(made.content)) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
    assert "张三".encode() not in whole
    assert {key for row in lines(made.content, "rows.jsonl") for key in row["values"]} == {
        "assigned", "done_rate", "satisfied_rate", "feedback_rate", "callback_rate", "kb_updates",
    }  # fmt: skip


def test_document_names_what_each_figure_is_bound_to(district: District):
    with ZipFile(io.BytesIO(issue_docx(issue_of(PANJIN)))) as archive:
        listed = archive.read("customXml/item1.xml").decode()
    assert FIGURES_NAMESPACE in listed
    assert (
        '<figure kind="sheet" part="total" ref="bulletins.panjin" period="2023-01..2023-04" unit="PJ04" '
        'mark="ind_total.PJ04" key="total.PJ04" text="97.4"/>' in listed
    )


def test_bundle_waits_until_the_freezing_has_its_position(district: District):
    issue = report_freeze(
        actor=district.actor("ducha"),
        report_ref=PANJIN,
        period=PERIOD,
        number="示督通〔2023〕9号",
        now=district.now,
        correcting=True,
    )
    with pytest.raises(WrongState, match="还没有编号"):
        proof_bundle(issue)
    sequence_all()
    assert proof_bundle(issue).figures


def test_command_writes_document_and_bundle(district: District, tmp_path: Path):
    out, bundle, told = tmp_path / "b.docx", tmp_path / "b.zip", io.StringIO()
    call_command("report", PANJIN, period=PERIOD.code, out=out, bundle=bundle, stdout=told)
    assert "已生成证明包" in told.getvalue() and "39 个数字、6 行数据" in told.getvalue()
    checked = verifier_run(bundle, out)
    assert checked.code == 0 and "公文（b.docx）" in checked.text


@pytest.mark.parametrize(
    ("ref", "period", "name", "reason"),
    [
        ("bulletins.lianyungang", "2021-07..2023-01", "b.zip", "尚未定稿，没有证明包"),
        (PANJIN, PERIOD.code, "b.tar", "应以 .zip 结尾"),
    ],
)
def test_command_refuses_a_bundle_with_the_reason(
    district: District, tmp_path: Path, ref: str, period: str, name: str, reason: str
):
    with pytest.raises(CommandError, match=reason):
        call_command("report", ref, period=period, out=tmp_path / "b.docx", bundle=tmp_path / name)
    assert not list(tmp_path.iterdir())
