from django.apps import AppConfig


class HandoverPagesConfig(AppConfig):
    name = "luoshi.web.handover"
    label = "web_handover"

    def ready(self) -> None:
        from luoshi.kernel.notify.topics import register_address
        from luoshi.web.handover.panels import chain_panel, handover_address, of_any_type
        from luoshi.web.items.panels import register_panel

        register_panel("handover", for_types=of_any_type, build=chain_panel, place="side", order=80)
        register_address("handover", handover_address)
