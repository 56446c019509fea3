"""Facts follow from obligations and filings: attacked one way and another, rebuilt to the same."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from luoshi.core.errors import Invalid
from luoshi.kernel.definitions.fields import field_of
from luoshi.kernel.definitions.slots import CODE, INTEGER, Slot, slots_planned
from luoshi.kernel.filings.actions import filing_correct
from luoshi.kernel.filings.facts import facts_check, facts_rebuild
from luoshi.kernel.filings.models import FactSlot, FilingFact
from tests.harness.times import NOW
from tests.kernel.filings.helpers import (
    DESK,
    FIELDS,
    filed,
    form_body,
    opened,
    pack_install,
    take,
    world,
)


@pytest.fixture
def taken(db):
    world()
    opened()
    take()
    filing_correct(actor=DESK, obligation_id=filed("S1").pk, values={"cases": "12"}, reason="核对", now=NOW)


def rows():
    return [
        {key: value for key, value in row.items() if key != "id"}
        for row in FilingFact.objects.order_by("filing_id").values()
    ]


def test_rebuilding_gives_the_same_rows(taken):
    before = rows()
    assert len(before) == 5
    assert facts_rebuild() == 5
    assert rows() == before


def test_a_changed_fact_is_named_with_its_column(taken):
    FilingFact.objects.filter(obligation_id=filed("S2").pk).update(i01=99)
    (fault,) = facts_check().faults
    assert (fault.code, fault.columns) == ("changed", ("i01",))


def test_a_missing_and_an_extra_fact_are_named(taken):
    first = FilingFact.objects.order_by("filing_id")[0]
    FilingFact.objects.filter(pk=first.pk).update(filing_id=4711)
    assert {(fault.code, fault.filing_id) for fault in facts_check().faults} == {
        ("missing", first.filing_id),
        ("extra", 4711),
    }


def test_the_command_is_red_when_a_fact_was_changed(taken, capsys):
    call_command("verify", "facts")
    assert "已核对事实行 5 条，全部相符。" in capsys.readouterr().out
    FilingFact.objects.filter(obligation_id=filed("S2").pk).update(tag=1)
    with pytest.raises(SystemExit):
        call_command("verify", "facts")
    assert "事实行与填报不符：tag" in capsys.readouterr().err


def test_a_finer_scale_makes_the_facts_anew(taken):
    finer = [each | {"type": "percent:3"} if each["key"] == "rate" else each for each in FIELDS]
    pack_install(2, form_body(fields=finer))
    opened()
    assert FactSlot.objects.get(field="rate").scale == 3
    assert FilingFact.objects.get(obligation_id=filed("S1").pk, to_ms=None).i03 == 98060
    assert facts_check().ok


def _field(key, kind):
    return field_of({"key": key, "title": key, "type": kind, "fact": True}, {"k": {}})


def test_a_field_keeps_its_column_and_the_larger_scale():
    kept = {"a": Slot("i01", 2, INTEGER), "gone": Slot("i02", 0, INTEGER)}
    planned = slots_planned(kept, [_field("new", "int"), _field("a", "percent:1"), _field("t", "text")])
    assert planned["a"] == Slot("i01", 2, INTEGER)
    assert planned["new"].column == "i03"
    assert planned["t"] == Slot("c01", 0, CODE)


def test_a_number_cannot_turn_into_text():
    with pytest.raises(Invalid, match="不能由数字改为文字"):
        slots_planned({"a": Slot("i01", 2, INTEGER)}, [_field("a", "text")])


def test_columns_are_limited():
    with pytest.raises(Invalid, match="最多 12 个可统计的文字字段"):
        slots_planned({}, [_field(f"t{i}", "text") for i in range(13)])
