"""Changes of accounts, passwords and roles, and the check at the door.

``by`` is the ``Actor`` of a page, who is checked, or the ``By`` of the system, a command or the demo.
Passwords never enter the ledger, the security log or an error message.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.timezone import localtime

from luoshi.core.actor import Actor, By
from luoshi.core.beijing import local_day
from luoshi.core.errors import Duplicate, Incomplete, Invalid, NotAllowed, NotFound, WrongState, nearest
from luoshi.kernel.access.guard import attempt_counted, attempts_forgotten, guard_key
from luoshi.kernel.access.models import ADMIN_ROLES, Account, RoleBinding
from luoshi.kernel.access.names import username_fault
from luoshi.kernel.access.passwords import one_time_password, require_good_password, shorter
from luoshi.kernel.access.policy import ROLES, require_right
from luoshi.kernel.ledger.actions import record, security_note
from luoshi.kernel.org.models import Appointment, Person, Post, Unit
from luoshi.kernel.org.places import lasting

MOST_ISSUED = 30


@transaction.atomic
def account_create(
    *, by: By | Actor, username: str, person_id: int | None, now: datetime
) -> tuple[Account, str]:
    """Make an account and a one-time password, which is returned here and never again.

    The password must be changed at the first sign-in. User names are lower case.
    Raises: NotAllowed; Invalid for the name; NotFound for the person; Duplicate for a name that is taken or a
    person who has an account.
    Ledger: ``account.created``; the user name enters as a salted commitment only.
    """
    who = managing(by)
    account = _account_new(username, person_id)
    password = one_time_password()
    account.set_password(password)
    return _account_entered(account, who, now), password


@transaction.atomic
def account_prepare(*, by: By | Actor, username: str, person_id: int | None, now: datetime) -> Account:
    """Make an account that nobody can sign in with before ``passwords_issue`` gives it a one-time password.

    Raises: as ``account_create``. Ledger: ``account.created``, as there.
    """
    who = managing(by)
    account = _account_new(username, person_id)
    account.set_unusable_password()
    return _account_entered(account, who, now)


def _account_new(username: str, person_id: int | None) -> Account:
    """Return an account that may be entered, not saved yet."""
    username = username.strip().lower()
    fault = username_fault(username)
    if fault:
        raise Invalid(fault, fields={"username": fault})
    if Account.objects.filter(username=username).exists():
        message = f"账号“{username}”已经使用，请换一个。"
        raise Duplicate(message, fields={"username": message})
    if person_id is not None:
        _require_person_free(person_id)
    return Account(username=username, person_id=person_id, must_change_password=True)


def _account_entered(account: Account, who: By, now: datetime) -> Account:
    account.save()
    record(account, "account.created", by=who, at=now, data={"person": account.person_id})
    return account


@transaction.atomic
def passwords_issue(
    *, by: By | Actor, account_ids: Collection[int], now: datetime
) -> list[tuple[Account, str]]:
    """Give one-time passwords to accounts that have none yet; returned here, by user name, and never again.

    At most ``MOST_ISSUED`` at once, since each costs a slow hash. Who has a password keeps it: that one is
    reset by ``password_reset``.
    Raises: NotAllowed; Incomplete for none or too many; NotFound; WrongState for an account with a password
    or a stopped one. Nothing is issued then.
    Ledger: ``account.password_reset`` for each.
    """
    who = managing(by)
    wanted = set(account_ids)
    if not 0 < len(wanted) <= MOST_ISSUED:
        raise Incomplete(f"请选择 1 至 {MOST_ISSUED} 个账号，人多时分几次发放。")
    accounts = list(Account.objects.select_for_update().filter(pk__in=wanted).order_by("username"))
    if len(accounts) < len(wanted):
        raise NotFound("所选账号有的已不存在，请刷新后重新选择。")
    for account in accounts:
        if account.has_usable_password():
            raise WrongState(f"账号“{account.username}”已有口令。忘记口令的，请用“重置口令”。")
        if not account.is_active:
            raise WrongState(f"账号“{account.username}”已停用，请先恢复再发口令。")
    return [_password_given(account, who, now) for account in accounts]


def _password_given(account: Account, who: By, now: datetime) -> tuple[Account, str]:
    password = one_time_password()
    account.set_password(password)
    account.must_change_password = True
    account.save()
    record(account, "account.password_reset", by=who, at=now)
    attempts_forgotten(_password_key(account.pk))
    return account, password


def account_password_set(*, actor: Actor, old: str, new: str, now: datetime) -> Account:
    """Change one's own password. All other sessions of the account end with it.

    Whoever finds a session open may not try passwords here: wrong ones are counted as at the sign-in. Not one
    transaction, since a failure must stay counted after it is refused.
    Raises: NotFound without an account; Invalid beside ``old`` or ``new``; WrongState while locked.
    Ledger: ``account.password_set``.
    """
    key = _password_key(actor.account_id)
    locked_until = attempt_counted(key, now)
    if locked_until is not None:
        raise WrongState(f"原密码输错次数过多，请于{localtime(locked_until):%H:%M}后再试。")
    known = Account.objects.filter(pk=actor.account_id).first()
    if known is None:
        raise NotFound("没有该账号。")
    if not known.check_password(shorter(old)):
        raise _wrong_old()
    attempts_forgotten(key)
    with transaction.atomic():
        account = _account_locked(actor.account_id)
        if account.password != known.password:
            raise _wrong_old()
        require_good_password(new, account=account)
        account.set_password(new)
        account.must_change_password = False
        account.save()
        record(account, "account.password_set", by=actor.by, at=now)
    return account


def _password_key(account_id: int) -> str:
    """Return the key under which wrong old passwords of an account are counted, apart from sign-ins."""
    return guard_key(f"password:{account_id}", "")


def _wrong_old() -> Invalid:
    message = "原密码不正确，请重新输入。"
    return Invalid(message, fields={"old": message})


@transaction.atomic
def password_reset(*, by: By | Actor, account_id: int, now: datetime) -> tuple[Account, str]:
    """Give an account a new one-time password, returned here and never again; its sessions end.

    Nobody chooses a password for somebody else.
    Raises: NotAllowed; NotFound; WrongState for a stopped account.
    Ledger: ``account.password_reset``.
    """
    who = managing(by)
    account = _account_locked(account_id)
    if not account.is_active:
        raise WrongState("该账号已停用，请先恢复再重置密码。")
    return _password_given(account, who, now)


@transaction.atomic
def account_stop(*, by: By | Actor, account_id: int, now: datetime) -> Account:
    """Keep an account from signing in and end what it is doing; it keeps its name and its past.

    Raises: NotAllowed, for one's own account too; NotFound; WrongState when it is stopped already.
    Ledger: ``account.stopped``.
    """
    who = managing(by)
    if isinstance(by, Actor) and by.account_id == account_id:
        raise NotAllowed("不能停用自己的账号，请由另一位系统管理员办理。")
    account = _account_locked(account_id)
    if not account.is_active:
        raise WrongState("该账号已经停用。")
    account.is_active = False
    account.save()
    record(account, "account.stopped", by=who, at=now)
    return account


@transaction.atomic
def account_resume(*, by: By | Actor, account_id: int, now: datetime) -> Account:
    """Let a stopped account sign in again.

    Raises: NotAllowed; NotFound; WrongState when it is not stopped.
    Ledger: ``account.resumed``.
    """
    who = managing(by)
    account = _account_locked(account_id)
    if account.is_active:
        raise WrongState("该账号正在使用，无需恢复。")
    account.is_active = True
    account.save()
    record(account, "account.resumed", by=who, at=now)
    return account


@transaction.atomic
def role_bind(
    *, by: By | Actor, post_code: str, role: str, scope_unit_code: str | None, now: datetime
) -> RoleBinding:
    """Give whoever holds a post a role over a unit and all below it; None as the scope covers everything.

    The administrators' roles (系统管理员, 审计员) always cover everything and stand alone on their post.
    Raises: NotAllowed, for one's own post too; NotFound; Invalid for an unknown role or scope; Duplicate when
    it is given already; WrongState when an administrator's role would meet another.
    Ledger: ``grant.bound``.
    """
    who = managing(by)
    _require_role(role)
    post = _post_locked(post_code)
    if isinstance(by, Actor) and _holds(by, post, now):
        raise NotAllowed("不能给自己的岗位授予角色，请由另一位系统管理员办理。")
    scope = _scope(role, scope_unit_code)
    held = set(post.bindings.filter(unbound_at__isnull=True).order_by("id").values_list("role", "scope_unit"))
    if (role, scope.pk if scope else None) in held:
        raise Duplicate(f"“{post.title}”已有该范围的“{ROLES[role]}”角色。")
    others = {other for other, _ in held} | {role}
    if len(others) > 1 and not others.isdisjoint(ADMIN_ROLES):
        raise WrongState("系统管理员、审计员须单设岗位，不得与其他角色同岗。")
    grant = RoleBinding.objects.create(post=post, role=role, scope_unit=scope, bound_at=now)
    data = {"post": post_code, "role": role, "scope": scope.code if scope else None}
    record(grant, "grant.bound", by=who, at=now, data=data)
    return grant


@transaction.atomic
def role_unbind(*, by: By | Actor, binding_id: int, now: datetime) -> RoleBinding:
    """Take a role back; it counts from the next request on.

    Raises: NotAllowed; NotFound; WrongState when it is taken back already.
    Ledger: ``grant.unbound``.
    """
    who = managing(by)
    grant = RoleBinding.objects.select_for_update().filter(pk=binding_id).first()
    if grant is None:
        raise NotFound("没有这项角色授予。")
    if grant.unbound_at is not None:
        raise WrongState("该角色已经收回。")
    grant.unbound_at = now
    grant.save()
    record(grant, "grant.unbound", by=who, at=now, data={"role": grant.role})
    return grant


def signin_check(*, username: str, password: str, now: datetime, source: str) -> Account:
    """Return the account that a name and password belong to; every outcome stands in the security log.

    ``source`` is the network address. Not one transaction: a failure must stay counted after it is refused.
    An unknown name, a stopped account and a wrong password cost the same work and give the same message.
    Raises: Invalid; WrongState while the name is locked for this source.
    """
    username = username.strip().lower()
    key = guard_key(username, source)
    locked_until = attempt_counted(key, now)
    account = Account.objects.select_related("person").filter(username=username).first()
    number = account.pk if account else None
    if locked_until is not None:
        _note_failure(number, now, source, "locked")
        raise WrongState(
            f"登录失败次数过多，请于{localtime(locked_until):%H:%M}后再试；忘记密码请联系系统管理员重置。"
        )
    if account is None:
        make_password(shorter(password))
    if account is None or not account.check_password(shorter(password)) or not account.is_active:
        _note_failure(number, now, source, "wrong")
        raise Invalid("账号或密码不正确，请重新输入；连续输错5次将锁定30分钟。")
    attempts_forgotten(key)
    security_note(kind="signin", account=account.pk, at=now, detail={"source": source})
    return account


def _note_failure(account: int | None, now: datetime, source: str, reason: str) -> None:
    """Write a failed sign-in down, never what was typed as a name: it may be a misplaced password."""
    detail = {"source": source, "reason": reason}
    security_note(kind="signin_failed", account=account, at=now, detail=detail)


def managing(by: By | Actor) -> By:
    """Return what the ledger writes down of who manages accounts and roles. Raises: NotAllowed."""
    if isinstance(by, By):
        return by
    require_right(by, "account.manage")
    return by.by


def _account_locked(account_id: int) -> Account:
    account = Account.objects.select_for_update().filter(pk=account_id).first()
    if account is None:
        raise NotFound("没有该账号。")
    return account


def _post_locked(code: str) -> Post:
    post = Post.objects.select_for_update(of=["self"]).select_related("unit").filter(code=code).first()
    if post is None:
        raise NotFound(f"没有编码为“{code}”的岗位。")
    return post


def _holds(actor: Actor, post: Post, now: datetime) -> bool:
    """Say whether a post is the actor's own, now or from a later day on, whichever they act in."""
    if actor.post_code == post.code or actor.person_id is None:
        return actor.post_code == post.code
    own = Appointment.objects.filter(lasting(local_day(now)), post=post, person_id=actor.person_id)
    return own.exists()


def _require_person_free(person_id: int) -> None:
    if not Person.objects.filter(pk=person_id).exists():
        raise NotFound("没有该人员，请先登记。")
    if Account.objects.filter(person_id=person_id).exists():
        raise Duplicate("该人员已有账号，一人只设一个账号。")


def _require_role(role: str) -> None:
    if role not in ROLES:
        near = nearest(role, ROLES)
        hint = f"是否想写 {near}？" if near else f"可用：{'、'.join(ROLES)}。"
        raise Invalid(f"没有角色“{role}”，{hint}", fields={"role": f"没有角色“{role}”，{hint}"})


def _scope(role: str, code: str | None) -> Unit | None:
    """Return the unit a role is given over, None for everywhere."""
    if code is None:
        return None
    if role in ADMIN_ROLES:
        message = f"“{ROLES[role]}”不分范围，请不要填写范围单位。"
        raise Invalid(message, fields={"scope_unit_code": message})
    scope = Unit.objects.filter(code=code).first()
    if scope is None:
        message = f"没有编码为“{code}”的单位。"
        raise Invalid(message, fields={"scope_unit_code": message})
    return scope
