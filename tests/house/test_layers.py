"""The order of import holds for foreign keys too, which import-linter cannot see."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(__file__).parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
HOUSE = ["core", "db", "kernel", "domains", "worker", "demo", "web", "conf"]


def kernel_order() -> list[str]:
    """Names of the kernel apps, lowest first, as the import contract has them."""
    (contract,) = [one for one in CONTRACTS if one.get("containers") == ["luoshi.kernel"]]
    return [layer.strip("()") for layer in reversed(contract["layers"])]


def height(app: str) -> tuple[int, int]:
    """Place of an app in the house: floor, then place within the kernel."""
    floor, *rest = app.removeprefix("luoshi.").split(".")
    return HOUSE.index(floor), kernel_order().index(rest[0]) if floor == "kernel" else 0


def relations() -> list[tuple[str, str, str]]:
    """Every foreign key between our apps: (app, column, app pointed at)."""
    return [
        (
            model._meta.app_config.name,
            f"{model._meta.label}.{field.name}",
            field.related_model._meta.app_config.name,
        )
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and field.related_model
        and model.__module__.startswith("luoshi.")
        and field.related_model.__module__.startswith("luoshi.")
    ]


def test_foreign_keys_point_downwards():
    upwards = [column for app, column, target in relations() if height(app) < height(target)]
    assert upwards == []


def test_height_follows_the_contract():
    assert height("luoshi.kernel.filings") > height("luoshi.kernel.org") > height("luoshi.kernel.ledger")
    assert height("luoshi.web.shell") > height("luoshi.domains.meetings") > height("luoshi.kernel.loader")


def test_the_ledger_has_no_foreign_keys():
    assert [column for app, column, _ in relations() if app == "luoshi.kernel.ledger"] == []


def test_every_app_on_disk_is_installed_and_none_else():
    on_disk = {
        ".".join(path.parent.relative_to(ROOT / "src").parts)
        for path in (ROOT / "src/luoshi").rglob("apps.py")
    }
    assert {name for name in settings.INSTALLED_APPS if name.startswith("luoshi.")} == on_disk


@pytest.mark.parametrize("app", [name for name in settings.INSTALLED_APPS if name.startswith("luoshi.")])
def test_labels_follow_the_folder(app):
    config = next(one for one in apps.get_app_configs() if one.name == app)
    *_, parent, folder = app.split(".")
    assert config.label == (f"web_{folder}" if parent == "web" else folder)
