"""Reading the ledger."""

from __future__ import annotations

import pytest

from luoshi.core.errors import LedgerFault, NotFound
from luoshi.kernel.ledger.actions import security_note, sequence
from luoshi.kernel.ledger.models import Event, Leaf, Naming, Pending, PrivateField, Request, SecurityEntry
from luoshi.kernel.ledger.queries import (
    event_get,
    events_naming,
    events_of,
    events_page,
    newest_event_of,
    newest_events_of,
    security_log,
    type_title,
)
from tests.harness.times import NOW
from tests.kernel.ledger.makers import folder_changed, folder_opened, tamper

pytestmark = pytest.mark.django_db


def test_an_event_is_read_from_its_body() -> None:
    folder, _ = folder_opened()
    (event,) = events_of("sample_folder", folder.pk)
    assert (event.title, event.obj_title, event.at, event.by) == (
        "卷宗已建立",
        "卷宗",
        NOW,
        (7, "desk", "u01"),
    )
    assert (event.position, event.data, event.ver) == (None, {"sheets": 1}, 1)
    sequence()
    assert event_get(event.id).position == 0
    with pytest.raises(NotFound):
        event_get(event.id + 1)


def test_events_of_a_row_and_of_its_root() -> None:
    folder, (row, other) = folder_opened(sheets=2)
    row.note = "新"
    row.save()
    folder_changed(folder, "乙", rows=[row])
    folder_changed(folder, "丙")
    vers = {noun: [e.ver for e in events_naming(noun, pk)] for noun, pk in
            (("sample_sheet", row.pk), ("sample_folder", folder.pk))}  # fmt: skip
    assert vers == {"sample_sheet": [1, 2], "sample_folder": [1, 2, 3]}
    newest = newest_event_of("sample_sheet", row.pk)
    assert newest and newest.ver == 2
    assert newest_event_of("sample_sheet", 999) is None
    first, second, third = (event.id for event in events_of("sample_folder", folder.pk))
    assert newest_events_of("sample_sheet", [row.pk, other.pk, 999]) == {row.pk: second, other.pk: first}
    assert newest_events_of("sample_folder", [folder.pk]) == {folder.pk: third}


@pytest.mark.parametrize("count", [1, 30])
def test_a_page_of_events_costs_two_queries(count: int, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    for _ in range(count):
        folder_opened()
    with django_assert_num_queries(2):
        assert len(events_page()) == count


def test_pages_run_from_the_newest_and_are_filtered() -> None:
    folder, _ = folder_opened()
    folder_changed(folder, "乙")
    folder_opened()
    ids = [event.id for event in events_page()]
    assert ids == sorted(ids, reverse=True) and len(ids) == 3
    assert [event.id for event in events_page(limit=1)] == ids[:1]
    assert [event.id for event in events_page(before=ids[0])] == ids[1:]
    assert [event.id for event in events_page(kind="folder.changed")] == [ids[1]]
    assert len(events_page(obj_type="sample_folder", account=7, unit="u01")) == 3
    assert events_page(account=8) == events_page(unit="u02") == events_page(obj_type="x") == []


def test_a_body_beyond_reading_is_a_ledger_fault() -> None:
    folder_opened()
    tamper("UPDATE ledger_event SET body = %s", [b"{}"])
    with pytest.raises(LedgerFault, match="cannot be read"):
        event_get(Event.objects.get().pk)


def test_types_have_chinese_names() -> None:
    assert (type_title("sample_sheet"), type_title("gone")) == ("页", "gone")


@pytest.mark.django_db(transaction=True)
def test_the_security_log_is_read_newest_first() -> None:
    security_note(kind="signin_failed", account=None, at=NOW, detail={"name": "x"})
    security_note(kind="signin", account=7, at=NOW, detail={})
    newest, oldest = security_log()
    assert (newest.kind, newest.title, newest.account, newest.at) == ("signin", "登录", 7, NOW)
    assert oldest.detail == {"name": "x"}
    assert security_log(kind="signin", account=7, since=NOW) == [newest]
    assert security_log(before=newest.id) == [oldest]
    assert security_log(account=8) == []


def test_rows_of_the_ledger_name_themselves() -> None:
    folder, (row,) = folder_opened()
    event = Event.objects.get()
    assert str(event) == f"folder.opened sample_folder {folder.pk} v1"
    assert str(Pending.objects.get()) == str(event.pk)
    assert str(Naming.objects.get()) == f"sample_sheet {row.pk} {event.pk}"
    assert str(PrivateField.objects.get(name="note")) == f"sample_sheet {row.pk} note {event.pk}"
    sequence()
    assert str(Leaf.objects.get()) == "0"
    assert str(Request(account=7, key="k1")) == "7 k1"
    assert str(SecurityEntry(kind="signin", account=7)) == "signin 7"
