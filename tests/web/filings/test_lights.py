"""The light of an obligation on the matrix and in its drawer, through the life of one answer."""

from __future__ import annotations

import pytest

from luoshi.kernel.filings.models import Obligation
from tests.kernel.filings.loop import DUE, PAST_DUE, accepted, later, owed, returned, signed, submit_nil
from tests.web.conftest import HTMX, soup

pytestmark = pytest.mark.django_db

MATRIX = "/filings/loop.monthly/"


def light(client) -> tuple[str, str]:
    """Return (class, word) of the cell of S1 in the matrix; the drawer must say the same."""
    cell = soup(client.get(MATRIX)).select_one(f"a.cell[href='/filings/obligations/{owed().pk}/']")
    shown = (cell["class"][1], cell.get_text().split("（")[0])
    drawer = soup(client.get(cell["href"], headers=HTMX)).select_one(".kv .cell")
    assert (drawer["class"][1], drawer.get_text()) == shown
    return shown


def test_not_answered_the_light_follows_the_days_that_are_left(browse):
    days = [(-7, ("todo", "未到期")), (-5, ("near", "临近")), (-3, ("warn", "预警")), (0, ("warn", "预警"))]
    for moved, expected in days:
        assert light(browse("office", later(days=moved))) == expected
    assert light(browse("office", PAST_DUE)) == ("miss", "逾期")


def test_answered_in_time_it_is_green_and_late_it_stays_late(browse, cast):
    signed(cast)
    assert light(browse("office", PAST_DUE)) == ("ok", "按时")
    returned(cast, signed_now(), now=later(hours=1))
    assert light(browse("office", DUE)) == ("near", "临近")
    accepted(cast, signed(cast, now=PAST_DUE), now=PAST_DUE)
    assert light(browse("office", PAST_DUE)) == ("ok", "按时")


def signed_now():
    return owed().filings.get(version=1)


def test_late_is_marked(browse, cast):
    signed(cast, now=PAST_DUE, late_reason="停电")
    assert light(browse("office", PAST_DUE)) == ("late", "迟报")


def test_nil_and_excused_say_so(browse, cast):
    submit_nil(cast.clerk)
    assert light(browse("office")) == ("ok", "零报告")
    Obligation.objects.update(answer="excused")
    assert light(browse("office")) == ("void", "免报")


def test_legend_names_every_light(browse):
    page = soup(browse("office").get(MATRIX))
    words = [tag.get_text() for tag in page.select(".legend .cell")]
    assert words == ["未到期", "临近", "预警", "逾期", "按时", "迟报", "免报"]
