"""Who works in the sample: units of the district office, posts, roles and fictional people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

SAMPLE_START = datetime(2023, 6, 12, 8, 0, tzinfo=timezone(timedelta(hours=8)))
"""Where the sample's time begins: after the newest of its tables (docs/adr/0004)."""

OFFICE_UNITS = (
    ("SQ", "示例区", "group", None),
    ("SQDC", "示例区督查室", "office", "SQ"),
    ("SQRX", "示例区政务热线服务中心", "office", "SQ"),
    ("SQXX", "示例区信息中心", "office", "SQ"),
    ("SQSJ", "示例区审计组", "office", "SQ"),
    ("SQZR", "示例区责任办", "office", "SQ"),
)
"""(code, title, kind, parent code), parents first."""


@dataclass(frozen=True)
class Player:
    """One person with an account. ``does`` says in one line what to try with it."""

    username: str
    name: str
    post: str
    post_title: str
    unit: str
    role: str
    scope: str | None
    does: str
    is_head: bool = False


CAST = (
    Player("tongji", "林晓岚", "sq-desk", "统计岗", "SQRX", "desk", None, "导入表格、更正填报"),
    Player(
        "ducha", "周明远", "sq-office", "督查专员", "SQDC", "office", None, "开放期间、发布得分、定稿通报"
    ),
    Player("dawa", "何雨桐", "pj01-clerk", "填报员", "PJ01", "clerk", "PJ01", "看本单位填报和已发布得分"),
    Player("guanli", "沈一鸣", "sq-admin", "系统管理员", "SQXX", "sysadmin", None, "管单位、账号、业务包"),
    Player(
        "shenji",
        "陆知行",
        "sq-auditor",
        "审计员",
        "SQSJ",
        "auditor",
        None,
        "查阅留痕、核验账目",
    ),
)

FILERS = (
    Player("songjian", "叶知秋", "jd01-clerk", "填报员", "JD01", "clerk", "JD01", "填报松涧街道的月报"),
    Player(
        "fuze",
        "顾长风",
        "jd01-head",
        "主要负责人",
        "JD01",
        "head",
        "JD01",
        "审签松涧街道的填报",
        is_head=True,
    ),
    Player("zeren", "温如意", "sq-review", "审核员", "SQZR", "reviewer", "SQ", "审核各单位的填报"),
    Player(
        "xunjian",
        "苏映川",
        "zf01-review",
        "审核岗",
        "ZF01",
        "reviewer",
        "JD",
        "设计表单、审核街道巡检月报",
    ),
    Player("ducha2", "方静秋", "sq-second", "督查专员二", "SQDC", "office", None, "批准督查计划、办理复核"),
    Player("shenpi", "秦时雨", "sq-approve", "督查审批岗", "SQDC", "office", None, "审批督查结论和表扬批评"),
)
"""Those of the district who can sign in: street and office through which a filing goes."""

DESK, OFFICE, _, ADMIN, AUDITOR = CAST
REVIEWER, DESIGNER, DEPUTY, APPROVER = FILERS[-4:]
