"""Accounts, the roles bound to posts, and the guard that counts failed sign-ins."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.ledger.rows import Root
from luoshi.kernel.org.models import Person, Post, Unit


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts for Django's sign-in machinery. Accounts are made by ``actions.account_create`` only."""


class Account(AbstractBaseUser, Root):
    """What somebody signs in with, one for each person. Rights come from appointments, not from here."""

    ledger_type: ClassVar[str] = "account"
    ledger_private: ClassVar[tuple[str, ...]] = ("username",)
    ledger_derived: ClassVar[tuple[str, ...]] = ("password", "last_login")

    username = CodeField(
        "用户名", max_length=40, unique=True, error_messages={"unique": "该用户名已经使用。"}
    )
    person = models.OneToOneField(
        Person, models.PROTECT, null=True, blank=True, related_name="account", verbose_name="人员"
    )
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("须先修改密码", default=True)

    objects = AccountManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "账号"
        ordering: ClassVar = ["username"]

    def __str__(self) -> str:
        return self.username


# The duties that must be apart from all others; written out in the constraints below.
ADMIN_ROLES = ("auditor", "sysadmin")
_STANDS = models.Q(unbound_at__isnull=True)


class RoleBinding(Root):
    """A role that the holder of a post has over a unit's subtree; without a unit it covers everything."""

    ledger_type: ClassVar[str] = "grant"

    post = models.ForeignKey(Post, models.PROTECT, related_name="bindings", verbose_name="岗位")
    role = CodeField("角色", max_length=20)
    scope_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="范围"
    )
    bound_at = models.DateTimeField("授予时间")
    unbound_at = models.DateTimeField("收回时间", null=True, blank=True)

    class Meta:
        verbose_name = "角色授予"
        ordering: ClassVar = ["post_id", "role", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["post", "role", "scope_unit"], condition=_STANDS, name="grant_once_a_scope"
            ),
            models.UniqueConstraint(
                fields=["post", "role"],
                condition=_STANDS & models.Q(scope_unit__isnull=True),
                name="grant_everywhere_once",
            ),
            models.UniqueConstraint(
                fields=["post"],
                condition=_STANDS & models.Q(role__in=ADMIN_ROLES),
                name="grant_admin_duties_apart",
                violation_error_message="系统管理员与审计员不得为同一岗位。",
            ),
            models.CheckConstraint(
                condition=~models.Q(role__in=ADMIN_ROLES) | models.Q(scope_unit__isnull=True),
                name="grant_admin_everywhere",
                violation_error_message="系统管理员和审计员不分范围。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} @ {self.post_id}"


class SigninGuard(models.Model):
    """Failed sign-ins of one user name from one source. Not in the ledger; forgotten after a day.

    ``key`` is a keyed hash of both: what was typed as a user name may be a password typed in the wrong field.
    """

    key = CodeField("账号与来源", max_length=64, unique=True)
    failures = models.PositiveSmallIntegerField("失败次数", default=0)
    since = models.DateTimeField("首次失败时间")
    locked_until = models.DateTimeField("锁定至", null=True, blank=True)
    touched_at = models.DateTimeField("最近时间", db_index=True)

    class Meta:
        verbose_name = "登录失败计数"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.failures} since {self.since:%Y-%m-%d %H:%M}"
