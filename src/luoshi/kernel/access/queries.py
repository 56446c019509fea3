"""Who an account is on a day, and which units and accounts it may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import QuerySet

from luoshi.core.actor import SYSTEM_ACTOR, Actor, Grant
from luoshi.kernel.access.models import Account, RoleBinding
from luoshi.kernel.access.policy import ROLES, can
from luoshi.kernel.access.sight import reach_of
from luoshi.kernel.org.models import Appointment, Unit
from luoshi.kernel.org.places import holding
from luoshi.kernel.org.queries import units_on


@dataclass(frozen=True, slots=True)
class AppointmentView:
    """One appointment an account may act in."""

    id: int
    post_code: str
    post_title: str
    unit_code: str
    unit_title: str
    acting: bool

    @property
    def title(self) -> str:
        """What to show for it: unit, post, and whether it is an acting one."""
        return f"{self.unit_title} {self.post_title}" + ("（代理）" if self.acting else "")


@dataclass(frozen=True, slots=True)
class BindingView:
    """A role of a post; ``scope_title`` is empty when it covers everything."""

    id: int
    role: str
    role_title: str
    post_code: str
    post_title: str
    unit_title: str
    scope_code: str
    scope_title: str
    bound_at: datetime


class AccountState(StrEnum):
    """How far an account has come."""

    WITHOUT = "without"
    FIRST = "first"
    USED = "used"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account in the list. ``posts``: unit and title of each post held on the day."""

    id: int
    username: str
    name: str
    posts: tuple[str, ...]
    state: AccountState


def appointments_of(account: Account, on: date) -> list[AppointmentView]:
    """Return the appointments an account's person holds on a day, own ones before acting ones. One query."""
    return [
        AppointmentView(
            row.pk, row.post.code, row.post.title, row.post.unit.code, row.post.unit.title, row.acting
        )
        for row in _held(account, on)
    ]


def actor_of(account: Account, appointment_id: int | None, on: date) -> Actor:
    """Return the actor an account is on a day: in the appointment asked for, else in its first one.

    An appointment that is not held that day is passed over, since it may have ended during a session. Without
    any, or when the account is stopped, the actor has no post and no role. Three queries.
    """
    name = account.person.name if account.person is not None else account.username
    nobody = Actor(account_id=account.pk, person_id=account.person_id, person_name=name)
    held = list(_held(account, on)) if account.is_active else []
    if not held:
        return nobody
    chosen = next((row for row in held if row.pk == appointment_id), held[0])
    post = chosen.post
    bindings = RoleBinding.objects.filter(post=post, unbound_at__isnull=True).order_by("id")
    return Actor(
        account_id=account.pk,
        person_id=account.person_id,
        person_name=name,
        appointment_id=chosen.pk,
        post_id=post.pk,
        post_code=post.code,
        post_title=post.title,
        unit_id=post.unit_id,
        unit_code=post.unit.code,
        unit_title=post.unit.title,
        acting=chosen.acting,
        roles=frozenset(Grant(row.role, row.scope_unit_id) for row in bindings),
    )


def units_in_sight(actor: Actor | None, on: date) -> set[int]:
    """Return the ids of the units an actor may see records of: own unit, scopes of all roles, and all below.

    Places of the day ``on``; a closed unit stays in the sight of those it stood under. A role without a scope
    sees every unit there ever was. One query.
    """
    if actor is None:
        return set()
    scopes = {grant.scope_unit_id for grant in actor.roles}
    if None in scopes or actor == SYSTEM_ACTOR:
        return set(Unit.objects.order_by("id").values_list("id", flat=True))
    own = {unit_id for unit_id in (*scopes, actor.unit_id) if unit_id is not None}
    return own | set(reach_of(own, on).values_list("unit_id", flat=True))


def units_visible(actor: Actor | None, on: date) -> QuerySet[Unit]:
    """Return the units of a day that an actor finds in the directory: all of them with ``org.view``."""
    return units_on(on) if can(actor, "org.view") else Unit.objects.none()


def accounts_visible(actor: Actor | None) -> QuerySet[Account]:
    """Return the accounts an actor may see, by user name: all for who manages them, else one's own."""
    accounts = Account.objects.select_related("person").order_by("username")
    if can(actor, "account.manage"):
        return accounts
    return accounts.filter(pk=actor.account_id) if actor else accounts.none()


def account_lines(
    actor: Actor | None, *, on: date, text: str = "", state: AccountState | None = None
) -> list[AccountLine]:
    """Return the accounts an actor may see with the posts of a day, by user name. Two queries.

    ``text``: part of the user name, the person's name, or the name of a unit where a post is held.
    """
    held: dict[int, list[Appointment]] = defaultdict(list)
    posts = Appointment.objects.filter(holding(on)).select_related("post__unit")
    for row in posts.order_by("acting", "post__unit__sort", "post__sort", "id"):
        held[row.person_id].append(row)
    lines = [_account_line(account, held) for account in accounts_visible(actor)]
    return [
        line
        for line in lines
        if (state is None or line.state is state)
        and (not text or text.casefold() in f"{line.username} {line.name} {' '.join(line.posts)}".casefold())
    ]


def _account_line(account: Account, held: Mapping[int, list[Appointment]]) -> AccountLine:
    if not account.is_active:
        state = AccountState.STOPPED
    elif not account.has_usable_password():
        state = AccountState.WITHOUT
    else:
        state = AccountState.FIRST if account.must_change_password else AccountState.USED
    posts = held.get(account.person_id, []) if account.person_id else []
    return AccountLine(
        id=account.pk,
        username=account.username,
        name=account.person.name if account.person else "",
        posts=tuple(
            f"{row.post.unit.title} {row.post.title}" + ("（代理）" if row.acting else "") for row in posts
        ),
        state=state,
    )


def bindings_of(post_ids: QuerySet | list[int]) -> list[BindingView]:
    """Return the roles of posts that are in force, by post and role. One query."""
    rows = (
        RoleBinding.objects.filter(post_id__in=post_ids, unbound_at__isnull=True)
        .select_related("post__unit", "scope_unit")
        .order_by("post__unit__sort", "post__sort", "role", "id")
    )
    return [
        BindingView(
            id=row.pk,
            role=row.role,
            role_title=ROLES.get(row.role, row.role),
            post_code=row.post.code,
            post_title=row.post.title,
            unit_title=row.post.unit.title,
            scope_code=row.scope_unit.code if row.scope_unit else "",
            scope_title=row.scope_unit.title if row.scope_unit else "",
            bound_at=row.bound_at,
        )
        for row in rows
    ]


def _held(account: Account, on: date) -> QuerySet[Appointment]:
    return (
        Appointment.objects.filter(holding(on), person__account=account)
        .select_related("post__unit")
        .order_by("acting", "post__unit__sort", "post__sort", "from_on", "id")
    )
