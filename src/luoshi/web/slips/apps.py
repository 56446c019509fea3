from django.apps import AppConfig


class SlipPagesConfig(AppConfig):
    name = "luoshi.web.slips"
    label = "web_slips"

    def ready(self) -> None:
        from luoshi.kernel.notify.topics import register_address
        from luoshi.web.filings.panels import register_panel
        from luoshi.web.items import panels as item_panels
        from luoshi.web.slips.panels import item_slips_panel, pressed_types, slip_address, slips_panel

        register_panel("slips", slips_panel)
        item_panels.register_panel("slips", for_types=pressed_types, build=item_slips_panel, order=30)
        register_address("slip", slip_address)
