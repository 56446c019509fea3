"""Pages of lists: drafted in a browser, imported, published by another, read by the unit that holds them."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from luoshi.core.actor import SYSTEM, SYSTEM_ACTOR
from luoshi.core.clock import FixedClock
from luoshi.core.periods import parse_period
from luoshi.domains.duties.models import DutyItem, DutyList
from luoshi.kernel.access.actions import role_bind
from luoshi.kernel.discuss.models import Question
from luoshi.kernel.filings.actions import obligations_open
from luoshi.kernel.loader.actions import pack_install
from luoshi.kernel.org.actions import unit_create
from luoshi.kernel.org.models import Unit
from tests.district import LATER
from tests.kernel.filings.helpers import xlsx
from tests.web.conftest import HTMX, Browse, soup, text_of

WORD = re.compile(r"[A-Za-z]{3,}")
KNOWN = {"xlsx", "csv"}
TODAY = LATER.date()
SINCE = date(2021, 1, 1)


@pytest.fixture
def pack(district, browse):
    """The lists of the pack, for a small branch of streets; the office's post is also a reviewer's."""
    unit_create(by=SYSTEM, code="JD", title="街道", kind="group", parent_code="SQ", on=SINCE, now=LATER)
    for code, title in (("JD01", "松涧街道"), ("JD02", "柏亭街道")):
        unit_create(by=SYSTEM, code=code, title=title, kind="street", parent_code="JD", on=SINCE, now=LATER)
    role_bind(by=SYSTEM, post_code="sq-desk", role="reviewer", scope_unit_code=None, now=LATER)
    pack_install(actor=SYSTEM_ACTOR, path="lists", bindings={"office": "SQDC"}, now=LATER)
    return browse


def adopted(browse: Browse, kind: str = "common") -> DutyList:
    """Adopt the pack's list as the desk and publish it as the office, both in the browser."""
    ask = {"template": f"lists.{kind}", "code": f"gx-{kind}", "year": 2023}
    assert browse("tongji").post("/duties/adopt/", ask).status_code == 302
    made = DutyList.objects.get(code=f"gx-{kind}")
    answer = browse("ducha").post(
        f"/duties/lists/{made.pk}/publish/", {"effective_from": TODAY.isoformat(), "sure": "on"}
    )
    assert answer.status_code == 302, text_of(answer)
    made.refresh_from_db()
    return made


def sound(response) -> None:
    """A page is whole: one heading, ids once, no English, nothing inline."""
    assert response.status_code == 200
    page = soup(response)
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert page.h1 is not None and len(ids) == len(set(ids))
    assert not page.find_all(style=True) and not page.find_all("script", src=False)
    for tag in page.select(".code, .mono, head, .who, .me-name, input"):
        tag.decompose()
    assert {word for word in WORD.findall(page.get_text(" ")) if word not in KNOWN} <= {"gx"}


def test_list_goes_from_template_to_a_units_page(pack):
    made = adopted(pack)
    assert made.state == "published"
    office = pack("ducha")
    for address in ("/duties/", "/duties/units/", f"/duties/lists/{made.pk}/", "/duties/review/"):
        sound(office.get(address))
    page = office.get("/duties/units/JD01/")
    sound(page)
    text = text_of(page)
    assert "该业务未启用，暂无记录" in text and "逐一听取班子成员" in text
    assert "填报《听取汇报与检查情况》 未开放" in text and "每季度，期末后10个工作日" in text
    assert "每年，开放后30日" in text
    sound(office.get("/duties/units/JD01/sheet/"))
    assert "2 个单位" in text_of(office.get("/duties/review/"))


def test_open_obligation_of_an_item_shows_its_light_and_leads_to_the_form(pack):
    adopted(pack)
    obligations_open(actor=SYSTEM_ACTOR, form_ref="lists.quarter", period=parse_period("2023-Q1"), now=LATER)
    page = soup(pack("ducha").get("/duties/units/JD01/"))
    cells = page.select("a.cell")
    assert {cell.get_text() for cell in cells} == {"逾期"}
    assert all("/fill/" in cell["href"] for cell in cells) and len(cells) == 2
    rows = soup(pack("ducha").get("/duties/units/")).select("#duty-units tbody tr")
    assert ["逾期 1" in row.get_text() for row in rows] == [True, True]


def test_past_day_shows_the_list_of_that_day(pack, settings):
    adopted(pack)
    before = (TODAY - timedelta(days=1)).isoformat()
    settings.LUOSHI_CLOCK = FixedClock(LATER + timedelta(days=3))
    assert "这一天没有责任清单" in text_of(pack("ducha").get(f"/duties/units/JD01/?on={before}"))
    page = text_of(pack("ducha").get(f"/duties/units/JD01/?on={TODAY.isoformat()}"))
    assert "逐一听取班子成员" in page and "该业务未启用" not in page


def test_clerk_of_another_unit_finds_no_list_of_this_one(pack):
    adopted(pack)
    assert pack("dawa").get("/duties/units/JD01/").status_code == 404
    assert "JD01" not in text_of(pack("dawa").get("/duties/units/"))
    assert pack("guanli").get("/duties/").status_code == 403


def test_clerk_drafts_an_own_list_and_adds_an_item(pack):
    clerk = pack("dawa")
    ask = {
        "title": "大洼区个性清单",
        "code": "pj01",
        "kind": "own",
        "year": 2023,
        "holders": "领导班子",
        "applies_to": "PJ01",
        "basis": "年度工作安排",
    }
    sound(clerk.get("/duties/draft/"))
    wrong = clerk.post("/duties/draft/", ask | {"applies_to": "没有的单位", "holders": "路人"})
    sound(wrong)
    assert "没有名为“没有的单位”" in text_of(wrong) and DutyList.objects.count() == 0
    assert clerk.post("/duties/draft/", ask).status_code == 302
    made = DutyList.objects.get(code="pj01")
    address = f"/duties/lists/{made.pk}/item/"
    sound(clerk.get(address))
    item = {
        "code": "X01",
        "aspect": "服务群众",
        "requirement": "照明故障三日内修复",
        "holders": "领导班子",
        "frequency": "每季度",
        "due": "下周",
        "answer": "提示",
    }
    refused = clerk.post(address, item)
    assert "时限“下周”写法不对" in text_of(refused) and "照明故障三日内修复" in refused.content.decode()
    assert clerk.post(address, item | {"due": "期末后5日"}).status_code == 302
    assert DutyItem.objects.get().due == "end + 5 day"
    again = soup(clerk.get(f"{address}?item=X01"))
    assert again.find("input", attrs={"name": "due"})["value"] == "期末后5日"
    assert clerk.post(f"{address}remove/", {"item": "X01"}).status_code == 302
    assert not DutyItem.objects.exists()


def test_sheet_is_previewed_with_cell_addresses_and_taken(pack):
    clerk = pack("tongji")
    clerk.post("/duties/adopt/", {"template": "lists.negative", "code": "fm", "year": 2023})
    made = DutyList.objects.get(code="fm")
    head = ("事项编码", "方面", "要求", "责任人", "频次")
    rows = [
        ("N09", "部署", "不得以会代办", "领导班子", "每次发生"),
        ("N10", "部署", "", "路人", "每次发生"),
    ]
    address = f"/duties/lists/{made.pk}/import/"
    sound(clerk.get(address))
    upload = SimpleUploadedFile("清单.xlsx", xlsx(rows, head))
    preview = clerk.post(address, {"table": upload})
    sound(preview)
    assert "C3" in text_of(preview) and "D3" in text_of(preview) and made.items.count() == 8
    token = soup(preview).find("input", attrs={"name": "token"})["value"]
    assert clerk.post(address, {"token": token, "take": "clean"}).status_code == 302
    assert made.items.count() == 9
    other = clerk.post(address, {"token": token + "x", "take": "clean"})
    assert other.status_code == 409 and "凭据无效" in text_of(other)


def test_drafter_is_told_that_somebody_else_publishes(pack):
    pack("tongji").post("/duties/adopt/", {"template": "lists.common", "code": "gx", "year": 2023})
    made = DutyList.objects.get(code="gx")
    page = text_of(pack("tongji").get(f"/duties/lists/{made.pk}/"))
    assert "请另一位有发布权限的同志" in page
    ask = {"effective_from": TODAY.isoformat(), "sure": "on"}
    answer = pack("tongji").post(f"/duties/lists/{made.pk}/publish/", ask)
    assert "起草人以外的账号" in text_of(answer)
    made.refresh_from_db()
    assert made.state == "draft"


def test_revision_is_compared_with_the_version_before(pack):
    first = adopted(pack)
    answer = pack("tongji").post(f"/duties/lists/{first.pk}/revise/")
    second = DutyList.objects.get(code=first.code, version=2)
    assert answer["Location"].endswith(f"/duties/lists/{second.pk}/")
    pack("tongji").post(f"/duties/lists/{second.pk}/item/remove/", {"item": "A16"})
    page = pack("tongji").get(f"/duties/lists/{second.pk}/changes/")
    sound(page)
    assert "删去" in text_of(page) and "A16" in text_of(page)
    assert pack("tongji").post(f"/duties/lists/{second.pk}/drop/").status_code == 302


def test_retiring_from_the_page_asks_for_a_reason(pack):
    made = adopted(pack)
    day = (TODAY + timedelta(days=9)).isoformat()
    address = f"/duties/lists/{made.pk}/retire/"
    assert "请填写停用理由" in text_of(pack("ducha").post(address, {"on": day}))
    assert pack("ducha").post(address, {"on": day, "reason": "职能调整"}).status_code == 302


def test_exports_are_sheets_that_can_be_imported_again(pack):
    made = adopted(pack)
    office = pack("ducha")
    for address in (
        "/duties/export/",
        "/duties/units/export/",
        "/duties/units/JD01/export/",
        f"/duties/lists/{made.pk}/export/",
        "/duties/template/",
    ):
        assert office.get(address).content[:2] == b"PK", address
    again = office.get(f"/duties/lists/{made.pk}/export/").content
    pack("tongji").post(f"/duties/lists/{made.pk}/revise/")
    second = DutyList.objects.get(code=made.code, version=2)
    upload = SimpleUploadedFile("清单.xlsx", again)
    preview = text_of(pack("tongji").post(f"/duties/lists/{second.pk}/import/", {"table": upload}))
    assert "可导入 0 项，有误 0 项" in preview


def test_filtered_swap_is_the_part_of_the_page(pack):
    adopted(pack)
    adopted(pack, "negative")
    office = pack("ducha")
    part = soup(office.get("/duties/?kind=negative", headers=HTMX))
    whole = soup(office.get("/duties/?kind=negative"))
    assert str(part.find(id="lists")) == str(whole.find(id="lists"))
    assert len(part.select("tbody tr")) == 1


def test_queries_of_a_units_page_do_not_grow_with_units(pack, django_assert_max_num_queries):
    adopted(pack)
    for number in range(20):
        unit_create(
            by=SYSTEM,
            code=f"JD{number + 30}",
            title=f"样例街道{number}",
            kind="street",
            parent_code="JD",
            on=TODAY,
            now=LATER,
        )
    with django_assert_max_num_queries(55):
        pack("ducha").get("/duties/units/JD01/")
    with django_assert_max_num_queries(40):
        pack("ducha").get("/duties/units/")
    with django_assert_max_num_queries(45):
        pack("ducha").get("/duties/")


def test_answered_questions_about_a_form_are_counted_beside_the_items_it_answers(pack):
    adopted(pack)
    form = "lists.quarter"
    obligations_open(actor=SYSTEM_ACTOR, form_ref=form, period=parse_period("2023-Q1"), now=LATER)
    for text in ("副职空缺的怎么填？", "还没有答复的不计入。"):
        Question.objects.create(
            topic_kind="form",
            topic_ref=form,
            unit=Unit.objects.get(code="JD01"),
            unit_code="JD01",
            text=text,
            asked_at=LATER,
            asked_by_account=1,
            answered_at=LATER if "空缺" in text else None,
            version=int("空缺" in text),
        )
    counts = soup(pack("ducha").get("/duties/units/JD01/")).select(f"a[href*='topic=form:{form}']")
    assert [each.get_text() for each in counts] == ["常见问题 1"] * 2
    address = counts[0]["href"]
    page = text_of(pack("ducha").get(address))
    assert "副职空缺的怎么填" in page and "还没有答复的不计入" not in page
