"""Events in words: who did it, and what the recorded facts mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from luoshi.core.canonical import canonical_bytes
from luoshi.core.errors import Invalid, NotFound
from luoshi.core.periods import parse_period
from luoshi.kernel.definitions.queries import definition
from luoshi.kernel.ledger.queries import EventView
from luoshi.kernel.org.queries import units_on
from luoshi.web.shell.names import METHODS, PAGES, RULES, without_holes

FACTS = {
    "account": "账号",
    "acting": "代理",
    "batch": "导入批次",
    "bindings": "槽位对应",
    "cancels": "撤销的督办单",
    "clean": "无误行",
    "code": "编码",
    "corrects": "更正的原件",
    "created": "新增",
    "date": "日期",
    "days": "天数",
    "definitions": "定义项数",
    "digest": "校验码",
    "field": "填报项",
    "duties": "职责",
    "evidence": "佐证",
    "fields": "改动的填报项",
    "figures": "数字个数",
    "file": "文件校验码",
    "file_sha": "文件校验码",
    "form": "表单",
    "former": "前一级",
    "from": "原值",
    "ground": "依据",
    "hash": "校验码",
    "head": "单位负责人",
    "import": "导入模板",
    "is_workday": "是否工作日",
    "item": "事项",
    "kind": "类别",
    "left": "未导入行数",
    "links": "关联",
    "move": "动作",
    "list": "清单编码",
    "level": "级别",
    "names": "栏目",
    "next": "后一级",
    "number": "文号",
    "obligation": "应报",
    "obligations": "应报份数",
    "old": "原值",
    "on": "生效日期",
    "pack": "业务包",
    "pack_version": "业务包版本",
    "parent": "上级编码",
    "period": "期间",
    "person": "人员编号",
    "post": "岗位",
    "reason": "理由",
    "reply_by": "回复期限",
    "report": "通报",
    "role": "角色",
    "round": "轮次",
    "row": "行号",
    "rows": "行数",
    "rows_left": "未导入行数",
    "rows_taken": "导入行数",
    "scheme": "考核方案",
    "scope": "范围",
    "sheets": "得分单数",
    "short": "简称",
    "slots": "槽位",
    "sort": "排序",
    "state": "状态",
    "source": "来源",
    "successor": "承接单位",
    "taken": "导入行数",
    "text": "文字",
    "title": "名称",
    "topic": "所问",
    "to": "新值",
    "tree": "机构树",
    "type": "事项类型",
    "unit": "单位",
    "until": "有效期至",
    "username": "账号",
    "values": "填报值",
    "version": "版次",
    "was": "原为",
    "year": "年份",
    "years": "年份",
}
DEFINED = {"form", "scheme", "report"}
UNIT_CODES = {"unit", "parent", "successor"}
HASH = re.compile(r"[0-9a-f]{64}")
YES_NO = {True: "是", False: "否"}


@dataclass(frozen=True)
class Names:
    """Names of posts and units, read once for many events. Persons stay the account number of the ledger."""

    posts: Mapping[str, str]
    units: Mapping[str, str]

    @classmethod
    def of(cls, by: Iterable[tuple[Any, ...]], on: date) -> Names:
        """Read the names of every post and unit in ``by`` as of a day. Two queries."""
        known = list(by)
        units = units_on(on).filter(code__in={str(entry[2]) for entry in known})
        posts = units_on(on).filter(posts__code__in={str(entry[1]) for entry in known})
        return cls(
            posts=dict(posts.values_list("posts__code", "posts__title")),
            units=dict(units.values_list("code", "title")),
        )

    def who(self, by: tuple[Any, ...]) -> str:
        """Return "单位 · 岗位（账号 7）", with 代理 for somebody acting; the system is 系统."""
        account, post, unit = by[:3]
        if account == 0:
            return "系统"
        place = " · ".join(text for text in (self.units.get(unit, unit), self.posts.get(post, post)) if text)
        return f"{place}{'，代理' if 'acting' in by[3:] else ''}（账号 {account}）"


def facts_in_words(event: EventView, on: date) -> list[tuple[str, str, bool]]:
    """Return (label, text, whether it is a hash) of every fact; codes of units and definitions as names."""
    return [
        (FACTS.get(key, key), named(key, value, on), bool(HASH.fullmatch(str(value))))
        for key, value in event.data.items()
    ]


def named(key: str, value: Any, on: date) -> str:
    """Return a fact with the name of what its code means, where there is one."""
    try:
        if key == "period" and value:
            return parse_period(value).title
        if key in DEFINED and value:
            return f"{without_holes(definition(key, value).title)}（{value}）"
    except (Invalid, NotFound):
        return text_of(value)
    if key in UNIT_CODES and value:
        title = units_on(on).filter(code=value).values_list("title", flat=True).first()
        return f"{title}（{value}）" if title else text_of(value)
    return text_of(value)


def text_of(value: Any) -> str:
    """Return a recorded value as a reader sees it."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return YES_NO[value]
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, list) and all(isinstance(each, str | int) for each in value):
        return "、".join(str(each) for each in value)
    return canonical_bytes(value).decode()


def detail_in_words(detail: Mapping[str, Any]) -> str:
    """Return the detail of a security log entry as a reader sees it."""
    parts = [
        PAGES.get(detail.get("page", ""), ""),
        METHODS.get(detail.get("method", ""), ""),
        RULES.get(detail.get("rule", ""), ""),
        f"来源 {detail['source']}" if detail.get("source") else "",
    ]
    return "，".join(part for part in parts if part) or "—"
