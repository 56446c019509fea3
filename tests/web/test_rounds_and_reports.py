"""Computing, publishing and freezing on the page; what was issued stays, what changed since is shown."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse

from luoshi.core.periods import parse_period
from luoshi.kernel.assess.queries import rounds_visible
from luoshi.kernel.definitions.actions import Entry, pack_version_add
from luoshi.kernel.definitions.queries import definitions_in, pack_in_force
from luoshi.kernel.filings.actions import filing_correct
from luoshi.kernel.reports.queries import issues_visible
from luoshi.web.reports import views as report_views
from tests.web.conftest import PANJIN, PERIOD, obligation_of, soup, text_of

FREEZE = f"/reports/{PANJIN}/{PERIOD}/freeze/"


def newer_definition(district, pack: str, key: str, title: str) -> None:
    """A newer version of a pack calls one of its entries by another title."""
    current = pack_in_force(pack)
    entries = [
        Entry(each.kind, each.key, {**each.body, "title": title} if each.key == key else each.body)
        for each in definitions_in(current.id)
    ]
    pack_version_add(
        by=district.actor("ducha").by,
        pack=pack,
        version=current.version + 1,
        title=current.title,
        content_hash="0" * 64,
        entries=entries,
        bindings={},
        now=district.now,
    )


def rounds_of(district, ref: str = PANJIN):
    """The rounds of a scheme, newest first."""
    return list(
        rounds_visible(district.actor("ducha")).filter(scheme_ref=ref, period_code=PERIOD).order_by("-pk")
    )


def corrected(district) -> None:
    """The desk corrects one value after everything was issued."""
    filing_correct(
        actor=district.actor("tongji"),
        obligation_id=obligation_of(district, "PJ01"),
        values={"assigned": "4227", "satisfied_rate": "98.50"},
        reason="核对原表",
        now=district.now,
    )


def test_trial_is_published_only_with_the_tick_and_only_once(browse, district):
    client = browse("ducha")
    done = client.post("/assess/compute/", {"scheme": PANJIN, "period": PERIOD, "key": "r-1"})
    address = done["Location"]
    assert "试算" in text_of(client.get(address)) and "更正" in text_of(client.get("/assess/"))
    assert "请先勾选确认" in text_of(client.post(f"{address}publish/", {"key": "r-2"}))
    assert rounds_of(district)[0].state == "draft"
    assert client.post(f"{address}publish/", {"sure": "on", "key": "r-3"}).status_code == 302
    assert rounds_of(district)[0].state == "published"
    assert "不能再次发布" in text_of(client.post(f"{address}publish/", {"sure": "on", "key": "r-4"}))


def test_incomplete_inputs_are_refused_naming_unit_and_criterion(browse):
    form = {"scheme": "bulletins.lianyungang_total", "period": "2022-02", "key": "r-5"}
    page = text_of(browse("ducha").post("/assess/compute/", form))
    assert "市碱业公司缺" in page and "及时签收率" in page and "请补齐填报" in page


def test_period_written_wrongly_is_said_beside_the_field(browse):
    page = soup(
        browse("ducha").post("/assess/compute/", {"scheme": PANJIN, "period": "二三年", "key": "r-6"})
    )
    assert "写法不对" in page.find(id="id_period-error").get_text()


def test_a_period_without_filings_leaves_no_trial(browse, district):
    client = browse("ducha")
    before = rounds_visible(district.actor("ducha")).count()
    asked = {"scheme": PANJIN, "period": "2024年1月", "key": "r-7"}
    assert "没有可以计分的填报" in text_of(client.post("/assess/compute/", asked))
    assert rounds_visible(district.actor("ducha")).count() == before


def test_trial_of_a_published_period_says_it_is_a_correction(browse):
    client = browse("ducha")
    asked = {"scheme": PANJIN, "period": "2023年1—4月", "key": "r-8"}
    page = client.post("/assess/compute/", asked, follow=True)
    assert "发布后为更正轮次" in text_of(page)


def test_published_points_stay_and_the_difference_is_shown(browse, district):
    client = browse("ducha")
    scored = rounds_of(district)[0].pk
    before = soup(client.get(f"/assess/{scored}/")).find(id="sheets")
    assert "一致" in text_of(client.get(f"/assess/{scored}/compare/"))
    corrected(district)
    assert str(soup(client.get(f"/assess/{scored}/")).find(id="sheets")) == str(before)
    shown = soup(client.get(f"/assess/{scored}/compare/")).select("tbody tr")
    assert [cell.get_text() for cell in shown[0].select("td")] == ["大洼区", "99.3", "99.2"]


def test_issued_report_stays_and_the_difference_is_shown(browse, district):
    client = browse("ducha")
    issue = issues_visible(district.actor("ducha")).get(report_ref=PANJIN)
    before = soup(client.get(f"/reports/issues/{issue.pk}/")).find(id="paper")
    corrected(district)
    assert str(soup(client.get(f"/reports/issues/{issue.pk}/")).find(id="paper")) == str(before)
    shown = text_of(client.get(f"/reports/issues/{issue.pk}/compare/"))
    assert "15552" in shown and "15553" in shown


def test_second_freezing_needs_the_word_correction(browse, district):
    client = browse("ducha")
    corrected(district)
    refused = client.post(FREEZE, {"number": "示督通〔2023〕8号", "key": "f-1"})
    assert refused.status_code == 200 and "更正定稿" in soup(refused).find(class_="error").get_text()
    client.post("/assess/compute/", {"scheme": PANJIN, "period": PERIOD, "key": "f-2"})
    trial = rounds_of(district)[0]
    client.post(f"/assess/{trial.pk}/publish/", {"sure": "on", "key": "f-3"})
    done = client.post(FREEZE, {"number": "示督通〔2023〕8号", "correcting": "on", "key": "f-4"})
    page = text_of(client.get(done["Location"]))
    first = issues_visible(district.actor("ducha")).filter(report_ref=PANJIN).order_by("pk").first()
    assert "本件已由更正件替代" in text_of(client.get(f"/reports/issues/{first.pk}/"))
    assert "示督通〔2023〕8号" in page and "15553" in page and "更正件" in text_of(client.get("/reports/"))


def test_frozen_report_cannot_be_made_of_unpublished_scores(browse, district):
    period = parse_period("2021-07..2023-01").code
    page = browse("ducha").post(f"/reports/bulletins.lianyungang_2019/{period}/freeze/", {"key": "f-9"})
    assert page.status_code == 404


def test_without_a_converter_the_pdf_says_what_to_do(browse, monkeypatch):
    monkeypatch.setattr(report_views, "to_pdf", lambda content, *, timeout: None)
    response = browse("ducha").get(f"/reports/{PANJIN}/{PERIOD}/pdf/")
    assert response.status_code == 404 and "另存为" in text_of(response)


def test_same_key_sent_twice_freezes_once(browse, district):
    client = browse("ducha")
    form = {"number": "示热〔2023〕9号", "correcting": "on", "key": "f-same"}
    first, second = client.post(FREEZE, form), client.post(FREEZE, form)
    assert first["Location"] == second["Location"]
    assert issues_visible(district.actor("ducha")).filter(report_ref=PANJIN).count() == 2


def test_proof_bundle_is_offered_on_the_frozen_page_and_downloaded(browse, district):
    issue = issues_visible(district.actor("ducha")).get(report_ref=PANJIN)
    client = browse("ducha")
    link = soup(client.get(f"/reports/issues/{issue.pk}/")).select_one("a[href$='/bundle/']")
    answer = client.get(link["href"])
    assert answer["Content-Type"] == "application/zip" and "zip" in answer["Content-Disposition"]
    assert "bundle.json" in ZipFile(BytesIO(answer.content)).namelist()
    assert "下载证明包" not in text_of(browse("dawa").get(f"/reports/issues/{issue.pk}/"))


def test_figures_of_a_frozen_report_open_by_the_definition_they_were_frozen_under(browse, district):
    issue = issues_visible(district.actor("ducha")).get(report_ref=PANJIN)
    client = browse("ducha")
    links = [a["href"] for a in soup(client.get(f"/reports/issues/{issue.pk}/")).select("#paper a[href]")]
    figures = [href for href in links if "panjin_satisfied" in href]
    assert figures and all("version=1" in href for href in figures)
    newer_definition(district, "bulletins", "panjin_satisfied", "较新的满意率")
    assert "较新的满意率" not in text_of(client.get(figures[0]))
    assert "通报定稿时的口径" in text_of(client.get(figures[0]))
    assert "较新的满意率" in text_of(client.get(re.sub("&?version=1", "", figures[0])))


@pytest.mark.parametrize("version", ["0", "x", "１", "-1"])
def test_version_that_is_no_number_is_refused_in_words(browse, district, version):
    answer = browse("ducha").get(
        reverse("figure", args=[f"{PANJIN}_done"]), {"period": PERIOD, "version": version}
    )
    assert answer.status_code == 409 and "版本应为正整数" in text_of(answer)
