"""Units with stable codes, their dated places in named trees, and the posts persons hold in them.

Every dated row holds from ``from_on`` up to but without ``to_on``; an empty ``to_on`` means until further
notice.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.ledger.rows import Ledgered, Root

MAIN_TREE = "main"


class Unit(Root):
    """An organisation that can be asked for something. Its code never changes and is never used again."""

    ledger_type: ClassVar[str] = "unit"

    code = CodeField("编码", max_length=40, unique=True, error_messages={"unique": "该单位编码已经使用。"})
    title = models.CharField("名称", max_length=100)
    short = models.CharField("简称", max_length=40, blank=True)
    kind = CodeField("类别", max_length=20)
    sort = models.IntegerField("排序")
    opened_on = models.DateField("设立日期")
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name="承接单位"
    )

    class Meta:
        verbose_name = "单位"
        ordering: ClassVar = ["sort", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(closed_on__isnull=True) | models.Q(closed_on__gt=models.F("opened_on")),
                name="unit_closed_after_opened",
                violation_error_message="撤销日期应晚于设立日期。",
            ),
            models.CheckConstraint(
                condition=models.Q(successor__isnull=True) | models.Q(closed_on__isnull=False),
                name="unit_successor_only_when_closed",
                violation_error_message="撤销的单位才有承接单位。",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class UnitAlias(Ledgered):
    """Another text by which a unit is called in spreadsheets: former names, abbreviations."""

    ledger_type: ClassVar[str] = "unit_alias"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="aliases", verbose_name="单位")
    text = models.CharField(
        "别名", max_length=100, unique=True, error_messages={"unique": "该别名已经使用。"}
    )

    class Meta:
        verbose_name = "单位别名"
        ordering: ClassVar = ["unit_id", "id"]

    def __str__(self) -> str:
        return self.text


class UnitTree(Root):
    """A named way of saying who stands under whom; ``main`` is the one of administrative subordination."""

    ledger_type: ClassVar[str] = "unit_tree"

    code = CodeField("编码", max_length=20, unique=True, error_messages={"unique": "该机构树编码已经使用。"})
    title = models.CharField("名称", max_length=60)

    class Meta:
        verbose_name = "机构树"
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.title


class UnitLink(Ledgered):
    """Under whom a unit stands in a tree for a time; without a parent, at the top. Root: the unit."""

    ledger_type: ClassVar[str] = "unit_link"

    tree = models.ForeignKey(UnitTree, models.PROTECT, related_name="links", verbose_name="机构树")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="links", verbose_name="单位")
    parent = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="child_links", verbose_name="上级单位"
    )
    from_on = models.DateField("起始日期")
    to_on = models.DateField("截止日期（不含）", null=True, blank=True)

    class Meta:
        verbose_name = "隶属关系"
        ordering: ClassVar = ["tree_id", "unit_id", "from_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tree", "unit", "from_on"], name="unit_link_once_a_day"),
            models.UniqueConstraint(
                fields=["tree", "unit"], condition=models.Q(to_on__isnull=True), name="unit_link_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(to_on__isnull=True) | models.Q(to_on__gt=models.F("from_on")),
                name="unit_link_not_empty",
            ),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("unit")),
                name="unit_link_not_under_itself",
                violation_error_message="单位不能隶属于自己。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} < {self.parent_id} {self.from_on:%Y-%m-%d}"


class UnitClosure(models.Model):
    """Who was above whom, how far, and when; depth 0 is the unit. Derived by ``tree.closure_of``."""

    tree = models.ForeignKey(UnitTree, models.PROTECT, related_name="+")
    ancestor = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    depth = models.PositiveSmallIntegerField()
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "上下级关系（推算）"
        ordering: ClassVar = ["tree_id", "unit_id", "from_on", "depth"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tree", "ancestor", "unit", "from_on"], name="unit_closure_once"),
            models.CheckConstraint(
                condition=models.Q(to_on__isnull=True) | models.Q(to_on__gt=models.F("from_on")),
                name="unit_closure_not_empty",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tree", "unit", "from_on"], name="unit_closure_upward"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} < {self.ancestor_id} ({self.depth})"


class Person(Root):
    """Somebody who can hold posts. The ledger keeps only a salted commitment of the name."""

    ledger_type: ClassVar[str] = "person"
    ledger_private: ClassVar[tuple[str, ...]] = ("name",)

    name = models.CharField("姓名", max_length=60)

    class Meta:
        verbose_name = "人员"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name


class Post(Root):
    """A place in a unit that duties and rights belong to, whoever holds it."""

    ledger_type: ClassVar[str] = "post"

    code = CodeField("编码", max_length=60, unique=True, error_messages={"unique": "该岗位编码已经使用。"})
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts", verbose_name="单位")
    title = models.CharField("名称", max_length=60)
    is_head = models.BooleanField("单位负责人", default=False)
    sort = models.IntegerField("排序")

    class Meta:
        verbose_name = "岗位"
        ordering: ClassVar = ["unit_id", "sort", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=models.Q(is_head=True),
                name="post_one_head_per_unit",
                violation_error_message="该单位已设负责人岗位。",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Appointment(Ledgered):
    """A person holding a post for a time, in their own right or acting (代理). Root: the post."""

    ledger_type: ClassVar[str] = "appointment"

    post = models.ForeignKey(Post, models.PROTECT, related_name="appointments", verbose_name="岗位")
    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments", verbose_name="人员")
    from_on = models.DateField("任职起始日期")
    to_on = models.DateField("任职截止日期（不含）", null=True, blank=True)
    acting = models.BooleanField("代理", default=False)

    class Meta:
        verbose_name = "任职"
        ordering: ClassVar = ["post_id", "from_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post", "person", "from_on"], name="appointment_once_a_day"),
            models.UniqueConstraint(
                fields=["post", "person"], condition=models.Q(to_on__isnull=True), name="appointment_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(to_on__isnull=True) | models.Q(to_on__gt=models.F("from_on")),
                name="appointment_not_empty",
                violation_error_message="任职截止日期应晚于起始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.post_id} {self.from_on:%Y-%m-%d}"


class CoachLink(Ledgered):
    """The post whose holder coaches a unit for a time (包联). Root: the unit."""

    ledger_type: ClassVar[str] = "coach_link"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="coach_links", verbose_name="单位")
    post = models.ForeignKey(Post, models.PROTECT, related_name="coached", verbose_name="包联岗位")
    from_on = models.DateField("起始日期")
    to_on = models.DateField("截止日期（不含）", null=True, blank=True)

    class Meta:
        verbose_name = "包联"
        ordering: ClassVar = ["unit_id", "from_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "from_on"], name="coach_link_once_a_day"),
            models.UniqueConstraint(
                fields=["unit"], condition=models.Q(to_on__isnull=True), name="coach_link_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(to_on__isnull=True) | models.Q(to_on__gt=models.F("from_on")),
                name="coach_link_not_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} < {self.post_id} {self.from_on:%Y-%m-%d}"
