"""Signing in and out, the own password, large type, and who one acts as."""

from __future__ import annotations

import pytest
from django.test import Client

from luoshi.core.actor import SYSTEM
from luoshi.kernel.access.actions import password_reset
from luoshi.kernel.ledger.queries import security_log
from luoshi.kernel.org.actions import appoint, post_create
from tests.web.conftest import HTMX, soup, text_of


@pytest.fixture
def password(district):
    """User name → password of the sample."""
    return {each.username: each.password for each in district.credentials}


def test_signing_in_leads_to_the_page_asked_for(browse, password):
    client = browse("")
    assert client.get("/filings/")["Location"] == "/signin/?next=/filings/"
    form = {"username": "ducha", "password": password["ducha"]}
    assert client.post("/signin/?next=/filings/", form)["Location"] == "/filings/"
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("away", ["https://example.org/", "//example.org", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(away, browse, password):
    form = {"username": "ducha", "password": password["ducha"], "next": away}
    assert browse("").post("/signin/", form)["Location"] == "/"


def test_wrong_name_and_wrong_password_get_one_message(browse, password):
    client = browse("")
    pages = [
        client.post("/signin/", {"username": name, "password": "Wrong-word-123"})
        for name in ("ducha", "nobody")
    ]
    said = [soup(page).find(class_="notice").get_text() for page in pages]
    assert said[0] == said[1] and [page.status_code for page in pages] == [200, 200]
    assert "Wrong-word-123" not in pages[0].content.decode()
    assert [entry.kind for entry in security_log(limit=2)] == ["signin_failed", "signin_failed"]


def test_password_given_out_must_be_changed_first(browse, district):
    _, once = password_reset(by=SYSTEM, account_id=district.actor("ducha").account_id, now=district.now)
    client = browse("")
    client.post("/signin/", {"username": "ducha", "password": once})
    assert client.get("/")["Location"] == "/account/password/"
    form = {"old": once, "new": "Xin-mima-2023", "again": "Xin-mima-2022"}
    assert "两次输入的新密码不一致" in text_of(client.post("/account/password/", form))
    assert client.post("/account/password/", {**form, "again": "Xin-mima-2023"})["Location"] == "/"
    assert client.get("/").status_code == 200, "the session goes on"


def test_weak_password_is_refused_with_the_rule(browse, password):
    form = {"old": password["ducha"], "new": "abc", "again": "abc"}
    page = browse("ducha").post("/account/password/", form)
    assert page.status_code == 200 and "10" in soup(page).find(class_="bad").get_text()


def test_signing_out_ends_the_session_and_is_noted(browse):
    client = browse("ducha")
    assert client.post("/signout/")["Location"] == "/signin/"
    assert client.get("/").status_code == 302 and security_log(limit=1)[0].kind == "signout"
    assert browse("ducha").get("/signout/").status_code == 405


def test_acting_in_another_appointment_changes_the_rights(browse, district):
    person = district.actor("ducha").person_id
    post_create(by=SYSTEM, code="sq-second", unit_code="SQXX", title="联络员", now=district.now)
    held = appoint(
        by=SYSTEM,
        person_id=person,
        post_code="sq-second",
        from_on=district.now.date(),
        acting=True,
        now=district.now,
    )
    client = browse("ducha")
    assert "联络员（代理）" in text_of(client.get("/"))
    assert client.post("/as/", {"appointment": held.pk})["Location"] == "/"
    page = soup(client.get("/"))
    assert "联络员（代理）" in page.find(class_="who").get_text()
    assert client.get("/filings/").status_code == 403


def test_large_type_is_kept_for_this_browser(browse):
    client = browse("ducha")
    assert client.post("/view/large/", {"next": "/org/"})["Location"] == "/org/"
    assert soup(client.get("/")).html["class"] == ["large"]
    client.post("/view/large/")
    assert not soup(client.get("/")).html.get("class")


def test_part_asked_for_after_the_session_ended_reloads_the_page(browse):
    headers = {**HTMX, "HX-Current-URL": "http://testserver/filings/"}
    client = browse("")
    answer = client.get("/filings/obligations/1/", headers=headers, follow=True)
    assert answer["HX-Redirect"] == "/signin/?next=%2Ffilings%2F"


def test_account_without_a_post_is_told_what_to_do(browse, district):
    from luoshi.kernel.org.actions import appointment_end

    actor = district.actor("ducha")
    appointment_end(
        by=SYSTEM, appointment_id=actor.appointment_id, to_on=district.now.date(), now=district.now
    )
    page = browse("ducha").get("/")
    assert page.status_code == 200 and "没有任职" in text_of(page)


@pytest.mark.parametrize("page", ["http://[bad", "http://elsewhere.example/x", "%%%"])
def test_header_of_a_stranger_page_leads_to_the_workbench_after_signing_in(page, browse):
    answer = browse("").get("/signin/", headers={**HTMX, "HX-Current-URL": page})
    assert answer.status_code == 200 and answer["HX-Redirect"] == "/signin/?next=%2F"


def test_form_in_another_alphabet_is_refused_in_words(browse):
    browse("")
    client = Client(enforce_csrf_checks=True)
    client.get("/signin/")
    kind = "application/x-www-form-urlencoded; charset=utf-7"
    answer = client.post("/signin/", b"username=a", content_type=kind)
    assert answer.status_code == 400 and "请求无法识别" in text_of(answer)
