"""From duties to posts: who is to be told on a day, who is told in the place of a vacant post.

Recipients are posts, never persons. A vacant post falls to the head of its unit, then to the head of the
nearest unit above that has one. A closed unit is answered for by its successor. Eight queries, however many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from luoshi.core.errors import NotFound
from luoshi.kernel.access.models import RoleBinding
from luoshi.kernel.access.policy import ROLES
from luoshi.kernel.notify.models import Reason
from luoshi.kernel.org.coaching import coaches_of
from luoshi.kernel.org.models import Appointment, Post, Unit
from luoshi.kernel.org.places import holding
from luoshi.kernel.org.queries import ancestor_chains

HEAD = "head"


@dataclass(frozen=True, slots=True)
class To:
    """One duty to be told; made by the functions below. ``title``: the capacity, as shown.

    ``how``: ``in`` the unit (a post with one of ``roles``), its ``head``, its ``coach``, ``over`` it (whoever
    holds one of ``roles`` over the unit), or a single ``post``.
    """

    how: str
    unit_id: int
    title: str
    roles: tuple[str, ...] = ()
    post: str = ""


def filler(unit_id: int) -> To:
    """The clerks of a unit."""
    return To("in", unit_id, ROLES["clerk"], ("clerk",))


def head(unit_id: int) -> To:
    """The head of a unit."""
    return To("head", unit_id, ROLES["head"])


def coach(unit_id: int) -> To:
    """Who coaches a unit on that day."""
    return To("coach", unit_id, "包联领导")


def inside(unit_id: int, roles: Sequence[str], title: str) -> To:
    """The posts of a unit that hold one of ``roles``; its head when there are none."""
    return To("in", unit_id, title, tuple(roles))


def over(unit_id: int, roles: Sequence[str], title: str = "") -> To:
    """Whoever holds one of ``roles`` over a unit, e.g. ``over(unit, ["office"])`` for the district office."""
    return To("over", unit_id, title or ROLES[roles[0]], tuple(roles))


def holder(post_code: str, unit_id: int, title: str) -> To:
    """A post by its code. ``unit_id``: whose matter it is, for the fall-back when no such post is held."""
    return To("post", unit_id, title, post=post_code)


@dataclass(frozen=True, slots=True)
class Passed:
    """A duty that did not get its notice; ``instead``: the post that was told in its place."""

    unit_id: int | None
    post_id: int | None
    duty: str
    reason: Reason
    instead: int | None = None


@dataclass(slots=True)
class Found:
    """The posts to be told, each with the capacity in which, and who was passed over."""

    posts: dict[int, str] = field(default_factory=dict)
    passed: list[Passed] = field(default_factory=list)


class Directory:
    """Who holds what on one day, read once for many notices."""

    def __init__(self, tos: Iterable[To], on: date) -> None:
        asked = list(tos)
        self._units = _answering({each.unit_id for each in asked}, on)
        units = set(self._units.values())
        chains = ancestor_chains(units, on)
        self._above = {unit: [above for _, above in chain] for unit, chain in chains.items()}
        near = units | {above for chain in self._above.values() for above in chain}
        self._coaches = coaches_of(units, on)
        roles = {HEAD, *(role for each in asked for role in each.roles)}
        bindings = RoleBinding.objects.filter(unbound_at__isnull=True, role__in=roles)
        bindings = bindings.order_by("post_id", "id")
        self._bindings = list(bindings.values_list("post_id", "role", "scope_unit_id", "post__unit_id"))
        codes = {each.post for each in asked if each.post}
        heads = Post.objects.filter(is_head=True, unit_id__in=near).order_by("id")
        self._heads: dict[int, list[int]] = defaultdict(list)
        for unit, post in heads.values_list("unit_id", "id"):
            self._heads[unit].append(post)
        for post, role, _, unit in self._bindings:
            if role == HEAD and post not in self._heads[unit]:
                self._heads[unit].append(post)
        self._codes = dict(Post.objects.filter(code__in=codes).order_by("id").values_list("code", "id"))
        wanted = {*self._coaches.values(), *self._codes.values(), *(row[0] for row in self._bindings)}
        wanted |= {post for posts in self._heads.values() for post in posts}
        held = Appointment.objects.filter(holding(on), post_id__in=wanted).order_by("acting", "id")
        self._persons: dict[int, list[int]] = defaultdict(list)
        for post_id, person_id in held.values_list("post_id", "person_id"):
            self._persons[post_id].append(person_id)

    def found(self, tos: Iterable[To]) -> Found:
        """Return who is told for these duties; a post is told once, in the first capacity named."""
        found = Found()
        for to in tos:
            self._find(to, found)
        return found

    def persons(self, post_id: int) -> Sequence[int]:
        """Return the holders of a post that was found."""
        return self._persons[post_id]

    def _find(self, to: To, found: Found) -> None:
        unit = self._units[to.unit_id]
        posts = self._posts(to, unit)
        held = [post for post in posts if self._persons.get(post)]
        for post in held:
            found.posts.setdefault(post, to.title)
        if held:
            return
        vacant = posts[0] if posts else None
        if to.how == "coach" and vacant is None:
            found.passed.append(Passed(unit, None, to.title, Reason.UNSET))
            return
        instead = self._instead(unit)
        reason = Reason.NOBODY if instead is None else Reason.VACANT
        found.passed.append(Passed(unit, vacant, to.title, reason, instead))
        if instead is not None:
            found.posts.setdefault(instead, f"代收（{to.title}）")

    def _posts(self, to: To, unit: int) -> list[int]:
        match to.how:
            case "head":
                return list(self._heads.get(unit, ()))
            case "coach":
                return [self._coaches[unit]] if unit in self._coaches else []
            case "post":
                return [self._codes[to.post]] if to.post in self._codes else []
            case "in":
                return self._bound(to.roles, lambda scope, at: at == unit)
        covered = {None, unit, *self._above.get(unit, ())}
        return self._bound(to.roles, lambda scope, at: scope in covered)

    def _bound(self, roles: Sequence[str], fits: Callable[[int | None, int], bool]) -> list[int]:
        posts = [post for post, role, scope, at in self._bindings if role in roles and fits(scope, at)]
        return list(dict.fromkeys(posts))

    def _instead(self, unit: int) -> int | None:
        """Return the post of the nearest head, from the unit itself upwards, that somebody holds."""
        for each in (unit, *self._above.get(unit, ())):
            for post in self._heads.get(each, ()):
                if self._persons.get(post):
                    return post
        return None


def _answering(unit_ids: Collection[int], on: date) -> dict[int, int]:
    """Return who answers for each unit: itself, or the last in its line of successors by ``on``.

    Raises: NotFound for an id that is no unit's.
    """
    closed = Unit.objects.filter(successor__isnull=False, closed_on__lte=on).order_by("id")
    followed = dict(closed.values_list("id", "successor_id"))
    known = set(Unit.objects.filter(pk__in=unit_ids).order_by().values_list("id", flat=True))
    if missing := sorted(set(unit_ids) - known):
        raise NotFound(f"没有编号为 {missing[0]} 的单位。")
    answering = {}
    for unit_id in unit_ids:
        last = unit_id
        while last in followed:
            last = followed[last]
        answering[unit_id] = last
    return answering
