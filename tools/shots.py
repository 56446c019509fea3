"""Pictures of every page of a running demo, at desk and phone width, for looking at.

    python tools/shots.py --out shots --accounts var/demo-accounts.json [--base ADDRESS] [--only 工作台]

Needs Chromium (``CHROMIUM`` or /usr/bin/chromium). Prints every page error and every sideways scroll;
exit 1 when there was one.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, Response, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
]
WIDTHS = {"desk": (1440, 900), "phone": (390, 844)}


@dataclass(frozen=True)
class Shot:
    """One picture: who looks, where to begin, what to click in order (CSS), and whether the page is whole."""

    name: str
    user: str
    path: str
    clicks: tuple[str, ...] = ()
    whole: bool = True


PANJIN = "/reports/bulletins.panjin/2023-01..2023-04/"
SHOTS = [
    Shot("01-工作台", "ducha", "/"),
    Shot("02-节点填报", "ducha", "/filings/"),
    Shot("03-填报一览", "ducha", "/filings/bulletins.lianyungang/"),
    Shot("04-填报明细", "ducha", "/filings/bulletins.panjin/", ("a.cell",), whole=False),
    Shot("05-导入", "tongji", "/filings/bulletins.panjin/import/"),
    Shot("06-检查考核", "ducha", "/assess/"),
    Shot("07-得分单", "ducha", "/assess/", ("table a[href^='/assess/']:has-text('四率')",)),
    Shot("08-得分说明", "ducha", "/assess/", ("a:has-text('四率')", "td a.fig"), whole=False),
    Shot("09-通报列表", "ducha", "/reports/"),
    Shot("10-通报", "ducha", PANJIN),
    Shot("11-通报数字", "ducha", PANJIN, ("#paper a.fig",), whole=False),
    Shot("12-数字到填报", "ducha", PANJIN, ("#paper a.fig", "#fact-rows a:has-text('填报')"), whole=False),
    Shot("13-填报到留痕", "ducha", PANJIN, ("#paper a.fig", "#fact-rows a:has-text('留痕')"), whole=False),
    Shot("14-留痕", "shenji", "/ledger/"),
    Shot("15-核验", "shenji", "/ledger/", ("button:has-text('立即核验')",)),
    Shot("16-安全日志", "shenji", "/ledger/security/"),
    Shot("17-单位", "guanli", "/org/"),
    Shot("18-单位详情", "guanli", "/org/units/PJ01/"),
    Shot("19-导入单位", "guanli", "/org/import/"),
    Shot("20-业务包", "guanli", "/packs/bulletins/"),
    Shot("21-方案说明", "guanli", "/packs/scheme/bulletins.panjin/"),
    Shot("22-表单说明", "guanli", "/packs/form/bulletins.panjin/"),
    Shot("23-登录", "", "/signin/"),
    Shot("24-没有找到", "", "/signin/nowhere/"),
    Shot("25-填报员工作台", "dawa", "/"),
]


def sign_in(page: Page, base: str, user: str, password: str) -> None:
    """Sign in by the page itself."""
    page.goto(f"{base}/signin/")
    page.fill("[name=username]", user)
    page.fill("[name=password]", password)
    page.click("form.signin button")
    page.wait_for_url(f"{base}/")


def take(page: Page, base: str, shot: Shot, file: Path) -> Iterator[str]:
    """Take one picture; yield what is wrong with the page."""
    page.goto(f"{base}{shot.path}")
    for selector in shot.clicks:
        page.locator(selector).first.click()
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(250)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=file, full_page=shot.whole)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        yield f"{file.name}：页面横向超出 {wide} 像素"


def broken(answer: Response) -> list[str]:
    """Return a fault for anything but a whole page that was not delivered."""
    bad = answer.status >= 400 and answer.request.resource_type != "document"
    return [f"{answer.status} {answer.url}"] if bad else []


def watched(page: Page, faults: list[str]) -> Page:
    """Collect script errors of a page and parts that were not delivered."""
    page.on("pageerror", lambda error: faults.append(f"脚本出错：{error}"))
    page.on("response", lambda answer: faults.extend(broken(answer)))
    return page


def shots_of(browser: Browser, base: str, passwords: dict[str, str], out: Path, only: str) -> list[str]:
    """Take every picture at every width; return what was wrong."""
    faults: list[str] = []
    for label, (width, height) in WIDTHS.items():
        for user in dict.fromkeys(shot.user for shot in SHOTS):
            wanted = [shot for shot in SHOTS if shot.user == user and only in shot.name]
            if not wanted:
                continue
            context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
            page = watched(context.new_page(), faults)
            if user:
                sign_in(page, base, user, passwords[user])
            for shot in wanted:
                faults += take(page, base, shot, out / f"{shot.name}-{label}.png")
            context.close()
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description="给运行中的样例逐页截图")
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    parser.add_argument("--accounts", type=Path, required=True, help="样例账号文件")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="", help="只截名称含此文字的页面")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    accounts = json.loads(given.accounts.read_text("utf-8"))
    passwords = {each["username"]: each["password"] for each in accounts}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        faults = shots_of(browser, given.base, passwords, given.out, given.only)
        browser.close()
    print("\n".join(faults) or "没有发现页面错误或横向超出。")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
