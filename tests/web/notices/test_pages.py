"""Pages of messages: one sees those of the own post; the office sees what was sent and why not."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse

from luoshi.core.actor import SYSTEM
from luoshi.kernel.notify.actions import Target
from luoshi.kernel.notify.hours import Hours, hours_in_force
from luoshi.kernel.notify.models import Delivery, Preference
from luoshi.kernel.notify.outbox import digests_make
from luoshi.kernel.notify.recipients import coach, filler
from luoshi.kernel.notify.setting import webhook_in_force
from luoshi.kernel.org.actions import post_create
from luoshi.kernel.org.coaching import coach_links
from tests.harness.times import NOW
from tests.kernel.notify.helpers import TOPIC, notice_send
from tests.web.conftest import soup, text_of

pytestmark = pytest.mark.django_db
NOON = NOW + timedelta(hours=4)


def cells(response) -> list[tuple]:
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    return [tuple(cell for cell in row if cell is not None) for row in sheet.iter_rows(values_only=True)]


def test_a_clerk_sees_the_messages_of_the_own_post_only(world):
    page = text_of(world.client("clerk").get(reverse("message_list")))
    assert "S1请报送" in page and "S2请报送" not in page
    sheet = str(cells(world.client("clerk").get(reverse("message_export"))))
    assert "S1请报送" in sheet and "S2请报送" not in sheet


def test_a_message_of_another_post_is_not_there(world):
    client = world.client("clerk")
    assert client.post(reverse("message_open", args=[world.theirs.pk])).status_code == 404
    client.post(reverse("message_read"))
    world.theirs.refresh_from_db()
    assert world.theirs.read_at is None


def test_one_click_leads_to_the_work_and_marks_the_message(world):
    response = world.client("clerk").post(reverse("message_open", args=[world.mine.pk]))
    assert response["Location"] == reverse("obligation_detail", args=[world.owed.pk])
    world.mine.refresh_from_db()
    assert world.mine.read_at == NOW


def test_reading_a_page_marks_nothing(world):
    world.client("clerk").get(reverse("message_list"))
    world.mine.refresh_from_db()
    assert world.mine.read_at is None


def test_the_bell_counts_by_day_and_is_still_at_night(world):
    bell = soup(world.client("clerk", NOON).get("/")).select_one(".bell")
    assert bell.b.get_text() == "1"
    quiet = soup(world.client("clerk", NOW + timedelta(hours=12)).get("/")).select_one(".bell")
    assert quiet.b is None
    world.client("clerk", NOON).post(reverse("message_read"))
    assert soup(world.client("clerk", NOON).get("/")).select_one(".bell").b is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=unread", 1),
        ("state=read", 0),
        ("level=blue", 1),
        ("level=red", 0),
        ("q=报送", 1),
        ("q=没有", 0),
    ],
)
def test_filters_leave_what_they_say_and_swap_like_a_fresh_page(world, query, found):
    client, url = world.client("clerk"), reverse("message_list")
    page = soup(client.get(f"{url}?{query}"))
    assert page.get_text().count("S1请报送") == found
    part = soup(client.get(f"{url}?{query}", headers={"HX-Request": "true"}))
    assert str(part.select_one("#message-rows").get_text()) == page.select_one("#message-rows").get_text()
    if not found:
        assert "没有符合条件的消息" in page.get_text()


@pytest.mark.parametrize("many", [1, 40])
def test_the_number_of_queries_does_not_grow(world, many, django_assert_max_num_queries):
    unit = world.owed.unit_id
    for number in range(many):
        given = {"topic": TOPIC, "text": "再报", "target": Target("obligation", world.owed.pk, unit)}
        notice_send(by=SYSTEM, to=[filler(unit), coach(unit)], now=NOW, key=f"test:{number}", **given)
    digests_make(NOON)
    client, office = world.client("clerk"), world.client("office")
    with django_assert_max_num_queries(16):
        client.get(reverse("message_list"))
    for view in ("sent", "skipped", "out"):
        with django_assert_max_num_queries(16):
            office.get(reverse("notice_log"), {"view": view})


def test_the_office_sees_what_was_sent_and_who_was_passed_over(world):
    unit = world.owed.unit_id
    given = {"topic": TOPIC, "text": "逾期", "target": Target("obligation", world.owed.pk, unit)}
    notice_send(by=SYSTEM, to=[coach(unit)], now=NOW, key="test:coach", **given)
    digests_make(NOON)
    office, url = world.client("office"), reverse("notice_log")
    assert "S1请报送" in text_of(office.get(url))
    skipped = text_of(office.get(url, {"view": "skipped"}))
    assert "未设包联领导" in skipped and "逾期" in skipped
    assert "未配置邮件服务器" in text_of(office.get(url, {"view": "out"}))
    for view in ("sent", "skipped", "out"):
        assert len(cells(office.get(reverse("notice_log_export"), {"view": view}))) > 1


def test_a_failed_delivery_is_sent_again_by_a_button(world):
    digests_make(NOON)
    Delivery.objects.update(state="failed")
    row = Delivery.objects.order_by("id").first()
    office = world.client("office")
    assert "重发" in text_of(office.get(reverse("notice_log"), {"view": "out"}))
    office.post(reverse("delivery_retry", args=[row.pk]))
    row.refresh_from_db()
    assert row.state == "waiting"
    assert "重发" not in text_of(world.client("auditor").get(reverse("notice_log"), {"view": "out"}))


def test_the_office_sets_the_hours_and_a_wrong_one_is_told_at_its_field(world):
    office, url = world.client("office"), reverse("notice_hours")
    good = {"digest_at": "09:00", "quiet_from": "19:00", "quiet_to": "08:00", "workdays_only": "on"}
    bad = soup(office.post(url, good | {"digest_at": "07:00"}))
    assert "免打扰时段" in bad.select_one("#id_digest_at-error").get_text()
    assert hours_in_force() == Hours()
    assert office.post(url, good).status_code == 302
    assert f"{hours_in_force().digest_at:%H:%M}" == "09:00"


def test_ones_own_mailbox_and_topics(world):
    client, url = world.client("clerk"), reverse("notice_preference")
    assert "邮箱写法不对" in text_of(client.post(url, {"mailbox": "nobody"}))
    assert client.post(url, {"mailbox": "a@example.cn", "muted": [TOPIC]}).status_code == 302
    kept = Preference.objects.get()
    assert (kept.mailbox, kept.muted) == ("a@example.cn", [TOPIC])


def test_the_administrator_sets_the_push_address_and_reads_the_secret(world):
    from tests.kernel.access.helpers import actor_with

    actor_with("sysadmin", "D", None)
    from luoshi.kernel.access.models import Account

    name = Account.objects.order_by("-id").first().username
    client, url = world.client(name), reverse("notice_webhook")
    assert "应以 http" in text_of(client.post(url, {"address": "ftp://im.example.cn/"}))
    assert client.post(url, {"address": "https://im.example.cn/hook"}).status_code == 302
    assert webhook_in_force().address == "https://im.example.cn/hook"
    assert "签名密钥" in text_of(client.get(url))
    assert world.client("office").get(url).status_code == 403


def test_the_office_sets_a_coach_on_the_page_of_the_unit(world):
    post_create(by=SYSTEM, code="d-head", unit_code="D", title="区领导", is_head=True, now=NOW)
    office, url = world.client("office"), reverse("unit_coach", args=["S1"])
    assert "单位D 区领导" in text_of(office.get(url))
    assert office.post(url, {"post_code": "d-head", "on": "2021-01-15"}).status_code == 302
    assert [view.post_code for view in coach_links(world.owed.unit_id)] == ["d-head"]
    assert "区领导" in text_of(office.get(reverse("unit_detail", args=["S1"])))
    assert "已由该岗位包联" in text_of(office.post(url, {"post_code": "d-head", "on": "2021-01-16"}))
    assert world.client("clerk").post(url, {"post_code": "", "on": "2021-01-16"}).status_code == 403
