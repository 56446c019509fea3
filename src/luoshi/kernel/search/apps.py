from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "luoshi.kernel.search"
    label = "search"
    verbose_name = "检索"

    def ready(self) -> None:
        from luoshi.kernel.ledger.checkers import register_checker
        from luoshi.kernel.search.checking import search_finding

        register_checker("search", "由各类记录重新推出检索内容，与检索库逐件比较", search_finding)
