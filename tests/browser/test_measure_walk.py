"""One measure from hand-out to looking back: the office, the unit that leads, the unit that verifies."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from luoshi.core.actor import SYSTEM, SYSTEM_ACTOR
from luoshi.core.clock import FixedClock
from luoshi.demo.build import build
from luoshi.domains.plans.actions import plan_make
from luoshi.domains.plans.importing import plan_import
from luoshi.domains.plans.models import PlanNode
from luoshi.kernel.access.actions import account_create, account_password_set, role_bind
from luoshi.kernel.access.queries import actor_of
from luoshi.kernel.loader.actions import pack_install
from luoshi.kernel.org.actions import appoint, person_create, post_create
from tests.browser.conftest import Site, no_sideways_scroll, sign_in, sign_out
from tests.district import LATER, SAMPLE_START
from tests.domains.plans.world import table
from tests.web.plans.conftest import ROWS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "Jucuo-2023-walk"
PEOPLE = (("planner", "SQZR", "reviewer"), ("lead1", "PJ01", "clerk"), ("verify", "SQDC", "clerk"))
RESULT = "发文计划已经印发并报备，文号和报备回执可查。"


@pytest.fixture
def site(live_server, settings) -> Site:
    """The sample with a plan of four measures that nobody was handed yet."""
    settings.LUOSHI_CLOCK = FixedClock(LATER)
    build(now=SAMPLE_START, tell=lambda line: None)
    pack_install(actor=SYSTEM_ACTOR, path="renwu", bindings={"office": "SQZR"}, now=LATER)
    actors = {username: _player(username, unit, role) for username, unit, role in PEOPLE}
    plan = plan_make(
        actor=actors["planner"],
        title="年度重点任务",
        year=2023,
        issued_on=LATER.date(),
        sources=[],
        verifier_code="SQDC",
        now=LATER,
    )
    plan_import(actor=actors["planner"], plan_id=plan.pk, table=table(ROWS), now=LATER)
    made = Site(live_server.url, dict.fromkeys(actors, PASSWORD), [])
    made.plan = plan.pk
    made.node = PlanNode.objects.get(plan=plan, code="1.1.1").pk
    return made


def _player(username: str, unit: str, role: str):
    person = person_create(by=SYSTEM, name=f"测试{username}", now=LATER)
    post_create(by=SYSTEM, code=username, unit_code=unit, title=username, is_head=False, now=LATER)
    appoint(by=SYSTEM, person_id=person.pk, post_code=username, from_on=LATER.date(), now=LATER)
    role_bind(by=SYSTEM, post_code=username, role=role, scope_unit_code=unit, now=LATER)
    account, once = account_create(by=SYSTEM, username=username, person_id=person.pk, now=LATER)
    account_password_set(actor=actor_of(account, None, LATER.date()), old=once, new=PASSWORD, now=LATER)
    account.refresh_from_db()
    return actor_of(account, None, LATER.date())


def test_a_measure_is_handed_out_carried_out_and_verified_by_another_unit(page: Page, site: Site):
    sign_in(page, site, "planner")
    page.goto(f"{site.base}/plans/{site.plan}/hand-out/")
    page.check(f"input[name=node][value='{site.node}']")
    page.click("button:has-text('下达所选')")
    expect(page.locator("#notice")).to_contain_text("已下达")
    no_sideways_scroll(page)
    sign_out(page)

    sign_in(page, site, "lead1")
    page.goto(f"{site.base}/plans/mine/")
    page.click("a:has-text('制定年度发文计划并报备')")
    address = page.url
    _move(page, address, "accept", "签收")
    page.goto(address)
    page.click("a:has-text('自报进展')")
    page.fill("#id_percent", "60")
    page.fill("#id_text", "初稿已征求意见")
    page.click("button:has-text('提交')")
    expect(page.locator("#plan-said")).to_contain_text("自报 60%")
    _move(page, address, "report", "申请销号", result=RESULT)
    expect(page.locator("body")).to_contain_text("待核查")
    no_sideways_scroll(page)
    sign_out(page)

    sign_in(page, site, "verify")
    _move(page, address, "confirm", "核查销号", note="现场核对一致")
    expect(page.locator("body")).to_contain_text("已销号")
    _move(page, address, "recheck", "回头看", note="未发现反弹")
    expect(page.locator("body")).to_contain_text("已回头看")
    page.goto(f"{site.base}/plans/{site.plan}/?all=1")
    row = page.locator("tr.lv3", has_text="制定年度发文计划并报备")
    expect(row).to_contain_text("100%")
    expect(row).to_contain_text("60%")
    no_sideways_scroll(page)


def _move(page: Page, address: str, move: str, title: str, **given: str) -> None:
    page.goto(f"{address}moves/{move}/")
    for name, text in given.items():
        page.fill(f"[name='{name}']", text)
    page.click(f"main button:has-text('{title}')")
    page.wait_for_load_state()
