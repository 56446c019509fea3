from django.apps import AppConfig


class FilingsConfig(AppConfig):
    name = "luoshi.kernel.filings"
    label = "filings"
    verbose_name = "填报"

    def ready(self) -> None:
        from luoshi.kernel.elements.sources import register_source
        from luoshi.kernel.evidence.owners import register_owner
        from luoshi.kernel.filings import asking
        from luoshi.kernel.filings.checking import evidence_seen, facts_finding
        from luoshi.kernel.filings.held import filings_owed
        from luoshi.kernel.filings.mirror import issued_forms, issued_minutes
        from luoshi.kernel.filings.reminding import SUBJECT, TOPIC
        from luoshi.kernel.ledger.checkers import register_checker
        from luoshi.kernel.ledger.kinds import register_kinds
        from luoshi.kernel.notify.topics import register_subject, register_topic
        from luoshi.kernel.org.handing import register_held

        register_source("JF01", "本单位自发报表数", issued_forms)
        register_source("JF02", "本单位自发报表预计用时", issued_minutes)
        register_held("filings", filings_owed)
        register_topic(TOPIC, "填报提醒")
        register_subject(SUBJECT, "应报")
        register_owner("filing", evidence_seen)
        register_checker("facts", "由填报重新推出事实行，与现存的逐列比较", facts_finding)

        register_kinds(
            {
                "obligation.opened": "应报已开放",
                "obligation.claimed": "应报已认领",
                "obligation.excuse_asked": "已申请免报",
                "obligation.excused": "已免报",
                "obligation.excuse_refused": "免报未获同意",
                "form.stopped": "报表已停用",
                "form.renewal_asked": "已申请报表续期",
                "form.renewed": "报表已续期",
                "form.renewal_refused": "报表续期未获同意",
                "filing.taken": "填报已导入",
                "filing.submitted": "填报已提交",
                "filing.nil_submitted": "零报告已提交",
                "filing.signed": "填报已审签",
                "filing.withdrawn": "填报已撤回",
                "filing.returned": "填报已退回",
                "filing.accepted": "填报已通过",
                "filing.corrected": "填报已更正",
                "batch.taken": "表格已导入",
            }
        )
        asking.register()
