"""Who may do what: roles bound to posts, rights of roles, and the units a right reaches.

Templates, views and actions all ask here. The roles of changes below this app (units, calendars) are named
beside their actions and only repeated into the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from luoshi.core.actor import SYSTEM_ACTOR, Actor
from luoshi.core.errors import NotAllowed, nearest
from luoshi.kernel.access.models import ADMIN_ROLES
from luoshi.kernel.access.sight import reach_of
from luoshi.kernel.calendars.policy import MANAGERS as CALENDAR_MANAGERS
from luoshi.kernel.org.policy import COACH_SETTERS
from luoshi.kernel.org.policy import MANAGERS as ORG_MANAGERS

ROLES: Mapping[str, str] = {
    "clerk": "填报员",
    "head": "负责人",
    "desk": "统计岗",
    "reviewer": "审核岗",
    "office": "督查专员",
    "sysadmin": "系统管理员",
    "auditor": "审计员",
}
ALL = frozenset(ROLES)
BUSINESS = ALL - frozenset(ADMIN_ROLES)
READERS = BUSINESS | {"auditor"}
OFFICE = frozenset({"office"})
SYSADMIN = frozenset({"sysadmin"})
AUDITOR = frozenset({"auditor"})

# right -> roles. The office judges and never fills in; the system administrator touches no business record;
# the auditor changes nothing.
RIGHTS: Mapping[str, frozenset[str]] = {
    "org.view": ALL,
    "org.manage": ORG_MANAGERS,
    "coach.set": COACH_SETTERS,
    "calendar.manage": CALENDAR_MANAGERS,
    "account.manage": SYSADMIN,
    "pack.view": ALL,
    "pack.install": SYSADMIN,
    "item.view": READERS,
    "item.handle": BUSINESS,
    "filing.view": READERS,
    "filing.import": frozenset({"clerk", "desk"}),
    "filing.correct": frozenset({"clerk", "desk"}),
    "filing.excuse": OFFICE,
    "period.open": OFFICE,
    "form.view": frozenset({"desk", "reviewer", "office", "auditor"}),
    "form.propose": frozenset({"desk", "reviewer", "office"}),
    "form.admit": OFFICE,
    "comment.write": BUSINESS,
    "question.view": READERS,
    "question.ask": frozenset({"clerk", "head", "desk"}),
    "question.answer": frozenset({"reviewer", "office", "desk"}),
    "question.oversee": OFFICE | AUDITOR,
    "slip.view": READERS,
    "slip.issue": frozenset({"office", "reviewer"}),
    "slip.reply": frozenset({"clerk", "head"}),
    "slip.sign": frozenset({"head"}),
    "supervision.view": READERS,
    "supervision.authorise": OFFICE,
    "supervision.plan": frozenset({"office", "reviewer"}),
    "supervision.approve": frozenset({"office", "reviewer"}),
    "round.view": READERS,
    "round.compute": OFFICE,
    "round.publish": OFFICE,
    "round.audit": AUDITOR,
    "appeal.file": frozenset({"clerk", "head"}),
    "appeal.decide": OFFICE,
    "report.view": READERS,
    "report.freeze": OFFICE,
    "draft.check": READERS,
    "report.bundle": OFFICE | AUDITOR,
    "present.compare": OFFICE | AUDITOR,
    "notice.log": OFFICE | AUDITOR,
    "notice.manage": OFFICE,
    "notice.channel": SYSADMIN,
    "handover.view": OFFICE | {"reviewer", "auditor"},
    "handover.manage": OFFICE,
    "meeting.manage": OFFICE,
    "list.view": READERS,
    "list.draft": frozenset({"clerk", "head", "reviewer", "office"}),
    "list.publish": frozenset({"reviewer", "office"}),
    "plan.view": READERS,
    "plan.manage": frozenset({"reviewer", "office"}),
    "ledger.view": ALL - frozenset({"clerk", "head"}),
    "ledger.verify": AUDITOR | OFFICE | SYSADMIN,
    "security.view": AUDITOR,
}
RIGHT_TITLES: Mapping[str, str] = {
    "org.view": "查看组织机构",
    "org.manage": "调整单位、岗位和任职",
    "coach.set": "设定包联领导",
    "calendar.manage": "调整工作日历",
    "account.manage": "管理账号和角色",
    "pack.view": "查看业务包",
    "pack.install": "安装业务包",
    "item.view": "查看事项",
    "item.handle": "办理事项",
    "filing.view": "查看填报",
    "filing.import": "导入填报数据",
    "filing.correct": "更正填报数据",
    "filing.excuse": "决定免报",
    "period.open": "开放期间",
    "form.view": "查看表单设计",
    "form.propose": "申请报表准入",
    "form.admit": "决定报表准入",
    "comment.write": "写意见",
    "question.view": "查看问答",
    "question.ask": "提问",
    "question.answer": "答复问题",
    "question.oversee": "查看全部待答复问题",
    "slip.view": "查看督办单",
    "slip.issue": "发出督办单",
    "slip.reply": "回复督办单",
    "slip.sign": "签批督办回复",
    "supervision.view": "查看督查计划",
    "supervision.authorise": "登记督查授权",
    "supervision.plan": "拟订督查计划",
    "supervision.approve": "批准督查计划",
    "round.view": "查看考核结果",
    "round.compute": "试算考核结果",
    "round.publish": "发布考核结果",
    "round.audit": "查看预告得分",
    "appeal.file": "提出考核申诉",
    "appeal.decide": "复核考核申诉",
    "report.view": "查看通报",
    "report.freeze": "定稿通报",
    "draft.check": "校对文稿中的数字",
    "report.bundle": "下载证明包",
    "present.compare": "与现值核对",
    "notice.log": "查看消息发送情况",
    "notice.manage": "设置提醒",
    "notice.channel": "设置消息推送地址",
    "handover.view": "查看离任交接",
    "handover.manage": "通知和督促离任交接",
    "meeting.manage": "筹备和记录会议",
    "list.view": "查看责任清单",
    "list.draft": "起草责任清单",
    "list.publish": "发布责任清单",
    "plan.view": "查看任务分解",
    "plan.manage": "编制和下达任务计划",
    "ledger.view": "查看留痕",
    "ledger.verify": "核验留痕",
    "security.view": "查看安全日志",
}


def can(actor: Actor | None, right: str, unit_id: int | None = None, on: date | None = None) -> bool:
    """Say whether an actor has a right, over one unit when ``unit_id`` is given.

    Without a unit: whether the right is held anywhere. With one: no query when it is held everywhere, else
    one; the unit counts where it stood on ``on``, without a day where it stands now or stood last.
    Raises: LookupError for a right that does not exist.
    """
    if right not in RIGHTS:
        near = nearest(right, RIGHTS)
        raise LookupError(f"no right {right!r}" + (f", did you mean {near!r}" if near else ""))
    if actor is None:
        return False
    if actor == SYSTEM_ACTOR:
        return True
    scopes = {grant.scope_unit_id for grant in actor.roles if grant.role in RIGHTS[right]}
    if unit_id is None or None in scopes or not scopes:
        return bool(scopes)
    return unit_id in scopes or reach_of(scopes, on, unit_id=unit_id).exists()


def can_everywhere(actor: Actor | None, right: str) -> bool:
    """Say whether an actor has a right over every unit. No query."""
    if actor is None or actor == SYSTEM_ACTOR:
        return actor is not None
    return any(grant.scope_unit_id is None and grant.role in RIGHTS[right] for grant in actor.roles)


def require_right(
    actor: Actor | None, right: str, unit_id: int | None = None, on: date | None = None
) -> None:
    """Refuse an actor without a right. Raises: NotAllowed, in words for the actor."""
    if can(actor, right, unit_id, on):
        return
    if unit_id is not None and can(actor, right):
        raise NotAllowed(f"该单位不在您的范围内，不能{RIGHT_TITLES[right]}。")
    raise NotAllowed(f"您没有“{RIGHT_TITLES[right]}”的权限，如工作需要，请联系系统管理员授予。")


def rights_of(actor: Actor | None) -> frozenset[str]:
    """Return every right an actor holds anywhere: the ``abilities`` that templates receive. No query."""
    return frozenset(right for right in RIGHTS if can(actor, right))
