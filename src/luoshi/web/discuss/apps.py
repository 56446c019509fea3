from django.apps import AppConfig


class DiscussPagesConfig(AppConfig):
    name = "luoshi.web.discuss"
    label = "web_discuss"

    def ready(self) -> None:
        from luoshi.kernel.notify.topics import register_address
        from luoshi.web.discuss.panels import comments_panel, question_address
        from luoshi.web.filings.panels import register_panel

        register_panel("comments", comments_panel)
        register_address("question", question_address)
