"""The kinds of definitions a pack may hold, in the order of the sections of a pack file."""

from __future__ import annotations

# kind -> the word an official reads
KINDS: dict[str, str] = {
    "pack": "业务包",
    "slot": "槽位",
    "role": "角色",
    "vocab": "选项表",
    "item": "事项",
    "form": "表单",
    "notice": "提醒规则",
    "import": "导入模板",
    "indicator": "指标",
    "scheme": "考核方案",
    "report": "通报",
    "slip": "督办规则",
    "migrate": "衔接",
    "list": "清单范本",
    "test": "检验",
}


def check_kind(kind: str) -> None:
    """Fault a kind that no pack section makes; kinds are written by programmers, never by users."""
    if kind not in KINDS:
        raise ValueError(f"definition kind {kind!r}: one of {', '.join(KINDS)}")
