"""Twenty faults in one pack: twenty reported, each with line and column, in one run."""

from __future__ import annotations

from pathlib import Path

import pytest

from luoshi.kernel.loader.check import pack_check
from tests.kernel.loader.faulty import Seed, assert_exactly, faults_of, pack_copy, planted

RATE = "changzhou_done: {title: 结案率, grain: filing, form: changzhou"
WEIGHED = (
    "criteria:\n      - {key: system, title: 系统考评, input: nantong_system, calc: {value: {}}, weight: "
)

TWENTY = (
    Seed("desk: {kind: post,", "desk: {kind: ¦pst,", "是否想写 post"),
    Seed('{who: "post:@desk"', '{who: "post:@¦dsk"', "是否想写 desk"),
    Seed("minutes: 10}", "minutes: ¦ten}", "应为整数"),
    Seed("unit: 分, min: 0, max", "unit: 分, ¦mim: 0, max", "是否想写 min"),
    Seed('type: "percent:2"', 'type: ¦"percentage"', "percent:N"),
    Seed("unit.branch == 'CZ'", "¦unit.brnch == 'CZ'", "是否想写 unit.branch"),
    Seed("overdue + other <= cases", "overdue + ¦othr <= cases", "是否想写 other"),
    Seed("    source: 连云港市", "    ¦window: none\n    source: 连云港市", "重复"),
    Seed("columns: {system: 系统考评得分, ", "¦columns: {", "必填字段 system"),
    Seed("    form: changzhou\n", "    form: ¦changzou\n", "是否想写 changzhou"),
    Seed("mean: duty, empty: skip", "mean: duty, empty: ¦skp", "是否想写 skip"),
    Seed(
        f'{RATE}, num: "cases - overdue - other", den: cases,',
        f'¦{RATE}, num: "cases - overdue - other",',
        "缺少分母",
    ),
    Seed("sum: kb_updates", "sum: ¦kb_update", "是否想写 kb_updates"),
    Seed(f"{WEIGHED}0.40}}", f"¦{WEIGHED}0.45}}", "权重之和为 1.05"),
    Seed("calc: {deduct_per: {amount", "calc: {¦deduct_pr: {amount", "是否想写 deduct_per"),
    Seed("threshold: 98, slope: 0.5", "threshold: 98, ¦slop: 0.5", "是否想写 slope"),
    Seed("by: [system]", "by: [¦systm]", "是否想写 system"),
    Seed("转办工单{panjin_assigned}件", "转办工单{¦panjin_asigned}件", "是否想写 panjin_assigned"),
    Seed("平均总分{scheme.mean}分", "平均总分¦93.12分", "手写了数字“93.12”"),
    Seed("input.system, input.onsite,", "input.system, input.¦onsit,", "是否想写 onsite"),
)


def test_right_pack_passes(tmp_path: Path):
    assert pack_check(pack_copy(tmp_path)).id == "bulletins"


def test_twenty_faults_are_reported_each_with_line_and_column_in_one_run(tmp_path: Path):
    folder = pack_copy(tmp_path)
    spots = planted(folder, TWENTY)
    faults = faults_of(folder)
    assert len(faults) == len(TWENTY) == 20
    assert_exactly(faults, spots)


@pytest.mark.parametrize("seed", TWENTY, ids=lambda seed: seed.says)
def test_each_alone_is_reported_alone(tmp_path: Path, seed: Seed):
    folder = pack_copy(tmp_path)
    spots = planted(folder, [seed])
    assert_exactly(faults_of(folder), spots)


def test_faults_read_as_file_line_column_path_message_and_hint(tmp_path: Path):
    folder = pack_copy(tmp_path)
    (spot,) = planted(folder, [Seed("by: [system]", "by: [¦systm]", "")])
    (fault,) = faults_of(folder)
    told = (
        f"pack.yaml:{spot.line}:{spot.col}: schemes.nantong.rank.by[0]: 没有考核项“systm”（是否想写 system）"
    )
    assert str(fault) == told
