"""The sample: built by calling the same actions as users do, so that its ledger is honest too."""

from __future__ import annotations

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "luoshi.demo"
    label = "demo"
    verbose_name = "演示"
