from django.apps import AppConfig


class SampleConfig(AppConfig):
    name = "tests.kernel.ledger.sample"
    label = "ledger_sample"
    verbose_name = "留痕样例"

    def ready(self) -> None:
        from luoshi.kernel.ledger.kinds import register_kinds

        register_kinds({"folder.opened": "卷宗已建立", "folder.changed": "卷宗已修改"})
