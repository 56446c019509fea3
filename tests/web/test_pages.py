"""Every page as a reader gets it: whole, in Chinese, with parts that equal the page they belong to."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from luoshi.kernel.assess.queries import rounds_visible, sheets_visible
from luoshi.kernel.ledger.queries import events_page
from luoshi.kernel.reports.queries import issues_visible
from luoshi.web.shell.frame import MENU
from luoshi.web.shell.templatetags.luoshi import icon_svg
from tests.web.conftest import HTMX, PANJIN, PERIOD, obligation_of, soup, text_of

WORD = re.compile(r"[A-Za-z]{3,}")
# File kinds, codes that are typed, and the spelling of what an office calls so itself.
KNOWN = {"xlsx", "csv", "PDF", "XLSX", "Word", "Cookie", "bulletins", "GBT"}


@pytest.fixture
def addresses(district):
    """Every page that can be read, by name."""
    office = district.actor("ducha")
    scored = rounds_visible(office).get(scheme_ref=PANJIN)
    sheet = sheets_visible(office, scored.pk).first()
    issue = issues_visible(office).get(report_ref=PANJIN).pk
    return {
        "workbench": "/",
        "units": "/org/",
        "unit": "/org/units/PJ01/",
        "packs": "/packs/",
        "pack": "/packs/bulletins/",
        "form words": "/packs/form/bulletins.panjin/",
        "indicator words": "/packs/indicator/bulletins.panjin_done/",
        "scheme words": "/packs/scheme/bulletins.lianyungang/",
        "report words": "/packs/report/bulletins.panjin/",
        "import words": "/packs/import/bulletins.panjin/",
        "role words": "/packs/role/bulletins.desk/",
        "forms": "/filings/",
        "matrix": "/filings/bulletins.lianyungang/",
        "obligation": f"/filings/obligations/{obligation_of(district, 'PJ01')}/",
        "rounds": "/assess/",
        "round": f"/assess/{scored.pk}/",
        "round now": f"/assess/{scored.pk}/compare/",
        "sheet": f"/assess/sheets/{sheet.pk}/",
        "line": f"/assess/lines/{sheet.lines.first().pk}/",
        "reports": "/reports/",
        "report": f"/reports/bulletins.panjin/{PERIOD}/",
        "draft": "/reports/bulletins.lianyungang/2021-07..2023-01/",
        "refused": "/reports/bulletins.panjin/2019-01..2019-02/",
        "issue": f"/reports/issues/{issue}/",
        "issue now": f"/reports/issues/{issue}/compare/",
        "figure": f"/figures/bulletins.panjin_done/?period={PERIOD}&unit=PJ01",
        "events": "/ledger/",
        "event": f"/ledger/events/{events_page(limit=1)[0].id}/",
        "password": "/account/password/",
    }


ALL = [
    *("workbench", "units", "unit", "packs", "pack", "form words", "indicator words", "scheme words"),
    *("report words", "import words", "role words", "forms", "matrix", "obligation", "rounds", "round"),
    *("round now", "sheet", "line", "reports", "report", "draft", "refused", "issue", "issue now", "figure"),
    *("events", "event", "password"),
]


@pytest.mark.parametrize("name", ALL)
def test_page_is_whole_and_sound(name, addresses, browse):
    response = browse("ducha").get(addresses[name])
    assert response.status_code == 200
    page = soup(response)
    assert page.h1 is not None and page.title.get_text().endswith("落实")
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids)), f"ids twice: {[each for each in ids if ids.count(each) > 1]}"
    assert not page.find_all("script", src=False), "inline script"
    assert not page.find_all(style=True) and not page.find_all("style"), "inline style"
    assert not [tag for tag in page.find_all(True) for key in tag.attrs if key.startswith("on")], (
        "inline handler"
    )
    for tag in page.find_all(attrs={"hx-post": True}):
        assert tag.name == "form" and tag["action"] == tag["hx-post"] and tag["method"] == "post"
    for tag in page.find_all(attrs={"hx-get": True}):
        assert tag.get("href") or tag.get("action"), "a part that only a script can open"
    for field in page.select("input:not([type=hidden]), select, textarea"):
        assert field.find_parent("label") or page.find("label", attrs={"for": field.get("id")}), (
            f"no label: {field}"
        )


@pytest.mark.parametrize("name", ALL)
def test_no_english_on_the_screen(name, addresses, browse):
    page = soup(browse("ducha").get(addresses[name]))
    for tag in page.select(".code, .mono, head, .who, .me-name"):
        tag.decompose()
    found = {word for word in WORD.findall(page.get_text(" ")) if word not in KNOWN}
    assert not found - set(names_in_codes(page)), f"English on {name}: {sorted(found)}"


def names_in_codes(page: BeautifulSoup) -> list[str]:
    """Words of definition references such as bulletins.panjin, which stand for themselves."""
    return WORD.findall(" ".join(re.findall(r"bulletins\.[a-z_]+|[a-z_]+\.csv", page.get_text(" "))))


DRAWERS = ["unit", "form words", "obligation", "round now", "sheet", "line", "issue now", "figure", "event"]


@pytest.mark.parametrize("name", DRAWERS)
def test_drawer_is_the_very_part_of_its_page(name, addresses, browse):
    client = browse("ducha")
    part = soup(client.get(addresses[name], headers=HTMX))
    whole = soup(client.get(addresses[name]))
    roots = part.find_all(True, recursive=False)
    assert len(roots) == 1 and roots[0].get("id"), "one root with an id"
    assert str(whole.find(id=roots[0]["id"])) == str(roots[0])


def test_bulletin_figures_lead_to_rows_filing_and_event(addresses, browse):
    client = browse("ducha")
    paper = soup(client.get(addresses["report"])).find(id="paper")
    figures = paper.select("a.fig")
    assert len(figures) > 30 and not paper.select("span.fig")
    for kind in ("/figures/", "/assess/lines/", "/assess/sheets/", "/assess/"):
        href = next(link["href"] for link in figures if link["href"].startswith(kind))
        assert client.get(href).status_code == 200
    done = next(link for link in figures if "panjin_done" in link["href"] and "unit=" not in link["href"])
    card = soup(client.get(done["href"], headers=HTMX))
    assert done.get_text() in card.get_text()
    rows = card.select("#fact-rows tbody tr")
    assert len(rows) == 6
    filing, event = (link["href"] for link in rows[0].select("a"))
    assert "98.06" in text_of(client.get(filing)) and "正文校验码" in text_of(client.get(event))


def test_every_figure_of_a_bulletin_stands_on_the_page_it_leads_to(addresses, browse):
    client = browse("ducha")
    figures = soup(client.get(addresses["report"])).select("#paper a.fig")
    shown: dict[str, str] = {}
    for link in figures:
        if link["href"] not in shown:
            part = soup(client.get(link["href"], headers=HTMX))
            shown[link["href"]] = " ".join(tag.get_text(" ") for tag in part.select(".big-value") or [part])
        words = (
            link.get_text().rstrip("0").rstrip(".") if link["href"].startswith("/assess") else link.get_text()
        )
        assert words.rstrip("%") in shown[link["href"]] or link["data-key"].startswith(
            ("input", "rank", "scheme")
        )


def test_rows_out_of_sight_are_counted_not_shown(addresses, browse):
    page = browse("dawa").get(f"/figures/bulletins.panjin_done/?period={PERIOD}")
    assert "另有 5 行不在您的查看范围内" in text_of(page)
    assert [row.td.get_text() for row in soup(page).select("#fact-rows tbody tr")] == ["大洼区"]


def test_points_of_an_unpublished_draft_have_no_address(addresses, browse):
    paper = soup(browse("ducha").get(addresses["draft"])).find(id="paper")
    assert paper.select("a.fig")


def test_downloads_are_named_in_chinese(addresses, browse):
    client = browse("ducha")
    for address in (addresses["round"] + "export/", addresses["issue"] + "docx/", "/org/export/"):
        response = client.get(address)
        assert response.content[:2] == b"PK" and "filename*=utf-8''" in response["Content-Disposition"]


def test_refused_report_gives_the_reason(addresses, browse):
    assert "没有填报数据" in text_of(browse("ducha").get(addresses["refused"]))


def test_menu_hides_what_the_actor_may_not_open(addresses, browse):
    titles = [
        link.get_text().strip() for link in soup(browse("guanli").get("/")).select("#side a:not(.side-close)")
    ]
    assert titles == ["工作台", "留痕核验", "单位", "账号", "业务包"]


def test_menu_hides_areas_without_a_pack(browse, district):
    from luoshi.core.actor import SYSTEM_ACTOR
    from luoshi.kernel.loader.actions import pack_retire

    pack_retire(actor=SYSTEM_ACTOR, pack="bulletins", now=district.now)
    titles = [
        link.get_text().strip() for link in soup(browse("ducha").get("/")).select("#side a:not(.side-close)")
    ]
    # what needs no pack stays; a first form can be designed where no pack has brought one
    always = ["工作台", "会议议题", "离任交接", "表单设计", "数字校对", "留痕核验", "单位", "业务包"]
    assert titles == always


def test_every_line_of_the_menu_has_an_icon_of_its_own():
    icons = [entry.icon for _, entries in MENU for entry in entries]
    assert len(icons) == len(set(icons)), sorted(icons)
    assert all(icon_svg(name) for name in icons)
