from django.apps import AppConfig


class SearchPagesConfig(AppConfig):
    name = "luoshi.web.search"
    label = "web_search"
    verbose_name = "检索页面"
