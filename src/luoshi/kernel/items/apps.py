from collections.abc import Iterator

from django.apps import AppConfig


class ItemsConfig(AppConfig):
    name = "luoshi.kernel.items"
    label = "items"
    verbose_name = "事项"

    def ready(self) -> None:
        from luoshi.kernel.evidence.owners import register_owner
        from luoshi.kernel.items import commenting
        from luoshi.kernel.items.checking import evidence_seen, facts_finding
        from luoshi.kernel.items.held import items_held
        from luoshi.kernel.ledger.checkers import register_checker
        from luoshi.kernel.ledger.kinds import register_kinds
        from luoshi.kernel.notify.topics import register_subject, register_topic
        from luoshi.kernel.org.handing import register_held

        register_held("items", items_held)
        from luoshi.kernel.search.sources import Source, register_source

        register_source(Source("item", 1, "事项", _texts))
        register_checker("item_facts", "由事项和流转重新推出事实行，与现存的逐列比较", facts_finding)
        register_owner("item", evidence_seen)
        register_topic("item.clock", "事项时限提醒")
        register_topic("item.moved", "事项办理通知")
        register_topic("item.watched", "关注事项动态")
        register_topic("item.extension", "事项延期")
        register_subject("item", "事项")
        commenting.register()
        register_kinds(
            {
                "item.created": "事项已登记",
                "item.taken_in": "事项已由外部记录导入",
                "intake.taken": "外部记录已导入",
                "item.moved": "事项已流转",
                "item.edited": "事项已修改",
                "item.duties_set": "事项责任单位已调整",
                "item.tagged": "事项标签已调整",
                "item.placed": "事项上级事项已调整",
                "item.evidence_added": "事项佐证已提交",
                "item.evidence_revised": "事项佐证已更换",
                "item.evidence_dropped": "事项佐证已移除",
                "item.linked": "事项已关联",
                "item.unlinked": "事项已取消关联",
                "item.merged": "事项已并入",
                "item.absorbed": "事项已接收并件",
                "item.split": "事项已拆分",
                "item.migrated": "事项已随业务包衔接",
                "item.revealed": "个人信息已查看",
                "item.extension_asked": "事项延期已申请",
                "item.extension_decided": "事项延期已批复",
                "item.clock_resumed": "事项时限已自行恢复",
                "item.clock_rearmed": "事项时限已按日历重新核定",
            }
        )


def _texts() -> Iterator[tuple[int, str]]:
    from luoshi.kernel.items.finding import items_texts  # models are not loaded yet when this is registered

    return items_texts()
