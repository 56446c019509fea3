"""Forms and imports in words: who files what, when, and which column goes where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from luoshi.kernel.definitions.fields import FILE_KINDS
from luoshi.web.packs.history_words import history_words
from luoshi.web.packs.words import NONE, PERIODS, UNIT_NAMES, Grid, Titles, Words, expression_words

TYPES = {"int": "整数", "money": "金额（元）", "text": "文字", "date": "日期"}


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
    if "item" in body:
        return history_words(body, titles)
    pairs = (
        ("表单", titles.of("form", body["form"])),
        ("单位列", body["unit"]),
        ("期间列", "不设，导入时选择期间" if body["period"] == "none" else body["period"]),
        ("不读取的列", "、".join(body.get("ignore") or ()) or "无"),
    )
    rows = tuple((column, titles.field(body["form"], key)) for key, column in body["columns"].items())
    return Words(pairs, (Grid("列与填报项", ("表头", "填报项"), rows),))
