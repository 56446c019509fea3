"""Records of another system on the page: what can be taken is shown first, what cannot with its reason."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from luoshi.kernel.items.models import Item
from luoshi.kernel.ledger.verify import verify_ledger
from tests.web.conftest import soup, text_of
from tests.web.items.makers import CASE, DETAIL, item_taken_in

IMPORT = f"/items/{CASE}/history/"
HEAD = (
    "原编号,事由,类型,来源,企业名称,问题内容,办理结果,是否解决,满意度,主办单位,"
    "登记时间,派发时间,签收时间,报结时间,办结时间"
)
RESULT = "已协调银行与企业当面对接，贷款续期手续办理完毕。"
TIMES = "2020-11-02 09:00,2020-11-02 10:00,2020-11-03,2020-11-05,2020-11-05"
WHOLE = f"A-1,续贷困难,融资信贷,电话,海宁纺织厂,{DETAIL},{RESULT},已解决,98,兴隆台区,{TIMES}"
OPEN = f"A-2,用地困难,用地用房,走访,青禾食品厂,{DETAIL},,,,兴隆台区,2020-11-04 09:00,2020-11-04 10:00,,,"
BACKWARDS = f"A-3,招工困难,用工招聘,走访,青禾食品厂,{DETAIL},,,,兴隆台区,2020-11-04 09:00,2020-11-03 10:00,,,"


@pytest.fixture
def desk(district, browse):
    item_taken_in(district)
    return browse("tongji")


def sent(client, *lines: str):
    table = SimpleUploadedFile("台账.csv", "\n".join([HEAD, *lines]).encode())
    return client.post(IMPORT, {"template": "zhengqi.platform", "table": table})


def test_the_list_leads_whoever_registers_to_the_import(desk, browse):
    assert IMPORT in {each["href"] for each in soup(desk.get(f"/items/{CASE}/")).select("a[href]")}
    assert IMPORT not in browse("ducha").get(f"/items/{CASE}/").content.decode()
    page = desk.get(IMPORT)
    assert "主办单位" in text_of(page) and "来自外部记录" in text_of(page)
    empty = desk.get(f"{IMPORT}platform/")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(empty)))
    assert [cell.value for cell in book.active[1]][:2] == ["原编号", "事由"]


def test_an_upload_is_looked_at_taken_and_marked(desk):
    page = desk.get(sent(desk, WHOLE, OPEN, BACKWARDS)["Location"])
    told = text_of(page)
    assert "可导入 2 件（7 步），已有且相同 0 件，不能接收 1 件" in told and Item.objects.count() == 1
    fault = [cell.get_text() for cell in soup(page).select("#faults tbody tr td")]
    assert fault[1:4] == ["4", "派发时间", "2020-11-03 10:00"] and "早于“登记”的时间" in fault[4]
    token = page.request["PATH_INFO"].split("/")[-2]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(desk.get(f"/items/histories/{token}/faults/"))))
    assert any("派发时间" in [cell.value for cell in row] for row in book.active)
    refused = desk.post(f"/items/histories/{token}/take/", {"take": "all"})
    assert refused.status_code == 409 and Item.objects.count() == 1
    done = desk.post(f"/items/histories/{token}/take/", {"take": "clean"}, follow=True)
    assert "已导入 2 件，未接收 1 件" in text_of(done) and Item.objects.count() == 3
    item = Item.objects.get(title="续贷困难")
    detail = text_of(desk.get(f"/items/at/{item.pk}/"))
    assert item.state == "closed" and detail.count("来自外部记录") == 6 and "A-1" in detail
    assert "由外部记录的时间推算，不催办" in detail and "台账.csv" in detail
    again = desk.get(sent(desk, WHOLE, OPEN)["Location"])
    assert "已有且相同 2 件" in text_of(again) and "导入可接收" not in text_of(again)
    assert verify_ledger().ok


def test_days_without_a_time_of_day_follow_the_lifecycle(desk):
    day = "2020-11-05,2020-11-05,2020-11-05,2020-11-05,2020-11-05"
    line = WHOLE.rsplit(",", 5)[0] + f",{day}"
    desk.post(sent(desk, line)["Location"] + "take/", {"take": "all"})
    item = Item.objects.get(title="续贷困难")
    moves = list(item.moves.order_by("number").values_list("move", flat=True))
    assert moves == ["create", "send", "accept", "report", "confirm"]


def test_an_upload_is_dropped_and_belongs_to_who_sent_it(desk, browse):
    address = sent(desk, OPEN)["Location"]
    assert browse("ducha").get(address).status_code == 404
    gone = desk.post(f"{address}drop/", follow=True)
    assert "没有保存任何数据" in text_of(gone) and desk.get(address).status_code == 404
    assert Item.objects.count() == 1


@pytest.mark.parametrize("count", [1, 30])
def test_the_preview_asks_as_many_queries_for_one_case_as_for_thirty(
    desk, count, django_assert_max_num_queries
):
    lines = [OPEN.replace("A-2", f"A-{number}") for number in range(count)]
    address = sent(desk, *lines)["Location"]
    desk.get(address)
    with django_assert_max_num_queries(30):
        desk.get(address)
