"""Personal and free text: committed, erasable, and still verifiable."""

from __future__ import annotations

import pytest
from django.db import transaction

from luoshi.core.canonical import commitment
from luoshi.core.errors import LedgerFault
from luoshi.kernel.ledger.actions import private_erase
from luoshi.kernel.ledger.models import Event, PrivateField
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from tests.harness.times import NOW
from tests.kernel.ledger.makers import CLERK, codes, folder_changed, folder_opened, tamper
from tests.kernel.ledger.sample.models import Folder, Sheet

pytestmark = pytest.mark.django_db


def erased(row: Folder | Sheet, name: str) -> Event:
    with transaction.atomic():
        setattr(row, name, "")
        row.save()
        return private_erase(row=row, names=[name], by=CLERK, at=NOW, ground="本人申请")


def test_the_salt_opens_the_commitment_to_the_text() -> None:
    folder, _ = folder_opened(keeper="张三")
    salt = PrivateField.objects.get(row_type="sample_folder").salt
    label = f"sample_folder:{folder.pk}:keeper"
    assert (
        events_of("sample_folder", folder.pk)[0].body.count(commitment(bytes(salt or b""), label, '"张三"'))
        == 1
    )


def test_equal_texts_have_different_commitments() -> None:
    first, _ = folder_opened()
    folder_changed(first, "乙")
    folder_opened()
    assert (
        len(
            {
                bytes(salt or b"")
                for salt in PrivateField.objects.order_by("id").values_list("salt", flat=True)
            }
        )
        == 5
    )


def test_erasing_a_column_of_a_root_removes_every_salt_and_keeps_the_ledger_clean() -> None:
    folder, _ = folder_opened(keeper="张三")
    folder_changed(folder, "乙")
    before = [event.hash for event in events_of("sample_folder", folder.pk)]
    erased(folder, "keeper")
    salts = (
        PrivateField.objects.filter(row_type="sample_folder").order_by("id").values_list("salt", flat=True)
    )
    assert [salt is None for salt in salts] == [True, True, False]
    events = events_of("sample_folder", folder.pk)
    assert [event.hash for event in events][:2] == before
    assert events[2].kind == "privacy.erased" and events[2].title == "个人信息已删除"
    assert events[2].data == {"row": ["sample_folder", folder.pk], "names": ["keeper"], "ground": "本人申请"}
    assert verify_ledger().ok


def test_erasing_a_column_of_an_owned_row_is_an_event_of_its_root() -> None:
    folder, (row, other) = folder_opened(sheets=2)
    erased(row, "note")
    assert [event.ver for event in events_of("sample_folder", folder.pk)] == [1, 2]
    assert PrivateField.objects.filter(salt=None).count() == 1
    assert Sheet.objects.get(pk=other.pk).note == "说明1"
    assert verify_ledger().ok


def test_an_erased_row_goes_on_living() -> None:
    folder, _ = folder_opened()
    erased(folder, "keeper")
    folder.keeper = "李四"
    folder_changed(folder, "丙")
    assert verify_ledger().ok


def test_only_a_blank_private_column_is_erased() -> None:
    folder, _ = folder_opened()
    for name in ("keeper", "title"):
        with pytest.raises(ValueError, match=name):
            private_erase(row=folder, names=[name], by=CLERK, at=NOW, ground="x")
    assert not PrivateField.objects.filter(salt=None).exists()


def test_a_row_that_no_event_names_cannot_be_erased() -> None:
    folder, _ = folder_opened()
    row = Sheet.objects.create(folder=folder)
    with pytest.raises(LedgerFault, match="no event names"):
        private_erase(row=row, names=["note"], by=CLERK, at=NOW, ground="x")


def test_a_salt_erased_without_an_event_is_noticed() -> None:
    folder, _ = folder_opened()
    PrivateField.objects.filter(name="keeper").update(salt=None)
    verdict = verify_ledger()
    assert codes(verdict) == {"salt"} and verdict.faults[0].row_id == folder.pk


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM ledger_private",
        "UPDATE ledger_private SET salt = %s",
        "UPDATE ledger_private SET name = 'title' WHERE name = 'keeper'",
        "INSERT INTO ledger_private (event_id, row_type, row_id, name) VALUES (1, 'sample_folder', 1, 'x')",
    ],
)
def test_any_other_change_to_the_salts_is_noticed(sql: str) -> None:
    folder_opened()
    tamper(sql, [b"short"] if "%s" in sql else [])
    assert "salt" in codes(verify_ledger())


def test_a_text_that_the_salt_does_not_open_is_noticed() -> None:
    folder_opened()
    tamper("UPDATE ledger_private SET salt = %s WHERE name = 'keeper'", [bytes(32)])
    verdict = verify_ledger()
    assert codes(verdict) == {"changed"} and "保管人" in verdict.faults[0].message
