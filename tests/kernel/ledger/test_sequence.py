"""Positions: contiguous from 0, whatever the ids do."""

from __future__ import annotations

from hashlib import sha256

import pytest
from django.db import connection, transaction

from luoshi.core.errors import LedgerFault
from luoshi.kernel.ledger.actions import sequence, sequence_all
from luoshi.kernel.ledger.models import Event, Leaf, Pending
from luoshi.kernel.ledger.queries import pending_count, position
from luoshi.kernel.ledger.ticks import TICKS, sequence_due
from luoshi.kernel.ledger.verify import verify_ledger
from tests.harness.times import NOW
from tests.kernel.ledger.makers import folder_opened, tamper

pytestmark = pytest.mark.django_db


def test_events_get_contiguous_positions_in_rounds() -> None:
    assert (position(), sequence()) == (0, 0)
    for _ in range(5):
        folder_opened()
    assert (pending_count(), position()) == (5, 0)
    assert [sequence(limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert list(Leaf.objects.order_by("leaf_index").values_list("leaf_index", flat=True)) == [0, 1, 2, 3, 4]
    assert (pending_count(), position()) == (0, 5)
    assert verify_ledger().ok


def test_a_gap_in_the_ids_is_no_gap_in_the_positions() -> None:
    folder_opened()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        folder_opened()
        raise ZeroDivisionError
    if connection.vendor == "sqlite":
        tamper("UPDATE sqlite_sequence SET seq = seq + 3 WHERE name = 'ledger_event'")
    folder_opened()
    sequence()
    first, second = Event.objects.order_by("id")
    assert second.pk - first.pk > 1
    assert list(Leaf.objects.order_by("leaf_index").values_list("leaf_index", "event_id")) == [
        (0, first.pk),
        (1, second.pk),
    ]


def test_the_leaf_hash_is_that_of_rfc_6962() -> None:
    folder_opened()
    sequence()
    assert bytes(Leaf.objects.get().hash_sha256) == sha256(b"\x00" + bytes(Event.objects.get().body)).digest()


def test_a_body_changed_before_its_position_stops_the_sequencer() -> None:
    folder_opened()
    folder_opened()
    event = Event.objects.order_by("id").last()
    assert event
    tamper("UPDATE ledger_event SET body = %s WHERE id = %s", [bytes(event.body) + b" ", event.pk])
    with pytest.raises(LedgerFault, match=f"event {event.pk}"):
        sequence()
    assert (Leaf.objects.count(), Pending.objects.count()) == (0, 2)


def test_an_event_gone_before_its_position_stops_the_sequencer() -> None:
    folder_opened()
    tamper("DELETE FROM ledger_event")
    with pytest.raises(LedgerFault, match="gone"):
        sequence()


def test_the_tick_gives_every_waiting_event_its_position() -> None:
    for _ in range(3):
        folder_opened()
    assert TICKS[0][0] == "ledger.sequence" and TICKS[0][2] is sequence_due
    assert sequence_due(NOW) == 3
    assert sequence_due(NOW) == 0


def test_one_run_of_the_tick_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("luoshi.kernel.ledger.ticks.MOST_ROUNDS", 1)
    folder_opened()
    assert sequence_due(NOW) == 1


def test_all_waiting_events_get_their_position_at_once() -> None:
    for _ in range(3):
        folder_opened()
    assert (sequence_all(), pending_count(), sequence_all()) == (3, 0, 0)
