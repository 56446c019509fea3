from django.apps import AppConfig


class DiscussPagesConfig(AppConfig):
    name = "luoshi.web.discuss"
    label = "web_discuss"

    def ready(self) -> None:
        from luoshi.kernel.notify.topics import register_address
        from luoshi.web.discuss.panels import comments_panel, item_comment_act, question_address
        from luoshi.web.filings.panels import register_panel
        from luoshi.web.items.panels import register_act

        register_panel("comments", comments_panel)
        register_act("comment", for_types=lambda kind: True, build=item_comment_act)
        register_address("question", question_address)
