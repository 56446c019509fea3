"""Rates with their bases, as the tables of this area print them."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from luoshi.core.formulas import percent

register = template.Library()


@register.simple_tag
def rated(part: int, whole: int) -> SafeString:
    """Return a rate with numerator and base; a dash where there is nothing to divide by."""
    if not whole:
        return format_html("{}", "—")
    return format_html('{}%<br><small class="muted">{}/{}</small>', percent(part, whole), part, whole)


@register.simple_tag
def mean(total: int, count: int) -> str:
    """Return a mean of days with one decimal, a dash without any."""
    return f"{total / count:.1f}" if count else "—"
