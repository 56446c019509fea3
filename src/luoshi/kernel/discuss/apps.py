from django.apps import AppConfig


class DiscussConfig(AppConfig):
    name = "luoshi.kernel.discuss"
    label = "discuss"
    verbose_name = "问答与意见"

    def ready(self) -> None:
        from luoshi.kernel.ledger.kinds import register_kinds
        from luoshi.kernel.notify.topics import register_subject, register_topic

        register_kinds(
            {
                "comment.added": "意见已写入",
                "comment.struck": "意见已划去",
                "question.asked": "问题已提出",
                "question.withdrawn": "问题已撤回",
                "question.answered": "问题已答复",
                "question.revised": "答复已修订",
            }
        )
        register_topic("question", "问答")
        register_subject("question", "问题")
