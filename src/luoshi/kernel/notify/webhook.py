"""Pushing one digest to the address the administrator set, without being led anywhere else.

The name is resolved once, every address it stands for is judged, and the connection goes to the very address
judged. Redirects are not followed. Inside addresses are reached only for hosts the installation names.
"""

from __future__ import annotations

import hmac
import http.client
import socket
import ssl
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

LONGEST_ADDRESS = 300
TIMEOUT = 5.0
PORTS = {"http": 80, "https": 443}


class PushRefused(Exception):
    """The push was not taken; the words are for the office and hold no address."""


def address_fault(address: str) -> str:
    """Return what is wrong with a push address, or an empty text.

    >>> address_fault("https://im.example.cn/hook?room=1")
    ''
    >>> address_fault("ftp://example.cn/")
    '推送地址应以 http:// 或 https:// 开头。'
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return "推送地址写法不对，应为 https:// 后接主机和路径。"
    if parts.scheme not in PORTS:
        return "推送地址应以 http:// 或 https:// 开头。"
    printable = address.isascii() and address.isprintable() and " " not in address
    if not parts.hostname or port == 0 or not printable or len(address) > LONGEST_ADDRESS:
        return "推送地址写法不对，应为 https:// 后接主机和路径。"
    if parts.username is not None or parts.password is not None:
        return "推送地址中不得写用户名和密码；推送内容另有签名。"
    return ""


def signature(secret: str, body: bytes) -> str:
    """Return the header value by which the receiver knows the sender: HMAC-SHA256 over the body."""
    return "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()


def push(address: str, body: bytes, *, key: str, secret: str, inside: Collection[str] = ()) -> None:
    """POST a JSON body. ``key`` lets the receiver know one that comes twice; ``inside``: hosts allowed there.

    Raises: PushRefused.
    """
    fault = address_fault(address)
    if fault:
        raise PushRefused(fault)
    parts = urlsplit(address)
    connection = _Pinned(parts, _resolved(parts, inside))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "luoshi",
        "X-Luoshi-Key": key,
        "X-Luoshi-Signature": signature(secret, body),
    }
    try:
        connection.request("POST", path, body, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise PushRefused(f"无法送达推送地址（{type(error).__name__}）") from error
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise PushRefused(f"推送地址答复 {status}，未接收")


def forbidden(address: IPv4Address | IPv6Address, *, inside: bool) -> bool:
    """Say whether no push may go to an address; ``inside``: the host may stand in the own network.

    >>> [forbidden(ip_address(text), inside=False) for text in ("8.8.8.8", "10.1.2.3", "127.0.0.1", "::1")]
    [False, True, True, True]
    >>> [forbidden(ip_address(text), inside=True) for text in ("10.1.2.3", "169.254.169.254", "fe80::1")]
    [False, True, True]
    """
    if isinstance(address, IPv6Address):
        if address.sixtofour or address.teredo:
            return True
        if address.ipv4_mapped:
            return forbidden(address.ipv4_mapped, inside=inside)
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return True
    if inside and (address.is_private or address.is_loopback):
        return False
    return address.is_reserved or not address.is_global


def _resolved(parts: SplitResult, inside: Collection[str]) -> str:
    """Return the address to connect to. Raises: PushRefused, also when only one of several is forbidden."""
    host = parts.hostname or ""
    try:
        rows = socket.getaddrinfo(host, parts.port or PORTS[parts.scheme], type=socket.SOCK_STREAM)
        found = [ip_address(str(row[4][0]).partition("%")[0]) for row in rows]
    except (OSError, ValueError) as error:
        raise PushRefused("推送地址的主机名无法解析") from error
    if not found or any(forbidden(each, inside=host in inside) for each in found):
        raise PushRefused("推送地址指向内部网络；确需使用的，请在部署设置 LUOSHI_WEBHOOK_HOSTS 中列出该主机")
    return str(found[0])


class _Pinned(http.client.HTTPConnection):
    """A connection to one address under the name of the host, so that nothing is resolved a second time."""

    def __init__(self, parts: SplitResult, address: str) -> None:
        super().__init__(parts.hostname or "", parts.port or PORTS[parts.scheme], timeout=TIMEOUT)
        self._address = address
        self._secure = parts.scheme == "https"

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)
