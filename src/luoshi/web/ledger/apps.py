from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "luoshi.web.ledger"
    label = "web_ledger"
    verbose_name = "留痕核验"
