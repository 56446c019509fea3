"""The statistics page and the matrix filters: numbers agree with the matrix, sorted, exported, in sight."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.kernel.filings.loop import PAST_DUE, accepted, opened, owed, signed, submit
from tests.kernel.org.helpers import grow
from tests.web.conftest import HTMX, soup

pytestmark = pytest.mark.django_db

PAGE = "/filings/statistics/"
MATRIX = "/filings/loop.monthly/"
AFTER = PAST_DUE + timedelta(days=30)


@pytest.fixture
def answered(cast):
    accepted(cast, signed(cast))
    submit(cast.other, owed("S2"), now=PAST_DUE, late_reason="停电")
    return cast


def table(page) -> dict[str, list[str]]:
    """Return line title → numbers, with the total."""
    return {
        row.select("td")[0].get_text(): [cell.get_text() for cell in row.select("td")[1:]]
        for row in page.select("tbody tr, tfoot tr")
    }


def test_numbers_are_counted_from_the_records(browse, answered):
    found = table(soup(browse("office", AFTER).get(PAGE)))
    assert found == {
        "单位S1": ["1", "0", "1", "1", "0", "0", "0", "0", "100.00%", "100.00%", "0.7"],
        "单位S2": ["1", "0", "1", "0", "1", "0", "0", "0", "0.00%", "—", "-2.4"],
        "单位S3": ["1", "0", "1", "0", "0", "1", "0", "0", "0.00%", "—", "—"],
        "合计": ["3", "0", "3", "1", "1", "1", "0", "0", "33.33%", "100.00%", "-0.9"],
    }


def test_a_number_opens_the_matrix_of_what_it_counts(browse, answered):
    client = browse("office", AFTER)
    page = soup(client.get(f"{PAGE}?form=loop.monthly"))
    late = page.select_one("tbody tr:nth-of-type(2) a.fig[href*='only=late']")
    cells = soup(client.get(late["href"])).select("#matrix tbody a.cell")
    assert [cell.get_text() for cell in cells] == ["迟报"]


def test_sorted_by_a_column_dashes_come_last(browse, answered):
    client = browse("office", AFTER)
    up = list(table(soup(client.get(f"{PAGE}?sort=median"))))
    down = list(table(soup(client.get(f"{PAGE}?sort=-median"))))
    assert (up, down) == (
        ["单位S2", "单位S1", "单位S3", "合计"],
        ["单位S1", "单位S2", "单位S3", "合计"],
    )


@pytest.mark.parametrize(("by", "first"), [("period", "2020年12月"), ("branch", "单位A"), ("kind", "街道")])
def test_counted_apart_as_asked(browse, answered, by, first):
    found = table(soup(browse("office", AFTER).get(f"{PAGE}?by={by}")))
    assert found[first][0] == found["合计"][0] == "3"


def test_what_is_not_understood_counts_as_not_given(browse, answered):
    page = browse("office", AFTER).get(f"{PAGE}?by=person&form=x&year=20x&sort=drop&page=-4")
    assert table(soup(page))["合计"][0] == "3"


def test_a_year_without_periods_says_what_to_do(browse, answered):
    assert (
        "请换一个年度"
        in soup(browse("office", AFTER).get(f"{PAGE}?year=1999")).select_one(".empty").get_text()
    )


def test_a_clerk_sees_only_the_own_unit(browse, answered):
    assert set(table(soup(browse("clerk", AFTER).get(PAGE)))) == {"单位S1", "合计"}


def test_the_export_holds_numbers(browse, answered):
    answer = browse("office", AFTER).get(f"{PAGE}export/?form=loop.monthly")
    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[-1][0] == "合计" and rows[-1][1:6] == (3, 0, 3, 1, 1)
    assert "按时率＝按时÷已到期" in rows[0][0]


def test_the_part_swapped_in_is_that_of_the_page(browse, answered):
    client = browse("office", AFTER)
    part = soup(client.get(PAGE, headers=HTMX))
    assert str(part.select_one("#statistics")) == str(soup(client.get(PAGE)).select_one("#statistics"))


def test_the_matrix_is_filtered_and_grouped_by_its_address(browse, answered):
    client = browse("office", AFTER)
    only = soup(client.get(f"{MATRIX}?only=missing"))
    assert [cell.get_text() for cell in only.select("#matrix tbody .lead-cell")] == ["单位S3"]
    grouped = soup(client.get(f"{MATRIX}?grouped=1"))
    assert [cell.get_text() for cell in grouped.select("tr.g td")] == ["单位A3 个单位"]
    assert [cell.get_text() for cell in grouped.select("tfoot tr:first-child td")][2:] == ["33.33%"]
    assert "放宽" in soup(client.get(f"{MATRIX}?year=1999")).select_one(".empty").get_text()


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}export/", MATRIX])
def test_the_number_of_queries_does_not_grow(browse, answered, address):
    client = browse("office", AFTER)

    def asked():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    before = asked()
    for i in range(6):
        grow(f"Z{i}", "A", kind="street")
    opened()
    assert asked() == before <= 40
