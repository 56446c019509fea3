"""Tests reach no other machine: connecting anywhere but to loopback fails, whoever tries."""

from __future__ import annotations

import ipaddress
import sys
from typing import Any


class NetworkForbidden(AssertionError):
    """Something tried to leave this machine."""


def install() -> None:
    """Watch every connect and name look-up of this interpreter. An audit hook cannot be taken out again."""
    sys.addaudithook(_watch)


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        _refuse_foreign(arguments[1])
    elif event == "socket.getaddrinfo":
        _refuse_foreign(arguments)


def _refuse_foreign(address: Any) -> None:
    if isinstance(address, tuple) and not is_loopback(address[0]):
        raise NetworkForbidden(f"a test tried to reach {address[0]}")


def is_loopback(host: Any) -> bool:
    """Tell whether ``host`` (name, address, None or "" for this machine) stays on this machine."""
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        return False
