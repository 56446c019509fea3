from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "luoshi.domains.meetings"
    label = "meetings"
    verbose_name = "会议议题"

    def ready(self) -> None:
        from luoshi.kernel.ledger.kinds import register_kinds

        register_kinds(
            {
                "meeting.rules_set": "议事规则参数已设定",
                "meeting.planned": "会议已筹备",
                "meeting.attendee_added": "参会人员已列入",
                "meeting.attendee_marked": "到会情况已登记",
                "meeting.topic_added": "议题已列入",
                "meeting.step_done": "会前程序已完成",
                "meeting.papers_delivered": "议题材料已送达",
                "meeting.opened": "会议已开始",
                "meeting.recused": "回避已登记",
                "meeting.discussed": "议题开始审议",
                "meeting.stated": "发言已记录",
                "meeting.voted": "表决已记录",
                "meeting.decided": "议题已决定",
                "meeting.withdrawn": "议题已撤下",
                "meeting.closed": "会议已结束",
                "meeting.handed_on": "决定已转为落实事项",
            }
        )
