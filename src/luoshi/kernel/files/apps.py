from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "luoshi.kernel.files"
    label = "files"
    verbose_name = "文件"
