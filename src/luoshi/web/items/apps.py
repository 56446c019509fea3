from django.apps import AppConfig


class ItemsConfig(AppConfig):
    name = "luoshi.web.items"
    label = "web_items"
    verbose_name = "事项"

    def ready(self) -> None:
        from django.urls import reverse

        from luoshi.kernel.notify.topics import register_address

        register_address("item", lambda number: reverse("item_detail", args=[number]))
