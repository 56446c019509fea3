"""Freezing a report: its words and figures are stored as issued and never change."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from luoshi.core.actor import Actor
from luoshi.core.errors import Duplicate, Invalid, WrongState
from luoshi.core.periods import Period
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.indicators.engine import FigureResult
from luoshi.kernel.indicators.models import Figure
from luoshi.kernel.indicators.queries import figure_row
from luoshi.kernel.ledger.actions import record, sequence_all
from luoshi.kernel.reports.bounds import bounds_text
from luoshi.kernel.reports.compose import Composed, Issuing, compose
from luoshi.kernel.reports.material import Material, material_of
from luoshi.kernel.reports.models import Issue
from luoshi.kernel.reports.plain import document_from, document_text

LONGEST_NUMBER = 60


@transaction.atomic
def report_freeze(
    *,
    actor: Actor,
    report_ref: str,
    period: Period,
    number: str = "",
    now: datetime,
    correcting: bool = False,
) -> Issue:
    """Freeze a report for a period.

    ``number`` is the document number (文号) the office gave it; the system never makes one up. A report that
    is frozen already is only frozen again as a correction, which names the earlier one.
    Raises: NotAllowed, NotFound, Invalid (number too long), WrongState (scores not published, nothing filed,
    a correction that changes nothing), Duplicate (frozen already), MissingInput.
    Ledger: ``report.frozen`` with the check code and the digests of every frozen figure.
    """
    require_right(actor, "report.freeze")
    number = number.strip()
    if len(number) > LONGEST_NUMBER:
        raise Invalid(f"文号最长 {LONGEST_NUMBER} 字，请核对。", fields={"number": "文号过长"})
    earlier = _earlier(report_ref, period)
    if earlier is not None and not correcting:
        raise Duplicate(f"{period.title}的这份通报已定稿；如需更正，请选择“更正定稿”，更正件将注明原件。")
    sequence_all()
    material = material_of(report_ref, period, now=now)
    _require_published(material)
    composed = compose(material, Issuing(on=timezone.localdate(now), created=now, number=number, final=True))
    if earlier is not None:
        _require_difference(earlier, composed, number)
    issue = _issue(material, composed, number, now, earlier)
    issue.save()
    figures = Figure.objects.bulk_create(
        figure_row(figure, owner=issue, key=key) for key, figure in _keyed(material)
    )
    record(
        issue,
        "report.frozen",
        by=actor.by,
        at=now,
        rows=figures,
        data={
            "report": report_ref,
            "period": period.code,
            "figures": len(composed.bounds),
            "hash": issue.document_hash,
            "corrects": earlier.pk if earlier else None,
        },
    )
    return issue


def _earlier(report_ref: str, period: Period) -> Issue | None:
    """Return the issue in force for a report and period, locked, or None."""
    return (
        Issue.objects.select_for_update()
        .filter(report_ref=report_ref, period_code=period.code)
        .order_by("-id")
        .first()
    )


def _require_published(material: Material) -> None:
    """A bulletin states scores only as they were published, and states nothing about an empty period."""
    if material.empty:
        raise WrongState(f"{material.period.title}没有填报数据，不能定稿。请先在“节点填报”中导入数据。")
    waiting = [scored.period.title for scored in material.rounds if scored.round_id is None]
    if waiting:
        raise WrongState(f"{'、'.join(waiting)}的考核轮次尚未发布，不能定稿。请先在“检查考核”中试算并发布。")


def _require_difference(earlier: Issue, composed: Composed, number: str) -> None:
    """A correction that says the same as what it corrects is no correction, but a second click."""
    same = document_from(earlier.document)
    if (same.title_lines, same.blocks, earlier.number) == (
        composed.document.title_lines,
        composed.document.blocks,
        number,
    ):
        raise WrongState("现有内容和文号与已定稿的通报完全相同，无需更正。")


def _issue(
    material: Material, composed: Composed, number: str, now: datetime, earlier: Issue | None
) -> Issue:
    document = document_text(composed.document)
    bounds = bounds_text(composed.bounds)
    report = material.report
    return Issue(
        report_ref=report.ref,
        definition_id=report.id,
        title="".join(composed.document.title_lines),
        period_code=material.period.code,
        period_start=material.period.start,
        period_end=material.period.end,
        number=number,
        frozen_at=now,
        position=material.position,
        document=document,
        bounds=bounds,
        document_hash=hashlib.sha256(f"{document}\n{bounds}".encode()).hexdigest(),
        supersedes=earlier,
    )


def _keyed(material: Material) -> Iterator[tuple[str, FigureResult]]:
    """Yield every indicator figure with the key it is stored under."""
    yield from material.overall.items()
    for (key, _), figure in material.by_unit.items():
        yield key, figure
