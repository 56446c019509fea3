"""The pages of supervision: plans, overlaps, notices, parts, listing and bulletin."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook

from luoshi.core.actor import SYSTEM_ACTOR
from luoshi.domains.supervision.authorities import authority_grant
from luoshi.domains.supervision.models import Plan
from luoshi.kernel.items.actions import item_create, item_move
from luoshi.kernel.items.given import Given
from luoshi.kernel.items.models import Item
from luoshi.kernel.loader.actions import pack_install
from tests.district import LATER
from tests.domains.supervision.world import granted
from tests.web.conftest import soup, text_of

pytestmark = pytest.mark.django_db
PLAN = {
    "title": "防汛准备专项督查",
    "kind": "special",
    "matter": "防汛准备情况",
    "content": "看预案、物资和值守",
    "from_on": "2023-06-19",
    "until_on": "2023-06-21",
    "units": ["PJ01"],
}


@pytest.fixture
def handed(district):
    """The pack in force, an authority of the office, and a matter handed to the town PJ01."""
    bindings = {"office": "SQDC", "approver": "sq-office"}
    pack_install(actor=SYSTEM_ACTOR, path="duban", bindings=bindings, now=LATER)
    office = district.actor("ducha")
    authority_grant(actor=office, grant=granted("SQDC"), now=LATER)
    values = {
        "kind": "paper",
        "source": "paper",
        "urgency": "normal",
        "content": "按文件要求完成管网普查",
        "require": "形成台账并通过抽查",
        "limit": "rule",
        "cadence": "monthly",
    }
    given = Given(title="排水管网普查", values=values)
    item = item_create(actor=office, type_ref="duban.matter", given=given, now=LATER)
    sent = Given(duties={"lead": ["PJ01"]})
    return item_move(actor=office, item_id=item.pk, move="send", given=sent, now=LATER).item


def test_a_plan_is_drafted_but_not_approved_by_the_same_person(browse, handed):
    office = browse("ducha")
    refused = office.post("/supervision/plans/new/", PLAN | {"matter": "", "key": "a" * 32})
    assert refused.status_code == 200 and "请填写督查事项" in text_of(refused)
    assert soup(refused).select_one("input[name=title]")["value"] == PLAN["title"]
    made = office.post("/supervision/plans/new/", PLAN | {"key": "b" * 32})
    page = office.get(made["Location"])
    assert "待审批" in text_of(page) and "待您批准" not in text_of(page)
    office.post(f"{made['Location']}approve/", {"key": "c" * 32})
    assert Plan.objects.get().state == "draft"
    assert "防汛准备专项督查" in text_of(browse("dawa").get("/supervision/plans/"))


def test_the_plans_leave_as_a_sheet(browse, handed):
    office = browse("ducha")
    office.post("/supervision/plans/new/", PLAN | {"key": "b" * 32})
    book = load_workbook(BytesIO(office.get("/supervision/plans/export/").content))
    said = [cell.value for row in book.active.iter_rows() for cell in row]
    assert "防汛准备专项督查" in said and "待审批" in said


def test_the_notice_of_a_matter_reaches_its_unit_and_nobody_else(browse, handed):
    where = f"/supervision/matters/{handed.pk}/notice/"
    assert f"{handed.number}号督查通知单" in text_of(browse("dawa").get(where))
    assert browse("dawa").get(f"{where}docx/")["Content-Disposition"].startswith("attachment")
    handed_to_another = Item.objects.get(pk=handed.pk)
    assert handed_to_another.state == "sent" and browse("guanli").get(where).status_code == 404


def test_a_clerk_of_the_unit_breaks_nothing_down(browse, handed):
    where = f"/supervision/matters/{handed.pk}/parts/"
    form = {"earlier": "5", "unit": ["PJ02"], "task": ["提供图纸"], "key": "d" * 32}
    assert browse("dawa").post(where, form).status_code == 403
    assert Item.objects.filter(type_ref="duban.part").count() == 0
    assert browse("ducha").post(where, form)["Location"] == f"/items/at/{handed.pk}/"
    assert "提供图纸" in text_of(browse("ducha").get(f"/items/at/{handed.pk}/"))


def test_listing_and_bulletin_count_what_one_sees(browse, handed):
    book = load_workbook(BytesIO(browse("ducha").get("/supervision/listing/").content))
    said = [cell.value for row in book.active.iter_rows() for cell in row]
    assert handed.number in said and "排水管网普查" in said
    assert soup(browse("ducha").get("/supervision/bulletin/")).select_one("tfoot th.num").get_text() == "1"
    assert load_workbook(BytesIO(browse("ducha").get("/supervision/bulletin/export/").content))
