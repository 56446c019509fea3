"""Rules of slips: what a pack may say of them, one planted fault each."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from luoshi.kernel.loader.check import pack_check
from luoshi.kernel.loader.folder import SHIPPED
from tests.kernel.loader.faulty import Seed, faults_of, planted

TIP = "{key: tip, title: 提示, tone: blue, after: 1, reply: 5}"
URGE = "{key: urge, title: 催办, tone: orange, after: 6, reply: 3}"
SEEDS = (
    Seed('organ: "@office"\n    calendar: cn', 'organ: "@¦offce"\n    calendar: cn', "是否想写 office"),
    Seed('organ: "@office"\n    calendar', "organ: ¦office\n    calendar", "@槽位"),
    Seed("calendar: cn\n    forms", "calendar: ¦zh\n    forms", "日历"),
    Seed("forms: [monthly, quarterly]", "forms: [¦montly, quarterly]", "是否想写 monthly"),
    Seed("forms: [monthly, quarterly]", "forms: [monthly, ¦monthly]", "重复"),
    Seed(TIP, TIP.replace("blue", "¦blu"), "是否想写 blue"),
    Seed(TIP, TIP.replace("reply: 5", "reply: ¦0"), "应不小于 1"),
    Seed(URGE, URGE.replace("key: urge", "key: ¦tip"), "重复"),
    Seed(URGE, URGE.replace("催办", "¦提示"), "重复"),
    Seed(URGE, URGE.replace("after: 6", "after: ¦1"), "应大于前一级的 1"),
    Seed(URGE, URGE.replace("after", "¦aftr"), "是否想写 after"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED / "zeren", tmp_path / "zeren"))


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.new[-30:])
def test_a_planted_fault_is_told_at_its_place(folder: Path, seed: Seed):
    (spot,) = planted(folder, [seed])
    assert any(
        (fault.line, fault.col) == (spot.line, spot.col) and spot.says in str(fault)
        for fault in faults_of(folder)
    )


def test_the_shipped_rules_are_kept_as_written(folder: Path):
    (found,) = [entry for entry in pack_check(folder).entries if entry.kind == "slip"]
    assert [level["title"] for level in found.body["levels"]] == ["提示", "催办", "督办"]
