"""What is known already on the page of an answer: put in, confirmed at once or one by one, or changed."""

from __future__ import annotations

import pytest

from luoshi.kernel.access.models import Account
from luoshi.kernel.filings.actions import filing_sign
from luoshi.kernel.filings.models import Draft, Filing
from tests.kernel.filings.loop import IN_TIME, Cast, later
from tests.kernel.filings.shared import MONTHLY, NEXT, fills, open_form, owes, shared_world
from tests.web.conftest import HTMX, soup
from tests.web.filings.test_fill import errors_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db) -> Cast:
    found = shared_world()
    Account.objects.update(must_change_password=False)
    return found


def address(form: str, period: str | None = None) -> str:
    return f"/filings/obligations/{owes(form, period).pk}/fill/"


def filled(page) -> dict[str, str]:
    """Return what a browser sends of a page without touching it."""
    inputs = page.select("#entry input[name], #entry textarea[name]")
    return {
        tag["name"]: tag.get("value", tag.get_text()).lstrip("\n")
        for tag in inputs
        if tag.get("type") != "checkbox" or tag.has_attr("checked")
    }


def test_a_known_value_stands_in_the_field_with_its_origin_and_a_tick(browse, cast):
    monthly = fills(cast.clerk, "monthly", MONTHLY)
    page = soup(browse("clerk").get(address("roll")))
    assert page.select_one("#id_open")["value"] == "12"
    known = page.select_one("#id_open-known")
    assert known.get_text(" ", strip=True) == "无变化 已有： 12 （来自 2020年12月履责月报，1月15日 ）"
    assert known.select_one("a")["href"] == f"/filings/versions/{monthly.pk}/changes/"
    assert page.select_one("#id_open")["aria-describedby"] == "id_open-known"
    assert "已有数据 1 项，均无变化" in page.select_one(".known-all").get_text()
    assert page.select_one("#id_text-known") is None


def test_a_form_that_knows_nothing_shows_nothing_of_it(browse, cast):
    page = soup(browse("clerk").get(address("monthly")))
    assert page.select(".known, .known-all") == []


def test_sent_back_untouched_it_asks_for_a_look(browse, cast):
    fills(cast.clerk, "monthly", MONTHLY)
    client = browse("clerk")
    sent = filled(soup(client.get(address("roll")))) | {"do": "submit"}
    page = soup(client.post(address("roll"), sent))
    assert errors_of(page) == {"open": "请核对已有数据：无变化的勾选“无变化”，有变化的请改写。"}
    assert not Filing.objects.filter(obligation=owes("roll")).exists()


@pytest.mark.parametrize("tick", ["open.same", "same_all"])
def test_one_tick_without_a_script_confirms_it(browse, cast, tick):
    fills(cast.clerk, "monthly", MONTHLY)
    client = browse("clerk")
    sent = filled(soup(client.get(address("roll")))) | {"do": "submit", tick: "on"}
    assert client.post(address("roll"), sent).status_code == 302
    filing = Filing.objects.get(obligation=owes("roll"))
    assert (filing.values["open"], filing.sources) == ("12", {"open": "held"})


def test_a_change_asks_nothing_more_and_the_reviewer_sees_both_values(browse, cast):
    monthly = fills(cast.clerk, "monthly", MONTHLY)
    client = browse("clerk")
    sent = filled(soup(client.get(address("roll")))) | {"do": "submit", "open": "13", "same_all": "on"}
    assert client.post(address("roll"), sent).status_code == 302
    roll = Filing.objects.get(obligation=owes("roll"))
    assert roll.sources["open"] == "changed"
    for filing in (roll, monthly):
        filing_sign(actor=cast.head, filing_id=filing.pk, now=IN_TIME)
    page = soup(browse("reviewer").get(f"/filings/obligations/{owes('roll').pk}/"))
    assert "原为 12（来自2020年12月履责月报，1月15日）" in page.select_one(".origin").get_text()
    assert [each.get_text() for each in page.select(".unlike")] == ["与2020年12月履责月报不一致：该表填 12"]
    other = soup(browse("reviewer").get(f"/filings/obligations/{owes('monthly').pk}/"))
    assert [each.get_text() for each in other.select(".unlike")] == ["与2020年12月台账表不一致：该表填 13"]
    drawer = soup(browse("reviewer").get(f"/filings/versions/{roll.pk}/changes/", headers=HTMX))
    assert "改动已有数据" in drawer.get_text()
    history = page.select_one(f"#obligation-{owes('roll').pk}").get_text()
    assert "台账在办数：改动已有数据，原为 12（来自2020年12月履责月报，1月15日）" in history


def test_a_value_that_changed_meanwhile_is_shown_anew(browse, cast):
    fills(cast.clerk, "monthly", MONTHLY)
    client = browse("clerk")
    sent = filled(soup(client.get(address("roll")))) | {"do": "submit", "same_all": "on"}
    fills(cast.clerk, "quarterly", {"done": "1"}, same=["cases"])
    sent["open.shown"] = sent["open"] = "11"
    page = soup(client.post(address("roll"), sent))
    assert "已有数据现为 12" in errors_of(page)["open"]
    assert page.select_one("[name='open.shown']")["value"] == "12"
    assert page.select_one("#id_open")["value"] == "11"


def test_what_was_typed_into_the_draft_stands_before_what_is_known(browse, cast):
    client = browse("clerk")
    client.post(address("roll"), {"do": "save", "rev": "0", "open": "15", "text": "x"})
    fills(cast.clerk, "monthly", MONTHLY)
    page = soup(client.get(address("roll")))
    assert page.select_one("#id_open")["value"] == "15" and page.select_one("#id_open-known")
    assert set(Draft.objects.get(obligation=owes("roll")).values) == {"open", "text"}


def test_basics_of_the_period_before_are_offered_as_the_same(browse, cast):
    fills(cast.clerk, "monthly", MONTHLY)
    open_form("monthly", NEXT, now=later(days=14))
    client = browse("clerk", later(days=14))
    page = soup(client.get(address("monthly", NEXT)))
    assert page.select_one("#id_staff")["value"] == "8"
    assert page.select_one("#id_staff-known").get_text(" ", strip=True).startswith("与上期相同 已有： 8")
    sent = filled(page) | {"do": "submit", "cases": "5", "staff.same": "on"}
    assert client.post(address("monthly", NEXT), sent).status_code == 302
    assert Filing.objects.get(obligation=owes("monthly", NEXT)).sources["staff"] == "held"
