"""Imports of items in a pack: every fault is told at its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from luoshi.kernel.loader.check import pack_check
from tests.kernel.loader.faulty import Seed, faults_of, planted

PACK = Path(__file__).parents[1] / "items" / "packs" / "receipt"

FAULTS = (
    Seed("item: permit", "item: ¦permt", "是否想写 permit"),
    Seed("zone: Europe/Amsterdam", "zone: ¦Europe/Amsterdan", "是否想写 Europe/Amsterdam"),
    Seed("earlier: first", "earlier: ¦last", "refuse"),
    Seed("columns: {channel:", "columns: {¦chanel: x, channel:", "是否想写 channel"),
    Seed('close: "case:enddate"', '¦closed: "case:enddate"', "是否想写 close"),
    Seed("of receipt, do: [confirm, ", "of receipt, do: [¦confrm, ", "是否想写 confirm"),
    Seed("is: T02 Check confirmation of receipt", "is: ¦Confirmation of receipt", "重复"),
    Seed(', deadline: "case:deadline"}\n    times: {create', "}\n    times: {¦create", "动作 create 需要"),
    Seed('who: "org:resource"', '¦hwo: "org:resource"', "是否想写 who"),
    Seed('{channel: "case:channel", dep', '{channel: "case:channel", ¦dpe', "是否想写 department"),
    Seed("target: [{field: deadline}]", "target: [{field: ¦channel}]", "deadline"),
)  # fmt: skip


@pytest.mark.parametrize("seed", FAULTS, ids=lambda seed: f"{seed.says}:{seed.new[:20]}")
def test_each_fault_is_told_at_its_place(tmp_path: Path, seed: Seed):
    folder = tmp_path / "receipt"
    shutil.copytree(PACK, folder)
    (spot,) = planted(folder, [seed])
    faults = faults_of(folder)
    assert any((fault.line, fault.col) == (spot.line, spot.col) for fault in faults), faults
    assert any(seed.says in str(fault) for fault in faults), faults
    assert len(faults) == 1, faults


def test_personal_fields_and_a_missing_registration_are_told(tmp_path: Path):
    folder = tmp_path / "receipt"
    shutil.copytree(PACK, folder)
    path = folder / "pack.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count("title: 部门, type: text, fact: true") == text.count('create: "case:startdate", ') == 1
    text = text.replace("title: 部门, type: text, fact: true", "title: 部门, type: text, pii: true")
    path.write_text(text.replace('create: "case:startdate", ', ""), encoding="utf-8")
    told = " ".join(map(str, faults_of(folder)))
    assert (
        "department 是个人信息，不能由表格导入" in told and "没有写明登记（create）的时间取自哪一列" in told
    )


def test_the_pack_itself_passes():
    assert pack_check(PACK).id == "receipt"
