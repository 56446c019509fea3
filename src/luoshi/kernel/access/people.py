"""People, posts and accounts from a spreadsheet: what would be done, cell by cell. Nothing is saved here.

One row is one person on one post. Needed are 单位编码, 姓名 and 岗位; the others may be absent or blank. A
post is known by its unit and title, a person by the user name, else by name and unit: somebody of that name
who holds a post of the unit already is the same person.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from luoshi.core.errors import nearest
from luoshi.kernel.access.models import ADMIN_ROLES, Account
from luoshi.kernel.access.names import username_fault
from luoshi.kernel.access.policy import ROLES
from luoshi.kernel.org.models import Appointment, Post, Unit
from luoshi.kernel.org.names import Suggestions, shown, tidy
from luoshi.kernel.org.places import holding
from luoshi.kernel.org.sheet import CellFault, Given, GivenRow, Shape, SheetTable, given_of

State = Literal["new", "same", "broken"]
PEOPLE = Shape(
    things="人",
    columns={
        "unit": "单位编码",
        "name": "姓名",
        "post": "岗位",
        "head": "是否负责人",
        "roles": "角色",
        "scope": "管理范围",
        "username": "账号",
    },
    optional=frozenset({"head", "roles", "scope", "username"}),
    most=5_000,
)
YES, NO = frozenset({"是", "√"}), frozenset({"", "否", "×"})
EVERYWHERE = "全区"
LONGEST_NAME = 60
_PARTED = re.compile(r"[、，,;；\n]")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One row as it would be taken: ``new`` does something, ``same`` is there already, ``broken`` has faults.

    ``roles``: the codes to be given; ``scope``: the code of the unit they cover, None for everywhere.
    """

    number: int
    unit: str
    unit_title: str
    name: str
    post: str
    head: bool
    roles: tuple[str, ...]
    scope: str | None
    username: str
    state: State


@dataclass(frozen=True, slots=True)
class PeoplePreview:
    """What taking the sheet would do for appointments from the day ``on``.

    ``rows`` in the order of the sheet; ``faults`` in reading order, those of the head first. ``given`` is
    what was typed, kept so that it can be checked again when it is taken.
    """

    on: date
    given: Given
    rows: tuple[PersonRow, ...]
    faults: tuple[CellFault, ...]
    notes: tuple[str, ...]

    def count(self, state: State) -> int:
        """Return the number of rows that are so."""
        return sum(row.state == state for row in self.rows)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the tables say on the day, by unit code, post and name. Made by ``standing``."""

    units: Mapping[str, Unit]
    posts: Mapping[tuple[str, str], Post]
    heads: Mapping[str, str]
    holders: Mapping[tuple[str, str], frozenset[str]]
    acting: frozenset[tuple[str, str]]
    accounts: Mapping[str, str | None]
    account_of: Mapping[tuple[str, str], str] = field(default_factory=dict)


def people_preview(table: SheetTable, *, on: date) -> PeoplePreview:
    """Return what taking a table of people would do, with every fault of every cell. Five queries."""
    return people_checked(given_of(table, PEOPLE), on=on)


def people_checked(given: Given, *, on: date) -> PeoplePreview:
    """Check what was typed against the tables of this moment."""
    check = PeopleCheck(given, on=on)
    return PeoplePreview(
        on=on,
        given=given,
        rows=check.rows,
        faults=given.head_faults + check.faults,
        notes=given.notes,
    )


def standing(on: date) -> Standing:
    """Read units, posts, holders of the day and accounts. Four queries."""
    posts = list(Post.objects.select_related("unit").order_by("id"))
    held = Appointment.objects.filter(holding(on)).select_related("person", "post__unit").order_by("id")
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    filled: set[tuple[str, str]] = set()
    for row in held:
        place = (row.post.unit.code, row.post.title)
        holders[place].add(row.person.name)
        if row.post.is_head and not row.acting:
            filled.add(place)
    accounts = Account.objects.select_related("person").order_by("id")
    names = {account.username: account.person.name if account.person else None for account in accounts}
    known: dict[tuple[str, str], str] = {}
    by_person = {account.person_id: account.username for account in accounts if account.person_id}
    for row in held:
        if row.person_id in by_person:
            known.setdefault((row.post.unit.code, row.person.name), by_person[row.person_id])
    return Standing(
        units={unit.code: unit for unit in Unit.objects.order_by("id")},
        posts={(post.unit.code, post.title): post for post in posts},
        heads={post.unit.code: post.title for post in posts if post.is_head},
        holders={place: frozenset(found) for place, found in holders.items()},
        acting=frozenset(filled),
        accounts=names,
        account_of=known,
    )


class PeopleCheck:
    """The check of one sheet. ``rows`` and ``faults`` hold the outcome, both in the order of the sheet."""

    def __init__(self, given: Given, *, on: date) -> None:
        self.given, self.on = given, on
        self.known = standing(on)
        alive = [code for code, unit in self.known.units.items() if unit.closed_on is None]
        self.near_unit = Suggestions(alive)
        self.first: dict[tuple[str, str, str], int] = {}
        self.named: dict[str, tuple[str, int]] = {}
        self.heads: dict[str, tuple[str, int]] = {}
        found = {row.number: (self._read(row), [*row.faults, *self._faults(row)]) for row in given.rows}
        self.rows = tuple(self._judged(row, bool(faults)) for row, faults in found.values())
        self.faults = tuple(fault for _, faults in found.values() for fault in faults)

    def _read(self, row: GivenRow) -> PersonRow:
        texts = row.texts
        unit = self.known.units.get(texts["unit"])
        scope = tidy(texts["scope"])
        return PersonRow(
            number=row.number,
            unit=texts["unit"],
            unit_title=unit.title if unit else "",
            name=tidy(texts["name"]),
            post=tidy(texts["post"]),
            head=tidy(texts["head"]) in YES,
            roles=tuple(code for code, _ in self._roles(row) if code),
            scope=None if scope == EVERYWHERE else scope or texts["unit"],
            username=texts["username"].strip().lower(),
            state="new",
        )

    def _roles(self, row: GivenRow) -> list[tuple[str | None, str]]:
        """Return (code, text) of every role named in a cell; no code for one that is unknown."""
        titles = {title: code for code, title in ROLES.items()}
        texts = dict.fromkeys(tidy(part) for part in _PARTED.split(row.texts["roles"]))
        return [(titles.get(text), text) for text in texts if text]

    def _faults(self, row: GivenRow) -> Iterator[CellFault]:
        yield from self._unit_faults(row)
        yield from self._name_faults(row)
        yield from self._head_faults(row)
        yield from self._role_faults(row)
        yield from self._username_faults(row)

    def _unit_faults(self, row: GivenRow) -> Iterator[CellFault]:
        fault, code = self.given.layout.fault, row.texts["unit"]
        unit = self.known.units.get(code)
        if not code:
            yield fault(row.number, "unit", "", "单位编码不能为空", "请填写已设立单位的编码")
        elif unit is None:
            near = self.near_unit.of(code)
            remedy = f"是否想写“{near}”？" if near else "请先导入该单位"
            yield fault(row.number, "unit", code, f"没有编码为“{shown(code)}”的单位", remedy)
        elif unit.closed_on is not None and unit.closed_on <= self.on:
            rule = f"“{unit.title}”已于{unit.closed_on:%Y-%m-%d}撤销"
            yield fault(row.number, "unit", code, rule, "请改为承接单位的编码")
        elif unit.opened_on > self.on:
            rule = f"“{unit.title}”{unit.opened_on:%Y-%m-%d}才设立"
            yield fault(row.number, "unit", code, rule, "请把任职起始日期改为该日或以后")

    def _name_faults(self, row: GivenRow) -> Iterator[CellFault]:
        fault, read = self.given.layout.fault, self._read(row)
        for key, text, title in (("name", read.name, "姓名"), ("post", read.post, "岗位")):
            if not text:
                yield fault(row.number, key, "", f"{title}不能为空", f"请填写{title}")
            elif len(text) > LONGEST_NAME:
                yield fault(row.number, key, text, f"{title}不得超过{LONGEST_NAME}个字", "请改短")
        same = (read.unit, read.post, read.name)
        earlier = self.first.setdefault(same, row.number)
        if all(same) and earlier != row.number:
            yield fault(row.number, "name", read.name, f"与第{earlier}行重复", "请删去重复的一行")

    def _head_faults(self, row: GivenRow) -> Iterator[CellFault]:
        fault, read, text = self.given.layout.fault, self._read(row), tidy(row.texts["head"])
        if text not in YES | NO:
            yield fault(row.number, "head", text, "应为“是”或“否”", "请改填，留空为否")
        if not read.head:
            return
        there = self.known.heads.get(read.unit)
        if there is not None and there != read.post:
            rule = f"该单位的负责人岗位已是“{there}”"
            yield fault(row.number, "head", text, rule, "请改岗位名称，或把本列改为“否”")
        elif there is None and (read.unit, read.post) in self.known.posts:
            rule = f"岗位“{read.post}”已设立，不是负责人岗位"
            yield fault(row.number, "head", text, rule, "请把本列改为“否”，或另写岗位名称")
        elif (read.unit, read.post) in self.known.acting - self._held_by(read):
            yield fault(row.number, "name", read.name, "负责人岗位已有人任职", "请先在单位页面结束其任职")
        else:
            name, earlier = self.heads.setdefault(read.unit, (read.name, row.number))
            if earlier != row.number:
                rule = f"第{earlier}行“{name}”已是该单位负责人"
                yield fault(row.number, "head", text, rule, "一个单位只设一名负责人，请改正其中一行")

    def _held_by(self, read: PersonRow) -> frozenset[tuple[str, str]]:
        place = (read.unit, read.post)
        return frozenset({place}) if read.name in self.known.holders.get(place, ()) else frozenset()

    def _role_faults(self, row: GivenRow) -> Iterator[CellFault]:
        fault, roles = self.given.layout.fault, self._roles(row)
        for code, text in roles:
            if code is None:
                near = nearest(text, ROLES.values())
                remedy = f"是否想写“{near}”？" if near else f"可填：{'、'.join(ROLES.values())}"
                yield fault(row.number, "roles", text, f"没有角色“{shown(text)}”", remedy)
        codes = {code for code, _ in roles if code}
        scope = tidy(row.texts["scope"])
        if codes & set(ADMIN_ROLES):
            if len(codes) > 1:
                yield fault(
                    row.number, "roles", row.texts["roles"], "系统管理员、审计员须单设岗位", "请分列两个岗位"
                )
            if scope != EVERYWHERE:
                rule = "系统管理员、审计员的范围为全区"
                yield fault(row.number, "scope", scope, rule, f"请在“管理范围”填写“{EVERYWHERE}”")
        if scope and scope != EVERYWHERE and scope not in self.known.units:
            near = self.near_unit.of(scope)
            remedy = f"是否想写“{near}”？" if near else f"请填单位编码或“{EVERYWHERE}”，留空为本单位"
            yield fault(row.number, "scope", scope, f"没有编码为“{shown(scope)}”的单位", remedy)

    def _username_faults(self, row: GivenRow) -> Iterator[CellFault]:
        fault, read = self.given.layout.fault, self._read(row)
        if not read.username:
            if read.roles and (read.unit, read.name) not in self.known.account_of:
                rule = "给了角色就要有账号，否则无人能用"
                yield fault(row.number, "username", "", rule, "请填写账号，或清空角色")
            return
        wrong = username_fault(read.username)
        if wrong:
            yield fault(row.number, "username", read.username, wrong.rstrip("。"), "请改正账号")
            return
        owner = self.known.accounts.get(read.username, read.name)
        has = self.known.account_of.get((read.unit, read.name))
        name, earlier = self.named.setdefault(read.username, (read.name, row.number))
        if owner != read.name:
            rule = f"账号已由“{owner}”使用" if owner else "账号已经使用"
            yield fault(row.number, "username", read.username, rule, "请另设账号，或核对姓名")
        elif has is not None and has != read.username:
            yield fault(row.number, "username", read.username, f"该人员的账号是“{has}”", "请改为该账号")
        elif name != read.name:
            rule = f"第{earlier}行“{name}”已用这个账号"
            yield fault(row.number, "username", read.username, rule, "一人一个账号，请另设")

    def _judged(self, row: PersonRow, broken: bool) -> PersonRow:
        held = row.name in self.known.holders.get((row.unit, row.post), ())
        reachable = not row.username or row.username in self.known.accounts
        state: State = "broken" if broken else "same" if held and reachable else "new"
        return PersonRow(
            row.number,
            row.unit,
            row.unit_title,
            row.name,
            row.post,
            row.head,
            row.roles,
            row.scope,
            row.username,
            state,
        )
