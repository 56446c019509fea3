from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "luoshi.kernel.evidence"
    label = "evidence"
    verbose_name = "佐证"

    def ready(self) -> None:
        from luoshi.kernel.evidence.checking import evidence_finding
        from luoshi.kernel.ledger.checkers import register_checker
        from luoshi.kernel.ledger.kinds import register_kinds

        register_checker("evidence", "核对佐证各版与文件库的摘要和大小", evidence_finding)
        register_kinds(
            {
                "evidence.added": "佐证已添加",
                "evidence.revised": "佐证已更换",
                "evidence.dropped": "佐证已移除",
            }
        )
