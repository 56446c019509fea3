from __future__ import annotations

from typing import Any

from django.db import migrations, models

import luoshi.db.fields
from luoshi.kernel.search.engines import table_create, table_drop


def create(apps: Any, schema_editor: Any) -> None:
    table_create(schema_editor.connection)


def drop(apps: Any, schema_editor: Any) -> None:
    table_drop(schema_editor.connection)


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="编号")),
                ("kind", luoshi.db.fields.CodeField(max_length=20, verbose_name="类别")),
                ("object_id", models.BigIntegerField(verbose_name="记录")),
                ("text", models.TextField(verbose_name="检索内容")),
            ],
            options={
                "verbose_name": "检索内容",
                "verbose_name_plural": "检索内容",
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "object_id"), name="search_one_document")
                ],
            },
        ),
        migrations.RunPython(create, drop),
    ]
