from django.apps import AppConfig


class NoticesPagesConfig(AppConfig):
    name = "luoshi.web.notices"
    label = "web_notices"

    def ready(self) -> None:
        from django.urls import reverse

        from luoshi.kernel.notify.topics import register_address

        register_address("obligation", lambda number: reverse("obligation_detail", args=[number]))
