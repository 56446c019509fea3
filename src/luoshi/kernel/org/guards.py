"""What actions of this app refuse, and the words in which they do."""

from __future__ import annotations

from datetime import date
from typing import NoReturn

from luoshi.core.errors import Duplicate, Invalid, WrongState, nearest
from luoshi.kernel.org.kinds import KINDS
from luoshi.kernel.org.models import Person, Post, Unit
from luoshi.kernel.org.names import CODE_RULE, LONGEST_CODE, code_fits
from luoshi.kernel.org.places import lasting


def require_open(unit: Unit) -> None:
    """Refuse a closed unit."""
    if unit.closed_on is not None:
        raise WrongState(f"“{unit.title}”已于{unit.closed_on:%Y-%m-%d}撤销，不能再调整。")


def require_unit_there(unit: Unit, from_on: date, to_on: date | None) -> None:
    """Refuse a span outside the unit's life."""
    if from_on < unit.opened_on:
        raise WrongState(f"“{unit.title}”于{unit.opened_on:%Y-%m-%d}设立，任职不得早于该日。")
    if unit.closed_on is not None and (to_on is None or to_on > unit.closed_on):
        raise WrongState(f"“{unit.title}”于{unit.closed_on:%Y-%m-%d}撤销，任职不得晚于该日。")


def require_vacant(post: Post, person: Person, from_on: date, to_on: date | None, *, acting: bool) -> None:
    """Refuse a second holding of the post by the same person, and a second head who is not acting."""
    at_once = post.appointments.filter(lasting(from_on))
    if to_on is not None:
        at_once = at_once.filter(from_on__lt=to_on)
    if at_once.filter(person=person).exists():
        raise WrongState(f"该人员在此期间已任“{post.title}”，请先结束原任职。")
    if post.is_head and not acting and at_once.filter(acting=False).exists():
        raise WrongState(f"“{post.title}”在此期间已有任职人员；如需代理，请登记为代理。")


def bearer(text: str) -> Unit | None:
    """Return the unit that bears a text as code, name or alias."""
    for field in ("code", "title", "aliases__text"):
        unit = Unit.objects.filter(**{field: text}).order_by("id").first()
        if unit is not None:
            return unit
    return None


def code_fault(code: str, longest: int = LONGEST_CODE) -> str:
    """Return what is wrong with a code, or an empty text."""
    return "" if code_fits(code, longest) else f"{CODE_RULE}，不超过{longest}个字符。"


def text_fault(text: str, title: str, longest: int) -> str:
    """Return what is wrong with a text that must be given, or an empty text."""
    return length_fault(text, title, longest) if text else f"请填写{title}。"


def length_fault(text: str, title: str, longest: int) -> str:
    """Return what is wrong with a text that may be left out, or an empty text."""
    return f"{title}不得超过{longest}个字。" if len(text) > longest else ""


def kind_fault(kind: str) -> str:
    """Return what is wrong with a kind of unit, or an empty text."""
    if kind in KINDS:
        return ""
    near = nearest(kind, KINDS)
    return f"没有类别“{kind}”" + (f"，是否想写 {near}？" if near else f"，可用：{'、'.join(KINDS)}。")


def require_fields(**faults: str) -> None:
    """Refuse with every fault that is not empty, each beside its field."""
    found = {field: message for field, message in faults.items() if message}
    if found:
        raise Invalid(next(iter(found.values())), fields=found)


def invalid(field: str, message: str) -> NoReturn:
    """Refuse the value of one field."""
    raise Invalid(message, fields={field: message})


def taken(field: str, message: str) -> NoReturn:
    """Refuse the value of one field because it stands elsewhere already."""
    raise Duplicate(message, fields={field: message})
