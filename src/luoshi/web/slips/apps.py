from django.apps import AppConfig


class SlipPagesConfig(AppConfig):
    name = "luoshi.web.slips"
    label = "web_slips"

    def ready(self) -> None:
        from luoshi.kernel.notify.topics import register_address
        from luoshi.web.filings.panels import register_panel
        from luoshi.web.slips.panels import slip_address, slips_panel

        register_panel("slips", slips_panel)
        register_address("slip", slip_address)
