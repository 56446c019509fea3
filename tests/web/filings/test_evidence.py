"""Evidence and table rows on the pages: handed in with what was typed, removed, downloaded, compared."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from luoshi.core.clock import FixedClock
from luoshi.kernel.access.models import Account
from luoshi.kernel.evidence.models import Revision
from luoshi.kernel.files import proofs
from luoshi.kernel.filings.actions import filing_accept, filing_sign
from luoshi.kernel.filings.at_hand import evidence_at_hand
from luoshi.kernel.filings.models import Draft, Filing
from tests.kernel.files.samples import pdf, png
from tests.kernel.filings.loop import IN_TIME, later, owed, returned
from tests.kernel.filings.proving import GIVEN, added, proof, proven, proven_world
from tests.web.conftest import HTMX, soup, text_of

pytestmark = pytest.mark.django_db
ROW = {"list.1.what": "路灯不亮", "list.1.count": "2", "list.1.done_on": "", "list.1.level": "high"}
TYPED = {"rev": "0", "cases": "12", "note": "", "occurred": "2021-01-03", **ROW}


@pytest.fixture
def cast(db):
    found = proven_world()
    Account.objects.update(must_change_password=False)
    return found


@pytest.fixture
def browse(cast, settings):
    settings.ALLOWED_HOSTS = ["testserver"]

    def client(username: str, now=IN_TIME) -> Client:
        settings.LUOSHI_CLOCK = FixedClock(now)
        made = Client()
        made.force_login(Account.objects.get(username=username))
        return made

    return client


def fill_of(code: str = "S1") -> str:
    return f"/filings/obligations/{owed(code).pk}/fill/"


def upload(content: bytes = b"", name: str = "整改通知.pdf", **given: str) -> dict:
    """Return what the button of the first field of files sends."""
    inputs = {"kind": "document", "title": "", "occurred_on": "2021-01-04", "into": ""} | given
    return {
        "do": "attach:proof",
        **TYPED,
        "proof.file": SimpleUploadedFile(name, content or pdf()),
        **{f"proof.{key}": text for key, text in inputs.items()},
    }


def at_hand() -> list[str]:
    return [each.title for each in evidence_at_hand(owed()).get("proof", ())]


def beside(page, name: str) -> str:
    found = page.find(id=f"id_{name}-error")
    return found.get_text() if found else ""


def test_a_file_is_taken_in_with_what_was_typed(browse):
    client = browse("clerk")
    response = client.post(fill_of(), upload())
    assert response["Location"] == fill_of() and at_hand() == ["整改通知"]
    page = soup(client.get(fill_of()))
    assert (
        page.select_one("#id_cases")["value"] == "12"
        and page.find(id="id_list.1.what")["value"] == "路灯不亮"
    )
    assert page.select_one("#id_occurred")["value"] == "2021-01-03"
    box = page.select_one("#proofs-proof").get_text(" ")
    assert "2021-01-04" in box and "相隔 11 天" in box and "文件" in box


def test_a_refused_file_loses_nothing_that_was_typed(browse):
    page = soup(browse("clerk").post(fill_of(), upload(b"MZ\x90", title="通知")))
    assert "内容却不是完整的 PDF" in beside(page, "proof.file") and at_hand() == []
    assert page.select_one("#id_cases")["value"] == "12" and page.find(id="id_list.1.count")["value"] == "2"
    assert page.find(id="id_proof.title")["value"] == "通知" and not Draft.objects.exists()
    assert page.select_one("#proofs-proof details").has_attr("open")


@pytest.mark.parametrize(
    ("given", "name", "said"),
    [
        ({"occurred_on": ""}, "occurred_on", "请填写佐证所反映事项的发生日期"),
        ({"occurred_on": "1月4日"}, "occurred_on", "应为日期"),
        ({"occurred_on": "2021-01-16"}, "occurred_on", "不得晚于今天"),
        ({"kind": "screenshot"}, "kind", "只收"),
        ({"name": "../../../etc/passwd"}, "file", "文件“passwd”"),
        ({"name": "a.html", "content": b"<html>"}, "file", "文件“a.html”"),
    ],
)
def test_what_is_wrong_with_a_file_stands_beside_its_input(browse, given, name, said):
    page = soup(browse("clerk").post(fill_of(), upload(**given)))
    assert said in beside(page, f"proof.{name}") and not Revision.objects.exists()


def test_a_large_file_is_refused_without_being_read(browse, monkeypatch):
    monkeypatch.setattr(proofs.size_check, "__kwdefaults__", {"max_bytes": 10, "field": ""})
    page = soup(browse("clerk").post(fill_of(), upload()))
    assert "超过上限0.0 MB，请压缩或拆分后上传" in beside(page, "proof.file")


def test_the_same_form_sent_twice_takes_the_file_in_once_and_another_file_is_another_request(browse):
    client = browse("clerk")
    for _ in range(2):
        client.post(fill_of(), upload() | {"key": "k" * 32})
    assert at_hand() == ["整改通知"]
    client.post(fill_of(), upload(pdf("二"), "回复.pdf") | {"key": "k" * 32, "rev": "1"})
    assert at_hand() == ["整改通知", "回复"]


def test_autosave_takes_no_file(browse):
    part = soup(browse("clerk").post(fill_of(), upload(), headers=HTMX))
    assert "data-saved" in str(part) and at_hand() == []


def test_replace_and_remove(browse, cast):
    first = added(cast.clerk)
    client = browse("clerk", later(minutes=1))
    client.post(fill_of(), upload(pdf("二"), "新通知.pdf", into=str(first.evidence_id)))
    assert at_hand() == ["新通知"]
    gone = client.post(fill_of(), {"do": f"remove:{first.evidence_id}", **TYPED, "rev": "1"})
    assert gone.status_code == 302 and at_hand() == []


def test_evidence_of_another_unit_is_not_removed_by_its_number(browse, cast):
    theirs = added(cast.other, code="S2")
    response = browse("clerk").post(fill_of(), {"do": f"remove:{theirs.evidence_id}", **TYPED})
    assert response.status_code == 404 and evidence_at_hand(owed("S2")) and not Draft.objects.exists()


def test_nobody_uploads_to_the_obligation_of_another_unit(browse):
    assert browse("clerk").post(fill_of("S2"), upload()).status_code == 404
    assert browse("reviewer").post(fill_of(), upload()).status_code == 403
    assert not Revision.objects.exists()


def test_a_file_chosen_and_not_uploaded_is_taken_in_on_submission(browse):
    response = browse("clerk").post(fill_of(), upload() | {"do": "submit"})
    assert response["Location"] == f"/filings/obligations/{owed().pk}/"
    assert [link.revision.title for link in Filing.objects.get().evidence.order_by("id")] == ["整改通知"]


def test_submission_names_missing_evidence_and_pictures_alone(browse, cast):
    client = browse("clerk")
    page = soup(client.post(fill_of(), {"do": "submit", **TYPED}))
    assert "请上传办结材料" in beside(page, "proof") and not Filing.objects.exists()
    added(cast.clerk, proof(png(), kind="photo", file_name="现场.png"))
    page = soup(client.post(fill_of(), {"do": "submit", **TYPED}))
    assert "不能作为唯一佐证" in beside(page, "proof") and not Filing.objects.exists()


def test_downloads_are_saved_never_opened(browse, cast):
    revision = added(cast.clerk, proof(file_name="甲\r\n乙.pdf"))
    response = browse("clerk").get(f"/filings/evidence/{revision.pk}/")
    assert response.content == pdf() and response["Content-Type"] == "application/pdf"
    assert (
        response["Content-Disposition"].startswith("attachment")
        and "\n" not in response["Content-Disposition"]
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_only_who_sees_the_obligation_downloads(browse, cast):
    revision = added(cast.clerk)
    address = f"/filings/evidence/{revision.pk}/"
    before = {who: browse(who).get(address).status_code for who in ("clerk", "head", "reviewer", "other")}
    assert before == {"clerk": 200, "head": 404, "reviewer": 404, "other": 404}
    proven(cast.clerk)
    after = {
        who: browse(who).get(address).status_code for who in ("clerk", "head", "reviewer", "auditor", "other")
    }
    assert after == {"clerk": 200, "head": 200, "reviewer": 200, "auditor": 200, "other": 404}


def test_rows_are_added_and_dropped_without_javascript(browse):
    client = browse("clerk")
    page = soup(client.post(fill_of(), {"do": "rows:list", **TYPED}))
    assert len(page.select("#rows-list tbody tr")) == 4 and page.select_one("#id_cases")["value"] == "12"
    second = {"list.2.what": "井盖破损", "list.2.count": "1"}
    page = soup(client.post(fill_of(), {"do": "drop:list.1", **TYPED, **second}))
    assert page.find(id="id_list.1.what")["value"] == "井盖破损" and "路灯" not in page.get_text()
    assert page.select_one("[data-total=count]").get_text() == "1" and not Draft.objects.exists()
    full = {f"list.{n}.what": f"第{n}处" for n in range(1, 6)} | {f"list.{n}.count": "1" for n in range(1, 6)}
    page = soup(client.post(fill_of(), {"do": "rows:list", **TYPED, **full}))
    assert (
        len(page.select("#rows-list tbody tr")) == 5
        and "已到上限" in page.select_one("#rows-list").get_text()
    )


def test_faults_stand_in_the_cell_and_beside_the_table(browse, cast):
    added(cast.clerk)
    sent = {
        "do": "submit",
        **TYPED,
        "list.1.count": "两处",
        "list.3.what": "井盖破损",
        "list.3.done_on": "五月",
    }
    page = soup(browse("clerk").post(fill_of(), sent))
    assert "第 1 行“处数”应为数字" in beside(page, "list")
    assert "应为数字" in beside(page, "list.1.count") and "应为日期" in beside(page, "list.2.done_on")
    assert "此项必填" in beside(page, "list.2.count")
    assert page.find(id="id_list.1.count")["value"] == "两处"


def test_a_second_editor_sees_the_rows_of_the_first(browse, cast):
    browse("colleague").post(fill_of(), {"do": "save", **TYPED})
    page = soup(browse("clerk").post(fill_of(), {"do": "save", **TYPED, "list.1.what": "井盖破损"}))
    assert "路灯不亮；；2；high" in page.select_one(".theirs").get_text()


def test_pages_show_rows_sums_and_evidence_with_their_changes(browse, cast):
    file = added(cast.clerk)
    filing = filing_sign(actor=cast.head, filing_id=proven(cast.clerk).pk, now=IN_TIME)
    page = soup(browse("reviewer").get(f"/filings/obligations/{owed().pk}/"))
    assert page.select(f'a[href="/filings/evidence/{file.pk}/"]')
    text = page.get_text(" ", strip=True)
    assert "路灯不亮" in text and "1 行，处数合计 2处" in text and "较重" in text and "事项发生日期" in text
    returned(cast, filing)
    browse("clerk", later(minutes=2)).post(
        fill_of(), upload(pdf("二"), "补充.pdf", occurred_on="2021-01-05") | {"rev": "1"}
    )
    second = proven(cast.clerk, now=later(minutes=3))
    changes = text_of(browse("reviewer", later(minutes=4)).get(f"/filings/versions/{second.pk}/changes/"))
    assert "补充 文件 2021-01-05 第 1 次上传 ＋新增" in changes


def test_the_reviewer_is_told_of_many_days_recorded_at_once(browse, cast):
    for n, field in enumerate(("proof", "proof", "more", "more")):
        content, kind, name = (
            (pdf(str(n)), "document", "a.pdf")
            if field == "proof"
            else (png(2, 2, b"%d" % n), "photo", "a.png")
        )
        given = proof(content, kind=kind, file_name=name, occurred_on=date(2020, 12, n + 1))
        added(cast.clerk, given, field=field)
    filing = filing_sign(actor=cast.head, filing_id=proven(cast.clerk).pk, now=IN_TIME)
    address = f"/filings/obligations/{owed().pk}/"
    assert "分属 5 天的事项或佐证" in text_of(browse("reviewer").get(address))
    assert "分属 5 天" not in text_of(browse("clerk").get(address))
    assert filing.state == "signed"


def test_a_correction_changes_rows_and_keeps_evidence(browse, cast):
    added(cast.clerk)
    filing = filing_sign(actor=cast.head, filing_id=proven(cast.clerk).pk, now=IN_TIME)
    filing_accept(actor=cast.reviewer, filing_id=filing.pk, now=IN_TIME)
    client = browse("clerk", later(days=1))
    address = f"/filings/obligations/{owed().pk}/correct/"
    page = soup(client.get(address))
    assert page.find(id="id_list.1.what")["value"] == "路灯不亮" and "佐证沿用现行版本" in page.get_text()
    assert page.find(id="id_proof") is None
    sent = {
        "cases": GIVEN["cases"],
        **ROW,
        "list.2.what": "井盖破损",
        "list.2.count": "1",
        "reason": "漏填一处",
    }
    assert client.post(address, sent).status_code == 302
    corrected = Filing.objects.get(version=2)
    assert "井盖破损" in corrected.values["list"] and corrected.evidence.count() == 1


@pytest.mark.parametrize("files", [1, 2])
def test_queries_of_the_page_do_not_grow_with_evidence(browse, cast, files, django_assert_max_num_queries):
    for n in range(files):
        added(cast.clerk, proof(pdf(str(n))))
    client = browse("clerk")
    with django_assert_max_num_queries(32):
        client.get(fill_of())
