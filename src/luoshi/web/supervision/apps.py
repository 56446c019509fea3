from django.apps import AppConfig


class SupervisionPagesConfig(AppConfig):
    name = "luoshi.web.supervision"
    label = "web_supervision"

    def ready(self) -> None:
        from luoshi.web.items.panels import register_act, register_panel, register_tool
        from luoshi.web.supervision import panels

        register_act("supervision_notice", for_types=panels.is_matter, build=panels.notice_act)
        register_act("supervision_parts", for_types=panels.is_matter, build=panels.parts_act)
        register_panel("supervision_parts", for_types=panels.is_matter, build=panels.parts_panel, order=20)
        register_tool("supervision_listing", for_types=panels.is_matter, build=panels.listing_tool)
        register_tool("supervision_bulletin", for_types=panels.is_matter, build=panels.bulletin_tool)
