"""A push goes where the administrator said and nowhere else; its body is signed."""

from __future__ import annotations

import hmac
import json
import socket
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from luoshi.core.errors import Invalid, NotAllowed
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.notify.models import Delivery
from luoshi.kernel.notify.outbox import digests_make, outbox_send
from luoshi.kernel.notify.setting import webhook_secret, webhook_set, webhook_shown
from luoshi.kernel.notify.webhook import PushRefused, address_fault, push
from tests.harness.times import NOW
from tests.kernel.access.helpers import actor_with
from tests.kernel.notify.helpers import send, street

HALF_PAST = NOW + timedelta(minutes=30)


class Receiver(BaseHTTPRequestHandler):
    """Keeps what it is sent and answers as told."""

    status, got = 200, []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((dict(self.headers), body, self.path))
        self.send_response(self.status)
        if self.status == 302:
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *given):
        """Stay silent."""


@pytest.fixture
def receiver():
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    Receiver.status, Receiver.got = 200, []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def resolves(monkeypatch, *addresses: str) -> None:
    """Let every name stand for these addresses; connecting is not tried."""
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **named: rows)
    monkeypatch.setattr(socket, "create_connection", lambda *given: pytest.fail("a connection was tried"))


INSIDE = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::",
    "fe80::1", "fc00::1",
    "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
    "2001:0:7f00:1::",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_stands_for_an_inside_address_is_not_reached(monkeypatch, address):
    resolves(monkeypatch, address)
    with pytest.raises(PushRefused, match="内部网络"):
        push("http://im.example.cn/hook", b"{}", key="k", secret="s")


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "0.0.0.0", "224.0.0.1"]
)
def test_a_listed_host_reaches_no_link_local_address_either(monkeypatch, address):
    resolves(monkeypatch, address)
    with pytest.raises(PushRefused, match="内部网络"):
        push("http://im.example.cn/hook", b"{}", key="k", secret="s", inside=["im.example.cn"])


def test_one_inside_address_among_several_is_enough_to_refuse(monkeypatch):
    resolves(monkeypatch, "8.8.8.8", "10.0.0.1")
    with pytest.raises(PushRefused, match="内部网络"):
        push("http://im.example.cn/hook", b"{}", key="k", secret="s")


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "017700000001", "127.1"])
def test_other_spellings_of_the_loopback_are_not_reached(host, monkeypatch):
    resolves(monkeypatch, socket.inet_ntoa(socket.inet_aton(host)))
    with pytest.raises(PushRefused, match="内部网络"):
        push(f"http://{host}/", b"{}", key="k", secret="s")


@pytest.mark.parametrize("host", ["localhost", "[::1]", "127.0.0.1"])
def test_the_loopback_itself_is_not_reached(host):
    with pytest.raises(PushRefused):
        push(f"http://{host}/", b"{}", key="k", secret="s")


def test_the_name_is_resolved_once_and_the_judged_address_is_the_one_reached(receiver, monkeypatch):
    real, asked = socket.getaddrinfo, []

    def once(host, *given, **named):
        asked.append(host)
        if host == "im.example.cn":
            host = "127.0.0.1" if asked.count(host) == 1 else "127.0.0.9"
        return real(host, *given, **named)

    monkeypatch.setattr("luoshi.kernel.notify.webhook.socket.getaddrinfo", once)
    address = receiver.replace("127.0.0.1", "im.example.cn")
    push(f"{address}/hook?room=1", b"{}", key="k", secret="s", inside=["im.example.cn"])
    assert asked[0] == "im.example.cn" and "im.example.cn" not in asked[1:]
    headers, _, path = Receiver.got[0]
    assert headers["Host"].startswith("im.example.cn") and path == "/hook?room=1"


@pytest.mark.parametrize("status", [302, 404, 500])
def test_another_answer_than_2xx_is_a_failure_and_no_redirect_is_followed(receiver, status):
    Receiver.status = status
    with pytest.raises(PushRefused, match=str(status)):
        push(receiver, b"{}", key="k", secret="s", inside=["127.0.0.1"])
    assert len(Receiver.got) == 1


@pytest.mark.parametrize(
    "address",
    [
        "ftp://a.cn/", "file:///etc/passwd", "gopher://a.cn", "javascript:alert(1)", "http://", "http:///x",
        "a.cn", "http://u:p@a.cn/", "http://a.cn:0/", "http://a.cn:99999/", "http://a.cn/\r\nX: y",
        "http://a.cn/a b", "http://[::1/", "http://例.cn/", "http://a.cn/" + "x" * 300,
    ],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(address):
    assert address_fault(address)


@pytest.mark.django_db
def test_a_digest_is_pushed_signed_and_once(receiver, settings):
    settings.LUOSHI_WEBHOOK_HOSTS = ("127.0.0.1",)
    street()
    admin = actor_with("sysadmin", "D", None)
    hook = webhook_set(actor=admin, address=f"{receiver}/hook", now=NOW)
    send(text="月报今日截止")
    digests_make(HALF_PAST)
    assert outbox_send(HALF_PAST) == 2 and outbox_send(HALF_PAST) == 0
    bodies = [json.loads(body) for _, body, _ in Receiver.got]
    assert {body["post"] for body in bodies} == {"clerk", "head"}
    assert bodies[0]["messages"][0]["text"] == "月报今日截止"
    headers, body, _ = Receiver.got[0]
    wanted = hmac.new(webhook_secret(hook).encode(), body, "sha256").hexdigest()
    assert headers["X-Luoshi-Signature"] == f"sha256={wanted}"
    assert (
        headers["X-Luoshi-Key"] == bodies[0]["key"] == Delivery.objects.filter(channel="webhook").first().key
    )


@pytest.mark.django_db
def test_the_administrator_alone_sets_the_address_and_it_stays_out_of_the_ledger():
    cast = street()
    admin = actor_with("sysadmin", "D", None)
    for other in (cast.office, cast.clerk):
        with pytest.raises(NotAllowed):
            webhook_set(actor=other, address="https://im.example.cn/", now=NOW)
        with pytest.raises(NotAllowed):
            webhook_shown(other)
    with pytest.raises(Invalid):
        webhook_set(actor=admin, address="ftp://im.example.cn/", now=NOW)
    hook = webhook_set(actor=admin, address="https://im.example.cn/hook", now=NOW)
    first = webhook_secret(hook)
    (event,) = events_of("webhook", hook.pk)
    assert event.kind == "webhook.changed" and "im.example.cn" not in str(event.data)
    assert webhook_shown(admin) == ("https://im.example.cn/hook", first)
    assert webhook_secret(webhook_set(actor=admin, address="https://im.example.cn/hook", now=NOW)) != first
    webhook_set(actor=admin, address="", now=NOW)
    assert webhook_shown(admin) == ("", "")
