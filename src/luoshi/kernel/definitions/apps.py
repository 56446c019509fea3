from django.apps import AppConfig


class DefinitionsConfig(AppConfig):
    name = "luoshi.kernel.definitions"
    label = "definitions"
    verbose_name = "业务包定义"

    def ready(self) -> None:
        from luoshi.kernel.ledger.kinds import register_kinds

        register_kinds(
            {
                "pack.installed": "业务包已安装",
                "pack.bound": "业务包槽位已对应",
                "pack.retired": "业务包已停用",
            }
        )
