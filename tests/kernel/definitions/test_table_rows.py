"""Table rows as one value: read cell by cell, summed, compared; what is no table is refused."""

from __future__ import annotations

import json

import pytest

from luoshi.kernel.definitions.fields import Unfit, field_of
from luoshi.kernel.definitions.table_rows import (
    RowsUnfit,
    rows_changed,
    rows_shown,
    rows_text,
    rows_totals,
    rows_typed,
)

COLUMNS = [
    {"key": "what", "title": "问题", "type": "text"},
    {"key": "done_on", "title": "完成日期", "type": "date", "blank": True},
    {"key": "count", "title": "件数", "type": "int", "unit": "件", "min": 0, "blank": True},
    {"key": "kind", "title": "类别", "type": "vocab:v", "blank": True},
]
GOOD = [
    {"what": "路灯不亮", "done_on": "2021-01-05", "count": "2", "kind": "甲"},
    {"what": " 井盖破损 ", "done_on": "", "count": "3", "kind": ""},
]


def table(**given):
    spec = {"key": "list", "title": "问题清单", "type": "rows:3", "columns": COLUMNS, "total": ["count"]}
    return field_of(spec | given, {"v": {"a": "甲", "b": "乙"}})


def read(rows, **given):
    return table(**given).read(json.dumps(rows))


def test_rows_are_spelled_canonically_with_every_column():
    assert json.loads(read(GOOD)) == [
        {"what": "路灯不亮", "done_on": "2021-01-05", "count": "2", "kind": "a"},
        {"what": "井盖破损", "done_on": None, "count": "3", "kind": None},
    ]


def test_the_same_rows_give_the_same_text_whatever_the_order_of_keys():
    turned = [dict(reversed(list(row.items()))) for row in GOOD]
    assert read(GOOD) == read(turned)


def test_rows_without_text_are_left_out_and_none_at_all_is_a_blank():
    assert read([{"what": " "}, GOOD[0], {}]) == read(GOOD[:1])
    assert read([{"what": ""}], blank=True) is None and table(blank=True).read("") is None


def test_a_required_table_wants_a_row():
    with pytest.raises(Unfit) as refusal:
        read([])
    assert str(refusal.value.problem) == "此项必填，请在问题清单中至少填写一行"


def test_every_faulty_cell_is_named_by_row_and_column():
    rows = [GOOD[0], {"what": "", "done_on": "5月", "count": "-1", "kind": "丙"}]
    with pytest.raises(RowsUnfit) as refusal:
        read(rows)
    assert refusal.value.cells.keys() == {(2, "what"), (2, "done_on"), (2, "count"), (2, "kind")}
    said = str(refusal.value.problem)
    assert "第 2 行“问题”此项必填；第 2 行“完成日期”应为日期" in said and "等 4 处，请逐格改正" in said


def test_more_rows_than_allowed_are_refused_with_both_numbers():
    with pytest.raises(Unfit) as refusal:
        read([GOOD[0]] * 4)
    assert str(refusal.value.problem) == "最多 3 行，现有 4 行，请删减或合并"


@pytest.mark.parametrize(
    "raw",
    [
        "[",
        "{}",
        '"x"',
        "[1]",
        '[{"other": "1"}]',
        '[{"what": 1}]',
        '[{"what": ["x"]}]',
        "[" * 50_000,
        '[{"what": "' + "长" * 100_001 + '"}]',
        7,
    ],
)
def test_what_is_no_table_of_this_field_is_refused(raw):
    with pytest.raises(Unfit) as refusal:
        table().read(raw)
    assert str(refusal.value.problem).startswith("表格内容无法识别或过长")


def test_a_cell_has_at_most_200_signs_and_no_hidden_ones():
    for text, said in (("长" * 201, "不得超过 200 字"), ("a\x00b", "不可见的控制字符")):
        with pytest.raises(RowsUnfit) as refusal:
            read([GOOD[0] | {"what": text}])
        assert said in str(refusal.value.problem)


def test_sums_are_exact_and_skip_blanks():
    field = table(columns=[*COLUMNS[:2], {"key": "count", "title": "金额", "type": "money", "blank": True}])
    text = field.read(
        json.dumps([{"what": "甲", "count": "0.1"}, {"what": "乙", "count": "0.2"}, {"what": "丙"}])
    )
    assert rows_totals(field, text) == {"count": "0.3"}
    assert rows_totals(field, None) == {"count": "0"}


def test_readers_see_titles_and_sums():
    field = table()
    assert rows_shown(field, read(GOOD))[0] == ("路灯不亮", "2021-01-05", "2", "甲")
    assert field.display(read(GOOD)) == "2 行，件数合计 5件" and field.display(None) == "—"


def test_a_changed_row_is_one_removed_and_one_added():
    before, now = read(GOOD), read([GOOD[0], GOOD[1] | {"count": "4"}])
    found = [(change.sign, change.cells[2]) for change in rows_changed(table(), before, now)]
    assert found == [("", "2"), ("removed", "3"), ("added", "4")]
    assert {change.sign for change in rows_changed(table(), None, now)} == {"added"}


def test_a_draft_keeps_rows_as_typed():
    kept = rows_text([{"what": "十二", "count": "x"}])
    assert rows_typed(table(), kept) == [{"what": "十二", "count": "x"}]
    assert rows_text([{"what": " "}]) == ""


def test_files_are_linked_and_never_typed():
    field = field_of({"key": "proof", "title": "佐证", "type": "files:3", "kinds": ["document"]}, {})
    assert field.read("x") is None and field.most_many == 3 and field.file_kinds == ("document",)
    assert not field.single and not table().single and not table().numeric
