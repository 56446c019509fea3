import django.db.models.deletion
from django.db import migrations, models

import luoshi.db.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="PackVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ver", models.PositiveIntegerField(default=0, editable=False, verbose_name="版本")),
                ("pack", luoshi.db.fields.CodeField(max_length=40, verbose_name="业务包")),
                ("version", models.PositiveIntegerField(verbose_name="版本")),
                ("title", models.CharField(max_length=100, verbose_name="名称")),
                ("content_hash", luoshi.db.fields.CodeField(max_length=64, verbose_name="内容摘要")),
                ("installed_at", models.DateTimeField(verbose_name="安装时间")),
                ("retired_at", models.DateTimeField(blank=True, null=True, verbose_name="停用时间")),
            ],
            options={"verbose_name": "业务包版本", "ordering": ["pack", "version"]},
        ),
        migrations.CreateModel(
            name="SlotBinding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("pack", luoshi.db.fields.CodeField(max_length=40, verbose_name="业务包")),
                ("slot", luoshi.db.fields.CodeField(max_length=40, verbose_name="槽位")),
                ("kind", luoshi.db.fields.CodeField(max_length=10, verbose_name="类别")),
                ("target", luoshi.db.fields.CodeField(max_length=60, verbose_name="对应代码")),
            ],
            options={"verbose_name": "业务包槽位", "ordering": ["pack", "slot"]},
        ),
        migrations.CreateModel(
            name="Definition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", luoshi.db.fields.CodeField(max_length=20, verbose_name="类别")),
                ("key", luoshi.db.fields.CodeField(max_length=40, verbose_name="代码")),
                ("body", models.TextField(verbose_name="内容")),
                ("body_hash", luoshi.db.fields.CodeField(max_length=64, verbose_name="内容摘要")),
                (
                    "pack_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="definitions",
                        to="definitions.packversion",
                        verbose_name="业务包版本",
                    ),
                ),
            ],
            options={"verbose_name": "业务包定义", "ordering": ["pack_version_id", "kind", "id"]},
        ),
        migrations.AddConstraint(
            model_name="packversion",
            constraint=models.UniqueConstraint(
                fields=("pack", "version"),
                name="pack_version_once",
                violation_error_message="该业务包的这一版本已经安装。",
            ),
        ),
        migrations.AddConstraint(
            model_name="packversion",
            constraint=models.UniqueConstraint(
                fields=("pack", "content_hash"),
                name="pack_content_once",
                violation_error_message="该业务包的同一内容已以另一版本号安装。",
            ),
        ),
        migrations.AddConstraint(
            model_name="slotbinding",
            constraint=models.UniqueConstraint(fields=("pack", "slot"), name="slot_bound_once"),
        ),
        migrations.AddConstraint(
            model_name="definition",
            constraint=models.UniqueConstraint(
                fields=("pack_version", "kind", "key"), name="definition_key_once"
            ),
        ),
    ]
