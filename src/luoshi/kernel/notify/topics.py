"""What notices are about: topics and subjects, each registered by the app that sends them.

An app registers its topics and subjects in ``ready()``; the pages register how a subject is addressed. An
unknown name is a fault of the programme and fails at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from luoshi.core.errors import nearest
from luoshi.kernel.ledger.rows import ledgered_models

Address = Callable[[int], str]
_topics: dict[str, str] = {}
_subjects: dict[str, str] = {}
_addresses: dict[str, Address] = {}


def register_topic(code: str, title: str) -> None:
    """Make a topic known, e.g. ``("filing.reminder", "填报提醒")``. Raises: ValueError for another title."""
    _put(_topics, code, title)


def register_subject(kind: str, title: str) -> None:
    """Make a kind of record known that notices are about, e.g. ``("obligation", "应报")``."""
    _put(_subjects, kind, title)


def register_address(kind: str, address: Address) -> None:
    """Say where a record of a kind is shown: a function from its id to a path of the site.

    Pages start before the app that registers the subject, so the kind is held against the kinds of records.
    Raises: LookupError for a kind that no record has.
    """
    _require("subject", kind, ledgered_models())
    _addresses[kind] = address


def address_of(kind: str, number: int) -> str:
    """Return the path of the page of a record; empty when no page shows its kind."""
    address = _addresses.get(kind)
    return address(number) if address else ""


def topic_title(code: str) -> str:
    """Return the Chinese title; a topic of a retired app shows as itself."""
    return _topics.get(code, code)


def topics_known() -> dict[str, str]:
    """Return every topic with its title, in order of the code."""
    return dict(sorted(_topics.items()))


def require_topic(code: str) -> None:
    """Raise LookupError, naming the nearest topic, when it was never registered."""
    _require("topic", code, _topics)


def require_subject(kind: str) -> None:
    """Raise LookupError, naming the nearest kind, when it was never registered."""
    _require("subject", kind, _subjects)


def _put(known: dict[str, str], code: str, title: str) -> None:
    if known.setdefault(code, title) != title:
        raise ValueError(f"{code!r} already has the title {known[code]!r}")


def _require(what: str, code: str, known: Mapping[str, object]) -> None:
    if code not in known:
        near = nearest(code, known)
        raise LookupError(f"{what} {code!r} is not registered" + (f", did you mean {near!r}" if near else ""))
