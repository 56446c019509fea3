"""What concerns all units is for those who see every unit; of figures, until they are published."""

from __future__ import annotations

import pytest

from luoshi.core.periods import parse_period
from luoshi.kernel.assess.actions import round_compute
from luoshi.kernel.filings.actions import draft_keep, filings_take
from luoshi.kernel.reports.queries import issues_visible
from tests.web.conftest import PANJIN, soup, text_of

WAITING = "2023-05..2023-06"
HEAD = "单位,转办件数,办结率,满意率,按时反馈率,有效回访率,知识库更新数"
UNITS = ("大洼区", "盘山县", "兴隆台区", "双台子区", "高新技术开发区", "辽滨沿海经济技术开发区")
SHARED = (
    f"/reports/{PANJIN}/{WAITING}/",
    f"/reports/{PANJIN}/{WAITING}/docx/",
    f"/reports/{PANJIN}/{WAITING}/pdf/",
    f"/figures/{PANJIN}_done/?period={WAITING}",
    f"/figures/{PANJIN}_done/?period={WAITING}&unit=PJ03",
)


@pytest.fixture
def filed(district):
    """Everybody's figures of a period that nothing was published of; the office has a trial round."""
    rows = "\n".join(f"{unit},777,98.06,99,100,100,10330" for unit in UNITS)
    draft = draft_keep(
        actor=district.actor("tongji"),
        form_ref=PANJIN,
        import_ref=PANJIN,
        period=parse_period(WAITING),
        name="panjin.csv",
        content=f"{HEAD}\n{rows}\n".encode(),
        now=district.now,
    )
    filings_take(actor=district.actor("tongji"), draft_token=draft.token, only_clean=False, now=district.now)
    round_compute(
        actor=district.actor("ducha"), scheme_ref=PANJIN, period=parse_period(WAITING), now=district.now
    )


@pytest.mark.parametrize("address", SHARED)
def test_clerk_reads_no_draft_and_no_figure_of_others_before_publication(browse, filed, address):
    answer = browse("dawa").get(address)
    assert answer.status_code == 403
    assert "777" not in text_of(answer) and "4662" not in text_of(answer)


@pytest.mark.parametrize("username", ["tongji", "ducha", "shenji"])
def test_those_who_see_every_unit_read_them(browse, filed, username):
    client = browse(username)
    assert {client.get(address).status_code for address in SHARED if "pdf" not in address} == {200}


def test_clerk_reads_the_own_unit_before_publication(browse, filed):
    assert "777" in text_of(browse("dawa").get(f"/figures/{PANJIN}_done/?period={WAITING}&unit=PJ01"))


def test_every_figure_of_every_issue_opens_for_a_clerk(browse, district):
    client = browse("dawa")
    for issue in issues_visible(district.actor("dawa")):
        paper = soup(client.get(f"/reports/issues/{issue.pk}/")).find(id="paper")
        links = {link["href"] for link in paper.select("a[href]")}
        assert links
        assert {client.get(href).status_code for href in links} == {200}


def test_clerk_finds_no_imports_of_others(browse, district):
    assert "panjin.csv" not in text_of(browse("dawa").get(f"/filings/{PANJIN}/"))
    assert "panjin.csv" in text_of(browse("ducha").get(f"/filings/{PANJIN}/"))
