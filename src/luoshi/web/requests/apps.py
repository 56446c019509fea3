from django.apps import AppConfig


class RequestPagesConfig(AppConfig):
    name = "luoshi.web.requests"
    label = "web_requests"

    def ready(self) -> None:
        from luoshi.web.items.panels import register_act, register_panel, register_tool
        from luoshi.web.requests.panels import (
            continue_act,
            follows_panel,
            hand_on_act,
            is_paper,
            letter_act,
            listing_tool,
        )

        register_panel("requests", for_types=is_paper, build=follows_panel, place="side")
        register_act("requests_letter", for_types=is_paper, build=letter_act)
        register_act("requests_continue", for_types=is_paper, build=continue_act)
        register_act("requests_hand_on", for_types=is_paper, build=hand_on_act)
        register_tool("requests", for_types=is_paper, build=listing_tool)
