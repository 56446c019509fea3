from django.apps import AppConfig


class LoaderConfig(AppConfig):
    name = "luoshi.kernel.loader"
    label = "loader"
    verbose_name = "业务包装载"
