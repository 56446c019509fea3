"""The digest of a row."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import models

from luoshi.kernel.ledger.checks import _faults_of, check_ledgered_models
from luoshi.kernel.ledger.rows import (
    Ledgered,
    _speller,
    column_text,
    columns_of,
    ledgered_models,
    milliseconds,
    moment_of,
    plain,
    private_told,
    row_digest,
)
from tests.harness.times import NOW
from tests.kernel.ledger.makers import folder_opened
from tests.kernel.ledger.sample.models import Folder, Sheet


def sheet(**given: object) -> Sheet:
    return Sheet(**{"id": 3, "folder_id": 2, **given})


def test_digest_is_the_hash_of_the_canonical_object_of_all_columns() -> None:
    row = sheet(
        amount=Decimal("1.50"),
        values={"b": "1.5", "a": [None]},
        day=date(2021, 1, 4),
        seen_at=NOW,
        mark=b"\x0f",
        took=timedelta(minutes=1, microseconds=1),
        token=UUID(int=7),
    )
    expected = {
        "id": 3,
        "folder_id": 2,
        "amount": "1.5",
        "note": "c" * 64,
        "values": {"b": "1.5", "a": [None]},
        "day": "2021-01-04",
        "seen_at": 1610668800000,
        "open": False,
        "mark": "0f",
        "took": 60_000_001,
        "token": "00000000-0000-0000-0000-000000000007",
    }
    text = json.dumps(expected, sort_keys=True, separators=(",", ":"))
    assert row_digest(row, {"note": "c" * 64}) == hashlib.sha256(text.encode()).hexdigest()


def test_version_and_derived_columns_are_left_out() -> None:
    names = [column.name for column in columns_of(Folder)]
    assert names == ["id", "title", "keeper"]
    first, second = Folder(id=1, title="甲", ver=1), Folder(id=1, title="甲", ver=2, sheet_count=9)
    assert row_digest(first, {"keeper": ""}) == row_digest(second, {"keeper": ""})


def test_a_private_column_enters_as_its_commitment_only() -> None:
    first, second = sheet(note="甲"), sheet(note="乙")
    assert row_digest(first, {"note": "x"}) == row_digest(second, {"note": "x"})
    assert row_digest(first, {"note": "x"}) != row_digest(first, {"note": "y"})
    with pytest.raises(KeyError):
        row_digest(first, {})


def test_a_later_column_is_left_out_while_it_holds_what_older_rows_got(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    older = [column for column in columns_of(Sheet) if column.name not in ("note", "open")]
    with monkeypatch.context() as patch:
        patch.setattr("luoshi.kernel.ledger.rows.columns_of", lambda model: tuple(older))
        before = row_digest(sheet(), {})
    monkeypatch.setattr(Sheet, "ledger_later", {"note": "", "open": False})
    assert row_digest(sheet(), {}) == before
    assert private_told(sheet()) == ()
    assert row_digest(sheet(open=True), {}) != before
    assert private_told(sheet(note="新")) == ("note",)
    with pytest.raises(KeyError):
        row_digest(sheet(note="新"), {})


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("amount", Decimal("1.5"), Decimal("1.500")),
        ("amount", "1.5", Decimal("1.5")),
        ("folder_id", "2", 2),
        ("day", "2021-01-04", date(2021, 1, 4)),
        ("seen_at", NOW, NOW.astimezone(UTC)),
        ("open", 1, True),
        ("mark", memoryview(b"ab"), b"ab"),
        ("values", {"a": ("1",)}, {"a": ["1"]}),
        ("token", str(UUID(int=7)), UUID(int=7)),
    ],
)
def test_the_same_stored_value_has_one_digest_however_it_is_held(
    name: str, one: object, other: object
) -> None:
    assert row_digest(sheet(**{name: one}), {"note": ""}) == row_digest(sheet(**{name: other}), {"note": ""})


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("amount", Decimal("1.555"), ValueError),
        ("values", {"a": 1.5}, TypeError),
        ("values", {"键": 1}, ValueError),
        ("seen_at", NOW.replace(tzinfo=None), ValueError),
        ("folder_id", 2**60, ValueError),
    ],
)
def test_a_value_without_an_exact_spelling_is_refused(
    name: str, value: object, error: type[Exception]
) -> None:
    with pytest.raises(error):
        row_digest(sheet(**{name: value}), {"note": ""})


def test_blank_and_empty_private_text_differ() -> None:
    assert column_text(sheet(note=""), "note") == '""'
    assert column_text(sheet(note=None), "note") == "null"
    assert column_text(sheet(note='a"'), "note") == '"a\\""'


@pytest.mark.django_db
def test_a_row_read_back_has_the_digest_it_was_saved_with() -> None:
    folder, (row,) = folder_opened()
    assert row_digest(Sheet.objects.get(), {"note": ""}) == row_digest(row, {"note": ""})
    assert row_digest(Folder.objects.get(), {"keeper": ""}) == row_digest(folder, {"keeper": ""})


def test_milliseconds_are_cut_off_and_come_back() -> None:
    assert milliseconds(NOW + timedelta(microseconds=1999)) == milliseconds(NOW) + 1
    assert milliseconds(datetime(1969, 12, 31, 23, 59, 59, 999_500, UTC)) == -1
    assert moment_of(milliseconds(NOW)) == NOW


def test_plain_spells_out_what_canonical_bytes_would_refuse() -> None:
    assert plain({"a": (Decimal("1.50"), date(2021, 1, 4), NOW, b"\xff")}) == {
        "a": ["1.5", "2021-01-04", 1610668800000, "ff"]
    }


def test_a_file_enters_by_its_name() -> None:
    assert _speller(models.FileField())("a/b.xlsx") == "a/b.xlsx"


def test_two_models_of_one_type_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Folder, "ledger_type", "sample_sheet")
    (fault,) = check_ledgered_models(None)
    assert fault.id == "ledger.E002" and "already taken by Folder" in fault.msg


def test_every_installed_ledgered_model_is_fit_for_the_ledger() -> None:
    assert check_ledgered_models(None) == []
    assert ledgered_models()["sample_sheet"] is Sheet
    assert list(ledgered_models()) == sorted(ledgered_models())


def test_a_model_the_ledger_cannot_digest_is_reported() -> None:
    class Link(models.Model):
        folder = models.ForeignKey(Folder, on_delete=models.PROTECT)
        broken = models.ForeignKey("Broken", on_delete=models.PROTECT)

        class Meta:
            app_label = "ledger_broken"

    class Broken(Ledgered):
        ledger_type = "Broken!"
        ledger_private = ("nothing",)
        code = models.CharField(primary_key=True, max_length=3)
        weight = models.FloatField()
        folders = models.ManyToManyField(Folder, related_name="+")
        linked = models.ManyToManyField(Folder, through=Link, related_name="+")

        class Meta:
            app_label = "ledger_broken"

    class Grown(Folder):
        ledger_type = "grown"

        class Meta:
            app_label = "ledger_broken"

    assert any("multi-table" in text for text in _faults_of(Grown))
    texts = " ".join(_faults_of(Broken))
    assert "linked" not in texts
    for part in ("'Broken!'", "'nothing'", "integer id", "folders", "weight"):
        assert part in texts
