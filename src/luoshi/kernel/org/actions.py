"""Changes of units, trees, persons, posts and appointments. One function for each, one event for each.

``by`` is the ``Actor`` of a page, who is checked, or the ``By`` of the system, a command or the demo.
A day ``on`` is the first day on which the change holds; it may lie in the past or ahead, but never before
what is already known of the same unit.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from luoshi.core.actor import Actor, By
from luoshi.core.errors import Incomplete, NotAllowed, NotFound, Stale, WrongState
from luoshi.kernel.ledger.actions import Entry, record, record_many
from luoshi.kernel.ledger.rows import Ledgered
from luoshi.kernel.org.checking import UnitRow
from luoshi.kernel.org.guards import (
    bearer,
    code_fault,
    invalid,
    kind_fault,
    length_fault,
    require_fields,
    require_open,
    require_unit_there,
    require_vacant,
    taken,
    text_fault,
)
from luoshi.kernel.org.importing import Preview, checked
from luoshi.kernel.org.models import (
    MAIN_TREE,
    Appointment,
    Person,
    Post,
    Unit,
    UnitAlias,
    UnitLink,
    UnitTree,
)
from luoshi.kernel.org.names import (
    LONGEST_SHORT,
    LONGEST_TITLE,
    some,
    tidy,
)
from luoshi.kernel.org.places import (
    circle_free,
    closure_refresh,
    depth_fit,
    lasting,
    lifted,
    parent_fit,
    placed,
    tree_locked,
)
from luoshi.kernel.org.policy import managing

SORT_STEP = 10
LONGEST_POST_CODE = 60
LONGEST_NAME = 60


@transaction.atomic
def tree_create(*, by: By | Actor, code: str = MAIN_TREE, title: str = "行政隶属", now: datetime) -> UnitTree:
    """Begin a tree that units can be placed in.

    Raises: NotAllowed; Invalid; Duplicate.
    Ledger: ``tree.created``.
    """
    who = managing(by)
    require_fields(code=code_fault(code, 20), title=text_fault(tidy(title), "名称", LONGEST_NAME))
    if UnitTree.objects.filter(code=code).exists():
        taken("code", f"机构树编码“{code}”已经使用，请换一个。")
    tree = UnitTree.objects.create(code=code, title=tidy(title))
    record(tree, "tree.created", by=who, at=now, data={"code": code, "title": tree.title})
    return tree


@transaction.atomic
def unit_create(
    *,
    by: By | Actor,
    code: str,
    title: str,
    kind: str,
    parent_code: str | None,
    on: date,
    now: datetime,
    short: str = "",
    tree: str = MAIN_TREE,
    sort: int | None = None,
) -> Unit:
    """Set up a unit on a day and place it in a tree; without ``sort`` it comes after all others.

    Raises: NotAllowed; Invalid (with the fields) for a code, name, kind or parent that does not fit;
    Duplicate for a code already used, by a closed unit too; NotFound for the tree.
    Ledger: ``unit.created`` with the unit and its place.
    """
    who = managing(by)
    title, short = tidy(title), tidy(short)
    require_fields(
        code=code_fault(code),
        title=text_fault(title, "名称", LONGEST_TITLE),
        short=length_fault(short, "简称", LONGEST_SHORT),
        kind=kind_fault(kind),
    )
    grown = tree_locked(tree)
    if Unit.objects.filter(code=code).exists():
        taken("code", f"单位编码“{code}”已经使用，编码不得重复，也不得重新启用。")
    parent = _parent(parent_code)
    if parent is not None:
        parent_fit(grown, parent, on)
        depth_fit(grown, None, parent, on)
    unit = Unit.objects.create(
        code=code,
        title=title,
        short=short,
        kind=kind,
        opened_on=on,
        sort=_next_sort() if sort is None else sort,
    )
    rows = placed(grown, unit, parent, on)
    data = {**_unit_facts(unit), "parent": parent_code, "tree": tree, "on": on}
    record(unit, "unit.created", by=who, at=now, rows=rows, data=data)
    return unit


@transaction.atomic
def unit_move(
    *, by: By | Actor, code: str, parent_code: str | None, on: date, now: datetime, tree: str = MAIN_TREE
) -> Unit:
    """Put a unit, with all below it, under another parent (or at the top) from a day on.

    A unit that has no place in the tree yet gets one. What was before ``on`` stays as it was.
    Raises: NotAllowed; NotFound; Invalid for a parent that is the unit itself, below it, closed or not yet
    there; WrongState for a closed unit, a day before its newest place, or when nothing would change.
    Ledger: ``unit.moved`` with the places ended and begun.
    """
    who = managing(by)
    grown = tree_locked(tree)
    unit = _unit_locked(code)
    require_open(unit)
    if on < unit.opened_on:
        raise WrongState(f"“{unit.title}”于{unit.opened_on:%Y-%m-%d}设立，日期不得早于该日。")
    parent = _parent(parent_code)
    if parent is not None:
        parent_fit(grown, parent, on)
        circle_free(grown, unit, parent, on)
        depth_fit(grown, unit, parent, on)
    rows = placed(grown, unit, parent, on)
    data = {"code": code, "parent": parent_code, "tree": tree, "on": on}
    record(unit, "unit.moved", by=who, at=now, rows=rows, data=data)
    return unit


@transaction.atomic
def unit_rename(*, by: By | Actor, code: str, title: str, now: datetime, short: str | None = None) -> Unit:
    """Give a unit another name; the former one stays known as an alias unless somebody else bears it.

    ``short``: None keeps the short name, an empty text removes it.
    Raises: NotAllowed; NotFound; Invalid; WrongState for a closed unit or when nothing would change.
    Ledger: ``unit.renamed`` with both names.
    """
    who = managing(by)
    unit = _unit_locked(code)
    require_open(unit)
    title, former = tidy(title), unit.title
    short = unit.short if short is None else tidy(short)
    require_fields(
        title=text_fault(title, "名称", LONGEST_TITLE), short=length_fault(short, "简称", LONGEST_SHORT)
    )
    if (title, short) == (unit.title, unit.short):
        raise WrongState("名称和简称都没有变化，无需更名。")
    unit.title, unit.short = title, short
    unit.save()
    rows = [] if title == former else _former_name(unit, former)
    data = {"code": code, "from": former, "to": title, "short": short}
    record(unit, "unit.renamed", by=who, at=now, rows=rows, data=data)
    return unit


@transaction.atomic
def unit_close(
    *, by: By | Actor, code: str, on: date, now: datetime, successor_code: str | None = None
) -> Unit:
    """End a unit; ``on`` is the first day without it. Its code stays taken and its past stays in every tree.

    Raises: NotAllowed; NotFound; Invalid for a successor that is the unit itself or not open on that day;
    WrongState when it is closed already, still has units below it, holders of posts, or later
    places.
    Ledger: ``unit.closed`` with the places ended.
    """
    who = managing(by)
    trees = list(UnitTree.objects.select_for_update().order_by("id"))
    unit = _unit_locked(code)
    require_open(unit)
    if on <= unit.opened_on:
        raise WrongState(f"“{unit.title}”于{unit.opened_on:%Y-%m-%d}设立，撤销日期应晚于该日。")
    successor = _successor(unit, successor_code, on)
    held = Post.objects.filter(lasting(on, "appointments__"), unit=unit, appointments__isnull=False)
    titles = sorted(set(held.order_by("id").values_list("title", flat=True)))
    if titles:
        raise WrongState(f"“{unit.title}”的岗位（{some(titles)}）还有人任职，请先结束任职。")
    ended = [link for tree in trees if (link := lifted(tree, unit, on)) is not None]
    unit.closed_on, unit.successor = on, successor
    unit.save()
    data = {"code": code, "on": on, "successor": successor_code}
    record(unit, "unit.closed", by=who, at=now, rows=ended, data=data)
    return unit


@transaction.atomic
def alias_add(*, by: By | Actor, unit_code: str, text: str, now: datetime) -> UnitAlias:
    """Let a unit also be found by another text.

    Raises: NotAllowed; NotFound; Invalid; Duplicate when the text already names a unit.
    Ledger: ``unit.alias_added``.
    """
    who = managing(by)
    unit = _unit_locked(unit_code)
    text = tidy(text)
    require_fields(text=text_fault(text, "别名", LONGEST_TITLE))
    named = bearer(text)
    if named is not None:
        taken("text", f"“{text}”已是单位“{named.title}”的名称或别名。")
    alias = UnitAlias.objects.create(unit=unit, text=text)
    record(unit, "unit.alias_added", by=who, at=now, rows=[alias], data={"code": unit_code, "text": text})
    return alias


@transaction.atomic
def person_create(*, by: By | Actor, name: str, now: datetime) -> Person:
    """Enter a person. Two persons may bear the same name.

    Raises: NotAllowed; Invalid.
    Ledger: ``person.created``; the name enters as a salted commitment only.
    """
    who = managing(by)
    require_fields(name=text_fault(tidy(name), "姓名", LONGEST_NAME))
    person = Person.objects.create(name=tidy(name))
    record(person, "person.created", by=who, at=now)
    return person


@transaction.atomic
def post_create(
    *,
    by: By | Actor,
    code: str,
    unit_code: str,
    title: str,
    now: datetime,
    is_head: bool = False,
    sort: int | None = None,
) -> Post:
    """Set up a post in a unit; a unit has at most one post of its head.

    Raises: NotAllowed; NotFound for the unit; Invalid; Duplicate for the code or a second head; WrongState
    for a closed unit.
    Ledger: ``post.created``.
    """
    who = managing(by)
    unit = _unit_locked(unit_code)
    require_open(unit)
    title = tidy(title)
    require_fields(code=code_fault(code, LONGEST_POST_CODE), title=text_fault(title, "名称", LONGEST_NAME))
    if Post.objects.filter(code=code).exists():
        taken("code", f"岗位编码“{code}”已经使用，请换一个。")
    if is_head and unit.posts.filter(is_head=True).exists():
        taken("is_head", f"“{unit.title}”已设负责人岗位，不能再设。")
    last = unit.posts.aggregate(last=Max("sort"))["last"] or 0
    post = Post.objects.create(
        code=code, unit=unit, title=title, is_head=is_head, sort=last + SORT_STEP if sort is None else sort
    )
    data = {"code": code, "unit": unit_code, "title": title, "head": is_head}
    record(post, "post.created", by=who, at=now, data=data)
    return post


@transaction.atomic
def appoint(
    *,
    by: By | Actor,
    person_id: int,
    post_code: str,
    from_on: date,
    now: datetime,
    acting: bool = False,
    to_on: date | None = None,
) -> Appointment:
    """Let a person hold a post from a day on, up to but without ``to_on``; ``acting`` for 代理.

    Raises: NotAllowed, for oneself too; NotFound; Invalid for an empty span; WrongState when the person
    already holds the post in that time, when the post of a head already has a holder who is not acting, or
    when the unit is not there.
    Ledger: ``post.appointed`` on the post.
    """
    who = managing(by)
    post = Post.objects.select_for_update(of=["self"]).select_related("unit").filter(code=post_code).first()
    if post is None:
        raise NotFound(f"没有编码为“{post_code}”的岗位。")
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise NotFound("没有该人员，请先登记。")
    if isinstance(by, Actor) and by.person_id == person.pk:
        raise NotAllowed("不能给自己任职，请由另一位系统管理员办理。")
    if to_on is not None and to_on <= from_on:
        invalid("to_on", "任职截止日期应晚于起始日期。")
    require_unit_there(post.unit, from_on, to_on)
    require_vacant(post, person, from_on, to_on, acting=acting)
    appointment = Appointment.objects.create(
        post=post, person=person, from_on=from_on, to_on=to_on, acting=acting
    )
    data = {"post": post_code, "person": person_id, "from": from_on, "to": to_on, "acting": acting}
    record(post, "post.appointed", by=who, at=now, rows=[appointment], data=data)
    return appointment


@transaction.atomic
def appointment_end(*, by: By | Actor, appointment_id: int, to_on: date, now: datetime) -> Appointment:
    """End an appointment; ``to_on`` is the first day without it.

    Raises: NotAllowed; NotFound; Invalid for an empty span; WrongState when it ends by that day already.
    Ledger: ``post.appointment_ended`` on the post.
    """
    who = managing(by)
    appointment = Appointment.objects.select_for_update().filter(pk=appointment_id).first()
    if appointment is None:
        raise NotFound("没有这项任职。")
    post = Post.objects.select_for_update().get(pk=appointment.post_id)
    if to_on <= appointment.from_on:
        invalid("to_on", f"任职自{appointment.from_on:%Y-%m-%d}起，截止日期应晚于该日。")
    if appointment.to_on is not None and appointment.to_on <= to_on:
        raise WrongState(f"该任职已于{appointment.to_on:%Y-%m-%d}结束。")
    appointment.to_on = to_on
    appointment.save()
    data = {"post": post.code, "person": appointment.person_id, "to": to_on}
    record(post, "post.appointment_ended", by=who, at=now, rows=[appointment], data=data)
    return appointment


@transaction.atomic
def units_take(*, by: By | Actor, preview: Preview, now: datetime, only_clean: bool = False) -> list[Unit]:
    """Set up every new unit of a previewed table, in order of its rows; rows already there are left alone.

    ``only_clean``: take the rows without faults and leave the others. The rows are checked once more against
    the tables of this moment.
    Raises: NotAllowed; Incomplete while there are faults (unless ``only_clean``) or nothing is new; Stale
    when the check no longer gives what the preview showed.
    Ledger: one ``unit.created`` for each unit.
    """
    who = managing(by)
    tree = tree_locked(preview.tree)
    fresh = checked(preview.given, on=preview.on, tree=preview.tree)
    if (fresh.rows, fresh.faults) != (preview.rows, preview.faults):
        raise Stale("预览之后单位数据有变化，请重新预览后再导入。")
    if preview.faults and not only_clean:
        raise Incomplete(
            f"表格还有{len(preview.faults)}处错误，未导入。请改正后重新上传，或选择只导入无误的行。"
        )
    new = [row for row in preview.rows if row.state == "new"]
    if not new:
        raise Incomplete("表格中没有可以导入的新单位。")
    units, rows = _grown(tree, new, preview.on)
    closure_refresh(tree, [unit.pk for unit in units])
    entries = [
        Entry(unit, "unit.created", rows[unit.code], data=_row_facts(unit, row, preview))
        for unit, row in zip(units, new, strict=True)
    ]
    record_many(entries, by=who, at=now)
    return units


def _grown(tree: UnitTree, new: list[UnitRow], on: date) -> tuple[list[Unit], dict[str, list[Ledgered]]]:
    """Insert units, places and aliases in bulk; return the units and, by code, the rows each of them owns."""
    sort = _next_sort()
    units = Unit.objects.bulk_create(
        Unit(
            code=row.code,
            title=row.title,
            short=row.short,
            kind=row.kind,
            opened_on=on,
            sort=sort + SORT_STEP * place,
        )
        for place, row in enumerate(new)
    )
    ids = {unit.code: unit.pk for unit in units}
    outside = {row.parent_code for row in new} - set(ids) - {None}
    ids |= dict(Unit.objects.filter(code__in=outside).order_by("id").values_list("code", "pk"))
    links = UnitLink.objects.bulk_create(
        UnitLink(
            tree=tree,
            unit_id=ids[row.code],
            parent_id=ids[row.parent_code] if row.parent_code else None,
            from_on=on,
        )
        for row in new
    )
    aliases = UnitAlias.objects.bulk_create(
        UnitAlias(unit_id=ids[row.code], text=text) for row in new for text in row.aliases
    )
    rows: dict[str, list[Ledgered]] = {row.code: [link] for row, link in zip(new, links, strict=True)}
    codes = {unit.pk: unit.code for unit in units}
    for alias in aliases:
        rows[codes[alias.unit_id]].append(alias)
    return units, rows


def _row_facts(unit: Unit, row: UnitRow, preview: Preview) -> dict[str, Any]:
    return {
        **_unit_facts(unit),
        "parent": row.parent_code,
        "tree": preview.tree,
        "on": preview.on,
        "row": row.number,
    }


def _unit_facts(unit: Unit) -> dict[str, Any]:
    return {"code": unit.code, "title": unit.title, "kind": unit.kind}


def _next_sort() -> int:
    return int(Unit.objects.aggregate(last=Max("sort"))["last"] or 0) + SORT_STEP


def _unit_locked(code: str) -> Unit:
    unit = Unit.objects.select_for_update().filter(code=code).first()
    if unit is None:
        raise NotFound(f"没有编码为“{code}”的单位。")
    return unit


def _parent(code: str | None) -> Unit | None:
    if code is None:
        return None
    parent = Unit.objects.filter(code=code).first()
    if parent is None:
        invalid("parent_code", f"没有编码为“{code}”的上级单位。")
    return parent


def _successor(unit: Unit, code: str | None, on: date) -> Unit | None:
    if code is None:
        return None
    successor = Unit.objects.filter(code=code).first()
    if successor is None:
        invalid("successor_code", f"没有编码为“{code}”的承接单位。")
    elif successor == unit:
        invalid("successor_code", "承接单位不能是被撤销的单位自己。")
    elif successor.opened_on > on or successor.closed_on is not None:
        invalid("successor_code", f"承接单位“{successor.title}”在{on:%Y-%m-%d}未设立或已撤销，请另选。")
    return successor


def _former_name(unit: Unit, former: str) -> list[UnitAlias]:
    return [] if bearer(former) else [UnitAlias.objects.create(unit=unit, text=former)]
