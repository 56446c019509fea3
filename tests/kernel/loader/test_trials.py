"""A pack is refused when its own rows do not give what it says they give."""

from __future__ import annotations

from pathlib import Path

import pytest

from luoshi.kernel.loader.check import pack_check
from luoshi.kernel.loader.folder import SHIPPED
from tests.kernel.loader.faulty import Seed, assert_exactly, faults_of, pack_copy, planted

NANTONG, PANJIN, CHANGZHOU, WANT = (
    "fixtures/nantong.csv",
    "fixtures/panjin.csv",
    "fixtures/changzhou.csv",
    "fixtures/nantong_want.csv",
)


def test_the_shipped_pack_reproduces_every_published_table():
    """t01 19 totals (one misprint, named) and 20 ranks, t05 6 of 6, t08 13 rates and deductions, t03 14."""
    trials = {trial.rows_file: trial for trial in pack_check(SHIPPED / "bulletins").trials}
    assert trials[NANTONG].compared == 19 + 20 + 2
    (differs,) = trials[NANTONG].differs
    assert "金沙街道" in differs and "92.93" in differs and "92.94" in differs
    assert (trials[PANJIN].compared, trials[PANJIN].differs) == (6 + 1, ())
    assert (trials[CHANGZHOU].compared, trials[CHANGZHOU].differs) == (13 + 13 + 1, ())
    assert (trials["fixtures/lianyungang.csv"].compared, trials["fixtures/lianyungang.csv"].differs) == (
        40,
        (),
    )


def test_incomplete_tables_are_refused_with_the_reason():
    trials = {trial.rows_file: trial for trial in pack_check(SHIPPED / "bulletins").trials}
    assert "缺少列：转办件数、办结率、知识库更新数" in trials["fixtures/xinglongtai.csv"].refused
    told = trials["fixtures/lianyungang_totals.csv"].refused
    assert "市碱业公司缺及时签收率、回访满意率、省派工单满意率、答复规范、其余分项" in told


@pytest.mark.parametrize(
    "seed",
    [
        Seed("文峰街道,94.90,2", "文峰街道,¦94.91,2", "应得 94.91，算得 94.90", WANT),
        Seed("文峰街道,94.90,2", "文峰街道,94.90,¦3", "应得 3，算得 2", WANT),
        Seed("城东街道,,20", "城东街道,¦—,20", "应得 —，算得 90.65", WANT),
        Seed("金沙街道,92.93,12", "金沙街道,¦92.94,12", "与说明不符", WANT),
        Seed("单位,total,rank", "单位,¦totl,rank", "是否想写 total", WANT),
        Seed("计生委,—,0", "计生委,¦100.0,0", "应得 100.0，算得 —", "fixtures/changzhou_want.csv"),
        Seed("公司,2021-07,—,5.00", "公司,2021-07,—,¦4.99", "算得 5.00", "fixtures/lianyungang_want.csv"),
        Seed('figures: {panjin_assigned: "15552"}', 'figures: {panjin_assigned: ¦"15553"}', "算得 15552"),
        Seed(f"- {{import: panjin, rows: {PANJIN}", f"- ¦{{import: panjin, rows: {NANTONG}", "缺少列"),
        Seed("PJ01,大洼区,大洼区,区,PJ,", "PJ01,大洼区,大洼区,¦村,PJ,", "没有单位类别", "fixtures/units.csv"),
    ],
    ids=lambda seed: seed.says,
)  # fmt: skip
def test_a_wanted_value_that_is_not_reached_is_told_at_its_cell(tmp_path: Path, seed: Seed):
    folder = pack_copy(tmp_path)
    (spot,) = planted(folder, [seed])
    faults = faults_of(folder)
    here = [str(f) for f in faults if (f.file, f.line, f.col) == (spot.file, spot.line, spot.col)]
    assert here and all(spot.says in each for each in here)


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (PANJIN, "98.06", "103", "百分率应在 0 至 100 之间"),
        (PANJIN, "4226", "很多", "应为数字"),
        (PANJIN, "4226", "", "此项必填"),
        (PANJIN, "大洼区", "大凹区", "没有适用本表的单位“大凹区”，是否指 大洼区"),
        (PANJIN, "公布得分", "某列", "模板未列明的列：某列"),
        (CHANGZHOU, "武进区,256,6,3,10", "武进区,15,6,3,10", "超期件数与其他超期件数之和不得大于受理件数"),
        (NANTONG, "95.65,93.73", "95.651,93.73", "最多保留 2 位小数"),
    ],
)
def test_rows_are_held_to_the_form_as_an_import_would(tmp_path: Path, file, old, new, says):
    folder = pack_copy(tmp_path)
    text = (folder / file).read_text(encoding="utf-8")
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    faults = faults_of(folder)
    assert len(faults) == 1 and says in faults[0].message and faults[0].path.startswith("tests[")


def test_a_weight_changed_is_told_by_every_total_it_changes(tmp_path: Path):
    folder = pack_copy(tmp_path)
    text = (folder / "pack.yaml").read_text(encoding="utf-8")
    satisfied = "input: panjin_satisfied, calc: {value: {}}, weight: "
    done = "input: panjin_done, calc: {value: {}}, weight: "
    text = text.replace(f"{satisfied}0.30", f"{satisfied}0.20").replace(f"{done}0.20", f"{done}0.30")
    (folder / "pack.yaml").write_text(text, encoding="utf-8")
    faults = faults_of(folder)
    assert faults and {fault.file for fault in faults} == {"fixtures/panjin_want.csv"}


def test_a_refusal_that_does_not_come_is_told(tmp_path: Path):
    folder = pack_copy(tmp_path)
    spots = planted(
        folder,
        [
            Seed(
                "- {import: panjin, rows: fixtures/xinglongtai.csv",
                "- ¦{import: panjin, rows: fixtures/panjin.csv",
                "没有被拒绝",
            )
        ],
    )
    assert_exactly(faults_of(folder), spots)


def test_a_refusal_for_another_reason_is_told(tmp_path: Path):
    folder = pack_copy(tmp_path)
    head = '{import: panjin, rows: fixtures/xinglongtai.csv, units: fixtures/units.csv, period: "2019-11"'
    refused = f"- ¦{head}, refused: [满意度,"
    spots = planted(folder, [Seed(f"- {head}, refused: [转办件数,", refused, "没有提到“满意度”")])
    assert_exactly(faults_of(folder), spots)


def test_a_declared_difference_that_is_not_there_is_told(tmp_path: Path):
    folder = pack_copy(tmp_path)
    seeds = [Seed("differs: [{unit: 金沙街道", "differs: ¦[{unit: 文峰街道", "")]
    planted(folder, seeds)
    told = [str(fault) for fault in faults_of(folder)]
    assert any("文峰街道 total 公布 94.90" in each for each in told)
    assert any("金沙街道 total 应得 92.93" in each for each in told)
