"""A list filtered in place is the list of the fresh page, and costs the same however long it is."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.kernel.assess.queries import rounds_visible
from luoshi.kernel.ledger.queries import events_page
from tests.web.conftest import HTMX, soup

SWAPS = [
    ("ducha", "/filings/bulletins.panjin/?q=区", "matrix"),
    ("ducha", "/filings/bulletins.panjin/?q=没有这样的", "matrix"),
    ("ducha", "/org/?q=盘锦&on=2020-05-01", "unit-rows"),
    ("ducha", "/org/?on=2009-12-31", "unit-rows"),
    ("ducha", "/ledger/?kind=filing.taken", "event-rows"),
    ("ducha", "/ledger/?unit=SQRX&before=200", "event-rows"),
    ("shenji", "/ledger/security/?kind=signin", "security-rows"),
]


@pytest.mark.parametrize(("person", "address", "root"), SWAPS)
def test_filtered_swap_equals_fresh_page(person, address, root, browse):
    client = browse(person)
    part = soup(client.get(address, headers=HTMX)).find(id=root)
    assert str(part) == str(soup(client.get(address)).find(id=root))


@pytest.mark.parametrize("query", ["", "?sort=done", "?sort=unit", "?sort=total", "?group=nothing"])
def test_sorted_sheets_equal_the_fresh_page(query, browse, district):
    client = browse("ducha")
    scored = rounds_visible(district.actor("ducha")).get(scheme_ref="bulletins.panjin").pk
    part = soup(client.get(f"/assess/{scored}/{query}", headers=HTMX)).find(id="sheets")
    assert str(part) == str(soup(client.get(f"/assess/{scored}/{query}")).find(id="sheets"))


def test_sheets_are_sorted_by_the_points_asked_for(browse, district):
    scored = rounds_visible(district.actor("ducha")).get(scheme_ref="bulletins.panjin").pk
    rows = soup(browse("ducha").get(f"/assess/{scored}/?sort=satisfied")).select("#sheets tbody tr")
    points = [float(row.select("td")[5].get_text()) for row in rows]
    assert points == sorted(points, reverse=True) and len(points) == 6


def queries(client, address: str) -> int:
    """Count the queries of one page."""
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_query_count_does_not_grow_with_rows(browse, district):
    client = browse("ducha")
    office = district.actor("ducha")
    rounds = {each.scheme_ref: each.pk for each in rounds_visible(office) if each.sheet_count in (6, 20)}
    pairs = [
        ("/filings/bulletins.panjin/", "/filings/bulletins.nantong/"),
        ("/org/?q=PJ01", "/org/"),
        (f"/ledger/?before={events_page(limit=1000)[-4].id}", "/ledger/"),
        (f"/assess/{rounds['bulletins.panjin']}/", f"/assess/{rounds['bulletins.nantong']}/"),
        (
            "/figures/bulletins.panjin_assigned/?period=2023-01..2023-04",
            "/figures/bulletins.nantong_system/?period=2017-08",
        ),
        ("/reports/bulletins.panjin/2023-01..2023-04/", "/reports/bulletins.nantong/2017-08/"),
    ]
    for few, many in pairs:
        assert queries(client, many) <= queries(client, few) + 1, many


def test_lists_stay_within_their_bound(browse):
    client = browse("ducha")
    bounds = {
        "/": 70,
        "/filings/": 40,
        "/assess/": 30,
        "/reports/": 30,
        "/ledger/": 30,
        "/packs/": 30,
        "/org/": 30,
    }
    for address, most in bounds.items():
        found = queries(client, address)
        assert found <= most, f"{address}: {found}"
