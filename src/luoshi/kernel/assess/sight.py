"""Which rounds, sheets and appeals somebody may see.

A trial is seen by those who compute it. A previewed sheet is seen by them, by the auditor and by its own
unit, not by other units. A published round is public inside the district: every unit with the points of each
criterion.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, Q, QuerySet

from luoshi.core.actor import Actor
from luoshi.core.errors import NotFound
from luoshi.kernel.access.policy import can, can_everywhere
from luoshi.kernel.assess.models import Appeal, Round, Sheet
from luoshi.kernel.filings.sight import LATEST, units_answered

NO_ROUND = "没有这个考核轮次，或您无权查看。"


def rounds_visible(actor: Actor) -> QuerySet[Round]:
    """Return the rounds the actor may see, newest period first."""
    rounds = Round.objects.select_related("definition__pack_version", "supersedes", "superseded_by")
    rounds = rounds.annotate(
        sheet_count=Count("sheets"), ranked_count=Count("sheets", filter=Q(sheets__rank__gt=0))
    )
    if not can(actor, "round.view"):
        return rounds.none()
    if not can(actor, "round.compute"):
        seen = Q(state=Round.State.PUBLISHED)
        if oversees(actor):
            seen |= Q(state=Round.State.PREVIEW)
        else:
            own = Sheet.objects.filter(unit_id__in=own_units(actor)).order_by()
            seen |= Q(state=Round.State.PREVIEW, pk__in=own.values("round_id"))
        rounds = rounds.filter(seen)
    return rounds.order_by("-period_end", "scheme_ref", "-id")


def round_visible(actor: Actor, round_id: int) -> Round:
    """Return one round. Raises: NotFound when it does not exist or may not be seen."""
    found = rounds_visible(actor).filter(pk=round_id).first()
    if found is None:
        raise NotFound(NO_ROUND)
    return found


def sheets_visible(actor: Actor, round_id: int) -> QuerySet[Sheet]:
    """Return the sheets of a round that the actor may see, in the order of the round.

    The filed rows behind a point are another matter: ``line_explained`` opens only those in sight.
    """
    found = round_visible(actor, round_id)
    sheets = found.sheets.select_related("unit").prefetch_related("lines").order_by("seq")
    if found.state == Round.State.PREVIEW and not oversees(actor):
        sheets = sheets.filter(unit_id__in=own_units(actor))
    return sheets


def appeals_visible(actor: Actor) -> QuerySet[Appeal]:
    """Return the appeals of one's own units; all of them for those who score, decide or audit."""
    appeals = Appeal.objects.select_related("unit", "round").order_by("-id")
    if not can(actor, "round.view"):
        return appeals.none()
    return appeals if oversees(actor) else appeals.filter(unit_id__in=own_units(actor))


def appeal_visible(actor: Actor, appeal_id: int) -> Appeal:
    """Return one appeal. Raises: NotFound, also when it is out of sight."""
    found = appeals_visible(actor).filter(pk=appeal_id).first()
    if found is None:
        raise NotFound("没有这件申诉，或您无权查看。")
    return found


def oversees(actor: Actor) -> bool:
    """Say whether the actor sees previews and appeals of every unit. No query."""
    return any(can_everywhere(actor, right) for right in ("round.compute", "appeal.decide", "round.audit"))


def own_units(actor: Actor) -> Collection[int]:
    """Return the units whose sheets an actor sees before they are published: its own, those merged into it.

    A role that reaches further (a department over its streets) does not open the sheets of others.
    """
    if actor.unit_id is None:
        return ()
    return units_answered([actor.unit_id], LATEST)
