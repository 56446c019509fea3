"""Verification by attack: every change behind the ledger's back turns it red and names the row."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection

from luoshi.kernel.ledger.actions import sequence
from luoshi.kernel.ledger.bodies import leaf_hash, parse_body
from luoshi.kernel.ledger.models import Event, Leaf
from luoshi.kernel.ledger.naming import naming_rebuild
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from tests.kernel.ledger.makers import codes, folder_changed, folder_opened, tamper
from tests.kernel.ledger.sample.models import Folder, Sheet

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder() -> Folder:
    """A folder with three events, all with a position, beside another one."""
    found, _ = folder_opened(sheets=2)
    folder_opened(title="旁")
    folder_changed(found, "乙")
    folder_changed(found, "丙")
    sequence()
    assert verify_ledger().ok
    return found


def ids(folder: Folder) -> list[int]:
    return [event.id for event in events_of("sample_folder", folder.pk)]


def test_an_untouched_ledger_is_clean_and_says_what_it_cannot_notice(folder: Folder) -> None:
    verdict = verify_ledger()
    assert verdict.ok and (verdict.events, verdict.rows) == (4, 5)
    assert any("全部事件" in limit for limit in verdict.limits)
    assert any("末尾" in limit for limit in verdict.limits)


def test_events_that_wait_for_their_position_are_clean_too(folder: Folder) -> None:
    folder_changed(folder, "丁")
    assert verify_ledger().ok


@pytest.mark.parametrize(
    ("sql", "row"),
    [
        ("UPDATE ledger_sample_folder SET title = '改' WHERE id = %s", "卷宗（sample_folder"),
        ("UPDATE ledger_sample_folder SET keeper = '李四' WHERE id = %s", "“保管人”"),
        ("UPDATE ledger_sample_sheet SET amount = 2 WHERE folder_id = %s", "页（sample_sheet"),
        ("UPDATE ledger_sample_sheet SET note = '' WHERE folder_id = %s", "“说明”"),
        ("UPDATE ledger_sample_sheet SET seen_at = NULL WHERE folder_id = %s", "页（sample_sheet"),
        ("UPDATE ledger_sample_sheet SET \"values\" = '{}' WHERE folder_id = %s", "页（sample_sheet"),
    ],
)
def test_a_changed_row_is_named(folder: Folder, sql: str, row: str) -> None:
    tamper(sql, [folder.pk])
    verdict = verify_ledger()
    assert not verdict.ok and codes(verdict) == {"changed"}
    assert row in verdict.faults[0].message


@pytest.mark.parametrize(("noted", "changed"), [("说明", ""), ("", "说明")])
def test_a_later_private_column_filled_or_blanked_is_named(
    monkeypatch: pytest.MonkeyPatch, noted: str, changed: str
) -> None:
    monkeypatch.setattr(Folder, "ledger_later", {"keeper": ""})
    found, _ = folder_opened(keeper=noted)
    assert verify_ledger().ok
    tamper("UPDATE ledger_sample_folder SET keeper = %s WHERE id = %s", [changed, found.pk])
    assert codes(verify_ledger()) == {"changed"}


def test_a_derived_column_may_change(folder: Folder) -> None:
    tamper("UPDATE ledger_sample_folder SET sheet_count = 5")
    assert verify_ledger().ok


def test_a_deleted_row_is_named(folder: Folder) -> None:
    row = Sheet.objects.order_by("pk").last()
    assert row
    tamper("DELETE FROM ledger_sample_sheet WHERE id = %s", [row.pk])
    verdict = verify_ledger()
    assert [(fault.code, fault.row_type, fault.row_id) for fault in verdict.faults] == [
        ("vanished", "sample_sheet", row.pk)
    ]


def test_a_row_without_event_is_named(folder: Folder) -> None:
    row = Sheet.objects.create(folder=folder)
    ghost = Folder.objects.create(title="无痕")
    found = {(fault.code, fault.row_type, fault.row_id) for fault in verify_ledger().faults}
    assert found == {("ghost", "sample_sheet", row.pk), ("ghost", "sample_folder", ghost.pk)}


def test_a_row_brought_back_after_its_removal_is_named(folder: Folder) -> None:
    row = Sheet.objects.filter(folder=folder).order_by("pk").last()
    assert row
    number = row.pk
    row.delete()
    folder_changed(folder, "丁", removed=[("sample_sheet", number)])
    Sheet.objects.create(id=number, folder=folder)
    assert codes(verify_ledger()) == {"ghost"}


def test_a_version_turned_back_is_named(folder: Folder) -> None:
    tamper("UPDATE ledger_sample_folder SET ver = 2 WHERE id = %s", [folder.pk])
    assert codes(verify_ledger()) == {"ver"}


def test_an_older_state_put_back_is_named(folder: Folder) -> None:
    tamper("UPDATE ledger_sample_folder SET title = '乙', ver = 2 WHERE id = %s", [folder.pk])
    assert codes(verify_ledger()) >= {"ver", "changed"}


@pytest.mark.parametrize(
    "change",
    [
        "kind = 'folder.opened'",
        "at_ms = at_ms + 1",
        "ver = 9",
        "obj_id = 999",
        "obj_type = 'sample_sheet'",
        "account = 8",
        "unit = 'u02'",
    ],
)
def test_a_changed_column_of_an_event_is_noticed(folder: Folder, change: str) -> None:
    event = ids(folder)[2]
    tamper(f"UPDATE ledger_event SET {change} WHERE id = %s", [event])
    verdict = verify_ledger()
    assert "columns" in codes(verdict)
    assert event in {fault.event_id for fault in verdict.faults}


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"data":{}', b'"data":{"a":1}'),
        (b'"at":1', b'"at":2'),
        (b'"u01"', b'"u02"'),
        (b'{"after"', b'{ "after"'),
    ],
)
def test_a_changed_body_is_noticed(folder: Folder, old: bytes, new: bytes, sealed: bool) -> None:
    if not sealed:
        folder_changed(folder, "丁")
    event = Event.objects.get(pk=ids(folder)[-1])
    assert old in bytes(event.body)
    tamper("UPDATE ledger_event SET body = %s WHERE id = %s", [bytes(event.body).replace(old, new), event.pk])
    verdict = verify_ledger()
    assert "hash" in codes(verdict) and event.pk in {fault.event_id for fault in verdict.faults}
    assert ("body_broken" in codes(verdict)) == (new == b'{ "after"')


def test_a_body_changed_together_with_its_leaf_breaks_the_chain(folder: Folder) -> None:
    event = Event.objects.get(pk=ids(folder)[1])
    body = bytes(event.body).replace(b'"data":{}', b'"data":{"a":1}')
    tamper("UPDATE ledger_event SET body = %s WHERE id = %s", [body, event.pk])
    tamper("UPDATE ledger_leaf SET hash_sha256 = %s WHERE event_id = %s", [leaf_hash(body), event.pk])
    assert codes(verify_ledger()) == {"chain"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"after": (("sample_sheet", 1, None),)}, "own_row"),
        ({"c": {"sample_sheet:999:note": "c"}}, "commitment"),
        ({"c": {"sample_folder": "c"}}, "body_broken"),
        ({"t": "privacy.erased"}, "body_broken"),
        ({"t": "privacy.erased", "data": {"row": ["sample_folder", 1], "names": "x"}}, "body_broken"),
    ],
)
def test_an_event_written_past_the_action_is_noticed(
    folder: Folder, change: dict[str, Any], code: str
) -> None:
    event = Event.objects.get(pk=ids(folder)[-1])
    body = replace(parse_body(bytes(event.body)), **change).to_bytes()
    tamper("UPDATE ledger_event SET body = %s WHERE id = %s", [body, event.pk])
    assert code in codes(verify_ledger())


def test_a_dropped_event_in_the_middle_is_noticed(folder: Folder) -> None:
    event = ids(folder)[1]
    tamper("DELETE FROM ledger_event WHERE id = %s", [event])
    assert codes(verify_ledger()) == {"chain", "ghost_leaf", "salt"}
    tamper("DELETE FROM ledger_leaf WHERE event_id = %s", [event])
    assert codes(verify_ledger()) == {"chain", "leaf_gap", "salt"}


def test_a_dropped_newest_event_leaves_a_version_without_event(folder: Folder) -> None:
    event = ids(folder)[2]
    tamper("DELETE FROM ledger_event WHERE id = %s", [event])
    tamper("DELETE FROM ledger_leaf WHERE event_id = %s", [event])
    assert codes(verify_ledger()) == {"ver", "changed", "salt"}


def test_a_dropped_waiting_event_leaves_its_outbox_row(folder: Folder) -> None:
    folder_changed(folder, "丁")
    tamper("DELETE FROM ledger_event WHERE id = %s", [ids(folder)[3]])
    assert "ghost_pending" in codes(verify_ledger())


def test_two_swapped_bodies_are_noticed(folder: Folder) -> None:
    first, second = Event.objects.filter(pk__in=ids(folder)[1:]).order_by("pk")
    tamper("UPDATE ledger_event SET body = %s WHERE id = %s", [bytes(first.body), second.pk])
    tamper("UPDATE ledger_event SET body = %s WHERE id = %s", [bytes(second.body), first.pk])
    assert codes(verify_ledger()) >= {"columns", "hash", "chain"}


def test_two_swapped_events_are_noticed(folder: Folder) -> None:
    _, first, second = ids(folder)
    for old, new in ((first, -1), (second, first), (-1, second)):
        tamper("UPDATE ledger_event SET id = %s WHERE id = %s", [new, old])
    assert codes(verify_ledger()) >= {"order", "hash"}


def test_two_swapped_leaves_are_noticed(folder: Folder) -> None:
    _, first, second = (Leaf.objects.get(event_id=number) for number in ids(folder))
    for index, leaf in ((-1, first), (first.leaf_index, second), (second.leaf_index, first)):
        tamper("UPDATE ledger_leaf SET leaf_index = %s WHERE event_id = %s", [index, leaf.event_id])
    assert codes(verify_ledger()) == {"order"}


def test_a_forged_leaf_is_noticed(folder: Folder) -> None:
    tamper("UPDATE ledger_leaf SET hash_sha256 = %s WHERE event_id = %s", [bytes(32), ids(folder)[0]])
    verdict = verify_ledger()
    assert [(fault.code, fault.event_id) for fault in verdict.faults] == [("hash", ids(folder)[0])]


def test_a_leaf_for_no_event_is_noticed(folder: Folder) -> None:
    tamper("INSERT INTO ledger_leaf (leaf_index, event_id, hash_sha256) VALUES (4, 999, %s)", [bytes(32)])
    assert codes(verify_ledger()) == {"ghost_leaf"}


def test_an_event_without_position_and_outbox_row_is_noticed(folder: Folder) -> None:
    folder_changed(folder, "丁")
    tamper("DELETE FROM ledger_pending")
    assert codes(verify_ledger()) == {"no_position"}


def test_an_event_in_both_places_is_noticed(folder: Folder) -> None:
    event = Event.objects.get(pk=ids(folder)[0])
    tamper(
        "INSERT INTO ledger_pending (event_id, hash) VALUES (%s, %s)",
        [event.pk, sha256(bytes(event.body)).digest()],
    )
    assert codes(verify_ledger()) == {"two_positions"}


def test_an_index_that_differs_from_the_bodies_is_noticed_and_rebuilt(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    tamper("DELETE FROM ledger_naming WHERE event_id = %s", [ids(folder)[0]])
    tamper("INSERT INTO ledger_naming (row_type, row_id, event_id) VALUES ('sample_sheet', 1, 999)")
    tamper("INSERT INTO ledger_naming (row_type, row_id, event_id) VALUES ('zz', 1, 999)")
    verdict = verify_ledger()
    assert codes(verdict) == {"index"} and verdict.found == 4
    assert sum("缺少事件" in fault.message for fault in verdict.faults) == 2
    tamper("DELETE FROM ledger_naming")
    assert verify_ledger().found == 3
    assert naming_rebuild() == 3
    monkeypatch.setattr("luoshi.kernel.ledger.naming.CHUNK", 1)
    assert naming_rebuild() == 3
    assert verify_ledger().ok


def test_a_missing_guard_is_noticed() -> None:
    place = " ON ledger_event" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER ledger_event_no_update{place}")
    verdict = verify_ledger()
    assert codes(verdict) == {"guard"} and "ledger_event_no_update" in verdict.faults[0].message


def test_a_cell_that_can_no_longer_be_read_is_a_fault_not_a_crash(folder: Folder) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL 的列只收本类型的值")
    tamper("UPDATE ledger_sample_sheet SET seen_at = 'zz', amount = 'x' WHERE folder_id = %s", [folder.pk])
    assert codes(verify_ledger()) == {"changed"}


@pytest.mark.parametrize(
    "change",
    [
        "ledger_event SET ver = 'x'",
        "ledger_event SET obj_id = 'x'",
        "ledger_event SET account = 1.5",
        "ledger_event SET at_ms = x'00'",
        "ledger_event SET body = 'x'",
        "ledger_event SET unit = 7",
        "ledger_leaf SET hash_sha256 = 'x'",
        "ledger_leaf SET event_id = 'x'",
        "ledger_private SET salt = 'x'",
        "ledger_private SET name = 'a:b:c'",
        "ledger_private SET row_id = 'x'",
        "ledger_private SET event_id = 'x'",
        "ledger_naming SET row_id = 'x'",
        "ledger_naming SET event_id = 'x'",
    ],
)
def test_a_value_of_another_type_is_a_fault_not_a_crash(folder: Folder, change: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL 的列只收本类型的值")
    tamper(f"UPDATE {change} WHERE rowid = (SELECT max(rowid) FROM {change.split()[0]})")
    assert not verify_ledger().ok


def test_a_table_that_is_no_longer_installed_is_named_as_a_limit(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("luoshi.kernel.ledger.verify.ledgered_models", lambda: {"sample_folder": Folder})
    verdict = verify_ledger()
    assert verdict.ok and any("sample_sheet" in limit for limit in verdict.limits)


def test_very_many_faults_are_counted_and_not_all_listed(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("luoshi.kernel.ledger.verify.MOST_FAULTS", 2)
    tamper("UPDATE ledger_sample_sheet SET amount = 9")
    verdict = verify_ledger()
    assert (len(verdict.faults), verdict.found) == (2, 3)


def test_progress_is_told(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("luoshi.kernel.ledger.verify.CHUNK", 2)
    told: list[tuple[str, int]] = []
    verify_ledger(lambda stage, done: told.append((stage, done)))
    assert ("留痕事件", 4) in told and [done for stage, done in told if stage in {"卷宗", "页"}] == [2, 4]


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_one_snapshot_is_read(folder: Folder) -> None:
    assert verify_ledger().ok
    assert not connection.in_atomic_block
    folder_changed(folder, "丁")
    assert verify_ledger().ok
