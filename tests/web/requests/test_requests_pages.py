"""The listing of requests and reports in the browser, the letter, and who sees what."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.urls import reverse

from luoshi.core.actor import SYSTEM_ACTOR
from luoshi.kernel.items.models import Item
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.loader.actions import pack_install
from tests.district import LATER
from tests.web.conftest import soup, text_of

PAPER = "/items/qingshi.paper/"
BINDINGS = {"desk": "sq-desk", "leader": "sq-office", "supervisor": "SQDC"}
BODY = "辖区南片没有便民服务点，群众办事路途较远，拟新增一处服务点。"
GIVEN = {
    "title": "关于增设便民服务点的请示",
    "kind": "request",
    "upto": "district",
    "matter": "people",
    "matters": "1",
    "pressing": "plain",
    "body": BODY,
    "agreed": "alone",
}


@pytest.fixture
def clerk(district, browse):
    pack_install(actor=SYSTEM_ACTOR, path="qingshi", bindings=BINDINGS, now=LATER)
    return browse("dawa")


def drafted(clerk, **given) -> Item:
    answer = clerk.post(f"{PAPER}new/", GIVEN | given, follow=True)
    assert answer.status_code == 200
    return Item.objects.order_by("-id")[0]


def test_a_clerk_drafts_for_the_own_unit_and_reads_why_not(clerk):
    refused = clerk.post(f"{PAPER}new/", GIVEN | {"kind": "special", "body": BODY + "妥否，请批示。"})
    assert "报告中不得夹带请示事项" in text_of(refused) and not Item.objects.exists()
    assert BODY in soup(refused).select_one("[name=body]").get_text()
    item = drafted(clerk)
    shown = text_of(clerk.get("/requests/"))
    assert item.number in shown and "待批办" in shown
    assert verify_ledger().ok


def test_the_listing_is_filtered_and_exported(clerk, browse):
    item = drafted(clerk)
    assert item.number in text_of(clerk.get("/requests/", {"kind": "request", "year": "2023"}))
    assert "没有符合条件的请示报告" in text_of(clerk.get("/requests/", {"kind": "urgent"}))
    assert "没有符合条件的请示报告" in text_of(clerk.get("/requests/", {"state": "late"}))
    assert 'role="alert"' in clerk.get("/requests/", {"q": "stat:x"}).content.decode()
    answer = clerk.get("/requests/export/")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    values = [cell.value for row in sheet.iter_rows() for cell in row]
    assert item.number in values and "大洼区" in str(values) and "请示" in values


def test_what_is_out_of_sight_is_not_there(clerk, browse):
    item = drafted(browse("tongji"), **{"duty.lead": "PJ02"})
    for name in ("request_letter", "report_continue", "answer_hand_on"):
        assert clerk.get(reverse(name, args=[item.pk])).status_code == 404
    assert item.number not in text_of(clerk.get("/requests/"))
    assert browse("guanli").get("/requests/").status_code == 403
    assert browse("tongji").get(reverse("request_letter", args=[item.pk])).status_code == 409


def test_pages_of_the_pack_say_the_rules_in_words(clerk):
    shown = text_of(clerk.get(reverse("definition_detail", args=["item", "qingshi.paper"])))
    assert "一文一事" in shown
    assert "任何单位" in text_of(clerk.get(reverse("definition_detail", args=["role", "qingshi.unit"])))
