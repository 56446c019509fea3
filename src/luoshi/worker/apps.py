from django.apps import AppConfig


class WorkerConfig(AppConfig):
    name = "luoshi.worker"
    label = "worker"
    verbose_name = "定时任务"
