"""Definitions of a pack in words, for officials who do not read YAML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from luoshi.core.rhythm import rhythm_words
from luoshi.kernel.definitions.fields import FILE_KINDS
from luoshi.kernel.definitions.queries import Def
from luoshi.kernel.org.kinds import KINDS as UNIT_KINDS
from luoshi.web.shell.names import without_holes

OPERATORS = {
    "==": "为",
    "!=": "不为",
    "<=": "不大于",
    ">=": "不小于",
    "<": "小于",
    ">": "大于",
    "and": "，且",
    "or": "，或",
    "not": "不是",
    "in": "属于",
    "*": "×",
    "/": "÷",
    "True": "是",
    "False": "否",
    "true": "是",
    "false": "否",
}
UNIT_NAMES = {
    "unit.code": "单位编码",
    "unit.kind": "单位类别",
    "unit.branch": "所属分支",
    "unit.parent": "上级编码",
}
PERIODS = {"month": "月", "quarter": "季", "half": "半年", "year": "年", "node": "节点", "range": "若干个月"}
TYPES = {"int": "整数", "money": "金额（元）", "text": "文字", "date": "日期"}
EMPTIES = {"as_no": "空缺按 0（否）计入", "skip": "空缺的行不计入", "refuse": "有空缺则不予计算"}
BETTER = {"up": "越高越好", "down": "越低越好", "none": "不评高低"}
MISSING = {
    "refuse": "缺项的不予计分，指明单位和项目",
    "exclude_and_reweight": "缺项不计，其余项按权重重新分摊",
    "neutral_mean": "缺项按同组均值计",
    "full": "缺项按满分计",
    "skip": "缺项不计",
}
TIES = {
    "share_low": "同分并列，名次取先，其后空出",
    "dense": "同分并列，其后不空",
    "break": "同分按以下项目依次比较",
}
ROUNDING = {"half_up": "四舍五入", "truncate": "截尾"}
TOKEN = re.compile(r"'[^']*'|\"[^\"]*\"|[A-Za-z_][\w.]*|\d+(?:\.\d+)?|[<>=!]=|[<>*/+\-(),\[\]]|\S")
NONE = "不设"


@dataclass(frozen=True)
class Grid:
    """A small table; ``right`` are the places of number columns."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Words:
    """One definition: pairs of label and text, then tables."""

    pairs: tuple[tuple[str, str], ...]
    grids: tuple[Grid, ...] = ()


@dataclass(frozen=True)
class Titles:
    """What things of one pack are called. ``fields``: form key → field key → title."""

    by_kind: Mapping[tuple[str, str], str]
    fields: Mapping[str, Mapping[str, str]]
    units: Mapping[str, str]

    @classmethod
    def of_pack(cls, found: Iterable[Def], units: Mapping[str, str] | None = None) -> Titles:
        """Collect the titles of everything a pack defines; a template is called like its form.

        ``units``: code → title, for the units that expressions name.
        """
        known = list(found)
        forms = {each.key: each.title for each in known if each.kind == "form"}
        by_kind = {(each.kind, each.key): without_holes(each.title) for each in known}
        by_kind |= {
            ("import", each.key): forms.get(each.body["form"], each.key)
            for each in known
            if each.kind == "import"
        }
        fields = {
            each.key: {field["key"]: field["title"] for field in each.body["fields"]}
            for each in known
            if each.kind == "form"
        }
        return cls(by_kind, fields, units or {})

    def of(self, kind: str, key: str) -> str:
        """Return the title of a definition, its key when it has none."""
        return self.by_kind.get((kind, key), key)

    def field(self, form: str, key: str) -> str:
        """Return the title of a field."""
        return self.fields.get(form, {}).get(key, key)

    def name(self, found: Def) -> str:
        """Return what a definition is called; a test like the template it imports by."""
        return (
            self.of("import", str(found.body["import"]))
            if found.kind == "test"
            else self.of(found.kind, found.key)
        )


def expression_words(text: str, names: Mapping[str, str], units: Mapping[str, str] | None = None) -> str:
    """Return an expression with names, operators and codes of kinds and units in Chinese.

    >>> expression_words("unit.branch == 'PJ' and unit.kind != 'group'", UNIT_NAMES, {"PJ": "盘锦"})
    '所属分支为盘锦，且单位类别不为分组'
    >>> expression_words("assigned * done / 100", {"assigned": "转办件数", "done": "办结率"})
    '转办件数×办结率÷100'
    """
    if text == "all":
        return "填报份数"
    words = []
    for token in TOKEN.findall(text):
        if token[0] in "'\"":
            words.append(UNIT_KINDS.get(token[1:-1]) or (units or {}).get(token[1:-1], token[1:-1]))
        else:
            words.append(OPERATORS.get(token) or names.get(token, token))
    return "".join(words)


def form_words(body: Mapping[str, Any], titles: Titles) -> Words:
    """A form: who files it, when, which fields, which rules."""
    names = {field["key"]: field["title"] for field in body["fields"]}
    admission = body["admission"]
    pairs = (
        ("填报周期", PERIODS[body["period"]]),
        ("填报单位", expression_words(body["to"], UNIT_NAMES, titles.units)),
        ("填报时限", window_words(body["window"])),
        ("零报告", NONE if body["nil"] == "none" else "可以零报告"),
        ("准入依据", f"{admission['basis']}，有效期至 {admission['until']}"),
        ("预计用时", f"{admission['minutes']} 分钟"),
        ("数据来源", body.get("source") or "—"),
    )
    fields = tuple(
        (
            field["title"],
            type_words(field["type"]),
            field.get("unit") or "—",
            "可空" if field.get("blank") else "必填",
            range_words(field),
            field.get("help") or "—",
        )
        for field in body["fields"]
    )
    tables = [column_grid(field) for field in body["fields"] if field.get("columns")]
    rules = tuple((rule["say"], expression_words(rule["must"], names)) for rule in body.get("rules") or ())
    grids = [Grid("填报项", ("项目", "类型", "计量单位", "必填", "范围", "说明"), fields), *tables]
    if rules:
        grids.append(Grid("校验规则", ("规则", "判断"), rules))
    return Words(pairs, tuple(grids))


def column_grid(field: Mapping[str, Any]) -> Grid:
    """The columns of a field of table rows."""
    rows = tuple(
        (
            column["title"],
            type_words(column["type"]),
            column.get("unit") or "—",
            "可空" if column.get("blank") else "必填",
            range_words(column),
            column.get("help") or "—",
        )
        for column in field["columns"]
    )
    return Grid(f"{field['title']}的各列", ("列", "类型", "计量单位", "必填", "范围", "说明"), rows)


def window_words(window: Any) -> str:
    """The opening, due and lock days of a form."""
    if window == "none":
        return "不设时限"
    names = {"start": "期初", "end": "期末", "open": "开放日", "due": "截止日"}

    def moment(text: str) -> str:
        base, _, rest = text.partition(" ")
        sign, _, amount = rest.partition(" ")
        number, _, unit = amount.partition(" ")
        if not rest:
            return names[base]
        side, kind = "前" if sign == "-" else "后", "工作日" if unit == "workday" else "日"
        return f"{names[base]}{side}第 {number} 个{kind}"

    parts = [f"{moment(window['open'])}开放", f"{moment(window['due'])}截止"]
    lock = window.get("lock")
    if lock:
        modes = {"none": "不锁定", "soft": "后补报须说明理由", "hard": "后不再接收"}
        parts.append(f"{moment(lock['at'])}{modes[lock['mode']]}")
    return "，".join(parts)


def type_words(text: str) -> str:
    """A field type."""
    name, _, rest = text.partition(":")
    if name in TYPES:
        return TYPES[name]
    return {
        "decimal": f"小数，{rest} 位",
        "percent": f"百分率，至多 {rest} 位小数",
        "vocab": f"选项（{rest}）",
        "rows": f"表格，至多 {rest} 行",
        "files": f"佐证，至多 {rest} 份",
    }[name]


def range_words(field: Mapping[str, Any]) -> str:
    """The bounds of a number field."""
    least, most = field.get("min"), field.get("max")
    if field.get("kinds"):
        return "、".join(FILE_KINDS[kind] for kind in field["kinds"])
    if field["type"].startswith("percent"):
        least, most = least or "0", most or "100"
    if least is not None and most is not None:
        return f"{least} 至 {most}"
    if least is not None:
        return f"不小于 {least}"
    return f"不大于 {most}" if most is not None else "—"


def import_words(body: Mapping[str, Any], titles: Titles) -> Words:
    """A template: which columns of the table go into which fields."""
    pairs = (
        ("表单", titles.of("form", body["form"])),
        ("单位列", body["unit"]),
        ("期间列", "不设，导入时选择期间" if body["period"] == "none" else body["period"]),
        ("不读取的列", "、".join(body.get("ignore") or ()) or "无"),
    )
    rows = tuple((column, titles.field(body["form"], key)) for key, column in body["columns"].items())
    return Words(pairs, (Grid("列与填报项", ("表头", "填报项"), rows),))


def indicator_words(body: Mapping[str, Any], titles: Titles) -> Words:
    """An indicator: what it counts."""
    names = titles.fields.get(body["form"], {})
    pairs = [("统计范围", f"表单“{titles.of('form', body['form'])}”在期间内的现行填报")]
    if body.get("where"):
        pairs.append(("条件", expression_words(body["where"], names)))
    if body.get("count"):
        pairs.append(("计数", "符合条件的填报份数"))
    elif body.get("sum"):
        pairs.append(("合计", expression_words(body["sum"], names)))
    elif body.get("mean"):
        pairs += [("平均", expression_words(body["mean"], names)), ("分母", "计入的填报份数")]
    else:
        pairs += [
            ("分子", expression_words(body["num"], names)),
            ("分母", expression_words(body["den"], names)),
        ]
    if body.get("empty"):
        pairs.append(("空缺", EMPTIES[body["empty"]]))
    unit = f"，单位{body['unit']}" if body.get("unit") else ""
    pairs.append(("印出", f"保留 {body['digits']} 位小数，四舍五入{unit}"))
    pairs.append(("评价方向", BETTER[body["better"]]))
    return Words(tuple(pairs))


def scheme_words(body: Mapping[str, Any], titles: Titles) -> Words:
    """A scheme: groups, criteria, how they are put together, how units are ranked."""
    pairs = [("依据", body["basis"]), ("合成", combine_words(body["combine"])), ("名次", rank_words(body))]
    groups = tuple(
        (each["title"], expression_words(each["of"], UNIT_NAMES, titles.units)) for each in body["groups"]
    )
    criteria = tuple(
        (
            each["title"],
            titles.of("indicator", each["input"]),
            calculator_words(each["calc"]),
            str(each.get("weight") or "—"),
            each.get("note") or "—",
        )
        for each in body["criteria"]
    )
    return Words(
        tuple(pairs),
        (
            Grid("分组", ("组别", "单位范围"), groups),
            Grid("考核项", ("项目", "取值指标", "算法", "权重", "说明"), criteria, frozenset({3})),
        ),
    )


def combine_words(combine: Any) -> str:
    """How the points of the criteria make a total."""
    if combine == "none":
        return "只列分项，不计总分"
    how = "各项得分乘权重后相加" if combine["how"] == "weighted" else "各项得分相加"
    rounding = f"{ROUNDING[combine['rounding']]}保留 {combine['digits']} 位小数"
    text = f"{how}，{rounding}；{MISSING[combine['missing']]}"
    bounds = [
        f"{label} {combine[key]}"
        for key, label in (("start", "起始"), ("floor", "最低"), ("cap", "最高"))
        if combine.get(key) is not None
    ]
    return f"{text}；{'，'.join(bounds)}" if bounds else text


def rank_words(body: Mapping[str, Any]) -> str:
    """How units are ranked."""
    rank = body["rank"]
    if rank == "none":
        return "不排名"
    names = {each["key"]: each["title"] for each in body["criteria"]}
    by = "、".join(names.get(key, key) for key in rank.get("by") or ())
    order = "高分在前" if rank["better"] == "up" else "低分在前"
    return f"{order}；{TIES[rank['tie']]}{f'：{by}' if by else ''}"


def calculator_words(calc: Mapping[str, Mapping[str, Any]]) -> str:
    """A calculator with its parameters."""
    ((name, given),) = calc.items()
    known = CALCULATORS.get(name)
    if known is not None:
        return known(given)
    return "按规定算法计分"


def _per_point(given: Mapping[str, Any]) -> str:
    full = given.get("full", given.get("weight"))
    below = f"每低 1 个百分点扣 {given['slope']} 分，最低 {given['floor']} 分"
    return f"达到 {given['threshold']}% 得 {full} 分，{below}"


def _deduct_per(given: Mapping[str, Any]) -> str:
    text = f"每件扣 {given['amount']} 分"
    if given.get("cap") is not None:
        text += f"，最多扣 {given['cap']} 分"
    if given.get("floor") is not None:
        text += f"，最低 {given['floor']} 分"
    return text


def _tier(given: Mapping[str, Any]) -> str:
    word = "不高于" if given.get("better") == "down" else "达到"
    bands = "；".join(f"{word} {limit} 得 {points} 分" for limit, points in given["bands"])
    return f"{bands}；其余得 {given['otherwise']} 分"


CALCULATORS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "value": lambda given: f"取值乘 {given['weight']}" if given.get("weight") else "按取值计分",
    "per_point": _per_point,
    "deduct_per": _deduct_per,
    "add_per": lambda given: f"每件加 {given['amount']} 分，最多加 {given['cap']} 分",
    "tier": _tier,
    "share_of_best": lambda given: f"与本组最高值之比乘 {given['points']} 分",
    "yes_no": lambda given: f"符合得 {given['points']} 分，不符合得 {given.get('otherwise') or 0} 分",
    "count_threshold": lambda given: (
        f"达到 {given['least']} 次得 {given['points']} 分，最多 {given['cap']} 分"
    ),
    "rank_step": lambda given: f"第一名 {given['first']} 分，名次每降一位减 {given['step']}",
    "linear_to_target": lambda given: (
        f"{given['low']} 得 0 分，{given['target']} 得 {given['points']} 分，其间按比例"
    ),
    "mean_over": lambda given: "各部分平均",
    "vote_grade": lambda given: "按各等次票数折算平均分",
    "weighted_sum": lambda given: "各部分乘权重后相加",
    "multiplier": lambda given: f"符合条件时乘 {given['factor']}",
    "cap": lambda given: f"按取值计分，最高 {given['cap']} 分",
    "floor": lambda given: f"按取值计分，最低 {given['floor']} 分",
    "veto": lambda given: f"一票否决时最高 {given['cap']} 分，依据：{given['basis']}",
    "manual": lambda given: f"评审人在 {given['low']} 至 {given['high']} 分之间评定",
}


def report_words(body: Mapping[str, Any], titles: Titles) -> Words:
    """A report: its outline, with the holes named."""
    scheme = body.get("scheme")
    pairs = (
        ("标题", holes_words("".join(body["title"]), titles)),
        ("版式", "党政机关公文格式（GB/T 9704）"),
        ("考核方案", titles.of("scheme", scheme) if scheme and scheme != "none" else "无"),
        ("附注", holes_words(" ".join(body.get("notes") or ()), titles) or "—"),
    )
    rows = tuple(line_words(line, titles) for line in body["lines"])
    return Words(pairs, (Grid("正文", ("种类", "内容"), rows),))


def line_words(line: Mapping[str, Any], titles: Titles) -> tuple[str, str]:
    """One line of a report."""
    for key, title in (("h1", "一级标题"), ("h2", "二级标题"), ("h3", "三级标题"), ("p", "正文")):
        if key in line:
            return title, holes_words(line[key], titles)
    if "q" in line:
        return "引文", f"{line['q']}（来源：{line['source']}）"
    kind, title = ("table", "表") if "table" in line else ("chart", "图")
    return title, holes_words(line[kind]["title"], titles)


def holes_words(text: str, titles: Titles) -> str:
    """Name the holes of a line."""
    fixed = {
        "period": "期间",
        "scheme.count": "参评单位数",
        "scheme.mean": "平均分",
        "scheme.first.unit": "首位单位",
        "scheme.first.total": "首位得分",
        "scheme.last.unit": "末位单位",
        "scheme.last.total": "末位得分",
    }
    parts = {"num": "的分子", "den": "的分母", "base": "的计入行数"}

    def name(match: re.Match[str]) -> str:
        hole = match[1]
        key, _, part = hole.partition(".")
        return f"〔{fixed.get(hole) or titles.of('indicator', key) + parts.get(part, '')}〕"

    return re.sub(r"\{([^{}]+)\}", name, text)


def slot_words(body: Mapping[str, Any], titles: Titles) -> Words:
    """A slot."""
    return Words((("对应", {"post": "岗位", "unit": "单位"}[body["kind"]]),))


def vocab_words(body: Mapping[str, Any], titles: Titles) -> Words:
    """A list of options."""
    options: Mapping[str, Any] = body.get("options") or body
    return Words(
        (), (Grid("选项", ("代码", "名称"), tuple((key, str(title)) for key, title in options.items())),)
    )


def role_words(body: Mapping[str, Any], titles: Titles) -> Words:
    """A role."""
    kind, _, rest = str(body["who"]).partition(":")
    if rest.startswith("@"):
        holder = {"post": "岗位", "unit": "单位"}[kind]
        return Words((("由谁担任", f"槽位“{titles.of('slot', rest[1:])}”所对应的{holder}"),))
    duty, _, part = rest.partition(".")
    holder = {"head": "负责人", "super": "上级单位"}.get(part, "承担单位")
    return Words((("由谁担任", f"职责 {duty} 的{holder}"),))


def test_words(body: Mapping[str, Any], titles: Titles) -> Words:
    """A worked example of the pack."""
    pairs = [
        ("导入模板", titles.of("import", str(body["import"]))),
        ("期间", str(body["period"])),
        ("样例数据", str(body["rows"])),
    ]
    if body.get("scheme"):
        pairs.append(("考核方案", titles.of("scheme", body["scheme"])))
    if body.get("refused"):
        pairs.append(("应当拒绝，并指出", "、".join(body["refused"])))
    rows: Sequence[tuple[str, ...]] = [
        (each["unit"], each["column"], str(each["published"]), str(each["computed"]), each["why"])
        for each in body.get("differs") or ()
    ]
    grids = (
        (Grid("与公布数不同之处", ("单位", "列", "公布", "计算", "原因"), tuple(rows), frozenset({2, 3})),)
        if rows
        else ()
    )
    return Words(tuple(pairs), grids)


HOLDERS = {"team": "领导班子", "head": "第一责任人", "member": "班子成员", "watch": "监督责任"}
LIST_KINDS = {"common": "共性清单", "own": "个性清单", "negative": "负面清单"}


def list_words(body: Mapping[str, Any], titles: Titles) -> Words:
    """A list that a district may adopt."""
    pairs = (
        ("类别", LIST_KINDS[body["kind"]]),
        ("责任人", "、".join(HOLDERS[each] for each in body["holders"])),
        ("适用单位", expression_words(body["to"], UNIT_NAMES, titles.units)),
        ("依据", body["basis"]),
    )
    rows = tuple(
        (
            item["code"],
            item["aspect"],
            item["requirement"],
            "、".join(HOLDERS[each] for each in item["holders"]),
            rhythm_words(item["frequency"], "" if item["due"] == "none" else item["due"]),
            answer_words(item["answer"], titles),
        )
        for item in body["items"]
    )
    return Words(pairs, (Grid("事项", ("编码", "方面", "要求", "责任人", "频次和时限", "办理方式"), rows),))


def answer_words(answer: str, titles: Titles) -> str:
    """How an item of a list is answered."""
    how, _, name = answer.partition(":")
    if how == "form":
        return f"填报《{titles.of('form', name)}》"
    return f"由记录得出（{name}）" if how == "element" else "提示，不需填报"


WRITERS: dict[str, Callable[[Mapping[str, Any], Titles], Words]] = {
    "form": form_words,
    "import": import_words,
    "indicator": indicator_words,
    "scheme": scheme_words,
    "report": report_words,
    "list": list_words,
    "slot": slot_words,
    "vocab": vocab_words,
    "role": role_words,
    "test": test_words,
}
