"""From a table of people to the first sign-in, on the pages."""

from __future__ import annotations

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from luoshi.kernel.access.models import Account
from luoshi.web.org.people import SALT
from tests.web.conftest import soup, text_of

HEAD = "单位编码,姓名,岗位,是否负责人,角色,管理范围,账号"
GOOD = ("PJ02,林晓岚,信息员,否,填报员,,linxl", "PJ02,周明川,办公室主任,否,负责人,,zhoumc")
BAD = "PJ99,许知远,填报员,,填报,,x"


@pytest.fixture
def admin(browse):
    return browse("guanli")


def sent(client, *lines: str):
    table = SimpleUploadedFile("人员.csv", "\n".join([HEAD, *lines]).encode())
    return client.post("/org/people/import/", {"on": "2023-06-01", "table": table})


def form_of(page, take: str) -> dict[str, str]:
    fields = {field["name"]: field["value"] for field in soup(page).select("#main form input[name]")}
    return {**fields, "take": take}


def taken(admin):
    return admin.post("/org/people/import/", form_of(sent(admin, *GOOD), "all"), follow=True)


def test_faults_name_their_cells_and_clean_rows_may_be_taken(admin, district):
    page = sent(admin, GOOD[0], BAD)
    cells = {row.select("td")[0].get_text() for row in soup(page).select("#faults tbody tr")}
    assert cells == {"A3", "E3", "G3"} and "可导入 1 行" in text_of(page)
    assert not Account.objects.filter(username="linxl").exists()
    assert admin.post("/org/people/import/", form_of(page, "all")).status_code == 409
    done = admin.post("/org/people/import/", form_of(page, "clean"), follow=True)
    assert "已导入任职 1 条" in text_of(done)


def test_a_password_is_shown_once_and_must_be_changed_at_the_first_sign_in(admin, district):
    taken(admin)
    page = soup(admin.get("/org/accounts/?state=without&q=linxl"))
    boxes = [box["value"] for box in page.select("input[name=account]")]
    slips = admin.post("/org/accounts/issue/", {"account": boxes})
    assert "no-store" in slips["Cache-Control"]
    ((name, username, password, _),) = [
        [cell.get_text() for cell in row.select("td")] for row in soup(slips).select(".slips tbody tr")
    ]
    assert (name, username) == ("林晓岚", "linxl")
    assert password not in text_of(admin.get("/org/accounts/?q=linxl"))
    assert admin.post("/org/accounts/issue/", {"account": boxes}).status_code == 409
    own = Client()
    answer = own.post("/signin/", {"username": username, "password": password}, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/account/password/")


def test_a_stopped_account_is_resumed(admin, district):
    taken(admin)
    number = Account.objects.get(username="linxl").pk
    assert "已停用" in text_of(admin.post(f"/org/accounts/{number}/", {"do": "stop"}, follow=True))
    assert "已恢复" in text_of(admin.post(f"/org/accounts/{number}/", {"do": "resume"}, follow=True))
    assert admin.post(f"/org/accounts/{number}/", {"do": "drop"}).status_code == 409


def test_a_reset_shows_the_new_password_once(admin, district):
    number = Account.objects.get(username="tongji").pk
    page = admin.post(f"/org/accounts/{number}/", {"do": "reset"})
    assert len(soup(page).select_one(".slips .mono").get_text()) == 19
    assert Account.objects.get(username="tongji").must_change_password


def test_the_export_holds_no_password(admin, district):
    taken(admin)
    assert admin.get("/org/accounts/export/?state=without").status_code == 200


def test_the_list_costs_the_same_whatever_its_length(admin, district):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            assert admin.get("/org/accounts/").status_code == 200
        return len(captured)

    before = asked()
    taken(admin)
    assert asked() == before <= 25


def test_the_day_of_a_table_of_people_is_the_day_they_take_office(admin, district):
    page = soup(admin.get("/org/people/import/"))
    assert page.select_one("label[for=id_on]").get_text(strip=True).startswith("任职日期")
    assert "设立" not in page.select_one("#main form").get_text()


def test_a_looked_at_table_is_taken_by_who_uploaded_it_and_as_it_was(admin, district):
    fields = form_of(sent(admin, *GOOD), "all")
    forged = admin.post("/org/people/import/", {**fields, "token": f"x{fields['token']}"})
    assert forged.status_code == 409 and "导入凭据无效" in text_of(forged)
    units = admin.post("/org/import/", fields)
    assert units.status_code == 409 and "导入凭据无效" in text_of(units)
    sha256, name, day, account = signing.loads(fields["token"], salt=SALT)
    others = signing.dumps([sha256, name, day, account + 1], salt=SALT)
    refused = admin.post("/org/people/import/", {**fields, "token": others})
    assert refused.status_code == 409 and "用另一账号上传" in text_of(refused)
    assert not Account.objects.filter(username="linxl").exists()
    assert "已导入任职 2 条" in text_of(admin.post("/org/people/import/", fields, follow=True))
