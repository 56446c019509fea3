"""A handover in the browser: notice, package, check, signatures; who sees what."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.urls import reverse

from luoshi.core.actor import SYSTEM
from luoshi.domains.handover.models import Handover
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.org.actions import appoint, post_create
from luoshi.kernel.org.models import Appointment
from tests.district import LATER
from tests.web.conftest import text_of

SINCE = LATER.date().replace(year=2022)


@pytest.fixture
def people(district):
    """A head of PJ02, with the account of the desk; the clerk of PJ01 follows, the auditor watches."""
    post_create(by=SYSTEM, code="pj02-head", unit_code="PJ02", title="主要负责人", is_head=True, now=LATER)
    giver = district.actor("tongji").person_id
    appoint(by=SYSTEM, person_id=giver, post_code="pj02-head", from_on=SINCE, now=LATER)
    return {"giver": giver, "taker": district.actor("dawa").person_id}


def noticed(browse, people, **given) -> Handover:
    appointment = Appointment.objects.get(post__code="pj02-head")
    data = {
        "appointment": appointment.pk,
        "ground": "moved",
        "leaves_on": "2023-06-20",
        "taker": people["taker"],
        "witness_post": "sq-auditor",
    } | given
    answer = browse("ducha").post("/handovers/new/", data, follow=True)
    assert "通知已发出" in text_of(answer), text_of(answer)
    return Handover.objects.order_by("-id")[0]


def step(client, handover, name, *args, **data):
    return client.post(reverse(f"handover_{name}", args=[handover.pk, *args]), data, follow=True)


def test_a_handover_from_notice_to_signatures(browse, people):
    handover = noticed(browse, people)
    giver, taker, witness = browse("tongji"), browse("dawa"), browse("shenji")
    page = f"/handovers/{handover.pk}/"
    assert "准备清单" in text_of(giver.get(page)) and "准备清单" not in text_of(taker.get(page))
    refused = step(giver, handover, "line_add", source="", title="钥匙三把")
    assert "请选择种类" in text_of(refused) or "必填" in text_of(refused)
    assert 'value="钥匙三把"' in refused.content.decode()
    assert "钥匙三把" in text_of(step(giver, handover, "line_add", source="property", title="钥匙三把"))
    live = handover.lines.exclude(ref=None)
    assert live.exists()
    for line in handover.lines.all():
        step(giver, handover, "line_note", line.pk, note="正在办理")
    assert "待接收核对" in text_of(step(giver, handover, "offer"))
    ids = list(handover.lines.values_list("id", flat=True))
    wrong = step(taker, handover, "answer", line=ids, answer="disputed")
    assert "写明理由" in text_of(wrong)
    assert "待签字" in text_of(step(taker, handover, "answer", line=ids, answer="accepted"))
    step(giver, handover, "sign")
    step(taker, handover, "sign")
    assert "还没有任" in text_of(step(witness, handover, "sign"))
    appoint(
        by=SYSTEM,
        person_id=people["taker"],
        post_code="pj02-head",
        from_on=LATER.date(),
        now=LATER,
        acting=True,
    )
    assert "已交接" in text_of(step(witness, handover, "sign"))
    assert giver.get(reverse("handover_docx", args=[handover.pk])).content[:2] == b"PK"
    done = step(giver, handover, "supplement", text="另有印章一枚")
    assert "另有印章一枚" in text_of(done)
    extra = handover.supplements.get()
    assert "已确认" in text_of(step(taker, handover, "supplement_confirm", extra.pk))
    assert verify_ledger().ok


def test_the_list_is_filtered_exported_and_has_bounded_queries(browse, people, django_assert_max_num_queries):
    noticed(browse, people)
    office = browse("ducha")
    assert "交接〔2023〕1号" in text_of(office.get("/handovers/", {"q": "主要负责人", "year": "2023"}))
    assert "没有符合条件的交接" in text_of(office.get("/handovers/", {"state": "signed"}))
    assert "没有符合条件的交接" in text_of(office.get("/handovers/", {"year": "x"}))
    sheet = openpyxl.load_workbook(io.BytesIO(office.get("/handovers/export/").content)).active
    assert "交接〔2023〕1号" in [cell.value for row in sheet.iter_rows() for cell in row]
    with django_assert_max_num_queries(30):
        office.get("/handovers/")


def test_strangers_find_nothing(district, browse, people):
    handover = noticed(browse, people, taker="")
    stranger = browse("dawa")
    assert "没有与您有关的离任交接" in text_of(stranger.get("/handovers/"))
    for name in ("detail", "docx", "notice_docx"):
        assert stranger.get(reverse(f"handover_{name}", args=[handover.pk])).status_code == 404
    for name in ("offer", "sign", "renew", "line_add", "cancel", "supplement", "return", "successor"):
        assert step(stranger, handover, name, title="x", source="risk", text="x").status_code == 404
    line = handover.lines.order_by("id")[0]
    assert step(stranger, handover, "line_note", line.pk, note="x").status_code == 404
    handover.refresh_from_db()
    assert handover.state == "preparing" and line.giver_note == ""


def test_the_office_sets_the_limit(browse):
    office = browse("ducha")
    assert "1 至 60" in text_of(office.post("/handovers/limit/", {"workdays": "0"}))
    assert "现为 7 个工作日" in text_of(office.post("/handovers/limit/", {"workdays": "7"}, follow=True))
