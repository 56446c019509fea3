"""Every rule of the checks, one planted fault each; nothing else is reported."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from luoshi.core.periods import parse_period
from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.filings.windows import dates_of, window_of
from luoshi.kernel.loader.check import pack_check
from tests.kernel.loader.faulty import Seed, assert_exactly, faults_of, pack_copy, planted

PANJIN_P = "各单位共承接转办工单"
GOOD = "nantong_onsite_good: {title: 实地考评九十分及以上单位数, grain: filing, form: nantong"
KB = "panjin_kb: {title: 知识库更新数, grain: filing, form: panjin"
DONE = "{key: done, title: 办结率, input: panjin_done, calc: {value: {}}"
QUOTED = '{q: "每超期一件扣0.5分。"'
CASES_F, KB_F = "{key: cases, title: 受理件数, ", "{key: kb_updates, title: 知识库更新数, "
CASES = "columns: [unit, "
LINES = "columns: [period, unit, criterion, input, "
SHARED = "digits: 1, rounding: half_up}\n    rank: {tie: share_low, better: up}"
UNRANKED = "combine: none\n    rank: none"
PREVIEWED = "\n    preview: {{calendar: {}, appeal: {}, decide: 10}}"
GRADES = "\n    grades: [{}, {}]"
A, B = "{key: a, title: 优秀, share: 30}", "{key: b, title: 合格}"
RULES = (
    # pack, slots, roles, vocab
    Seed("version: 1,", "¦verson: 1,", "是否想写 version"),
    Seed("version: 1,", "version: ¦0,", "应不小于 1"),
    Seed("id: bulletins", "id: ¦bulletin", "不同名"),
    Seed("requires: []", "requires: [¦core]", "没有业务包“core”"),
    Seed("\nvocab: {}", "\n¦vocabs: {}", "是否想写 vocab"),
    Seed("vocab: {}", "vocab: {kind: {a: 甲, b: ¦甲}}", "重复"),
    Seed("vocab: {}", "vocab: {¦kind: {}}", "没有选项"),
    Seed('{who: "post:@desk"', '{who: "post:@¦organ"', "需要岗位"),
    Seed('{who: "post:@desk"', '{who: ¦"desk"', "post:@槽位"),
    # forms
    Seed("period: month", "period: ¦mnth", "是否想写 month"),
    Seed("window: none", "window: ¦nne", "应为 none"),
    Seed("window: none", 'window: {calendar: ¦us, open: start, due: "end + 3 workday"}', "没有日历"),
    Seed("window: none", 'window: {calendar: cn, open: start, due: ¦"end + 1x day"}', "日期算式"),
    Seed("window: none", 'window: {calendar: cn, open: ¦"due - 3 day", due: end}', "不能从 due 算起"),
    Seed("window: none", 'window: {calendar: cn, open: end, due: ¦due}', "可用 start、end、open"),
    Seed("fill: desk", "fill: ¦dsk", "是否想写 desk"),
    Seed("fill: desk", "fill: ¦none", "没有角色"),
    Seed("nil: none", "nil: {need: [¦nte]}", "是否想写 note"),
    Seed('owner: "unit:@organ"', 'owner: "unit:@¦desk"', "需要单位"),
    Seed('until: "2027-12-31"', 'until: ¦"2027-02-30"', "不是日历上的日期"),
    Seed("{key: onsite, title: 实地考评得分", "{key: ¦system, title: 实地考评得分", "重复"),
    Seed("{key: rest_score", "{key: ¦timing", "保留字"),
    Seed('type: "decimal:2", unit: 分, min: 0', 'type: ¦"decimal:9", unit: 分, min: 0', "decimal:N"),
    Seed("min: 0, max: 10, blank", "min: ¦40, max: 10, blank", "大于最大值"),
    Seed('type: "percent:2", unit: "%", blank', "type: text, ¦min: 1, blank", "只有数字字段"),
    Seed("type: int, unit: 件, min: 0", 'type: "vocab:¦kind", unit: 件', "没有选项表"),
    Seed("assigned > 0 or done_rate == 0", "assigned > 0 or done_rate ¦= 0", "写法不对"),
    Seed("must: \"overdue + other <= cases\"", "must: ¦\"overdue + other - cases\"", "此处应为是否"),
    Seed("to: \"unit.branch == 'LYG'", "to: \"unit.branch == ¦1 and unit.branch == 'LYG'", ""),
    Seed(f"{CASES_F}type: int", f"{CASES_F}from: ¦last week, type: int", "应为 last month"),
    Seed(f"{CASES_F}type: int", f"{CASES_F}element: E1, from: ¦last month, type: int", "没有“最后一个月”"),
    Seed(f"{KB_F}type: int", f"{KB_F}from: ¦last month, type: int", "须有 element"),
    Seed(f"{KB_F}type: int", f"{KB_F}keep: ¦true, type: int", "没有上期"),
    # imports
    Seed("ignore: [公布得分]", "ignore: [¦满意率]", "重复"),
    Seed("{assigned: 转办件数, ", "{assigned: 转办件数, ¦asigned: 某列, ", "是否想写 assigned"),
    # indicators
    Seed(KB, KB.replace("form: panjin", "form: ¦pajin"), "是否想写 panjin"),
    Seed("count: all, time", "count: all, ¦sum: onsite, time", "只能写一个"),
    Seed("count: all, time", "¦den: all, time", "den 只能与 num 同时写"),
    Seed(f'{GOOD}, where: "onsite >= 90", count: all,', f'¦{GOOD}, where: "onsite >= 90",', "怎样计算"),
    Seed(f"{KB}, sum: kb_updates, empty: skip,", f"¦{KB}, sum: kb_updates,", "空值怎样处理"),
    Seed('where: "cases == 0"', 'where: ¦"cases + 0"', "此处应为是否"),
    Seed("sum: kb_updates", "sum: ¦kb_updates > 3", "此处应为数字"),
    Seed("sum: kb_updates", "sum: ¦kb_updates / assigned", "逐行相除"),
    Seed("count: all, time", "count: ¦some, time", "应为 all"),
    Seed(f"{KB}, sum: kb_updates,", f"¦{KB}, sum: kb_updates * assigned * assigned,", "写明 max"),
    Seed("grain: filing", "grain: ¦filling", "是否想写 filing"),
    Seed("den: cases, empty: skip", "den: ¦none_at_all, empty: skip", "没有"),
    Seed("den: cases, empty: skip", "den: cases, ¦clock: total, empty: skip", "不写 clock"),
    Seed("time: period", "time: ¦perod", "是否想写 period"),
    Seed("digits: 0, better", "digits: ¦9, better", "应不大于 6"),
    # schemes
    Seed("input: nantong_onsite", "input: ¦nantong_onsit", "是否想写 nantong_onsite"),
    Seed("weight: 0.40}\n      - {key: onsite", "weight: ¦abc}\n      - {key: onsite", "应为数字"),
    Seed(f"- {DONE}, weight: 0.20, ", f"- ¦{DONE}, ", "每一项都要写 weight"),
    Seed("{amount: 0.5}", "{amount: ¦-1}", "大于 0"),
    Seed("{deduct_per: {amount: 0.5}}", "{¦deduct_per: {}}", "amount"),
    Seed("missing: refuse, digits: 1", "missing: ¦refse, digits: 1", "是否想写 refuse"),
    Seed("rank: {tie: break, by: [system], better: up}", "¦rank: {tie: break, better: up}", "要写 by"),
    Seed("combine: none\n    rank: none", "combine: none\n    ¦rank: {tie: dense, better: up}", "不能排名"),
    Seed("- {key: dept, title: 市级部门", "- {key: ¦district, title: 市级部门", "重复"),
    Seed(SHARED, SHARED + PREVIEWED.format("¦cm", 5), "可用 cn"),
    Seed(SHARED, SHARED + PREVIEWED.format("cn", "¦0"), "应不小于 1"),
    Seed(SHARED, SHARED + GRADES.format("{key: a, title: 优秀, share: ¦0}", B), "应大于 0"),
    Seed(SHARED, SHARED + GRADES.format("¦{key: a, title: 优秀}", B), "应写 share"),
    Seed(SHARED, SHARED + GRADES.format(A, "¦{key: b, title: 合格, least: 60}"), "最后一个等次"),
    Seed(SHARED, SHARED + GRADES.format(A, "{key: ¦a, title: 合格}"), "重复"),
    Seed(UNRANKED, UNRANKED + GRADES.format("¦" + A, B), "不能评定等次"),
    # reports
    Seed('organ: "@organ"', 'organ: "@¦orgn"', "是否想写 organ"),
    Seed("scheme: panjin\n    lines", "scheme: ¦panjing\n    lines", "是否想写 panjin"),
    Seed(PANJIN_P, "¦１２家" + PANJIN_P, "手写了数字“１２”"),
    Seed("{panjin_assigned}件", "{panjin_assigned.¦nun}件", "是否想写 num"),
    Seed("平均得分{scheme.mean}分", "平均得分{¦scheme.men}分", "是否想写 scheme.mean"),
    Seed("总体结案率{changzhou_done}", "总体结案率{changzhou_done}、{¦scheme.mean}", "没有总分"),
    Seed(PANJIN_P, "¦{" + PANJIN_P, "花括号"),
    Seed("- {h1: 指标情况}", '- {h1: "指标{¦panjin_done}情况"}', "只能用 {period}"),
    Seed("- {h1: 指标情况}", '- {h1: "指标¦3项"}', "手写了数字"),
    Seed("- {h1: 指标情况}", "- {h1: 指标情况, ¦h2: 某}", "只能写一种"),
    Seed("- {h1: 指标情况}", "- {h1: 指标情况, ¦source: 某}", "只用于引用"),
    Seed("- {h1: 指标情况}", "- ¦{source: 某}", "没有内容"),
    Seed(f"- {QUOTED}, source: 考核方案，与公布的扣分逐一相符}}", f"- ¦{QUOTED}}}", "出处"),
    Seed("title: 各单位得分和名次", "title: 各单位¦20分", "手写了数字"),
    Seed("columns: [rank, unit, input.system", "columns: [rank, ¦unti, input.system", "是否想写 unit"),
    Seed(f"{CASES}indicator.changzhou", f"{CASES}¦total, indicator.changzhou", "没有总分"),
    Seed(f"{CASES}indicator.changzhou", f"{CASES}¦rank, indicator.changzhou", "不排名"),
    Seed(f"{LINES}points]", f"{LINES}¦total]", "没有列"),
    Seed("series: [input.onsite]", "series: [indicator.¦nantong_x]", "没有指标"),
    Seed("rows: lines, label: unit", "rows: ¦linse, label: unit", "是否想写 lines"),
    # tests
    Seed("want: fixtures/panjin_want.csv", "want: ¦fixtures/panjin_wants.csv", "没有文件"),
    Seed("want: fixtures/panjin_want.csv", "want: ¦../x.csv", "相对路径"),
    Seed('period: "2017-08"', 'period: ¦"2017-13"', "月份"),
    Seed("{import: nantong,", "{import: ¦nanton,", "是否想写 nantong"),
    Seed('panjin_assigned: "15552"', '¦panjin_assignd: "15552"', "是否想写 panjin_assigned"),
    Seed("refused: [市碱业公司", "figures: {}, ¦refused: [市碱业公司", "不能同时写"),
)  # fmt: skip


@pytest.mark.parametrize("seed", RULES, ids=range(len(RULES)))
def test_each_rule_is_told_at_its_place_and_nothing_else(tmp_path: Path, seed: Seed):
    folder = pack_copy(tmp_path)
    spots = planted(folder, [seed])
    assert_exactly(faults_of(folder), spots)


def test_one_element_is_one_type_and_unit_in_a_pack(tmp_path: Path):
    folder = pack_copy(tmp_path)
    path = folder / "pack.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(KB_F, f"{KB_F}element: E1, ", 1), encoding="utf-8")
    says = "在 panjin.kb_updates 是 int 条，在此是 int 件"
    seed = Seed(f"{CASES_F}type: int", f"{CASES_F}element: ¦E1, type: int", says)
    spots = planted(folder, [seed])
    assert_exactly(faults_of(folder), spots)


def test_more_counted_fields_than_columns_are_told_at_the_form_and_once(tmp_path: Path):
    folder = pack_copy(tmp_path)
    field = "      - {key: cases, title: 受理件数"
    more = "".join(
        f"      - {{key: m{n}, title: 某{n}, type: int, blank: true, fact: true}}\n" for n in range(25)
    )
    spots = planted(
        folder, [Seed("\n  changzhou:\n    title: 城建", "\n  ¦changzhou:\n    title: 城建", "最多 24 个")]
    )
    path = folder / "pack.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(field, more + field, 1), encoding="utf-8")
    assert_exactly(faults_of(folder), spots)


def test_a_field_that_is_no_fact_cannot_be_counted(tmp_path: Path):
    folder = pack_copy(tmp_path)
    duty = 'duty, title: 履职考评得分, type: "decimal:2", unit: 分, min: 0, max: 100, fact: '
    spots = planted(folder, [Seed(f"{duty}true", f"{duty}¦7", "应为 true 或 false")])
    told = faults_of(folder)
    assert [f for f in told if (f.line, f.col) == (spots[0].line, spots[0].col)]
    assert all("未标记 fact" in f.message for f in told if f.path.startswith("indicators"))
    assert {f.path for f in told if f.path.startswith("indicators")} == {
        "indicators.nantong_duty.mean",
        "indicators.nantong_duty_weak.where",
    }


def test_every_way_to_write_a_window_is_taken_and_opens_a_period(tmp_path: Path):
    folder = pack_copy(tmp_path)
    path = folder / "pack.yaml"
    moments = 'open: "start - 1 day", due: "open + 1000 workday", lock: {at: "due + 2 day", mode: hard}'
    window = f"window: {{calendar: cn, {moments}}}"
    path.write_text(path.read_text(encoding="utf-8").replace("window: none", window, 1), encoding="utf-8")
    body = next(e.body for e in pack_check(folder).entries if e.kind == "form" and e.body["window"] != "none")
    dates = dates_of(window_of(body["window"]), parse_period("2017-08"), WorkCalendar("cn", {}, frozenset()))
    assert dates.open_on == date(2017, 7, 31) and dates.lock_at - dates.due_at == timedelta(days=2)


def test_a_broken_entry_raises_no_faults_elsewhere(tmp_path: Path):
    """Forms, indicators and schemes that lean on an unreadable entry are not blamed for it."""
    folder = pack_copy(tmp_path)
    spots = planted(
        folder, [Seed("fields:\n      - {key: cases, title", "fields:\n      - {key: cases¦: title", "")]
    )
    faults = faults_of(folder)
    assert [fault.line for fault in faults] == [spots[0].line]


def test_syntax_errors_and_meaning_are_told_in_one_run(tmp_path: Path):
    folder = pack_copy(tmp_path)
    seeds = [
        Seed("desk: {kind: post, title: 统计岗}\n", "desk: {kind: ¦psot, title: 统计岗}\n", "是否想写 post"),
        Seed("by: [system]", "by: [¦systm]", "是否想写 system"),
    ]
    text = (folder / "pack.yaml").read_text(encoding="utf-8")
    text = text.replace("basis: 权重由公布得分反推；按时", "basis: '权重", 1)
    (folder / "pack.yaml").write_text(text, encoding="utf-8")
    spots = planted(folder, seeds)
    faults = faults_of(folder)
    assert {(s.line, s.col) for s in spots} <= {(f.line, f.col) for f in faults}
    assert [f.path for f in faults if "引号" in f.message] == ["schemes.panjin.basis"]
    assert len(faults) == 3


def test_a_file_that_is_no_pack_is_told(tmp_path: Path):
    folder = tmp_path / "empty"
    folder.mkdir()
    (folder / "pack.yaml").write_text("pack: 3\n", encoding="utf-8")
    (fault,) = faults_of(folder)
    assert (fault.line, fault.path) == (1, "pack") and "键值" in fault.message
