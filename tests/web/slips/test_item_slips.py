"""The pages of slips about items: listed where due, issued one by one, or not issued with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from luoshi.core.actor import SYSTEM_ACTOR
from luoshi.core.clock import FixedClock
from luoshi.domains.slips.models import Slip, SlipCall
from luoshi.domains.supervision.authorities import authority_grant
from luoshi.kernel.items.actions import item_create, item_move
from luoshi.kernel.items.given import Given
from luoshi.kernel.items.ladder import ladder_send
from luoshi.kernel.loader.actions import pack_install
from tests.district import LATER
from tests.domains.supervision.world import granted
from tests.web.conftest import soup, text_of

pytestmark = pytest.mark.django_db
LATE = LATER + timedelta(days=50)


@pytest.fixture
def late(district, browse, settings):
    """A matter handed to a town, never signed for, whose clock has called for a slip."""
    bindings = {"office": "SQDC", "approver": "sq-office"}
    pack_install(actor=SYSTEM_ACTOR, path="duban", bindings=bindings, now=LATER)
    values = {
        "kind": "paper",
        "source": "paper",
        "urgency": "normal",
        "content": "按文件要求完成管网普查",
        "require": "形成台账并通过抽查",
        "limit": "rule",
        "cadence": "monthly",
    }
    office = district.actor("ducha")
    authority_grant(actor=office, grant=granted("SQDC"), now=LATER)
    given = Given(title="排水管网普查", values=values)
    item = item_create(actor=office, type_ref="duban.matter", given=given, now=LATER)
    handed = Given(duties={"lead": ["PJ01"]})
    item_move(actor=office, item_id=item.pk, move="send", given=handed, now=LATER)
    ladder_send(LATE)
    settings.LUOSHI_CLOCK = FixedClock(LATE)
    return item


def test_the_office_issues_from_the_list_and_the_unit_finds_the_slip_on_the_item(browse, late):
    office = browse("ducha")
    page = soup(office.get("/slips/proposals/"))
    link = page.select_one(f"a[href='/slips/items/{late.pk}/']")
    assert link.get_text() == "发蓝色督办" and "时限用去 130%" in page.get_text()
    sent = office.post(link["href"], {"text": "请主要负责人过问", "key": "b" * 32})
    slip = Slip.objects.get()
    assert sent["Location"] == f"/slips/{slip.pk}/"
    assert "排水管网普查" in text_of(office.get(sent["Location"]))
    assert str(slip) in text_of(browse("dawa").get(f"/items/at/{late.pk}/"))
    assert office.get(link["href"]).status_code == 404


def test_a_call_is_dropped_with_a_reason_only(browse, late):
    office, call = browse("ducha"), SlipCall.objects.get()
    where = f"/slips/calls/{call.pk}/drop/"
    office.post(where, {"text": " ", "key": "c" * 32})
    assert SlipCall.objects.get().state == "open"
    office.post(where, {"text": "已当面说明", "key": "d" * 32})
    assert SlipCall.objects.get().state == "dropped"


def test_a_clerk_of_the_unit_can_neither_issue_nor_drop(browse, late):
    clerk = browse("dawa")
    assert clerk.post(f"/slips/items/{late.pk}/", {"text": ""}).status_code == 403
    assert clerk.post(f"/slips/calls/{SlipCall.objects.get().pk}/drop/", {"text": "不必"}).status_code == 403
    assert not Slip.objects.exists() and SlipCall.objects.get().state == "open"
