"""Reading units, trees and posts. Every function asks a fixed number of queries, whatever the number of rows.

``on`` is the day the answer is about. The organisation is a directory that everybody signed in may read; what
a person may see of the records of units is asked in ``kernel.access.queries``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from luoshi.core.errors import NotFound
from luoshi.kernel.org.finding import Found, UnitIndex
from luoshi.kernel.org.models import Appointment, Post, Unit, UnitAlias, UnitLink, UnitTree
from luoshi.kernel.org.names import tidy
from luoshi.kernel.org.places import holding
from luoshi.kernel.org.positions import (
    UnitFacts,
    UnitNode,
    ancestor_chain,
    ancestor_chains,
    branch_of,
    descendant_ids,
    unit_facts,
    unit_tree,
)
from luoshi.kernel.org.selectors import units_selected

__all__ = [
    "Found",
    "Holder",
    "Place",
    "PostView",
    "UnitFacts",
    "UnitIndex",
    "UnitNode",
    "ancestor_chain",
    "ancestor_chains",
    "branch_of",
    "descendant_ids",
    "holders_of",
    "post_get",
    "posts_of",
    "trees_all",
    "unit_aliases",
    "unit_facts",
    "unit_find",
    "unit_get",
    "unit_places",
    "unit_tree",
    "units_on",
    "units_selected",
]


@dataclass(frozen=True, slots=True)
class Place:
    """One time of a unit under one parent, without the day ``to_on``; at the top the parent is empty."""

    tree: str
    parent_code: str
    parent_title: str
    from_on: date
    to_on: date | None


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody in a post."""

    appointment_id: int
    person_id: int
    person_name: str
    from_on: date
    to_on: date | None
    acting: bool


@dataclass(frozen=True, slots=True)
class PostView:
    """A post with its holders on the day asked for; without any it is vacant."""

    id: int
    code: str
    title: str
    is_head: bool
    holders: tuple[Holder, ...]


def units_on(on: date) -> QuerySet[Unit]:
    """Return the units that exist on a day, in their order."""
    alive = Q(closed_on__isnull=True) | Q(closed_on__gt=on)
    return Unit.objects.filter(alive, opened_on__lte=on).order_by("sort", "code")


def units_named(ids: Collection[int]) -> QuerySet[Unit]:
    """Return the units with these ids, closed ones too: to name what records point at."""
    return Unit.objects.filter(pk__in=ids).order_by("sort", "code")


def unit_get(code: str) -> Unit:
    """Return a unit by its code, closed ones too. Raises: NotFound."""
    unit = Unit.objects.filter(code=code).select_related("successor").first()
    if unit is None:
        raise NotFound(f"没有编码为“{code}”的单位。")
    return unit


def unit_find(text: str) -> Unit | None:
    """Return the one unit whose code, else name, alias or short name is this text, closed ones too.

    None when there is none or more than one. At most four queries; for many texts use ``UnitIndex``.
    """
    for field in ("code", "title", "aliases__text", "short"):
        units = list(Unit.objects.filter(**{field: tidy(text)}).order_by("id")[:2])
        if units:
            return units[0] if len(units) == 1 else None
    return None


def trees_all() -> QuerySet[UnitTree]:
    """Return every tree, in order of code."""
    return UnitTree.objects.order_by("code")


def unit_places(unit_id: int) -> list[Place]:
    """Return every place a unit ever had, newest first. One query."""
    rows = UnitLink.objects.filter(unit_id=unit_id).order_by("tree__code", "-from_on")
    return [
        Place(tree, code or "", title or "", from_on, to_on)
        for tree, code, title, from_on, to_on in rows.values_list(
            "tree__title", "parent__code", "parent__title", "from_on", "to_on"
        )
    ]


def unit_aliases(unit_id: int) -> list[str]:
    """Return the other texts a unit is known by, oldest first. One query."""
    return list(UnitAlias.objects.filter(unit_id=unit_id).order_by("id").values_list("text", flat=True))


def posts_of(unit_id: int, on: date) -> list[PostView]:
    """Return the posts of a unit with their holders on a day. Two queries."""
    posts = list(Post.objects.filter(unit_id=unit_id).order_by("sort", "code"))
    held = _holders(on, [post.pk for post in posts])
    return [
        PostView(post.pk, post.code, post.title, post.is_head, tuple(held.get(post.pk, ()))) for post in posts
    ]


def holders_of(post_code: str, on: date) -> list[Holder]:
    """Return who holds a post on a day, those in their own right first. Two queries. Raises: NotFound."""
    post = post_get(post_code)
    return _holders(on, [post.pk]).get(post.pk, [])


def post_get(code: str) -> Post:
    """Return a post with its unit. Raises: NotFound."""
    post = Post.objects.select_related("unit").filter(code=code).first()
    if post is None:
        raise NotFound(f"没有编码为“{code}”的岗位。")
    return post


def _holders(on: date, post_ids: Collection[int]) -> dict[int, list[Holder]]:
    held: dict[int, list[Holder]] = defaultdict(list)
    rows = Appointment.objects.filter(holding(on), post_id__in=post_ids).select_related("person")
    for row in rows.order_by("post_id", "acting", "from_on", "id"):
        held[row.post_id].append(
            Holder(row.pk, row.person_id, row.person.name, row.from_on, row.to_on, row.acting)
        )
    return held
