from django.apps import AppConfig


class AssessConfig(AppConfig):
    name = "luoshi.web.assess"
    label = "web_assess"
    verbose_name = "检查考核"

    def ready(self) -> None:
        from django.urls import reverse

        from luoshi.kernel.notify.topics import register_address

        register_address("round", lambda number: reverse("round_detail", args=[number]))
        register_address("appeal", lambda number: reverse("appeal_detail", args=[number]))
