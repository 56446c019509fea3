"""Taking a previewed table of people: persons, posts, appointments, roles and accounts in one transaction."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from luoshi.core.actor import Actor, By
from luoshi.core.errors import Incomplete, Stale
from luoshi.kernel.access.actions import account_prepare, managing, role_bind
from luoshi.kernel.access.models import Account, RoleBinding
from luoshi.kernel.access.people import PeoplePreview, PersonRow, people_checked
from luoshi.kernel.org.actions import appoint, person_create, post_create
from luoshi.kernel.org.models import Appointment, Person, Post
from luoshi.kernel.org.places import holding


@transaction.atomic
def people_take(
    *, by: By | Actor, preview: PeoplePreview, now: datetime, only_clean: bool = False
) -> list[PersonRow]:
    """Do what a previewed table of people says, row by row; return the rows that did something.

    Accounts are made without a password; ``passwords_issue`` gives one-time passwords. ``only_clean``: take
    the rows without faults and leave the others. The rows are checked once more against the tables of now.
    Raises: NotAllowed, also for a post or a role of one's own; Incomplete while there are faults (unless
    ``only_clean``) or nothing is new; Stale when the check no longer gives what the preview showed.
    Ledger: ``person.created``, ``post.created``, ``post.appointed``, ``grant.bound``, ``account.created``,
    for what each row adds.
    """
    who = managing(by)
    fresh = people_checked(preview.given, on=preview.on)
    if (fresh.rows, fresh.faults) != (preview.rows, preview.faults):
        raise Stale("预览之后人员数据有变化，请重新预览后再导入。")
    if preview.faults and not only_clean:
        raise Incomplete(
            f"表格还有{len(preview.faults)}处错误，未导入。请改正后重新上传，或选择只导入无误的行。"
        )
    new = [row for row in preview.rows if row.state == "new"]
    if not new:
        raise Incomplete("表格中没有可以导入的新任职。")
    people: dict[str, Person] = {}
    for row in new:
        post = _post(row, who, now)
        if _key(row) not in people:
            people[_key(row)] = _person(row, preview, who, now)
        person = people[_key(row)]
        held = Appointment.objects.filter(holding(preview.on), post=post, person=person)
        if not held.exists():
            appoint(by=by, person_id=person.pk, post_code=post.code, from_on=preview.on, now=now)
        _roles(row, post, by, now)
        if row.username and not Account.objects.filter(username=row.username).exists():
            account_prepare(by=who, username=row.username, person_id=person.pk, now=now)
    return new


def _key(row: PersonRow) -> str:
    """Return what tells persons of one table apart."""
    return row.username or f"{row.unit}/{row.name}"


def _post(row: PersonRow, who: By, now: datetime) -> Post:
    posts = Post.objects.filter(unit__code=row.unit).order_by("id")
    found = posts.filter(title=row.post).first()
    if found is not None:
        return found
    number = posts.count() + 1
    while Post.objects.filter(code=f"{row.unit}-{number:02}").exists():
        number += 1
    return post_create(
        by=who,
        code=f"{row.unit}-{number:02}",
        unit_code=row.unit,
        title=row.post,
        is_head=row.head,
        now=now,
    )


def _person(row: PersonRow, preview: PeoplePreview, who: By, now: datetime) -> Person:
    named = Person.objects.filter(name=row.name).order_by("id")
    if row.username:
        owner = named.filter(account__username=row.username).first()
        if owner is not None:
            return owner
    held = Appointment.objects.filter(holding(preview.on), post__unit__code=row.unit)
    there = named.filter(pk__in=held.order_by().values("person_id")).first()
    return there or person_create(by=who, name=row.name, now=now)


def _roles(row: PersonRow, post: Post, by: By | Actor, now: datetime) -> None:
    """Give the post what it does not have yet over this scope."""
    there = RoleBinding.objects.filter(post=post, unbound_at__isnull=True)
    scope = {"scope_unit__isnull": True} if row.scope is None else {"scope_unit__code": row.scope}
    there = there.filter(**scope)
    held = set(there.order_by("id").values_list("role", flat=True))
    for role in row.roles:
        if role not in held:
            role_bind(by=by, post_code=post.code, role=role, scope_unit_code=row.scope, now=now)
