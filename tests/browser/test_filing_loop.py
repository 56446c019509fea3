"""One answer walked through at desk and phone width: filled, signed, returned, mended, accepted."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from luoshi.core.clock import FixedClock
from luoshi.kernel.access.models import Account
from tests.browser.conftest import Site, no_sideways_scroll, sign_in, sign_out
from tests.kernel.filings.loop import IN_TIME, loop_world, opened, owed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "Loop-2021-walk"
PEOPLE = ("clerk", "head", "reviewer", "office")


@pytest.fixture
def site(live_server, settings) -> Site:
    """The small district with its monthly form opened, served."""
    settings.LUOSHI_CLOCK = FixedClock(IN_TIME)
    loop_world()
    opened()
    for account in Account.objects.all():
        account.set_password(PASSWORD)
        account.must_change_password = False
        account.save()
    made = Site(live_server.url, dict.fromkeys(PEOPLE, PASSWORD), [])
    made.obligation = owed().pk
    return made


def to_do(page: Page, site: Site, user: str, label: str) -> None:
    """Sign in and follow the first to-do: two clicks from the sign-in page to the work."""
    sign_in(page, site, user)
    line = page.locator("ul.todo li").first
    expect(line.locator(".st")).to_have_text(label)
    line.locator("a").click()
    page.wait_for_url("**/filings/**")
    no_sideways_scroll(page)


def test_from_the_draft_to_the_accepted_answer(page: Page, site: Site):
    to_do(page, site, "clerk", "今日到期")
    page.fill("#id_cases", "12")
    page.click("button:has-text('提交')")
    expect(page.locator("#id_overdue-error")).to_contain_text("此项必填")
    expect(page.locator("#id_cases")).to_have_value("12")
    page.fill("#id_overdue", "1")
    page.click("button:has-text('提交')")
    expect(page.locator("#notice")).to_contain_text("已提交，等待审签")
    no_sideways_scroll(page)
    sign_out(page)

    signed(page, site)
    to_do(page, site, "reviewer", "待审核")
    page.click("#return summary")
    page.check("[name='pick.cases']")
    page.select_option("[name='code.cases']", "wrong")
    page.fill("[name='text.cases']", "与台账不符")
    no_sideways_scroll(page)
    page.click("button:has-text('退回补正')")
    expect(page.locator("#notice")).to_contain_text("已退回")
    sign_out(page)

    to_do(page, site, "clerk", "退回补正")
    expect(page.locator(".mend")).to_contain_text("与台账不符")
    page.fill("#id_cases", "11")
    page.click("button:has-text('提交')")
    sign_out(page)

    signed(page, site)
    to_do(page, site, "reviewer", "待审核")
    expect(page.locator("tr.changed td")).to_have_text([re.compile("件数"), "12", re.compile("11")])
    page.check("[name=sure]")
    page.click("button:has-text('通过') >> nth=0")
    expect(page.locator("#notice")).to_contain_text("单位S1 2020年12月已通过")
    sign_out(page)
    matrix_statistics_and_events_agree(page, site)


def signed(page: Page, site: Site) -> None:
    """The head signs what the clerk submitted."""
    to_do(page, site, "head", "待审签")
    page.check("[name=sure]")
    page.click("button:has-text('审签') >> nth=0")
    expect(page.locator("#notice")).to_contain_text("已审签，等待审核")
    sign_out(page)


def matrix_statistics_and_events_agree(page: Page, site: Site) -> None:
    """The office sees one accepted answer in the cell, in the counts and in the events."""
    to_do(page, site, "office", "待督促")
    expect(page.locator(".hd-line").first).to_contain_text("应报 3 份，已报 1 份，待报 2 份")
    cell = page.locator(f"a.cell[href='/filings/obligations/{site.obligation}/']")
    expect(cell).to_contain_text("按时（第2版）")
    no_sideways_scroll(page)
    cell.click()
    drawer = page.locator("#drawer-body")
    expect(drawer).to_contain_text("已通过")
    titles = [
        text.strip() for text in drawer.locator("section >> nth=-1 >> td:nth-child(2)").all_inner_texts()
    ]
    assert titles == [
        "填报已通过",
        "填报已审签",
        "填报已提交",
        "填报已退回",
        "填报已审签",
        "填报已提交",
        "应报已开放",
    ]
    page.goto(f"{site.base}/filings/statistics/?form=loop.monthly")
    heads = page.locator("#statistics th").all_inner_texts()
    sums = page.locator("#statistics tfoot td").all_inner_texts()
    told = dict(zip([head.strip(" ▲▼") for head in heads], sums, strict=True))
    assert (told["应报"], told["被退回"]) == ("3", "1")
    no_sideways_scroll(page)


def test_what_was_typed_survives_an_expired_sign_in(page: Page, site: Site):
    to_do(page, site, "clerk", "今日到期")
    page.fill("#id_cases", "12")
    page.fill("#id_remark", "还没存")
    page.context.clear_cookies()
    page.goto(page.url)
    expect(page).to_have_url(re.compile("/signin/"))
    page.fill("[name=username]", "clerk")
    page.fill("[name=password]", PASSWORD)
    page.click("form.signin button")
    expect(page.locator("#restored")).to_contain_text("已恢复您在本浏览器填写、尚未保存的内容")
    expect(page.locator("#id_cases")).to_have_value("12")
    page.click("button:has-text('保存草稿')")
    expect(page.locator("#notice")).to_contain_text("草稿已保存")
    expect(page.locator("#restored")).to_be_empty()
    expect(page.locator("#id_remark")).to_have_value("还没存")


def test_a_draft_is_saved_by_itself(page: Page, site: Site):
    page.clock.install()
    to_do(page, site, "clerk", "今日到期")
    page.fill("#id_cases", "12")
    page.clock.run_for(21_000)
    expect(page.locator("#draft-state")).to_contain_text("人员clerk")
    expect(page.locator("[name=rev]")).to_have_value("1")
    page.fill("#id_overdue", "1")
    page.click("button:has-text('提交')")
    expect(page.locator("#notice")).to_contain_text("已提交")
