"""One digest a day for each post, never in quiet hours, sent at least once; failures end after five tries."""

from __future__ import annotations

import socket
import threading
from datetime import time, timedelta

import pytest
from django.core import mail

from luoshi.core.actor import Actor, Grant
from luoshi.core.errors import Invalid, NotAllowed, WrongState
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.notify import topics
from luoshi.kernel.notify.hours import Hours, hours_in_force
from luoshi.kernel.notify.models import Delivery, Digest, Message
from luoshi.kernel.notify.outbox import digests_make, outbox_send
from luoshi.kernel.notify.recipients import filler
from luoshi.kernel.notify.setting import delivery_retry, notice_hours_set, preference_set
from tests.harness.times import NOW
from tests.kernel.notify.helpers import SUBJECT, send, street

pytestmark = pytest.mark.django_db
HALF_PAST = NOW + timedelta(minutes=30)  # Friday 2021-01-15 08:30
SATURDAY = NOW + timedelta(days=1, hours=4)
MONDAY = NOW + timedelta(days=3, hours=1)


@pytest.fixture
def mailing(settings):
    """A street whose clerk has a mailbox, and a mail server that keeps what it gets."""
    settings.LUOSHI_MAIL_FROM, settings.LUOSHI_URL = "luoshi@example.cn", "https://luoshi.example.cn"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cast = street()
    preference_set(actor=cast.clerk, mailbox="clerk@example.cn", muted=[])
    return cast


def told(key: str = "test:1", **given) -> None:
    send(key, to=lambda unit: [filler(unit)], **given)


def deliveries() -> list[tuple[str, str, str]]:
    return list(Delivery.objects.order_by("id").values_list("channel", "state", "result"))


def test_many_notices_make_one_mail(mailing):
    told("test:1", text="月报明日截止")
    told("test:2", text="季报已逾期", level="red")
    assert digests_make(HALF_PAST) == 1 and outbox_send(HALF_PAST) == 1
    (sent,) = mail.outbox
    assert sent.to == ["clerk@example.cn"] and sent.subject == "落实：2 条提醒（2021-01-15）"
    assert sent.body.index("【告警】季报已逾期") < sent.body.index("【提示】月报明日截止")
    assert sent.extra_headers["X-Luoshi-Key"] == Delivery.objects.get().key
    assert deliveries() == [("mail", "sent", "邮件服务器已接收")]
    assert verify_ledger().ok


def test_a_second_digest_waits_for_the_next_working_day(mailing):
    told("test:1")
    digests_make(HALF_PAST)
    told("test:2")
    assert digests_make(HALF_PAST + timedelta(hours=2)) == 0
    assert digests_make(SATURDAY) == 0
    assert digests_make(MONDAY) == 1
    assert Digest.objects.count() == 2 and not Message.objects.filter(digest=None).exists()


def test_before_its_time_no_digest_is_made(mailing):
    told()
    assert digests_make(NOW) == 0 and digests_make(HALF_PAST) == 1 and digests_make(HALF_PAST) == 0


def test_a_later_time_set_by_the_office_holds_though_the_night_is_over(mailing):
    notice_hours_set(actor=OFFICE, now=NOW, **HOURS)
    told()
    assert digests_make(HALF_PAST) == 0 and digests_make(HALF_PAST + timedelta(minutes=30)) == 1


def test_nothing_leaves_in_quiet_hours(mailing):
    told()
    digests_make(HALF_PAST)
    for quiet in (HALF_PAST.replace(hour=18), SATURDAY, NOW + timedelta(days=3)):
        assert outbox_send(quiet) == 0
    assert outbox_send(MONDAY) == 1


def test_links_lead_to_the_work(mailing, monkeypatch):
    monkeypatch.setitem(topics._addresses, SUBJECT, lambda number: f"/test/{number}/")
    told()
    digests_make(HALF_PAST)
    outbox_send(HALF_PAST)
    assert "https://luoshi.example.cn/test/1/" in mail.outbox[0].body


def test_without_mail_server_or_mailbox_the_reason_is_noted(mailing, settings):
    preference_set(actor=mailing.clerk, mailbox="", muted=[])
    told("test:1")
    digests_make(HALF_PAST)
    settings.LUOSHI_MAIL_FROM = ""
    told("test:2")
    digests_make(MONDAY)
    assert outbox_send(MONDAY) == 0
    assert deliveries() == [("mail", "skipped", "任职人未登记邮箱"), ("mail", "skipped", "未配置邮件服务器")]


def test_old_messages_are_in_no_digest(mailing):
    told()
    assert digests_make(MONDAY + timedelta(days=21)) == 0


def test_a_failing_server_is_tried_after_1_5_15_and_60_minutes_then_no_more(mailing, settings, monkeypatch):
    def broken(self, **given):
        raise ConnectionRefusedError("10.1.2.3 said no")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", broken)
    told()
    digests_make(HALF_PAST)
    tries = []
    for minute in range(0, 120):
        before = Delivery.objects.get().attempts
        outbox_send(HALF_PAST + timedelta(minutes=minute))
        if Delivery.objects.get().attempts != before:
            tries.append(minute)
    assert tries == [0, 1, 6, 21, 81]
    assert deliveries() == [("mail", "failed", "邮件服务器未接收（ConnectionRefusedError）")]


def test_a_crash_between_sending_and_noting_sends_again_under_the_same_key(mailing, monkeypatch):
    told()
    digests_make(HALF_PAST)
    monkeypatch.setattr("luoshi.kernel.notify.outbox._ended", lambda *given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        outbox_send(HALF_PAST)
    monkeypatch.undo()
    assert outbox_send(HALF_PAST) == 0
    assert outbox_send(HALF_PAST + timedelta(minutes=1)) == 1
    assert len({sent.extra_headers["Message-ID"] for sent in mail.outbox}) == 1 and len(mail.outbox) == 2


def test_the_office_sends_a_failed_one_again(mailing):
    told()
    digests_make(HALF_PAST)
    row = Delivery.objects.get()
    with pytest.raises(WrongState):
        delivery_retry(actor=mailing.office, delivery_id=row.pk, now=HALF_PAST)
    Delivery.objects.update(state="failed", attempts=5, next_try=None)
    with pytest.raises(NotAllowed):
        delivery_retry(actor=mailing.clerk, delivery_id=row.pk, now=HALF_PAST)
    delivery_retry(actor=mailing.office, delivery_id=row.pk, now=HALF_PAST)
    assert outbox_send(HALF_PAST) == 1


def test_a_text_cannot_become_a_header(mailing):
    told(text="月报\r\nBcc: spy@example.com\r\n\r\n<script>")
    digests_make(HALF_PAST)
    outbox_send(HALF_PAST)
    raw = mail.outbox[0].message()
    assert raw["Bcc"] is None and mail.outbox[0].recipients() == ["clerk@example.cn"]


@pytest.mark.parametrize("mailbox", ["a@b.cn\nBcc: x@y.cn", "a@b.cn, x@y.cn", "nobody", "x" * 130 + "@b.cn"])
def test_a_mailbox_that_is_none_is_refused(mailing, mailbox):
    with pytest.raises(Invalid):
        preference_set(actor=mailing.clerk, mailbox=mailbox, muted=[])


def test_an_unknown_topic_cannot_be_muted(mailing):
    with pytest.raises(Invalid):
        preference_set(actor=mailing.clerk, mailbox="", muted=["no.topic"])


def test_a_real_smtp_server_gets_the_mail(mailing, settings):
    got: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.getsockname()
        settings.EMAIL_TIMEOUT = 5
        thread = threading.Thread(target=serve_smtp, args=(server, got))
        thread.start()
        told(text="月报今日截止")
        digests_make(HALF_PAST)
        assert outbox_send(HALF_PAST) == 1
        thread.join(5)
    assert any(line.startswith("rcpt TO:<clerk@example.cn>") for line in got)
    assert "X-Luoshi-Key: mail." in "".join(got)


def serve_smtp(server: socket.socket, got: list[str]) -> None:
    """Answer one session as a mail server would; keep the lines."""
    connection, _ = server.accept()
    with connection, connection.makefile("rwb") as stream:

        def say(text: str) -> None:
            stream.write(f"{text}\r\n".encode())
            stream.flush()

        say("220 test")
        for raw in stream:
            line = raw.decode()
            got.append(line)
            verb = line[:4].upper()
            if verb == "DATA":
                say("354 go on")
                for part in stream:
                    if part == b".\r\n":
                        break
                    got.append(part.decode())
                say("250 taken")
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")


OFFICE = Actor(account_id=7, post_code="o", unit_code="D", roles=frozenset({Grant("office")}))
HOURS = {"digest_at": time(9), "quiet_from": time(17), "quiet_to": time(8), "workdays_only": False}


def test_the_office_sets_the_hours_and_it_stands_in_the_ledger():
    row = notice_hours_set(actor=OFFICE, now=NOW, **HOURS)
    assert hours_in_force() == Hours(time(9), time(17), time(8), False)
    (event,) = events_of("notice_setting", row.pk)
    assert event.data == {"from": ["08:30", "18:00", "08:30", True], "to": ["09:00", "17:00", "08:00", False]}
    with pytest.raises(WrongState, match="没有变化"):
        notice_hours_set(actor=OFFICE, now=NOW, **HOURS)


def test_a_digest_in_the_night_and_others_than_the_office_are_refused():
    with pytest.raises(Invalid, match="免打扰"):
        notice_hours_set(actor=OFFICE, now=NOW, **HOURS | {"digest_at": time(7)})
    clerk = Actor(account_id=8, roles=frozenset({Grant("clerk", 1)}))
    with pytest.raises(NotAllowed):
        notice_hours_set(actor=clerk, now=NOW, **HOURS)
    assert hours_in_force() == Hours()


def test_equal_ends_mean_no_night():
    hours = Hours(quiet_from=time(0), quiet_to=time(0))
    assert not any(hours.night(time(hour)) for hour in range(24))
