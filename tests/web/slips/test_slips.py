"""The pages of slips: proposed, issued at once, replied to, signed, accepted, escalated, withdrawn."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from luoshi.core.clock import FixedClock
from luoshi.domains.slips.models import Slip
from luoshi.domains.slips.replying import slip_reply, slip_sign
from luoshi.kernel.access.models import Account
from luoshi.web.slips import views
from tests.domains.slips.world import RULES, TIP, URGE, issued, on, slip_world, unit
from tests.kernel.filings.loop import owed
from tests.web.conftest import HTMX, soup, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    found = slip_world()
    Account.objects.update(must_change_password=False)
    return found


@pytest.fixture
def browse(world, settings):
    settings.ALLOWED_HOSTS = ["testserver"]

    def client(username: str, now=TIP) -> Client:
        settings.LUOSHI_CLOCK = FixedClock(now)
        made = Client()
        made.force_login(Account.objects.get(username=username))
        return made

    return client


def buttons(page) -> list[str]:
    return [tag.get_text().strip() for tag in page.select("#main form button")]


def test_from_the_workbench_to_three_slips_and_back(browse, world):
    office = browse("reviewer")
    page = soup(office.get("/"))
    link = next(tag for tag in page.select("a[href='/slips/proposals/']"))
    assert "应发而未发 3 份" in page.get_text()
    page = soup(office.get(link["href"]))
    assert [box["value"] for box in page.select("input[name=unit][checked]")] == [
        str(unit(code)) for code in ("S1", "S2", "S3")
    ]
    sent = {"rules": RULES, "unit": [unit("S1"), unit("S2")], "text": "", "key": "a" * 32}
    for _ in range(2):
        assert office.post("/slips/proposals/", sent)["Location"] == "/slips/"
    assert [str(slip) for slip in Slip.objects.order_by("id")] == ["提示〔2021〕1号", "提示〔2021〕2号"]
    assert "已发出 2 份：提示〔2021〕1号、提示〔2021〕2号" in text_of(office.get("/slips/"))
    assert "请先选择要发的单位" in text_of(office.post("/slips/proposals/", {"rules": RULES}))
    assert "没有应发提示的事项" in text_of(office.post("/slips/proposals/", {**sent, "key": "b" * 32}))


def test_the_unit_replies_within_three_clicks_and_the_head_signs(browse, world):
    (slip,) = issued(world)
    address = f"/slips/{slip.pk}/"
    clerk = browse("clerk")
    assert soup(clerk.get("/")).select_one(f"a[href='{address}']"), "first click, from the first page"
    page = soup(clerk.get(address))
    assert buttons(page) == ["提交负责人签批"]
    assert "请写明办理情况和未按期报送的原因" in text_of(clerk.post(f"{address}reply/", {"text": ""}))
    assert clerk.post(f"{address}reply/", {"text": "已补报。"})["Location"] == address
    head = browse("head")
    assert soup(head.get("/")).select_one(f"a[href='{address}']")
    assert buttons(soup(head.get(address))) == ["签批", "签批并回复"]
    assert head.post(f"{address}sign/")["Location"] == address
    office = browse("reviewer")
    assert "认可或退回督办回复" in text_of(office.get("/"))
    assert buttons(soup(office.get(address))) == ["认可，办结", "退回", "发出催办", "发出撤销函"]
    assert "请写明退回理由" in text_of(office.post(f"{address}return/", {"text": ""}))
    office.post(f"{address}accept/", {"text": "同意"})
    words = text_of(browse("clerk").get(address))
    assert "已办结" in words and "按期回复" in words and "同意" in words


def test_escalated_and_withdrawn_on_the_page(browse, world):
    (slip,) = issued(world)
    office = browse("reviewer")
    refused = office.post(f"/slips/{slip.pk}/escalate/", {"text": ""})
    assert "才能发催办，现逾期 2 个工作日" in text_of(refused)
    office = browse("reviewer", URGE)
    assert "去升级" in text_of(office.get("/slips/proposals/"))
    made = office.post(f"/slips/{slip.pk}/escalate/", {"text": ""})["Location"]
    assert "此前已发提示〔2021〕1号，所列事项至今未办结" in text_of(office.get(made))
    notice = office.post(f"{made}cancel/", {"text": "误发"})["Location"]
    words = text_of(office.get(notice))
    assert "关于撤销催办〔2021〕1号的函" in words and "撤销理由：误发" in words
    assert "催办〔2021〕2号" in text_of(office.get(made))


def test_who_gets_which_answer(browse, world, monkeypatch):
    monkeypatch.setattr(views, "to_pdf", lambda content, *, timeout: b"%PDF-")
    (slip,) = issued(world)
    slip_sign_ready = {"actor": world.cast.clerk, "slip_id": slip.pk, "text": "已补报", "now": TIP}
    slip_reply(**slip_sign_ready)
    expected = {
        # clerk, other unit, head, who issues, office, auditor
        ("get", ""): (200, 404, 200, 200, 200, 200),
        ("get", "docx/"): (200, 404, 200, 200, 200, 200),
        ("get", "pdf/"): (200, 404, 200, 200, 200, 200),
        ("get", "reply/"): (302, 404, 302, 302, 302, 302),
        ("post", "accept/"): (403, 404, 403, 200, 403, 403),
        ("post", "return/"): (403, 404, 403, 200, 403, 403),
        ("post", "escalate/"): (403, 404, 403, 200, 403, 403),
        ("post", "cancel/"): (403, 404, 403, 200, 403, 403),
        ("post", "reply/"): (200, 404, 200, 403, 403, 403),
        ("post", "sign/"): (403, 404, 302, 403, 403, 403),
    }
    for (method, path), codes in expected.items():
        for person, code in zip(
            ("clerk", "other", "head", "reviewer", "office", "auditor"), codes, strict=True
        ):
            response = getattr(browse(person), method)(f"/slips/{slip.pk}/{path}")
            assert response.status_code == code, f"{method} {path} for {person}"
    assert browse("clerk").get("/slips/proposals/").status_code == 403
    assert "不发督办单" in text_of(browse("office").get("/slips/proposals/"))


def test_the_list_swaps_exports_and_the_drawer_is_part_of_its_page(browse, world):
    office = browse("reviewer")
    assert "没有督办单" in text_of(office.get("/slips/"))
    (slip, _) = issued(world, "S1", "S2")
    part = soup(office.get("/slips/?q=S2", headers=HTMX))
    assert "单位S2" in part.get_text() and "单位S1" not in part.get_text()
    assert str(part.find(id="slips")) == str(soup(office.get("/slips/?q=S2")).find(id="slips"))
    assert "没有符合条件的督办单" in text_of(office.get("/slips/?level=督办"))
    rows = list(load_workbook(BytesIO(office.get("/slips/export/").content)).active.values)
    assert [row[0] for row in rows[1:]] == ["提示〔2021〕2号", "提示〔2021〕1号"]
    drawer = soup(office.get(f"/slips/{slip.pk}/", headers=HTMX)).find(id=f"slip-{slip.pk}")
    assert str(soup(office.get(f"/slips/{slip.pk}/")).find(id=f"slip-{slip.pk}")) == str(drawer)
    panel = text_of(office.get(f"/filings/obligations/{owed().pk}/", headers=HTMX))
    assert "提示〔2021〕1号" in panel


def test_a_reply_past_its_time_reads_so_everywhere(browse, world):
    (slip,) = issued(world)
    assert "逾期未回复 1 份" in text_of(browse("reviewer", on(27)).get("/slips/"))
    assert "逾期 1 天" in text_of(browse("clerk", on(27)).get("/"))
    slip_reply(actor=world.cast.clerk, slip_id=slip.pk, text="已补报", now=on(27))
    slip_sign(actor=world.cast.head, slip_id=slip.pk, now=on(27))
    assert "逾期回复" in text_of(browse("clerk", on(28)).get(f"/slips/{slip.pk}/"))


def test_the_list_of_work_names_the_slip_that_waits(browse, world):
    (slip,) = issued(world)
    page = soup(browse("clerk").get("/filings/mine/"))
    assert page.select_one(f".notice a[href='/slips/{slip.pk}/']").get_text() == "督办单 1 份"
    card = next(
        each for each in soup(browse("clerk").get("/")).select("a.kpi") if "督办单" in each.get_text()
    )
    assert "待您办 1，逾期未回复 0" in card.get_text()


def test_who_issues_nothing_is_not_led_to_what_should_be_issued(browse, world):
    assert soup(browse("reviewer").get("/slips/")).select_one("a[href='/slips/proposals/']")
    assert not soup(browse("office").get("/slips/")).select_one("a[href='/slips/proposals/']")


def test_who_signed_stands_as_post_in_words(browse, world):
    (slip,) = issued(world)
    slip_reply(actor=world.cast.clerk, slip_id=slip.pk, text="已补报，原因是岗位交接。", now=TIP)
    slip_sign(actor=world.cast.head, slip_id=slip.pk, now=TIP)
    slip.refresh_from_db()
    code = slip.replies.get().signed_by_post
    said = text_of(browse("reviewer").get(f"/slips/{slip.pk}/"))
    assert "签批：单位S1 · " in said and f"签批：{code}" not in said
