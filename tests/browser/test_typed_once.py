"""A value that two forms of one month ask for is typed once; the page of burden shows what was saved."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from luoshi.core.clock import FixedClock
from luoshi.kernel.access.models import Account
from tests.browser.conftest import Site, no_sideways_scroll, sign_in, sign_out
from tests.kernel.filings.loop import IN_TIME
from tests.kernel.filings.shared import owes, shared_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "Once-2021-walk"


@pytest.fixture
def site(live_server, settings) -> Site:
    """Three forms that share elements, opened and served."""
    settings.LUOSHI_CLOCK = FixedClock(IN_TIME)
    shared_world()
    for account in Account.objects.all():
        account.set_password(PASSWORD)
        account.must_change_password = False
        account.save()
    made = Site(live_server.url, dict.fromkeys(("clerk", "office"), PASSWORD), [])
    made.fill = {
        form: f"{made.base}/filings/obligations/{owes(form).pk}/fill/" for form in ("monthly", "roll")
    }
    return made


def test_a_value_of_two_forms_is_typed_once(page: Page, site: Site):
    sign_in(page, site, "clerk")
    page.goto(site.fill["monthly"])
    page.fill("#id_cases", "12")
    page.fill("#id_staff", "8")
    page.click("button:has-text('提交')")
    expect(page.locator("#notice")).to_contain_text("已提交")

    page.goto(site.fill["roll"])
    expect(page.locator("#id_open")).to_have_value("12")
    expect(page.locator("#id_open-known")).to_contain_text("来自2020年12月履责月报")
    page.check("[name='open.same']")
    no_sideways_scroll(page)
    page.click("button:has-text('提交')")
    expect(page.locator("#notice")).to_contain_text("已提交")
    sign_out(page)

    sign_in(page, site, "office")
    page.goto(f"{site.base}/burden/units/S1/?year=2020")
    saved = page.locator("#burden-unit section:has(h2:has-text('没有重填的项'))")
    expect(saved.locator(".r")).to_have_text("共 1 项")
    row = saved.locator("tbody tr")
    expect(row).to_have_count(1)
    for words in ("台账在办数", "台账表", "履责月报"):
        expect(row).to_contain_text(words)
    no_sideways_scroll(page)
