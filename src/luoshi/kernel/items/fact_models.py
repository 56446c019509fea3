"""The facts that lists and figures read: derived rows, made anew from items and their moves at any time."""

from __future__ import annotations

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.definitions.slots import CODE_COLUMNS, INTEGER_COLUMNS

STANDING = models.Q(to_ms__isnull=True)


class ItemSlot(models.Model):
    """Which column of the fact table holds a field of an item type. It never moves."""

    type_ref = CodeField("事项类型", max_length=80)
    field = CodeField("字段", max_length=40)
    column = CodeField("列", max_length=3)
    scale = models.PositiveSmallIntegerField("小数位")
    kind = CodeField("列类", max_length=8)

    class Meta:
        verbose_name = verbose_name_plural = "事项事实列"
        constraints = [
            models.UniqueConstraint(fields=["type_ref", "field"], name="items_slot_of_field"),
            models.UniqueConstraint(fields=["type_ref", "column"], name="items_slot_of_column"),
        ]

    def __str__(self) -> str:
        return f"{self.type_ref}.{self.field} → {self.column}"


class LeadPlace(models.Model):
    """The unit that leads, where it stood when it was given the duty; empty texts where nobody leads."""

    lead_code = CodeField("主办单位", max_length=40)
    lead_kind = CodeField("主办单位类别", max_length=20)
    lead_branch = CodeField("主办单位所属分支", max_length=40)
    lead_parent = CodeField("主办单位上级", max_length=40)

    class Meta:
        abstract = True


class ItemFact(LeadPlace):
    """One version of an item, from one step until the next (``from_ms`` … ``to_ms``, null: it stands).

    ``month``: year × 100 + month of its creation. ``ended_ms``: when its done or void state was entered.
    ``reopened``: how often it was. ``merged``: it is handled in another item. ``tag``: 31 bits of SHA-256.
    """

    item_id = models.BigIntegerField("事项")
    step = models.PositiveIntegerField("流转序号")
    type_ref = CodeField("事项类型", max_length=80)
    number = CodeField("编号", max_length=60)
    state = CodeField("状态", max_length=40)
    stage = CodeField("阶段", max_length=10)
    created_on = models.DateField("登记日期")
    month = models.IntegerField("登记月")
    created_ms = models.BigIntegerField("登记毫秒")
    entered_ms = models.BigIntegerField("进入状态毫秒")
    ended_ms = models.BigIntegerField("结束毫秒", null=True)
    reopened = models.PositiveIntegerField("重启次数")
    merged = models.BooleanField("已并入")
    from_ms = models.BigIntegerField("起效毫秒")
    to_ms = models.BigIntegerField("失效毫秒", null=True)
    tag = models.BigIntegerField("行标记")

    class Meta:
        verbose_name = verbose_name_plural = "事项事实"
        constraints = [models.UniqueConstraint(fields=["item_id", "step"], name="items_fact_of_step")]
        indexes = [
            models.Index(fields=["type_ref", "item_id"], condition=STANDING, name="items_fact_list"),
            models.Index(
                fields=["type_ref", "state", "item_id"], condition=STANDING, name="items_fact_of_state"
            ),
            models.Index(
                fields=["type_ref", "stage", "item_id"], condition=STANDING, name="items_fact_of_stage"
            ),
            models.Index(
                fields=["type_ref", "lead_code", "item_id"], condition=STANDING, name="items_fact_lead"
            ),
            models.Index(
                fields=["type_ref", "entered_ms", "item_id"], condition=STANDING, name="items_fact_entered"
            ),
            models.Index(fields=["type_ref", "number"], condition=STANDING, name="items_fact_number"),
            models.Index(fields=["type_ref", "month", "lead_code"], name="items_fact_month"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.step}"


class MoveFact(LeadPlace):
    """One move of an item. ``nth``: which taking of this move; ``month``: year × 100 + month it was taken."""

    item_id = models.BigIntegerField("事项")
    step = models.PositiveIntegerField("流转序号")
    type_ref = CodeField("事项类型", max_length=80)
    move = CodeField("动作", max_length=40)
    nth = models.PositiveIntegerField("第几次")
    from_state = CodeField("原状态", max_length=40)
    to_state = CodeField("现状态", max_length=40)
    from_stage = CodeField("原阶段", max_length=10)
    to_stage = CodeField("现阶段", max_length=10)
    by_unit = CodeField("经办单位", max_length=40)
    by_post = CodeField("经办岗位", max_length=60)
    taken_on = models.DateField("办理日期")
    month = models.IntegerField("办理月")
    from_ms = models.BigIntegerField("起效毫秒")
    to_ms = models.BigIntegerField("失效毫秒", null=True)
    tag = models.BigIntegerField("行标记")

    class Meta:
        verbose_name = verbose_name_plural = "流转事实"
        constraints = [models.UniqueConstraint(fields=["item_id", "step"], name="items_move_fact_of_step")]
        indexes = [models.Index(fields=["type_ref", "move", "month"], name="items_move_fact_month")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.step} {self.move}"


for _column in INTEGER_COLUMNS:
    models.BigIntegerField(_column, null=True).contribute_to_class(ItemFact, _column)
for _column in CODE_COLUMNS:
    CodeField(_column, max_length=200, null=True).contribute_to_class(ItemFact, _column)
