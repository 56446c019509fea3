from django.apps import AppConfig


class ItemsConfig(AppConfig):
    name = "luoshi.web.items"
    label = "web_items"
    verbose_name = "事项"

    def ready(self) -> None:
        from django.urls import reverse

        from luoshi.kernel.notify.topics import register_address
        from luoshi.web.items.history_views import import_tool, origin_panel
        from luoshi.web.items.panels import register_panel, register_tool

        register_tool("history", for_types=lambda kind: bool(kind.imports), build=import_tool, order=90)
        register_panel(
            "origin", for_types=lambda kind: bool(kind.imports), build=origin_panel, place="side", order=10
        )
        register_address("item", lambda number: reverse("item_detail", args=[number]))
