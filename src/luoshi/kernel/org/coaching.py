"""Who coaches a unit (包联领导): a post, from one day to another. Only one at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from luoshi.core.actor import Actor, By
from luoshi.core.errors import NotFound, WrongState
from luoshi.kernel.ledger.actions import record
from luoshi.kernel.ledger.rows import Ledgered
from luoshi.kernel.org.guards import invalid, require_open
from luoshi.kernel.org.models import CoachLink, Post, Unit
from luoshi.kernel.org.places import holding
from luoshi.kernel.org.policy import setting_coaches


@dataclass(frozen=True, slots=True)
class CoachView:
    """One time of a unit under one coach, without the day ``to_on``."""

    post_code: str
    post_title: str
    unit_title: str
    from_on: date
    to_on: date | None


@transaction.atomic
def coach_set(
    *, by: By | Actor, unit_code: str, post_code: str | None, on: date, now: datetime
) -> CoachLink | None:
    """Let the holder of a post coach a unit from a day on; without ``post_code`` nobody does any more.

    On the very day a link begins it is corrected in place; earlier days are never rewritten.
    Raises: NotAllowed; NotFound for the unit; Invalid for a post that is not there or stands in the unit
    itself; WrongState for a closed unit, a day before the newest link, or when nothing would change.
    Ledger: ``unit.coach_set`` or ``unit.coach_ended`` with the links written.
    """
    who = setting_coaches(by)
    unit = Unit.objects.select_for_update().filter(code=unit_code).first()
    if unit is None:
        raise NotFound(f"没有编码为“{unit_code}”的单位。")
    require_open(unit)
    post = None if post_code is None else _post(post_code, unit)
    last = CoachLink.objects.filter(unit=unit).order_by("-from_on").first()
    _settable(unit, post, last, on)
    rows: list[Ledgered] = []
    removed: list[tuple[str, int]] = []
    if last is not None and last.to_on is None:
        _ended(last, on, rows, removed)
    link = None if post is None else CoachLink.objects.create(unit=unit, post=post, from_on=on)
    kind = "unit.coach_ended" if link is None else "unit.coach_set"
    data = {"code": unit_code, "post": post_code, "on": on}
    written = rows if link is None else [*rows, link]
    record(unit, kind, by=who, at=now, rows=written, removed=removed, data=data)
    return link


def coaches_of(unit_ids: Collection[int], on: date) -> dict[int, int]:
    """Return the post that coaches each unit on a day, by unit; units without one are left out. One query."""
    rows = CoachLink.objects.filter(holding(on), unit_id__in=unit_ids).order_by("unit_id")
    return dict(rows.values_list("unit_id", "post_id"))


def coach_links(unit_id: int) -> list[CoachView]:
    """Return every coach a unit ever had, newest first. One query."""
    rows = CoachLink.objects.filter(unit_id=unit_id).order_by("-from_on")
    return [
        CoachView(*row)
        for row in rows.values_list("post__code", "post__title", "post__unit__title", "from_on", "to_on")
    ]


def posts_to_coach(unit_id: int, on: date) -> list[tuple[str, str]]:
    """Return (code, "unit post") of the posts that may coach a unit: those of heads elsewhere. One query."""
    rows = Post.objects.filter(Q(is_head=True) | Q(coached__isnull=False)).exclude(unit_id=unit_id)
    rows = rows.filter(Q(unit__closed_on__isnull=True) | Q(unit__closed_on__gt=on)).distinct()
    named = rows.order_by("unit__sort", "sort", "code").values_list("code", "unit__title", "title")
    return [(code, f"{unit} {title}") for code, unit, title in named]


def _post(code: str, unit: Unit) -> Post:
    post = Post.objects.select_related("unit").filter(code=code).first()
    if post is None:
        invalid("post_code", f"没有编码为“{code}”的岗位，请从列表中选择。")
    if post.unit_id == unit.pk:
        invalid("post_code", "包联领导不能是本单位的岗位，请另选。")
    return post


def _settable(unit: Unit, post: Post | None, last: CoachLink | None, on: date) -> None:
    if on < unit.opened_on:
        raise WrongState(f"“{unit.title}”于{unit.opened_on:%Y-%m-%d}设立，日期不得早于该日。")
    if last is not None and on < max(last.from_on, last.to_on or last.from_on):
        since = max(last.from_on, last.to_on or last.from_on)
        raise WrongState(f"“{unit.title}”的包联自{since:%Y-%m-%d}起已经登记，日期不得早于该日。")
    held = last.post_id if last is not None and last.to_on is None else None
    if held == (None if post is None else post.pk):
        raise WrongState(f"“{unit.title}”" + ("没有包联领导。" if post is None else "已由该岗位包联。"))


def _ended(last: CoachLink, on: date, rows: list[Ledgered], removed: list[tuple[str, int]]) -> None:
    """End the open link; one that began on the same day is taken away, since it never held."""
    if last.from_on == on:
        removed.append((last.ledger_type, last.pk))
        last.delete()
    else:
        last.to_on = on
        last.save()
        rows.append(last)
