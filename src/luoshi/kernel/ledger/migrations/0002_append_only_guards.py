from __future__ import annotations

from typing import Any

from django.db import migrations

from luoshi.kernel.ledger.guards import install_guards, remove_guards


def install(apps: Any, schema_editor: Any) -> None:
    install_guards(schema_editor.connection)


def remove(apps: Any, schema_editor: Any) -> None:
    remove_guards(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
