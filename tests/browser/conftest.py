"""A running site with the sample, and Chromium to walk through it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from luoshi.core.clock import FixedClock
from luoshi.demo.build import build
from tests.district import LATER, SAMPLE_START
from tools.shots import CHROMIUM, FLAGS

WIDTHS = {"desk": (1440, 900), "phone": (390, 844)}


@dataclass
class Site:
    """The address of the site, who can sign in, and what went wrong on its pages."""

    base: str
    passwords: dict[str, str]
    faults: list[str]


@pytest.fixture
def site(live_server, settings) -> Site:
    """The sample, served."""
    settings.LUOSHI_CLOCK = FixedClock(LATER)
    credentials = build(now=SAMPLE_START, tell=lambda line: None)
    return Site(live_server.url, {each.username: each.password for each in credentials}, [])


@pytest.fixture
def browser(site: Site) -> Iterator[Browser]:
    """Chromium, opened after the sample was built and closed before it goes.

    Playwright keeps an event loop in this thread, in which Django would refuse to touch the database.
    """
    if not os.path.exists(CHROMIUM):
        pytest.fail(f"没有 Chromium：{CHROMIUM}，请先安装或用环境变量 CHROMIUM 指定。")
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(params=WIDTHS, ids=list(WIDTHS))
def page(request, browser: Browser, site: Site) -> Iterator[Page]:
    """A fresh page, at desk and at phone width; a script error or a foreign request fails the test."""
    width, height = WIDTHS[request.param]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    opened.on("pageerror", lambda error: site.faults.append(str(error)))
    opened.on(
        "console", lambda line: site.faults.append(line.text) if "Content Security" in line.text else None
    )
    opened.on(
        "request", lambda sent: None if sent.url.startswith(site.base) else site.faults.append(sent.url)
    )
    yield opened
    context.close()
    assert site.faults == []


def sign_in(page: Page, site: Site, user: str) -> None:
    """Sign in by the page."""
    page.goto(f"{site.base}/signin/")
    page.fill("[name=username]", user)
    page.fill("[name=password]", site.passwords[user])
    page.click("form.signin button")
    page.wait_for_url(f"{site.base}/")


def sign_out(page: Page) -> None:
    """Sign out by the menu."""
    page.click("#me summary")
    page.click("#me button:has-text('退出') >> nth=-1")
    page.wait_for_url("**/signin/")


def no_sideways_scroll(page: Page) -> None:
    """The page is no wider than the window."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url}: {wide} px"
