"""A known value and a file go with the answer: confirmed and handed in, signed, returned, mended, accepted.

At the end cell, statistics and events agree.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from luoshi.core.actor import SYSTEM_ACTOR
from luoshi.core.clock import FixedClock
from luoshi.kernel.access.models import Account
from luoshi.kernel.filings.actions import filing_submit, obligations_open
from luoshi.kernel.filings.entries import Typed
from luoshi.kernel.filings.models import Obligation
from tests.browser.conftest import Site, no_sideways_scroll, sign_in, sign_out
from tests.browser.test_filing_loop import signed, to_do
from tests.kernel.files.samples import pdf
from tests.kernel.filings.loop import IN_TIME, PERIOD, loop_world
from tests.kernel.filings.proving import PACK

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "Proof-2021-walk"
PEOPLE = ("clerk", "head", "reviewer", "office")
PROOF = {"name": "整改通知.pdf", "mimeType": "application/pdf"}


ROLL = """
  roll:
    title: 台账表
    period: month
    to: "unit.kind == 'street'"
    window: {calendar: cn, open: "end - 5 workday", due: "end + 10 workday"}
    flow: {fill: filler, sign: none, review: none}
    nil: {need: [note]}
    admission: {owner: "unit:@office", basis: 年度责任清单, until: "2027-12-31", minutes: 5}
    source: 试验
    fields:
      - {key: open, title: 台账在办数, type: int, unit: 件, min: 0, fact: true, element: TJ01}
    rules: []
"""


@pytest.fixture
def site(live_server, settings, tmp_path: Path) -> Site:
    """A form that asks for evidence and for a number that another form has given already, served."""
    settings.LUOSHI_CLOCK = FixedClock(IN_TIME)
    text = (PACK / "pack.yaml").read_text("utf-8")
    asked = "title: 件数, type: int, unit: 件, min: 0, fact: true"
    assert asked in text
    (tmp_path / "loop").mkdir()
    (tmp_path / "loop" / "pack.yaml").write_text(
        text.replace(asked, f"{asked}, element: TJ01").rstrip() + ROLL, "utf-8"
    )
    cast = loop_world(pack=tmp_path / "loop")
    for form in ("loop.roll", "loop.monthly"):
        obligations_open(actor=SYSTEM_ACTOR, form_ref=form, period=PERIOD, now=IN_TIME)
    roll = Obligation.objects.get(form_ref="loop.roll", unit__code="S1")
    filing_submit(actor=cast.clerk, obligation_id=roll.pk, rev=0, typed=Typed({"open": "12"}), now=IN_TIME)
    for account in Account.objects.all():
        account.set_password(PASSWORD)
        account.must_change_password = False
        account.save()
    made = Site(live_server.url, dict.fromkeys(PEOPLE, PASSWORD), [])
    made.obligation = Obligation.objects.get(form_ref="loop.monthly", unit__code="S1").pk
    return made


def test_evidence_goes_with_every_version(page: Page, site: Site):
    to_do(page, site, "clerk", "今日到期")
    expect(page.locator("#id_cases")).to_have_value("12")
    expect(page.locator("#id_cases-known")).to_contain_text("来自2020年12月台账表")
    page.check("[name='cases.same']")
    page.fill("[name=occurred]", "2021-01-03")
    page.set_input_files("[name='proof.file']", {**PROOF, "buffer": pdf()})
    page.select_option("[name='proof.kind']", "document")
    page.fill("[name='proof.occurred_on']", "2021-01-04")
    no_sideways_scroll(page)
    page.click("button[value='attach:proof']")
    expect(page.locator("#proofs-proof tbody tr")).to_have_count(1)
    expect(page.locator("#id_cases")).to_have_value("12")
    no_sideways_scroll(page)
    page.click("button:has-text('提交')")
    expect(page.locator("#notice")).to_contain_text("已提交，等待审签")
    sign_out(page)

    signed(page, site)
    to_do(page, site, "reviewer", "待审核")
    expect(page.locator("a[href*='/filings/evidence/']").first).to_be_visible()
    page.click("#return summary")
    page.check("[name='pick.cases']")
    page.select_option("[name='code.cases']", "wrong")
    page.fill("[name='text.cases']", "与材料不符")
    page.click("button:has-text('退回补正')")
    expect(page.locator("#notice")).to_contain_text("已退回")
    sign_out(page)

    to_do(page, site, "clerk", "退回补正")
    expect(page.locator("#proofs-proof tbody tr")).to_have_count(1)
    page.fill("#id_cases", "11")
    page.click("button:has-text('提交')")
    sign_out(page)

    signed(page, site)
    to_do(page, site, "reviewer", "待审核")
    page.check("[name=sure]")
    page.click("button:has-text('通过') >> nth=0")
    expect(page.locator("#notice")).to_contain_text("已通过")
    no_sideways_scroll(page)
    sign_out(page)
    cell_statistics_and_events_agree(page, site)


def cell_statistics_and_events_agree(page: Page, site: Site) -> None:
    """One accepted answer, two versions, the return between and the file, wherever the office looks."""
    sign_in(page, site, "office")
    page.goto(f"{site.base}/filings/loop.monthly/")
    cell = page.locator(f"a.cell[href='/filings/obligations/{site.obligation}/']")
    expect(cell).to_contain_text("按时（第2版）")
    cell.click()
    drawer = page.locator("#drawer-body")
    expect(drawer).to_contain_text("已通过")
    expect(drawer.locator("a[href*='/filings/evidence/']").first).to_be_visible()
    told = [text.strip() for text in drawer.locator("section >> nth=-1 >> td:nth-child(2)").all_inner_texts()]
    steps = [title for title in told if title.startswith("填报已")]
    assert steps == ["填报已通过", "填报已审签", "填报已提交", "填报已退回", "填报已审签", "填报已提交"]
    page.goto(f"{site.base}/filings/statistics/?form=loop.monthly")
    heads = [head.strip(" ▲▼") for head in page.locator("#statistics th").all_inner_texts()]
    sums = page.locator("#statistics tfoot td").all_inner_texts()
    counted = dict(zip(heads, sums, strict=True))
    assert (counted["应报"], counted["被退回"]) == ("3", "1")
    no_sideways_scroll(page)
