"""Items with the rows they own: moves, duties, personal fields, parents, links, tags. Watch lists besides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.items.clock_fact_models import ClockFact
from luoshi.kernel.items.clock_models import ClockExtension, ClockPause, ItemClock
from luoshi.kernel.items.evidence_models import ItemEvidence, MoveEvidence
from luoshi.kernel.items.fact_models import ItemFact, ItemSlot, MoveFact
from luoshi.kernel.items.history_models import HistoryDraft, ItemIntake, ItemOrigin
from luoshi.kernel.items.schema import Stage
from luoshi.kernel.ledger.rows import Ledgered, Root

__all__ = [
    "ClockExtension",
    "ClockFact",
    "ClockPause",
    "HistoryDraft",
    "Item",
    "ItemClock",
    "ItemCounter",
    "ItemDuty",
    "ItemEvidence",
    "ItemFact",
    "ItemIntake",
    "ItemLink",
    "ItemMove",
    "ItemOrigin",
    "ItemParent",
    "ItemPrivate",
    "ItemReveal",
    "ItemSlot",
    "ItemTag",
    "ItemWatch",
    "LinkKind",
    "MoveEvidence",
    "MoveFact",
    "SavedFilter",
]
STAGES = [stage.value for stage in Stage]


class LinkKind(models.TextChoices):
    """How one item is linked with another."""

    RELATED = "related", "相关"
    DUPLICATE = "duplicate", "重复反映"
    FOLLOWS = "follows", "后续事项"
    SPLIT = "split", "拆分自"


class Item(Root):
    """One matter of a type. ``definition`` is the type as it was when the item was born or taken along.

    ``steps``: number of its newest move row. ``since_step``: that of its creation or last reopening.
    ``entered_at``: when its state was entered. ``counts``: move → how often it was taken.
    ``values``: field key → canonical text, without personal fields. ``merged_into``: handled there from
    then on. ``origin``: its number where it came from, once in its type.
    """

    ledger_type: ClassVar[str] = "item"
    ledger_private: ClassVar[tuple[str, ...]] = ("title", "values")
    ledger_later: ClassVar[Mapping[str, object]] = {"origin": ""}

    type_ref = CodeField("事项类型", max_length=80)
    definition = models.ForeignKey(
        "definitions.Definition", verbose_name="类型定义", on_delete=models.PROTECT, related_name="+"
    )
    number = CodeField("编号", max_length=60)
    year = models.PositiveSmallIntegerField("编号年份")
    seq = models.PositiveIntegerField("编号序号")
    title = models.CharField("事由", max_length=200)
    values = models.JSONField("字段值", default=dict)
    state = CodeField("状态", max_length=40)
    stage = CodeField("阶段", max_length=10)
    steps = models.PositiveIntegerField("流转次数", default=0)
    reopened = models.PositiveIntegerField("重启次数", default=0)
    since_step = models.PositiveIntegerField("本轮起点", default=1)
    entered_at = models.DateTimeField("进入状态时间")
    counts = models.JSONField("动作次数", default=dict)
    created_at = models.DateTimeField("登记时间")
    created_by_account = models.BigIntegerField("登记账号")
    created_by_post = CodeField("登记岗位", max_length=60, blank=True)
    created_by_unit = CodeField("登记单位", max_length=40, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name="并入"
    )
    origin = CodeField("原编号", max_length=80, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "事项"
        constraints = [
            models.UniqueConstraint(
                fields=["type_ref", "number"],
                name="items_number_once",
                violation_error_message="同一类事项的编号不得重复。",
            ),
            models.UniqueConstraint(
                fields=["type_ref", "year", "seq"],
                name="items_seq_once",
                violation_error_message="同一类事项同年的序号不得重复。",
            ),
            models.UniqueConstraint(
                fields=["type_ref", "origin"],
                condition=~models.Q(origin=""),
                name="items_origin_once",
                violation_error_message="同一类事项的原编号不得重复。",
            ),
            models.CheckConstraint(
                condition=models.Q(stage__in=STAGES),
                name="items_stage_known",
                violation_error_message="阶段不在规定之列。",
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | ~models.Q(merged_into=models.F("id")),
                name="items_not_merged_into_itself",
                violation_error_message="事项不能并入自己。",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ItemMove(Ledgered):
    """One step of an item, numbered from 1: a move of its type, or a change without one.

    ``move``: key of the move; ``_edit``, ``_duty``, ``_merge``, ``_migrate`` for changes that keep the state.
    ``changed``: field key → canonical text it got. ``nth``: which taking of this move it is.
    ``origin_row``: the row of the file that tells of it, where another system recorded it and not this one;
    then ``at`` is what that system says, ``origin_what`` what it calls the step, ``origin_by`` who took it
    there, ``by_account`` who brought it in.
    """

    ledger_type: ClassVar[str] = "item_move"
    ledger_private: ClassVar[tuple[str, ...]] = ("note", "basis", "changed", "origin_what", "origin_by")
    ledger_later: ClassVar[Mapping[str, object]] = {"origin_row": None, "origin_what": "", "origin_by": ""}

    item = models.ForeignKey(Item, verbose_name="事项", on_delete=models.PROTECT, related_name="moves")
    number = models.PositiveIntegerField("序号")
    definition = models.ForeignKey(
        "definitions.Definition", verbose_name="类型定义", on_delete=models.PROTECT, related_name="+"
    )
    move = CodeField("动作", max_length=40)
    nth = models.PositiveIntegerField("第几次")
    from_state = CodeField("原状态", max_length=40, blank=True)
    to_state = CodeField("现状态", max_length=40)
    from_stage = CodeField("原阶段", max_length=10, blank=True)
    to_stage = CodeField("现阶段", max_length=10)
    changed = models.JSONField("字段改动", default=dict)
    note = models.TextField("说明", blank=True)
    basis = models.TextField("依据", blank=True)
    at = models.DateTimeField("时间")
    by_account = models.BigIntegerField("经办账号")
    by_post = CodeField("经办岗位", max_length=60, blank=True)
    by_unit = CodeField("经办单位", max_length=40, blank=True)
    by_acting = models.BooleanField("代理", default=False)
    origin_row = models.PositiveIntegerField("外部记录行", null=True, blank=True)
    origin_what = models.CharField("外部环节", max_length=200, blank=True)
    origin_by = models.CharField("外部经办", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "流转"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "number"],
                name="items_one_move_a_number",
                violation_error_message="同一事项的流转序号不得重复。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.number} {self.move}"


class ItemDuty(Ledgered):
    """A unit, or a post of it, holding a duty from one step of an item until another.

    ``unit_kind``, ``unit_branch``, ``unit_parent``: where the unit stood on the day it was given the duty.
    """

    ledger_type: ClassVar[str] = "item_duty"

    item = models.ForeignKey(Item, verbose_name="事项", on_delete=models.PROTECT, related_name="duties")
    role = CodeField("职责", max_length=40)
    unit = models.ForeignKey("org.Unit", verbose_name="单位", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(
        "org.Post", verbose_name="岗位", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    unit_code = CodeField("单位编码", max_length=40)
    unit_kind = CodeField("单位类别", max_length=20)
    unit_branch = CodeField("所属分支", max_length=40, blank=True)
    unit_parent = CodeField("上级单位", max_length=40, blank=True)
    from_step = models.PositiveIntegerField("起始流转")
    to_step = models.PositiveIntegerField("终止流转", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "事项职责"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "role", "unit"],
                condition=models.Q(to_step__isnull=True, post__isnull=True),
                name="items_one_duty_a_unit",
                violation_error_message="同一单位不能重复承担同一职责。",
            ),
            models.UniqueConstraint(
                fields=["item", "role", "post"],
                condition=models.Q(to_step__isnull=True, post__isnull=False),
                name="items_one_duty_a_post",
                violation_error_message="同一岗位不能重复承担同一职责。",
            ),
        ]
        indexes = [models.Index(fields=["unit", "item"], name="items_duty_of_unit")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.role} {self.unit_code}"


class ItemPrivate(Ledgered):
    """The personal fields of an item: one sealed text over all of them. See ``sealing``."""

    ledger_type: ClassVar[str] = "item_private"

    item = models.OneToOneField(Item, verbose_name="事项", on_delete=models.PROTECT, related_name="private")
    sealed = models.TextField("密文")
    fields = models.JSONField("所含字段", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "个人信息"

    def __str__(self) -> str:
        return f"{self.item_id}"


class ItemReveal(Ledgered):
    """Somebody looked at the personal fields of an item, and why."""

    ledger_type: ClassVar[str] = "item_reveal"
    ledger_private: ClassVar[tuple[str, ...]] = ("reason",)

    item = models.ForeignKey(Item, verbose_name="事项", on_delete=models.PROTECT, related_name="reveals")
    at = models.DateTimeField("时间")
    by_account = models.BigIntegerField("查看账号")
    by_post = CodeField("查看岗位", max_length=60, blank=True)
    reason = models.CharField("理由", max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = "个人信息查看"

    def __str__(self) -> str:
        return f"{self.item_id} {self.by_account}"


class ItemParent(Ledgered):
    """An item that serves another; it may serve several."""

    ledger_type: ClassVar[str] = "item_parent"

    item = models.ForeignKey(Item, verbose_name="事项", on_delete=models.PROTECT, related_name="parents")
    parent = models.ForeignKey(
        Item, verbose_name="上级事项", on_delete=models.PROTECT, related_name="children"
    )

    class Meta:
        verbose_name = verbose_name_plural = "上级事项"
        constraints = [
            models.UniqueConstraint(fields=["item", "parent"], name="items_one_parent_link"),
            models.CheckConstraint(
                condition=~models.Q(item=models.F("parent")),
                name="items_not_its_own_parent",
                violation_error_message="事项不能是自己的上级事项。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} < {self.parent_id}"


class ItemLink(Ledgered):
    """A link to another item, written once, on the item that names the other."""

    ledger_type: ClassVar[str] = "item_link"

    item = models.ForeignKey(Item, verbose_name="事项", on_delete=models.PROTECT, related_name="links")
    other = models.ForeignKey(Item, verbose_name="另一事项", on_delete=models.PROTECT, related_name="linked")
    kind = CodeField("关系", max_length=12, choices=LinkKind.choices)

    class Meta:
        verbose_name = verbose_name_plural = "事项关联"
        constraints = [
            models.UniqueConstraint(fields=["item", "other", "kind"], name="items_one_link_a_kind"),
            models.CheckConstraint(
                condition=~models.Q(item=models.F("other")),
                name="items_not_linked_to_itself",
                violation_error_message="事项不能与自己关联。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.kind} {self.other_id}"


class ItemTag(Ledgered):
    """A word put on an item, to find it by."""

    ledger_type: ClassVar[str] = "item_tag"
    ledger_private: ClassVar[tuple[str, ...]] = ("text",)

    item = models.ForeignKey(Item, verbose_name="事项", on_delete=models.PROTECT, related_name="tags")
    text = models.CharField("标签", max_length=20)

    class Meta:
        verbose_name = verbose_name_plural = "标签"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "text"],
                name="items_one_tag",
                violation_error_message="该事项已有这个标签。",
            ),
        ]
        indexes = [models.Index(fields=["text", "item"], name="items_of_tag")]

    def __str__(self) -> str:
        return self.text


class ItemWatch(models.Model):
    """An item on somebody's own watch list. Not in the ledger: it says nothing about the item.

    ``post_code``: the post in which it was put there, and which is told of it.
    """

    item = models.ForeignKey(Item, verbose_name="事项", on_delete=models.PROTECT, related_name="watched")
    account_id = models.BigIntegerField("账号")
    post_code = CodeField("关注岗位", max_length=60, blank=True)
    since = models.DateTimeField("关注时间")

    class Meta:
        verbose_name = verbose_name_plural = "关注"
        constraints = [models.UniqueConstraint(fields=["account_id", "item"], name="items_watched_once")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.item_id}"


class SavedFilter(models.Model):
    """A filter that somebody keeps for a list. Not in the ledger: it is the own view, nothing else."""

    account_id = models.BigIntegerField("账号")
    type_ref = CodeField("事项类型", max_length=80)
    name = models.CharField("名称", max_length=30)
    text = models.CharField("条件", max_length=300)
    default = models.BooleanField("默认", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "常用筛选"
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "type_ref", "name"],
                name="items_one_filter_a_name",
                violation_error_message="已有同名的常用筛选。",
            ),
            models.UniqueConstraint(
                fields=["account_id", "type_ref"],
                condition=models.Q(default=True),
                name="items_one_default_filter",
                violation_error_message="默认筛选只能有一个。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ItemCounter(models.Model):
    """The last number given out for a type in a year; year 0 where the number names none."""

    type_ref = CodeField("事项类型", max_length=80)
    year = models.PositiveSmallIntegerField("年份")
    last = models.PositiveIntegerField("已用至", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "编号"
        constraints = [models.UniqueConstraint(fields=["type_ref", "year"], name="items_one_counter")]

    def __str__(self) -> str:
        return f"{self.type_ref} {self.year}: {self.last}"
