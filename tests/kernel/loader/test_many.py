"""Fields of table rows and of files: each rule of the checks, one planted fault each."""

from __future__ import annotations

from pathlib import Path

import pytest

from luoshi.kernel.definitions.fields import FieldKind, field_of
from luoshi.kernel.loader.check import pack_check
from tests.kernel.loader.faulty import Seed, assert_exactly, faults_of, pack_copy, planted

PLACE = "    rules: []\n"
ROWS = (
    '      - {{key: list, title: 清单, type: "rows:5", blank: true, {extra}columns: [{{key: what, '
    "title: 问题, type: text}}, {{key: count, title: 处数, type: int, blank: true}}]}}\n"
)


def rows(extra: str = "", old: str = "", new: str = "") -> Seed:
    """A table with one fault, added to the first form."""
    return Seed(PLACE, ROWS.format(extra=extra).replace(old, new or old, 1) + PLACE, "")


def files(kinds: str, extra: str = "blank: true, ") -> Seed:
    """A field of files with one fault, added to the first form."""
    return Seed(
        PLACE, f'      - {{key: proof, title: 佐证, type: "files:3", {extra}kinds: {kinds}}}\n{PLACE}', ""
    )


def said(seed: Seed, says: str) -> Seed:
    return Seed(seed.old, seed.new, says)


RULES = (
    said(rows("¦fact: true, "), "不能作为统计字段"),
    said(rows("¦element: E01, "), "不能写 element"),
    said(rows("¦jump: 50, "), "不能写 jump"),
    said(rows("¦unit: 件, "), "不能写 unit"),
    said(rows("¦max: 3, "), "不能写 max"),
    said(rows("¦kinds: [sheet], "), "只有 files:N 字段可以写 kinds"),
    said(rows("total: [¦cont], "), "是否想写 count"),
    said(rows("total: [¦what], "), "不是数字，不能合计"),
    said(rows("total: [count, ¦count], "), "重复"),
    said(rows("", "rows:5", "rows:¦500"), "最多 200 行"),
    said(rows("", '"rows:5"', '¦"rows:0"'), "rows:行数"),
    said(rows("", "type: text", 'type: ¦"rows:2"'), "应为 int"),
    said(rows("", "type: text", "type: text, ¦max: 3"), "只有数字列"),
    said(rows("", "type: int", "type: int, max: 1, min: ¦3"), "大于 max"),
    said(rows("", "type: text", 'type: "vocab:¦kind"'), "没有选项表"),
    said(rows("", "key: count", "key: ¦what"), "列代码“what”重复"),
    said(rows("", "title: 处数", "title: ¦问题"), "列名称“问题”重复"),
    Seed(PLACE, f'      - ¦{{key: list, title: 清单, type: "rows:5", blank: true}}\n{PLACE}', "要写 columns"),
    Seed(PLACE, f'      - ¦{{key: proof, title: 佐证, type: "files:3", blank: true}}\n{PLACE}', "要写 kinds"),
    said(files("[document, ¦video]"), "应为"),
    said(files("[document, ¦document]"), "重复"),
    said(files("[document]", "¦columns: [{key: a, title: 甲, type: int}], blank: true, "), "只有 rows:N"),
    said(files("[photo]", "¦fact: true, blank: true, "), "不能作为统计字段"),
    Seed("{system: 系统考评得分, ", "{system: 系统考评得分, ¦proof: 佐证, ", "不能用表格导入"),
    Seed('must: "assigned > 0 or done_rate == 0"', 'must: "¦list == 0 or done_rate == 0"', "list"),
)


@pytest.mark.parametrize("seed", RULES, ids=range(len(RULES)))
def test_each_rule_is_told_at_its_place_and_nothing_else(tmp_path: Path, seed: Seed):
    folder = pack_copy(tmp_path)
    if "不能用表格导入" in seed.says:
        good = files("[document]")
        path = folder / "pack.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace(good.old, good.new, 1), encoding="utf-8")
    spots = planted(folder, [seed])
    assert_exactly(faults_of(folder), spots)


def test_a_table_has_no_more_cells_than_a_page_takes(tmp_path: Path):
    folder = pack_copy(tmp_path)
    wide = "".join(f"{{key: c{n}, title: 列{n}, type: int}}, " for n in range(3))
    seed = rows("", "columns: [", f"¦columns: [{wide}")
    spots = planted(folder, [Seed(seed.old, seed.new.replace("rows:5", "rows:161"), "不得超过 800")])
    assert_exactly(faults_of(folder), spots)


@pytest.mark.parametrize("kinds", ["[photo]", "[screenshot]", "[photo, screenshot]"])
def test_pictures_alone_are_no_required_evidence(tmp_path: Path, kinds: str):
    folder = pack_copy(tmp_path)
    planted(
        folder,
        [Seed(PLACE, f'      - {{key: proof, title: 佐证, type: "files:3", kinds: ¦{kinds}}}\n{PLACE}', "")],
    )
    told = [fault for fault in faults_of(folder) if "唯一佐证" in fault.message]
    assert [fault.path for fault in told] == ["forms.nantong.fields[3].kinds"]


def test_a_required_field_of_files_rules_out_an_import(tmp_path: Path):
    folder = pack_copy(tmp_path)
    planted(
        folder,
        [
            Seed(
                PLACE,
                f'      - {{key: proof, title: 佐证, type: "files:3", kinds: [document¦]}}\n{PLACE}',
                "",
            )
        ],
    )
    told = [fault.message for fault in faults_of(folder) if fault.path == "imports.nantong.columns.proof"]
    assert told == ["必填字段 proof 不能用表格导入，本表单不能设导入模板"]


def test_good_tables_and_files_are_taken_as_written(tmp_path: Path):
    folder = pack_copy(tmp_path)
    good = ROWS.format(extra="total: [count], ") + files("[document, sheet, photo]").new
    path = folder / "pack.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(PLACE, good, 1), encoding="utf-8")
    body = next(
        each.body for each in pack_check(folder).entries if (each.kind, each.key) == ("form", "nantong")
    )
    *_, table, proof = (field_of(spec, {}) for spec in body["fields"])
    assert (table.kind, table.most_many, table.totals) == (FieldKind.ROWS, 5, ("count",))
    assert [column.key for column in table.columns] == ["what", "count"]
    assert (proof.kind, proof.file_kinds) == (FieldKind.FILES, ("document", "sheet", "photo"))
