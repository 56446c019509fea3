"""A file goes with the answer: handed in by the clerk, seen by the reviewer, kept over a return."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from luoshi.core.clock import FixedClock
from luoshi.kernel.access.models import Account
from tests.browser.conftest import Site, no_sideways_scroll, sign_out
from tests.browser.test_filing_loop import signed, to_do
from tests.kernel.files.samples import pdf
from tests.kernel.filings.loop import IN_TIME
from tests.kernel.filings.proving import proven_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "Proof-2021-walk"
PEOPLE = ("clerk", "head", "reviewer", "office")
PROOF = {"name": "整改通知.pdf", "mimeType": "application/pdf"}


@pytest.fixture
def site(live_server, settings) -> Site:
    """The small district with a form that asks for evidence, served."""
    settings.LUOSHI_CLOCK = FixedClock(IN_TIME)
    proven_world()
    for account in Account.objects.all():
        account.set_password(PASSWORD)
        account.must_change_password = False
        account.save()
    return Site(live_server.url, dict.fromkeys(PEOPLE, PASSWORD), [])


def test_evidence_goes_with_every_version(page: Page, site: Site):
    to_do(page, site, "clerk", "今日到期")
    page.fill("#id_cases", "12")
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
