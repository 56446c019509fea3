from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "luoshi.kernel.files"
    label = "files"
    verbose_name = "文件"

    def ready(self) -> None:
        from luoshi.kernel.files.checking import files_finding
        from luoshi.kernel.ledger.checkers import register_checker

        register_checker("files", "逐个核对文件库中的内容与登记的摘要", files_finding)
