"""Reminder rules: what a pack may say of them, one planted fault each."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from luoshi.kernel.loader.check import pack_check
from luoshi.kernel.loader.folder import SHIPPED
from tests.kernel.loader.faulty import Seed, assert_exactly, faults_of, planted

FIRST = '{at: "due - 5 workday", tell: [filler], level: blue}'
SECOND = '{at: "due - 3 workday", tell: [filler, head], level: yellow}'
FLOW = "flow: {fill: filler, sign: signer, review: reviewer, apart: person, returns: 3}"
SEEDS = (
    Seed("    form: monthly\n    hour", "    form: ¦montly\n    hour", "是否想写 monthly"),
    Seed('hour: "08:00"', 'hour: ¦"8:00"', "应写作 08:30"),
    Seed('    hour: "08:00"\n', "", "缺少 hour"),
    Seed(FIRST, FIRST.replace('"due', '¦"end'), "日期算式"),
    Seed(FIRST, FIRST.replace('"due - 5', '¦"returned - 5'), "只能往后算"),
    Seed(SECOND, SECOND.replace('"due - 3', '¦"due - 5'), "重复"),
    Seed(FIRST, FIRST.replace("filler", "¦filer"), "是否想写 filler"),
    Seed(FIRST, FIRST.replace("filler", "head, ¦head"), "重复"),
    Seed(FIRST, FIRST.replace("blue", "¦blu"), "是否想写 blue"),
    Seed(FIRST, FIRST.replace(", level: blue", ""), "缺少 level"),
    Seed(FIRST, FIRST.replace("level", "¦lvel"), "是否想写 level"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED / "zeren", tmp_path / "zeren"))


@pytest.mark.parametrize("seed", [seed for seed in SEEDS if "¦" in seed.new], ids=lambda seed: seed.says)
def test_a_planted_fault_is_told_at_its_place(folder: Path, seed: Seed):
    spots = planted(folder, [seed])
    assert any(spot.says in str(fault) for spot in spots for fault in faults_of(folder))
    places = {(fault.line, fault.col) for fault in faults_of(folder)}
    assert {(spot.line, spot.col) for spot in spots} <= places


@pytest.mark.parametrize("seed", [seed for seed in SEEDS if "¦" not in seed.new], ids=lambda seed: seed.says)
def test_what_is_missing_is_told(folder: Path, seed: Seed):
    path = folder / "pack.yaml"
    path.write_text(path.read_text("utf-8").replace(seed.old, seed.new, 1), "utf-8")
    (fault,) = faults_of(folder)
    assert seed.says in str(fault)


def test_a_form_has_one_rule(folder: Path):
    path = folder / "pack.yaml"
    text = path.read_text("utf-8").replace(
        "    title: 季报提醒\n    form: quarterly", "    title: 季报\n    form: monthly"
    )
    path.write_text(text, "utf-8")
    (fault,) = faults_of(folder)
    assert "表单的提醒规则“monthly”重复" in str(fault)


def test_a_step_needs_its_part_of_the_flow(folder: Path):
    path = folder / "pack.yaml"
    text = path.read_text("utf-8").replace(FLOW, FLOW.replace("review: reviewer", "review: none"), 1)
    path.write_text(text, "utf-8")
    told = [fault.message for fault in faults_of(folder)]
    assert told == [
        f"该表单没有审核环节，不能写 {name}" for name in ("review", "reviewer", "returned", "returned")
    ]


def test_due_needs_a_window(folder: Path):
    path = folder / "pack.yaml"
    text = path.read_text("utf-8")
    start = text.index("    window: {calendar")
    text = text[:start] + "    window: none" + text[text.index("\n", start) :]
    path.write_text(text, "utf-8")
    assert {fault.message for fault in faults_of(folder)} == {
        "该表单没有时限（window: none），不能从 due 算起"
    }


def test_exactly_the_planted_faults_are_told(folder: Path):
    spots = planted(folder, [SEEDS[1], SEEDS[4], SEEDS[8]])
    assert_exactly(faults_of(folder), spots[:1] + spots[1:])


def test_the_stored_rule_is_whole(folder: Path):
    checked = pack_check(folder)
    rule = next(entry for entry in checked.entries if (entry.kind, entry.key) == ("notice", "monthly"))
    assert rule.body["steps"][0] == {"at": "due - 5 workday", "tell": ["filler"], "level": "blue"}
