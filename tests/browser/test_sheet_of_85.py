"""One sheet for 85 units comes back with three faults: 82 rows are taken, three are shown by cell."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from luoshi.core.clock import FixedClock
from luoshi.kernel.access.models import Account
from tests.browser.conftest import Site, no_sideways_scroll, sign_in
from tests.kernel.filings.loop import IN_TIME, loop_world, opened, player
from tests.kernel.filings.sheets import filled, put

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "Sheet-2021-walk"
UNITS = 85


@pytest.fixture
def site(live_server, settings) -> Site:
    """85 streets with their monthly form opened, served."""
    settings.LUOSHI_CLOCK = FixedClock(IN_TIME)
    loop_world(tuple(f"S{number}" for number in range(1, UNITS + 1)))
    player("desk", "D", ("desk", None))
    opened()
    for account in Account.objects.all():
        account.set_password(PASSWORD)
        account.must_change_password = False
        account.save()
    return Site(live_server.url, {"desk": PASSWORD}, [])


def typed() -> dict[str, dict[str, object]]:
    """Return what every unit reports, wrong in three places: no number, more overdue than all, missing."""
    rows: dict[str, dict[str, object]] = {
        f"单位S{number}": {"件数": number, "超期": 0} for number in range(1, UNITS + 1)
    }
    rows["单位S7"]["件数"] = "十二"
    rows["单位S30"]["超期"] = 31
    rows["单位S61"]["超期"] = None
    return rows


def test_85_rows_with_three_faults(page: Page, site: Site, tmp_path: Path):
    sign_in(page, site, "desk")
    page.goto(f"{site.base}/filings/loop.monthly/sheet/")
    no_sideways_scroll(page)
    with page.expect_download() as got:
        page.click(f"a:has-text('下载 {UNITS} 个单位的填报表')")
    sheet = tmp_path / "填报表.xlsx"
    sheet.write_bytes(filled(Path(got.value.path()).read_bytes(), put(typed())))
    page.set_input_files("input[name=table]", sheet)
    page.click("button:has-text('预览')")
    expect(page.locator("body")).to_contain_text("无误 82 行，有误 3 行（共 3 处），无变化 0 行，未填 0 行")
    faulty = page.locator("tr:has(.st:text-is('有误'))")
    expect(faulty).to_have_count(3)
    expect(page.locator("#faults td.code")).to_have_text(["C10", "C33", "E64"])
    expect(page.locator("#faults")).to_contain_text("超期不得大于件数")
    no_sideways_scroll(page)
    page.locator("button[name=take][value=clean]").click()
    expect(page.locator("body")).to_contain_text("已导入 82 行，未导入 3 行")
    page.goto(f"{site.base}/filings/loop.monthly/")
    expect(page.locator(".hd-line").first).to_contain_text("应报 85 份，已报 82 份，待报 3 份")
