"""Error pages say in Chinese what to do; refusals reach the security log; reading never writes."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from luoshi.core.errors import Stale
from luoshi.kernel.ledger.queries import security_log
from luoshi.web.shell.readonly import WriteInReadingRequest, refuse_writes
from tests.web.conftest import HTMX, PANJIN, soup, text_of

IMPORT = f"/filings/{PANJIN}/import/"
ENGLISH = ("Not Found", "Forbidden", "Server Error", "Bad Request", "CSRF")


def crash(request):
    raise ZeroDivisionError("a fault of the program")


def stale(request):
    raise Stale("该记录已被他人修改，请刷新后重试。")


def sneaky(request):
    get_user_model().objects.update(is_active=True)
    return HttpResponse("written")


class Site:
    """A root URL configuration with faulty pages besides the product's own."""

    def __init__(self) -> None:
        from luoshi.conf import urls

        self.urlpatterns = [
            *urls.urlpatterns,
            path("crash/", crash, name="crash"),
            path("stale/", stale, name="stale"),
            path("sneaky/", sneaky, name="sneaky"),
        ]


@pytest.fixture
def faulty(browse, settings):
    """A client on a site with faulty pages."""
    settings.ROOT_URLCONF = Site()
    client = browse("ducha")
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("gone", ["sessionid", "csrftoken"])
def test_form_sent_too_late_gives_back_what_was_typed(gone, browse):
    client = Client(enforce_csrf_checks=True)
    client.cookies.update(browse("tongji").cookies)
    token = soup(client.get("/account/password/")).find("input", {"name": "csrfmiddlewaretoken"})["value"]
    del client.cookies[gone]
    sent = {"csrfmiddlewaretoken": token, "reason": "按原始台账更正", "old": "secret"}
    page = text_of(client.post("/filings/obligations/1/correct/", sent))
    assert "页面已过期" in page and "按原始台账更正" in page
    assert "secret" not in page and token not in page


def test_signing_in_again_leads_to_the_page_of_the_form(client, browse):
    page = "http://testserver/ledger/?kind=filing.taken"
    response = client.post("/ledger/verify/", headers={"referer": page})
    assert response["Location"] == "/signin/?next=%2Fledger%2F%3Fkind%3Dfiling.taken"


def test_address_that_only_takes_forms_says_so(browse):
    response = browse("ducha").get("/assess/compute/")
    assert response.status_code == 405 and "只用来提交" in text_of(response)


def test_refusal_leads_back_to_the_page_it_came_from(browse):
    client = browse("dawa")
    page = soup(client.get(IMPORT, headers={"referer": "http://testserver/filings/"}))
    assert page.select_one("a[data-back]")["href"] == "/filings/"
    page = soup(client.get(IMPORT, headers={"referer": "http://elsewhere.example/filings/"}))
    assert page.select_one("a[data-back]") is None


@pytest.mark.parametrize(
    ("address", "code", "says"),
    [
        ("/nowhere/", 404, "没有这个页面"),
        ("/packs/nowhere/", 404, "没有安装业务包"),
        ("/org/import/", 403, "联系系统管理员"),
        ("/crash/", 500, "请稍后重试"),
        ("/org/?on=2021-02-31", 409, "2021-02-31"),
        ("/reports/bulletins.panjin/2023-99/", 409, "2023-99"),
        ("/figures/bulletins.panjin_done/", 409, "期间"),
    ],
)
def test_error_pages_say_what_to_do(address, code, says, faulty):
    response = faulty.get(address)
    page = text_of(response)
    assert response.status_code == code and says in page and "返回工作台" in page
    assert not [word for word in ENGLISH if word in page]


def test_expired_form_gets_a_chinese_page(browse):
    client = Client(enforce_csrf_checks=True)
    response = client.post("/signin/", {"username": "a", "password": "b"})
    assert response.status_code == 403 and "页面已过期" in text_of(response)


def test_unknown_host_gets_a_chinese_page(browse):
    response = Client(SERVER_NAME="else.example.org").get("/")
    assert response.status_code == 400 and "请求无法识别" in text_of(response)


def test_refused_change_is_noted_with_page_and_rule_only(faulty):
    assert faulty.post("/stale/", {"secret": "内容"}).status_code == 409
    entry = security_log(limit=1)[0]
    assert (entry.kind, dict(entry.detail)) == (
        "refused",
        {"page": "stale", "method": "POST", "rule": "stale"},
    )


def test_denied_reading_is_noted_and_a_missing_record_is_not(browse):
    client = browse("guanli")
    client.get("/filings/")
    assert security_log(limit=1)[0].kind == "denied"
    newest = security_log(limit=1)[0].id
    client.get("/assess/999999/")
    assert security_log(limit=1)[0].id == newest


def test_refusal_on_a_form_is_noted_too(browse):
    browse("ducha").post("/filings/bulletins.panjin/open/", {"period": "2023-Q1"})
    assert security_log(limit=1)[0].kind == "refused"


@pytest.mark.parametrize(("address", "code"), [("/nowhere/", 404), ("/org/import/", 403), ("/stale/", 409)])
def test_under_htmx_errors_are_parts(address, code, faulty):
    response = faulty.get(address, headers=HTMX)
    assert response.status_code == code and soup(response).find("html") is None
    assert soup(response).find(class_="notice")


def test_a_reading_page_that_writes_is_stopped(faulty):
    assert faulty.post("/sneaky/").status_code == 200
    with transaction.atomic():
        assert faulty.get("/sneaky/").status_code == 500
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO a VALUES (1)",
        "UPDATE a SET b = 1",
        "DELETE FROM a",
        "SELECT 1 FROM a FOR UPDATE",
        "SELECT 1 FROM a FOR NO KEY UPDATE",
        "WITH x AS (DELETE FROM a RETURNING b) SELECT * FROM x",
        "DROP TABLE a",
        "REPLACE INTO a VALUES (1)",
    ],
)
def test_writing_sql_is_told_from_reading(sql):
    with pytest.raises(WriteInReadingRequest):
        refuse_writes(lambda *given: None, sql, (), False, {})


@pytest.mark.parametrize(
    "sql",
    ["SELECT 1", "(SELECT 1)", "SAVEPOINT s", 'SELECT "updated" FROM a', "\n WITH x AS (SELECT 1) SELECT 1"],
)
def test_reading_sql_passes(sql):
    assert refuse_writes(lambda *given: "read", sql, (), False, {}) == "read"


def test_headers_keep_foreign_scripts_out(browse):
    response = browse("ducha").get("/")
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert "no-store" in response["Cache-Control"] and "HX-Request" in response["Vary"]
    assert connection.execute_wrappers == []
