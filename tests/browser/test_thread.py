"""The one thread, walked in a browser: a faulty table, clean rows taken, computed, explained, printed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, no_sideways_scroll, sign_in, sign_out

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PERIOD = "2023-09..2023-10"
HEAD = "单位,转办件数,办结率,满意率,按时反馈率,有效回访率,知识库更新数"
TABLE = [
    "大洼区,4300,98.20,99.10,100,100,900",
    "盘山县,1900,98.50,98.40,100,100,800",
    "兴隆台区,6600,97.90,98.50,100,100,1700",
    "双台子区,2600,96.30,94.20,100,100,1200",
    "辽滨沿海经济技术开发区,270,99.30,97.10,100,100,60",
]


def test_from_a_faulty_table_to_the_event_behind_a_printed_figure(page: Page, site: Site):
    period_opened(page, site)
    sign_in(page, site, "tongji")
    table_sent(page, site, [*TABLE, "高新技术开发区,22,103,100,100,100,10"])
    expect(page.locator("#faults tbody tr")).to_have_count(1)
    expect(page.locator("#faults tbody tr")).to_contain_text("C7")
    expect(page.locator("#faults tbody tr")).to_contain_text("百分率应在 0 至 100 之间")
    no_sideways_scroll(page)
    page.click("button:has-text('放弃')")
    table_sent(page, site, [*TABLE, "高新技术开发区,22,100,100,100,100,10"])
    page.click("button:has-text('全部导入（6 行）')")
    expect(page.locator("#notice")).to_contain_text("已导入 6 行")
    sign_out(page)

    sign_in(page, site, "ducha")
    scores_published(page, site)
    page.locator("#sheets a.fig").first.click()
    drawer = page.locator("#drawer-body")
    expect(drawer).to_contain_text("怎么算出来的")
    drawer.locator("#fact-rows a:has-text('填报')").first.click()
    expect(drawer).to_contain_text("panjin.csv")
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()

    page.goto(f"{site.base}/reports/bulletins.panjin/{PERIOD}/")
    no_sideways_scroll(page)
    figure = page.locator("#paper a.fig[href*='panjin_assigned']").first
    expect(figure).to_have_text("15692")
    figure.click()
    expect(drawer).to_contain_text("计入的填报")
    expect(drawer.locator("#fact-rows tbody tr")).to_have_count(6)
    drawer.locator("#fact-rows a:has-text('填报')").first.click()
    expect(drawer).to_contain_text("4300")
    drawer.locator("a:has-text('查看留痕')").click()
    expect(drawer).to_contain_text("正文校验码")
    page.click("button:has-text('返回上一层')")
    expect(drawer).to_contain_text("4300")
    page.click("#drawer button:has-text('关闭')")
    expect(page.locator("#drawer")).to_be_hidden()


def test_without_javascript_every_step_is_a_page(browser, site: Site):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(10_000)
    sign_in(page, site, "ducha")
    page.goto(f"{site.base}/reports/bulletins.panjin/2023-01..2023-04/")
    page.locator("#paper a.fig").first.click()
    expect(page.locator("h1")).to_have_text("指标卡片")
    page.locator("#fact-rows a:has-text('填报')").first.click()
    expect(page.locator("h1")).to_have_text("应报明细")
    page.locator("a:has-text('查看留痕')").click()
    expect(page.locator("h1")).to_have_text("留痕记录")
    page.goto(f"{site.base}/filings/bulletins.panjin/")
    page.click("details summary:has-text('开放期间')")
    page.fill("[name=period]", "2023-11..2023-12")
    page.click("button:has-text('开放') >> nth=-1")
    expect(page.locator("#notice")).to_contain_text("新增应报 6 份")
    page.goto(f"{site.base}/ledger/")
    page.click("button:has-text('立即核验')")
    expect(page.locator("#ledger-verdict")).to_contain_text("一致")
    context.close()


def test_going_back_after_a_filter_gives_the_whole_page(page: Page, site: Site):
    sign_in(page, site, "ducha")
    page.goto(f"{site.base}/filings/bulletins.panjin/")
    page.fill(".flt [name=q]", "盘山")
    page.click("button:has-text('查询')")
    expect(page.locator("#matrix tbody tr")).to_have_count(1)
    assert "q=" in page.url
    page.go_back()
    expect(page.locator("#matrix tbody tr")).to_have_count(6)
    expect(page.locator("h1")).to_have_text("热线办理四率情况")


def test_keyboard_reaches_the_text_and_stays_in_the_drawer(page: Page, site: Site):
    sign_in(page, site, "ducha")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.goto(f"{site.base}/filings/bulletins.panjin/")
    page.locator("a.cell").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#drawer-body")).to_contain_text("第 1 版")
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('#drawer') !== null")
    page.keyboard.press("Escape")
    expect(page.locator("a.cell").first).to_be_focused()


def period_opened(page: Page, site: Site) -> None:
    """The office opens the form for the period."""
    sign_in(page, site, "ducha")
    page.goto(f"{site.base}/filings/bulletins.panjin/")
    page.click("summary:has-text('开放期间')")
    page.fill("[name=period]", PERIOD)
    page.click("form[action$='/open/'] button")
    expect(page.locator("#notice")).to_contain_text("新增应报 6 份")
    sign_out(page)


def table_sent(page: Page, site: Site, lines: list[str]) -> None:
    """The desk uploads a table."""
    page.goto(f"{site.base}/filings/bulletins.panjin/import/")
    page.fill("[name=period]", PERIOD)
    content = "\n".join([HEAD, *lines]).encode()
    page.set_input_files("[name=table]", {"name": "panjin.csv", "mimeType": "text/csv", "buffer": content})
    page.click("button:has-text('预览')")


def scores_published(page: Page, site: Site) -> None:
    """The office computes, looks, and publishes."""
    page.goto(f"{site.base}/assess/")
    page.select_option("[name=scheme]", "bulletins.panjin")
    page.fill("[name=period]", PERIOD)
    page.click("button:has-text('试算')")
    expect(page.locator("#sheets tbody tr")).to_have_count(6)
    no_sideways_scroll(page)
    page.check("[name=sure]")
    page.click("button:has-text('发布本轮')")
    expect(page.locator("#notice")).to_contain_text("已发布")
