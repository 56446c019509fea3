"""An office worker builds a five-field monthly form; another admits it and issues it to 14 streets."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from luoshi.core.clock import FixedClock
from luoshi.kernel.access.models import Account
from tests.browser.conftest import Site, no_sideways_scroll, sign_in, sign_out
from tests.domains.admission.world import world
from tests.harness.times import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "Form-2021-walk"
PEOPLE = ("desk", "colleague", "office", "clerk")
FIELDS = (
    ("巡检处数", "int"),
    ("发现损坏", "int"),
    ("已修复", "int"),
    ("主要类别", "choice"),
    ("需区级协调事项", "text"),
)


@pytest.fixture
def site(live_server, settings) -> Site:
    """Fourteen streets, a department that designs, an office that admits; served."""
    settings.LUOSHI_CLOCK = FixedClock(NOW)
    world()
    for account in Account.objects.all():
        account.set_password(PASSWORD)
        account.must_change_password = False
        account.save()
    return Site(live_server.url, dict.fromkeys(PEOPLE, PASSWORD), [])


def settled(page: Page) -> None:
    """Wait until nothing is being saved."""
    page.wait_for_load_state("networkidle")


def test_five_fields_to_fourteen_streets_in_one_flow(page: Page, site: Site):
    sign_in(page, site, "desk")
    page.goto(f"{site.base}/forms/")
    page.click("button:has-text('空白表单')")
    page.wait_for_url("**/forms/drafts/**")
    no_sideways_scroll(page)
    page.fill("#id_title", "街道公共设施巡检月报")
    page.fill("#id_basis", "公共设施巡检工作方案")
    page.check("input[name=kinds][value=street]")
    expect(page.locator("#beside")).to_contain_text("14 个单位")
    expect(page.locator("#beside")).to_contain_text("2021年1月：1月25日开放")
    for number, (title, kind) in enumerate(FIELDS, 1):
        if number > 1:
            settled(page)
            page.click("#add-field")
        name = page.locator(f"[name='f{number}.title']")
        expect(name).to_be_visible()
        name.fill(title)
        page.select_option(f"[name='f{number}.kind']", kind)
    expect(page.locator(".preview")).to_contain_text("需区级协调事项")
    settled(page)
    page.click("#add-rule")
    page.select_option("[name='rule.0.left']", "f3")
    page.select_option("[name='rule.0.right']", "f2")
    settled(page)
    page.click("button:has-text('预览并检查')")
    expect(page.locator("#card-f4")).to_contain_text("每行写一个选项")
    expect(page.locator("#id_minutes-error")).to_contain_text("预计用时")
    page.fill("[name='f4.options']", "道路\n路灯\n井盖")
    page.fill("#id_minutes", "10")
    page.fill("#id_until", "2022-12-31")
    expect(page.locator("#beside")).to_contain_text("共 168 次、约 28.0 小时")
    expect(page.locator("#beside")).to_contain_text("可以提交")
    no_sideways_scroll(page)
    page.click("button:has-text('提交审批')")
    expect(page.locator("#notice")).to_contain_text("已提交审批")
    no_sideways_scroll(page)
    sign_out(page)

    sign_in(page, site, "office")
    page.goto(f"{site.base}/forms/")
    page.click("a:has-text('街道公共设施巡检月报')")
    expect(page.locator("body")).to_contain_text("已修复不得大于发现损坏")
    page.check("input[name=period][value='2020-12']")
    page.click("button:text-is('准入')")
    expect(page.locator("#notice")).to_contain_text("已准入，并开放 2020年12月")
    page.click("a:has-text('填报一览')")
    expect(page.locator("a.cell")).to_have_count(14)
    sign_out(page)

    sign_in(page, site, "clerk")
    page.locator("ul.todo li a").first.click()
    expect(page.locator("h1")).to_contain_text("街道公共设施巡检月报")
    expect(page.locator(".entry")).to_have_count(5)


def test_nothing_typed_is_lost_without_a_press_of_save(page: Page, site: Site):
    sign_in(page, site, "desk")
    page.goto(f"{site.base}/forms/")
    page.click("button:has-text('空白表单')")
    page.wait_for_url("**/forms/drafts/**")
    page.fill("#id_title", "写到一半")
    page.locator("#id_basis").focus()
    expect(page.locator("#beside .draft-state")).to_contain_text("人员desk")
    page.reload()
    expect(page.locator("#id_title")).to_have_value("写到一半")
