from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "luoshi.kernel.ledger"
    label = "ledger"
    verbose_name = "留痕"

    def ready(self) -> None:
        from django.core.checks import register

        from luoshi.kernel.ledger.checks import check_ledgered_models
        from luoshi.kernel.ledger.kinds import register_kinds

        register_kinds({"privacy.erased": "个人信息已删除"})
        register(check_ledgered_models)
