from django.apps import AppConfig


class RectifyPagesConfig(AppConfig):
    name = "luoshi.web.rectify"
    label = "web_rectify"

    def ready(self) -> None:
        from functools import partial

        from luoshi.domains.rectify import types
        from luoshi.web.items.panels import register_act, register_panel, register_tool
        from luoshi.web.rectify import panels

        register_panel(
            "rectify_parts",
            for_types=lambda kind: kind.ref in {types.BATCH, types.PROBLEM, types.REPORTS},
            build=panels.parts_panel,
        )
        register_panel(
            "rectify_above",
            for_types=lambda kind: kind.pack in {"zhenggai", "huanbao"},
            build=panels.above_panel,
            place="side",
        )
        register_panel(
            "rectify_likes", for_types=lambda kind: kind.ref == types.REPORTED, build=panels.likes_panel
        )
        for key, fits, build in (
            ("rectify_measures", types.PROBLEM, panels.measures_act),
            ("rectify_siblings", types.PROBLEM, panels.siblings_act),
            ("rectify_notice", types.PROBLEM, panels.notice_act),
            ("rectify_import", types.BATCH, panels.import_act),
            ("rectify_reports", types.REPORTS, panels.import_act),
            ("rectify_tables", types.REPORTS, panels.tables_act),
            ("rectify_found", types.SIBLING, panels.found_act),
        ):
            register_act(key, for_types=partial(panels.is_type, fits), build=build)
        register_tool(
            "rectify_lists",
            for_types=lambda kind: kind.pack == "zhenggai",
            build=panels.lists_tool,
        )
