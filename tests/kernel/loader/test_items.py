"""Item types: every fault is told at its place, and no lifecycle lets one person report and close."""

from __future__ import annotations

from pathlib import Path

import pytest

from luoshi.kernel.loader.check import pack_check
from luoshi.kernel.loader.folder import SHIPPED, shipped_ids
from luoshi.kernel.loader.nodes import Faults
from luoshi.kernel.loader.strict_yaml import read_yaml
from tests.kernel.loader.faulty import Seed, faults_of, pack_copy, planted

APART = ", apart: [{move: report, level: unit}]"

FAULTS = (
    Seed('number: "ZQ{year}{seq:05}"', 'number: ¦"ZQ{year}"', "没有 {seq}"),
    Seed('number: "ZQ{year}{seq:05}"', 'number: ¦"ZQ{yaer}{seq}"', "{seq:05}"),
    Seed("lead: 1 unit", "lead: ¦one unit", "0..n unit"),
    Seed("co: 0..n unit", "co: ¦3..2 unit", "上限小于下限"),
    Seed('"int:0-100", fact', '¦"int:100-0", fact', "下限 100 大于上限 0"),
    Seed("联系人, type: text, pii: true}", "联系人, type: text, pii: true, ¦fact: true}", "不能标 fact"),
    Seed('type: "vocab:channel"', 'type: "vocab:¦chanel"', "是否想写 channel"),
    Seed("{key: wish,", "{key: ¦due,", "保留字"),
    Seed("stage: assigned", "stage: ¦asigned", "是否想写 assigned"),
    Seed("from: sent, to: doing", "from: ¦sentt, to: doing", "是否想写 sent"),
    Seed("to: check, by: lead", "to: check, by: ¦leda", "是否想写 lead"),
    Seed("need: [result]", "need: [¦resut]", "是否想写 result"),
    Seed("need: [result]", 'need: [result, ¦"evidence:0"]', "duty.职责或 evidence:1"),
    Seed("need: [kind, channel", 'need: [¦"evidence:1", kind, channel', "不能要佐证"),
    Seed("may: [duty.co, note]", 'may: [duty.co, note, ¦"evidence:1"]', "应为字段代码"),
    Seed("    public: [number,", "    evidence: {¦kinds: [photo]}\n    public: [number,", "不能只收照片"),
    Seed("need: [duty.lead]", "need: [duty.¦leed]", "是否想写 lead"),
    Seed("apart: [{move: report", "apart: [{move: ¦reprot", "是否想写 report"),
    Seed("within: 10 workday", "within: ¦10 workdays", "48 hour"),
    Seed("public: [number,", "public: [phone, number,".replace("phone", "¦phone"), "个人信息"),
    Seed("public: [number,", "public: [¦numbr, number,", "是否想写 number"),
    Seed("to: new, by: center, need: [kind", "to: new, by: ¦lead, need: [kind", "只能由岗位或单位办理"),
    Seed("need: [result]", 'need: [result, ¦result]', "重复"),
    Seed("title: 待派发,", "¦titl: 待派发,", "是否想写 title"),
    Seed('who: "duty:lead"', 'who: ¦"duty:lead.boss"', "duty:角色"),
    Seed("calendar: cn", "calendar: ¦en", "没有日历"),
    Seed("start: move.send.first", "start: move.¦sned.first", "是否想写 send"),
    Seed("start: move.send.last", "start: ¦move.send", "move.动作.first"),
    Seed("stop: stage.done", "stop: state.¦closd", "是否想写 closed"),
    Seed("pause: [{state: wait, max: 5 workday}]", "pause: [¦{state: wait}]", "挂起必须写 max"),
    Seed("{state: wait, max", "{state: ¦wiat, max", "是否想写 wait"),
    Seed("{budget: 4 work_hour}", "{budget: ¦4 workhour}", "4 work_hour"),
    Seed("upto: 10 workday", "upto: ¦10 calendar_day", "应与目标的单位一致"),
    Seed('at: "130%"', "at: ¦130", "-3 workday"),
    Seed("tell: [watch], mark", "tell: [¦wacth], mark", "是否想写 watch"),
    Seed("do: cancel, title: 作废", "do: ¦accept, title: 作废", "重复"),
)  # fmt: skip


@pytest.mark.parametrize("seed", FAULTS, ids=lambda seed: f"{seed.says}:{seed.new[:20]}")
def test_each_fault_is_told_alone_at_its_place(tmp_path: Path, seed: Seed):
    folder = pack_copy(tmp_path, "zhengqi")
    spots = planted(folder, [seed])
    faults = faults_of(folder)
    (spot,) = spots
    assert any(
        (fault.line, fault.col) == (spot.line, spot.col) and spot.says in str(fault) for fault in faults
    ), "\n".join(map(str, faults))
    assert len(faults) == 1, "\n".join(map(str, faults))


HONEST = (
    (APART, "", "同一人可以用“report”报结又用“confirm”办结"),
    ("apart: [{move: report", "apart: [{move: accept", "同一人可以用“report”报结"),
    ("title: 待回访, stage: verifying", "title: 待回访, stage: working", "不经核查就办结"),
    (
        "do: report, title: 报结, from: doing, to: check, by: lead, need: [result]",
        "do: report, title: 报结, from: doing, to: closed, by: lead, need: [result]",
        "不经核查就办结",
    ),
    (
        "{do: rework,",
        "{do: quick, title: 速结, from: doing, to: check, by: lead}\n      - {do: rework,",
        "同一人可以用“quick”报结又用“confirm”办结",
    ),
    (
        "{do: reopen, title: 重启, from: closed, to: doing",
        "{do: reopen, title: 重启, from: closed, to: check",
        "同一人可以用“reopen”报结又用“confirm”办结",
    ),
)


@pytest.mark.parametrize(("old", "new", "says"), HONEST, ids=[says for _, _, says in HONEST])
def test_no_path_lets_one_person_report_and_close(tmp_path: Path, old: str, new: str, says: str):
    folder = pack_copy(tmp_path, "zhengqi")
    path = folder / "pack.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert any(says in str(fault) for fault in faults_of(folder))


def test_a_state_that_cannot_be_reached_or_left_is_told(tmp_path: Path):
    folder = pack_copy(tmp_path, "zhengqi")
    path = folder / "pack.yaml"
    text = path.read_text(encoding="utf-8")
    extra = "      - {key: lost, title: 悬置, stage: waiting}\n      - {key: closed,"
    path.write_text(text.replace("      - {key: closed,", extra, 1), encoding="utf-8")
    (fault,) = faults_of(folder)
    assert "从登记起走不到状态“lost”" in str(fault)


def test_every_edge_into_done_of_every_shipped_pack_is_apart_from_every_report():
    """Walks the shipped files anew, without the checker: each way from create or a reopening to done."""
    closings = 0
    for pack in shipped_ids():
        folder = SHIPPED / pack
        pack_check(folder)
        root = read_yaml((folder / "pack.yaml").read_bytes(), "pack.yaml", Faults())
        for item in (root.plain().get("items") or {}).values():
            stages = {state["key"]: state["stage"] for state in item["states"]}
            for walk in walks(item["moves"], stages):
                reports = {
                    move["do"]
                    for move, start in walk
                    if stages[move["to"]] == "verifying" and stages.get(start) != "verifying"
                }
                closing, _ = walk[-1]
                apart = {each["move"] for each in closing.get("apart", [])}
                assert reports, f"{pack}: {closing['do']} closes what nobody reported"
                assert reports <= apart, f"{pack}: {closing['do']}"
                closings += 1
    assert closings > 0


def walks(moves, stages):
    """Yield every walk without a repeated step from a birth (create, reopen) to done, as (move, start).

    A move from done to done, a look back, neither reopens nor closes.
    """
    edges = [(move, start) for move in moves for start in as_list(move["from"])]
    births = [
        (move, start)
        for move, start in edges
        if start is None or (stages[start] in ("done", "void") and stages[move["to"]] != "done")
    ]
    waiting = [[birth] for birth in births]
    while waiting:
        walk = waiting.pop()
        here = walk[-1][0]["to"]
        if stages[here] == "done":
            yield walk
        elif stages[here] != "void":
            waiting += [[*walk, edge] for edge in edges if edge[1] == here and edge not in walk]


def as_list(value):
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("        start_next_day: true\n", "", "起算当日是否计入"),
        (", {budget: 15 workday}]", "]", "最后一个目标不能写 when"),
        ("{budget: 15 workday}", "{budget: 15 workday, field: wish}", "两者取一"),
        ("{budget: 15 workday}", "{field: wish}", "还没有填"),
        ("{budget: 15 workday}", "{field: solved}", "没有日期字段"),
        ("{budget: 15 workday}", "{budget: 15 workday}, {budget: 9 workday}", "只能排在最后"),
        ("        target: [{budget: 4 work_hour}]\n", "", "缺少 target"),
        (
            "target: [{budget: 4 work_hour}]",
            'hours: "13:00-17:00 08:00-12:00"\n        target: [{budget: 4 work_hour}]',
            "互不重叠",
        ),
    ],
)
def test_a_clock_that_would_fail_some_item_is_refused(tmp_path, old, new, says):
    folder = pack_copy(tmp_path, "zhengqi")
    text = (folder / "pack.yaml").read_text(encoding="utf-8")
    assert old in text
    (folder / "pack.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    assert any(says in str(fault) for fault in faults_of(folder))


@pytest.mark.parametrize(
    "rule,says",
    [
        ("{on: [reprot], must: \"kind == 'rent'\", say: 说明文字}", "是否想写 report"),
        ("{on: [report], must: \"knid == 'rent'\", say: 说明文字}", "是否想写 kind"),
        ("{on: [report], must: kind, say: 说明文字}", "此处应为"),
        ("{on: [report], say: 说明文字}", "两者取一"),
        ("{on: [report], field: result, say: 说明文字}", "两者取一"),
        ("{on: [report], field: rating, without: [请批示], say: 说明文字}", "没有文字字段"),
        ("{on: [report], field: phone, without: [请批示], say: 说明文字}", "没有文字字段"),
    ],
)
def test_faults_of_rules(tmp_path: Path, rule: str, says: str):
    folder = pack_copy(tmp_path, "zhengqi")
    file = folder / "pack.yaml"
    file.write_text(
        file.read_text().replace("    clocks:\n", f"    rules:\n      - {rule}\n    clocks:\n", 1)
    )
    faults = faults_of(folder)
    assert len(faults) == 1 and says in str(faults[0])


@pytest.mark.parametrize(
    "old,new,says",
    [
        (
            "{do: report, title: 报结, from: doing, to: check, by: lead",
            "{do: report, title: 报结, from: doing, to: check, by: all",
            "只能用于登记动作",
        ),
        ("lead: 1 unit, co", "lead: 1 post, co", "登记单位即主办单位"),
    ],
)
def test_any_unit_only_creates_and_then_leads(tmp_path: Path, old: str, new: str, says: str):
    folder = pack_copy(tmp_path, "zhengqi")
    file = folder / "pack.yaml"
    text = file.read_text().replace("\nroles:\n", '\nroles:\n  all: {who: "unit:any"}\n', 1)
    text = text.replace("from: null, to: new, by: center", "from: null, to: new, by: [all, center]")
    assert old in text
    file.write_text(text.replace(old, new, 1))
    assert any(says in str(fault) for fault in faults_of(folder))
