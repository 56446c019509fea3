"""The few tags and filters all pages share."""

from __future__ import annotations

import re
import secrets
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from django import template
from django.forms import BoundField
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from luoshi.core.errors import NotFound
from luoshi.core.periods import parse_period
from luoshi.kernel.org.queries import post_get
from luoshi.web.shell.frame import Frame, frame_of
from luoshi.web.shell.names import without_holes

register = template.Library()
ICONS = Path(__file__).resolve().parents[1] / "icons"
DRAWER = "#drawer-body"


@cache
def icon_svg(name: str) -> SafeString:
    """Return the drawing of an icon. Raises: FileNotFoundError for an icon that is not kept."""
    drawing = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    shapes = "".join(re.findall(r"<(?!svg|/svg)[^>]*>", drawing))
    return mark_safe(  # noqa: S308 - our own file
        '<svg class="ic" width="18" height="18" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
        f"{shapes}</svg>"
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon inline."""
    return icon_svg(name)


@register.simple_tag(takes_context=True)
def frame(context: template.Context) -> Frame:
    """Return the frame of the page."""
    return frame_of(context["request"])


@register.simple_tag
def drawer(url: str) -> SafeString:
    """Attributes of a link that opens ``url`` in the drawer, and as a page without JavaScript."""
    return format_html('href="{0}" hx-get="{0}" hx-target="{1}" data-drawer', url, DRAWER)


@register.simple_tag
def request_key() -> SafeString:
    """Hidden input that lets the same form be sent twice with one effect."""
    return format_html('<input type="hidden" name="key" value="{}">', secrets.token_hex(16))


@register.simple_tag
def bar(percent: Decimal | float | int) -> SafeString:
    """Draw a thin bar of ``percent`` (0..100); the number itself stands beside it."""
    width = max(0, min(100, round(float(percent), 1)))
    tone = "high" if width >= 90 else "mid" if width >= 60 else "low"
    return format_html(
        '<svg class="bar {}" width="84" height="6" aria-hidden="true">'
        '<rect class="all" width="100%" height="6" rx="3"/>'
        '<rect class="part" width="{}%" height="6" rx="3"/></svg>',
        tone,
        width,
    )


@register.filter
def day(value: date | datetime | None) -> str:
    """The one date form: 2021-01-15."""
    if value is None:
        return "—"
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return value.isoformat()


@register.filter
def moment(value: datetime | None) -> str:
    """The one time form: 2021-01-15 08:00."""
    return "—" if value is None else timezone.localtime(value).strftime("%Y-%m-%d %H:%M")


@register.filter
def moment_full(value: datetime | None) -> str:
    """Time to the second, for ledger entries."""
    return "—" if value is None else timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")


@register.filter
def dash(value: object) -> object:
    """A dash for what is empty; 0 is not empty."""
    return "—" if value is None or value == "" else value


@register.filter
def period(code: str) -> str:
    """A period code in words: 2023年1—4月."""
    return parse_period(code).title


@register.filter
def short(value: str, length: int = 12) -> str:
    """The beginning of a hash."""
    return value[:length]


@register.filter
def holes(title: str) -> str:
    """A report's title without its period hole."""
    return without_holes(title)


@register.filter
def lookup(mapping: dict, key: object) -> object:
    """One value of a mapping by a variable key; empty when missing."""
    return mapping.get(key, "")


@register.filter
def described(field: BoundField) -> SafeString:
    """Draw the input of a form field with the ids of its help and error text."""
    ids = []
    if field.help_text:
        ids.append(f"{field.auto_id}-help")
    if field.errors:
        ids.append(f"{field.auto_id}-error")
    attributes = {"aria-describedby": " ".join(ids)} if ids else {}
    if field.errors:
        attributes["aria-invalid"] = "true"
    return field.as_widget(attrs=attributes)


@register.filter
def subtract(value: int, other: int) -> int:
    """``value`` less ``other``."""
    return value - other


@register.filter
def post_words(code: str) -> str:
    """Return the post of a code as "单位 · 岗位", the code itself where no such post is known. One query."""
    try:
        post = post_get(code)
    except NotFound:
        return code
    return f"{post.unit.title} · {post.title}"
