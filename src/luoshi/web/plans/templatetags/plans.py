"""Bars of plans: what is proven, what is unknown, and the strip of a year. Drawn as SVG, without styles."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from luoshi.domains.plans.queries import Tally
from luoshi.web.plans.words import Strip

register = template.Library()


@register.simple_tag
def known_bar(tally: Tally) -> SafeString:
    """Draw what the facts prove as a solid part and what is unknown as a hatched one."""
    percent, unknown = tally.percent or 0, tally.unknown
    return format_html(
        '<svg class="plan-bar" width="84" height="8" aria-hidden="true">'
        '<rect class="all" width="100%" height="8" rx="4"/>'
        '<rect x="{}%" width="{}%" height="8" fill="url(#plan-hatch)"/>'
        '<rect class="part" width="{}%" height="8" rx="4"/></svg>',
        percent,
        unknown,
        percent,
    )


@register.simple_tag
def year_strip(strip: Strip | None) -> SafeString | str:
    """Draw one measure on the line of the year: from hand-out to date, today, the day it was reported."""
    if strip is None:
        return ""
    done = today = SafeString("")
    if strip.done is not None:
        done = format_html('<path class="fin" d="M{} 2l8 6-8 6z"/>', strip.done)
    if strip.today is not None:
        today = format_html('<rect class="now" x="{}" width="9" height="16"/>', strip.today)
    return format_html(
        '<svg class="strip {}" viewBox="0 0 1000 16" preserveAspectRatio="none" role="img">'
        '<title>{}</title><rect class="base" y="7" width="1000" height="2"/>'
        '<path class="quarter" d="M250 0v16M500 0v16M750 0v16"/>'
        '<rect class="span" x="{}" y="4" width="{}" height="8"/>{}{}</svg>',
        strip.tone,
        strip.words,
        strip.left,
        strip.width,
        done,
        today,
    )
