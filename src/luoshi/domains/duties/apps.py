from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "luoshi.domains.duties"
    label = "duties"
    verbose_name = "责任清单"

    def ready(self) -> None:
        from luoshi.domains.duties import sources
        from luoshi.kernel.elements.sources import register_source
        from luoshi.kernel.ledger.kinds import register_kinds

        register_source(sources.ON_TIME, sources.TITLES[sources.ON_TIME], sources.on_time_share)
        register_source(sources.MENDED, sources.TITLES[sources.MENDED], sources.returns_mended)

        register_kinds(
            {
                "list.drafted": "责任清单已起草",
                "list.adopted": "责任清单已按范本起草",
                "list.revised": "责任清单已开始修订",
                "list.item_put": "清单事项已写入",
                "list.item_removed": "清单事项已删去",
                "list.imported": "清单事项已导入",
                "list.published": "责任清单已发布",
                "list.superseded": "责任清单已被新版替代",
                "list.retired": "责任清单已停用",
                "list.dropped": "清单草案已作废",
            }
        )
