"""Page and rule names in words, for the security log."""

from __future__ import annotations

PERIOD_HOLE = "{period}"


def without_holes(title: str) -> str:
    """Return a report's title as it stands in lists, where no period is meant.

    >>> without_holes("关于{period}街道考评情况的通报")
    '关于街道考评情况的通报'
    """
    return title.replace(PERIOD_HOLE, "")


PAGES = {
    "signin": "登录",
    "signout": "退出",
    "switch": "切换任职",
    "password": "修改密码",
    "large_type": "关怀模式",
    "workbench": "工作台",
    "figure": "指标卡片",
    "unit_tree": "单位树",
    "unit_export": "导出单位",
    "unit_detail": "单位详情",
    "unit_import": "导入单位",
    "unit_template": "单位导入模板",
    "pack_list": "业务包",
    "pack_detail": "业务包详情",
    "definition_detail": "定义说明",
    "form_list": "节点填报",
    "filing_matrix": "填报一览",
    "filing_export": "导出填报一览",
    "filing_statistics": "填报统计",
    "filing_statistics_export": "导出填报统计",
    "period_open": "开放期间",
    "obligation_detail": "应报明细",
    "filing_correct": "更正填报",
    "filing_fill": "填写填报",
    "obligation_claim": "认领应报",
    "obligation_excuse": "免报",
    "work_list": "我的待办",
    "review_desk": "审核台",
    "filing_changes": "版本对照",
    "filing_sign": "审签",
    "filing_accept": "通过填报",
    "filing_return": "退回填报",
    "filing_withdraw": "撤回填报",
    "filing_import": "导入填报",
    "filing_preview": "导入预览",
    "filing_faults": "下载问题清单",
    "filing_take": "确认导入",
    "filing_cancel": "放弃导入",
    "filing_template": "填报导入模板",
    "question_list": "问答",
    "question_export": "导出问答",
    "question_ask": "提问",
    "question_detail": "问题",
    "question_withdraw": "撤回问题",
    "comment_add": "写意见",
    "comment_strike": "划去意见",
    "burden_page": "基层减负",
    "burden_export": "导出基层负担",
    "burden_unit": "单位负担",
    "registry_list": "报表目录",
    "registry_export": "导出报表目录",
    "registry_form": "报表登记",
    "form_stopped": "停用报表",
    "renewal_asked": "申请报表续期",
    "renewal_decided": "答复报表续期",
    "round_list": "检查考核",
    "round_compute": "试算",
    "round_detail": "得分单",
    "round_publish": "发布轮次",
    "round_export": "导出得分单",
    "round_compare": "与现值核对",
    "sheet_detail": "单位得分",
    "line_detail": "得分说明",
    "report_list": "通报",
    "report_open": "打开通报",
    "report_page": "通报正文",
    "report_docx": "下载通报",
    "report_pdf": "下载通报（PDF）",
    "report_freeze": "定稿",
    "report_compare": "与现值核对",
    "issue_page": "已定稿通报",
    "issue_docx": "下载已定稿通报",
    "issue_pdf": "下载已定稿通报（PDF）",
    "event_list": "留痕",
    "event_detail": "留痕记录",
    "ledger_verify": "核验",
    "security_list": "安全日志",
}

RULES = {
    "refused": "未能办理",
    "not_allowed": "没有权限",
    "not_found": "没有找到",
    "wrong_state": "状态不符",
    "incomplete": "内容不全",
    "same_person": "同一人或同一单位",
    "invalid": "不合规则",
    "stale": "他人已先修改",
    "duplicate": "重复",
    "frozen": "已定稿或发布",
    "missing_input": "缺少取值",
    "empty_denominator": "分母为零",
    "expression_invalid": "算式有误",
    "pack_invalid": "业务包有误",
}

METHODS = {"GET": "查看", "HEAD": "查看", "POST": "办理"}
