from django.apps import AppConfig


class CreateConfig(AppConfig):
    name = "bench.create"
    label = "bench_create"
    verbose_name = "写入速度"
