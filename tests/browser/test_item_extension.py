"""More time for an item in the browser: asked, refused, asked again in time, granted; the page says why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from luoshi.core.clock import FixedClock
from luoshi.kernel.access.models import Account
from luoshi.kernel.access.queries import actor_of
from luoshi.kernel.items.actions import item_move
from luoshi.kernel.items.given import Given
from luoshi.kernel.items.models import Item
from tests.browser.conftest import Site, no_sideways_scroll, sign_in, sign_out
from tests.district import LATER, District
from tests.web.items.makers import item_taken_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LATE = LATER + timedelta(days=3)


@pytest.fixture
def item(site: Site) -> Item:
    """A case that its lead has accepted, before Chromium is opened."""
    taken = item_taken_in(District(()))
    for user, move, given in (
        ("tongji", "send", Given(duties={"lead": ["PJ01"]})),
        ("dawa", "accept", Given()),
    ):
        actor = actor_of(Account.objects.get(username=user), None, LATER.date())
        item_move(actor=actor, item_id=taken.pk, move=move, given=given, now=LATER)
    return taken


def test_more_time_is_asked_refused_asked_again_and_granted(item, page: Page, site: Site, settings):
    detail = f"{site.base}/items/at/{item.pk}/"
    sign_in(page, site, "dawa")
    ask(page, detail, "5", "等待评估报告")
    expect(page.locator("#notice")).to_contain_text("批准前原期限不变")
    expect(page.locator(f"#clocks-{item.pk}")).to_contain_text("已申请延期，待批准")
    no_sideways_scroll(page)
    sign_out(page)
    decide(page, site, detail, "refused", "请先与银行对接")

    settings.LUOSHI_CLOCK = FixedClock(LATE)
    sign_in(page, site, "dawa")
    page.goto(detail)
    expect(page.locator(".steps")).to_contain_text("延期未获批准")
    ask(page, detail, "11", "评估机构已受理")
    expect(page.locator("form.panel")).to_contain_text("延期应为 1 至 10 个工作日，现填 11")
    expect(page.locator("[name=reason]")).to_have_value("评估机构已受理")
    page.fill("[name=number]", "5")
    page.click("button:has-text('提交申请')")
    expect(page.locator("#notice")).to_contain_text("批准前原期限不变")
    sign_out(page)
    decide(page, site, detail, "approved", "")

    total = page.locator(".clock", has_text="办结时限")
    total.locator("summary").click()
    why = total.locator(".why")
    for step in ("起算", "时限 15 个工作日", "申请延长 5 个工作日", "不予批准", "批准延长 5 个工作日"):
        expect(why).to_contain_text(step)
    expect(why.locator("li", has_text="批准延长")).to_contain_text("→")
    no_sideways_scroll(page)


def ask(page: Page, detail: str, number: str, reason: str) -> None:
    """Ask for more time on the page of the first clock."""
    page.goto(detail)
    page.goto(page.locator("a:has-text('申请延期')").first.evaluate("link => link.href"))
    page.fill("[name=number]", number)
    page.fill("[name=reason]", reason)
    page.click("button:has-text('提交申请')")


def decide(page: Page, site: Site, detail: str, answer: str, note: str) -> None:
    """Answer the open request, as the office that supervises."""
    sign_in(page, site, "ducha")
    page.goto(detail)
    page.goto(page.locator("a:has-text('批复延期')").first.evaluate("link => link.href"))
    page.select_option("[name=answer]", answer)
    page.fill("[name=note]", note)
    page.click("form.panel button.p")
    expect(page.locator("#notice")).to_contain_text("已批复")
    if answer == "refused":
        sign_out(page)
