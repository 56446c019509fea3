"""Every rule of the section lists, one planted fault each; nothing else is reported."""

from __future__ import annotations

import shutil

import pytest

from luoshi.kernel.loader.folder import SHIPPED
from tests.kernel.loader.faulty import Seed, assert_exactly, faults_of, planted

ASKED = 'review: "@office", answer: "form:plan"'
A03 = "holders: [head], frequency: quarterly"
RULES = (
    Seed("{code: A02, ", "{code: ¦A01, ", "重复"),
    Seed("{code: A02, ", "{code: ¦a02, ", "如 A01"),
    Seed(A03, "holders: [¦watch], frequency: quarterly", "没有本清单的责任人"),
    Seed(A03, "holders: [¦boss], frequency: quarterly", "应为"),
    Seed(
        'review: "@office", answer: "form:plan"', 'review: "@¦ofice", answer: "form:plan"', "是否想写 office"
    ),
    Seed('answer: "form:plan"', 'answer: "form:¦pln"', "是否想写 plan"),
    Seed('answer: "form:plan"', 'answer: ¦"table:plan"', "plain、form:表单"),
    Seed('answer: "element:QD07"', 'answer: ¦"element:qd07"', "element:数据元"),
    Seed(A03, "holders: [head], frequency: ¦monthly", "与表单 quarter 的周期"),
    Seed(A03 + ", due: none", A03 + ", due: ¦end", "由表单规定"),
    Seed('due: "event + 30 day"', 'due: ¦"end + 30 day"', "不能这样写时限"),
    Seed('due: "event + 30 day"', 'due: ¦"soon"', "日期算式"),
    Seed("due: none, review: none, answer: plain}", "due: each, review: none, answer: ¦plain}", "只作提示"),
    Seed("    kind: negative", "    kind: ¦bad", "应为"),
)


@pytest.mark.parametrize("seed", RULES, ids=[seed.new[:40] for seed in RULES])
def test_each_rule_reports_its_fault_and_nothing_else(seed, tmp_path):
    folder = shutil.copytree(SHIPPED / "lists", tmp_path / "lists")
    spots = planted(folder, [seed])
    assert_exactly(faults_of(folder), spots)
