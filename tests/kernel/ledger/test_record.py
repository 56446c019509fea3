"""Writing events."""

from __future__ import annotations

import json
from decimal import Decimal
from hashlib import sha256

import pytest
from django.db import connection, transaction

from luoshi.core.actor import By
from luoshi.core.errors import LedgerFault, Stale
from luoshi.kernel.ledger.actions import Entry, record, record_many
from luoshi.kernel.ledger.append import append
from luoshi.kernel.ledger.models import Event, Naming, Pending
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.rows import row_digest
from luoshi.kernel.ledger.verify import verify_ledger
from tests.harness.times import NOW
from tests.kernel.ledger.makers import CLERK, folder_changed, folder_opened, tamper
from tests.kernel.ledger.sample.models import Folder, Sheet

pytestmark = pytest.mark.django_db


def test_one_action_on_one_root_writes_one_event_that_names_every_row() -> None:
    folder, (row,) = folder_opened()
    event = Event.objects.get()
    body = json.loads(bytes(event.body))
    commitments = {label.rsplit(":", 1)[1]: value for label, value in body["c"].items()}
    assert body["after"] == [
        ["sample_folder", folder.pk, row_digest(folder, commitments)],
        ["sample_sheet", row.pk, row_digest(row, commitments)],
    ]
    assert set(body["c"]) == {f"sample_folder:{folder.pk}:keeper", f"sample_sheet:{row.pk}:note"}
    told = {key: value for key, value in body.items() if key not in {"after", "c"}}
    assert told == {
        "v": 1,
        "t": "folder.opened",
        "obj": ["sample_folder", folder.pk],
        "ver": 1,
        "at": 1610668800000,
        "by": [7, "desk", "u01"],
        "req": None,
        "prev": None,
        "ck": 0,
        "data": {"sheets": 1},
    }
    assert bytes(Pending.objects.get(event_id=event.pk).hash) == sha256(bytes(event.body)).digest()
    assert list(Naming.objects.values_list("row_type", "row_id")) == [("sample_sheet", row.pk)]
    assert folder.ver == Folder.objects.get().ver == 1


def test_no_personal_text_stands_in_the_body() -> None:
    folder_opened(keeper="张三")
    text = bytes(Event.objects.get().body).decode()
    assert "张三" not in text and "说明" not in text and "甲" not in text


def test_each_event_names_the_hash_of_the_one_before() -> None:
    folder, _ = folder_opened()
    folder_changed(folder, "乙")
    folder_changed(folder, "丙")
    first, second, third = events_of("sample_folder", folder.pk)
    assert [event.ver for event in (first, second, third)] == [1, 2, 3]
    assert (first.prev, second.prev, third.prev) == (None, first.hash, second.hash)


def test_a_copy_that_was_overtaken_is_stale_and_changes_nothing() -> None:
    folder, _ = folder_opened()
    late = Folder.objects.get()
    folder_changed(folder, "乙")
    with pytest.raises(Stale, match="刷新页面"):
        folder_changed(late, "丙")
    assert Folder.objects.get().title == "乙" and Event.objects.count() == 2
    assert verify_ledger().ok


def test_saving_an_old_copy_does_not_turn_the_version_back() -> None:
    folder, _ = folder_opened()
    old = Folder.objects.get()
    folder_changed(folder, "乙")
    old.save()
    assert Folder.objects.get().ver == 2


def test_deferred_columns_are_not_read_only_to_be_saved() -> None:
    folder_opened()
    part = Folder.objects.defer("keeper").get()
    part.title = "乙"
    part.save()
    assert part.get_deferred_fields() == {"keeper"}
    assert Folder.objects.get().keeper == "张三"


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_recorded() -> None:
    folder = Folder.objects.create(title="甲")
    with pytest.raises(RuntimeError, match="transaction"):
        record(folder, "folder.opened", by=CLERK, at=NOW)
    assert not Event.objects.exists()


def test_an_unregistered_kind_is_a_fault_of_the_program_and_names_the_nearest() -> None:
    folder = Folder.objects.create(title="甲")
    with pytest.raises(LookupError, match="folder.opened"):
        record(folder, "folder.openned", by=CLERK, at=NOW)
    assert not Event.objects.exists()


def test_an_acting_holder_is_marked() -> None:
    folder = Folder.objects.create(title="甲")
    record(folder, "folder.opened", by=By(7, "desk", "u01", acting=True), at=NOW)
    assert events_of("sample_folder", folder.pk)[0].by == (7, "desk", "u01", "acting")


def test_a_removed_row_stands_without_digest() -> None:
    folder, (row,) = folder_opened()
    removed = ("sample_sheet", row.pk)
    row.delete()
    folder_changed(folder, "乙", removed=[removed])
    assert (*removed, None) in events_of("sample_folder", folder.pk)[1].after
    assert verify_ledger().ok


def test_rows_that_cannot_be_right_are_refused() -> None:
    folder, (row,) = folder_opened()
    other, _ = folder_opened(title="乙")
    wrong = [
        {"rows": [other]},
        {"rows": [Sheet(folder=folder)]},
        {"rows": [row, Sheet.objects.get(pk=row.pk)]},
        {"rows": [row], "removed": [("sample_sheet", row.pk)]},
        {"removed": [("sample_folder", other.pk)]},
        {"data": {"rate": 1.5}},
        {"data": {"键": 1}},
    ]
    for given in wrong:
        with pytest.raises((ValueError, TypeError)):
            folder_changed(Folder.objects.get(pk=folder.pk), "丙", **given)
    with pytest.raises(ValueError, match="must be saved"), transaction.atomic():
        record(Folder(title="丁"), "folder.opened", by=CLERK, at=NOW)
    with pytest.raises(ValueError, match="aware"), transaction.atomic():
        record(Folder.objects.get(pk=folder.pk), "folder.changed", by=CLERK, at=NOW.replace(tzinfo=None))
    assert Event.objects.count() == 2 and verify_ledger().ok


def test_decimals_and_dates_in_the_facts_are_spelled_out() -> None:
    folder, _ = folder_opened()
    folder_changed(folder, "乙", data={"rate": Decimal("97.650"), "day": NOW.date()})
    assert events_of("sample_folder", folder.pk)[1].data == {"rate": "97.65", "day": "2021-01-15"}


def test_a_root_whose_last_event_is_gone_takes_no_further_one() -> None:
    folder, _ = folder_opened()
    folder_changed(folder, "乙")
    tamper("DELETE FROM ledger_event WHERE ver = 2")
    with pytest.raises(LedgerFault, match="no event of that version"):
        folder_changed(folder, "丙")


def test_a_root_that_never_had_an_event_begins_with_version_1() -> None:
    Folder.objects.create(title="甲")
    tamper("INSERT INTO ledger_sample_folder (ver, title, keeper, sheet_count) VALUES (0, '乙', '', 0)")
    for folder in Folder.objects.order_by("pk"):
        folder_changed(folder, "丙")
        folder_changed(folder, "丁")
        assert [event.ver for event in events_of("sample_folder", folder.pk)] == [1, 2]
    assert verify_ledger().ok


def test_a_new_root_is_not_updated_for_its_first_event(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with transaction.atomic():
        folder = Folder.objects.create(title="甲")
        with django_assert_num_queries(1 if connection.vendor == "postgresql" else 3):
            record(folder, "folder.opened", by=CLERK, at=NOW)


def test_many_roots_in_one_transaction_have_one_event_each() -> None:
    old, _ = folder_opened()
    folders = Folder.objects.bulk_create([Folder(title=str(number)) for number in range(1200)])
    sheets = Sheet.objects.bulk_create([Sheet(folder=folder, note="n") for folder in folders])
    entries = [
        Entry(folder, "folder.opened", (row,), data={"n": number})
        for number, (folder, row) in enumerate(zip(folders, sheets, strict=True))
    ]
    assert record_many([*entries, Entry(old, "folder.changed")], by=CLERK, at=NOW) == 1201
    assert Event.objects.count() == Pending.objects.count() == 1202
    assert {folder.ver for folder in folders} == {1} and old.ver == 2
    verdict = verify_ledger()
    assert verdict.ok, verdict.faults[:3]
    assert (verdict.events, verdict.rows) == (1202, 2402)


def test_many_costs_no_query_per_root(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    folders = Folder.objects.bulk_create([Folder(title=str(number)) for number in range(400)])
    with django_assert_max_num_queries(20):
        record_many([Entry(folder, "folder.opened") for folder in folders], by=CLERK, at=NOW)


def test_among_many_one_stale_root_stops_all() -> None:
    folder, _ = folder_opened()
    late = Folder.objects.get()
    folder_changed(folder, "乙")
    fresh = Folder.objects.create(title="丙")
    with pytest.raises(Stale), transaction.atomic():
        record_many([Entry(fresh, "folder.opened"), Entry(late, "folder.changed")], by=CLERK, at=NOW)
    assert Event.objects.count() == 2


def test_among_many_a_root_occurs_once() -> None:
    folder, _ = folder_opened()
    twice = [Entry(folder, "folder.changed"), Entry(folder, "folder.changed")]
    with pytest.raises(ValueError, match="twice"):
        record_many(twice, by=CLERK, at=NOW)
    with pytest.raises(ValueError, match="twice"):
        append(twice, by=CLERK, at=NOW)
