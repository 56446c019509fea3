"""Reading reports: as drafts from present records, or as frozen; limited to what the actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from luoshi.core.actor import Actor
from luoshi.core.errors import MissingInput, NotAllowed, NotFound
from luoshi.core.periods import Period, parse_period
from luoshi.kernel.access.policy import can, can_everywhere, require_right
from luoshi.kernel.access.queries import units_in_sight
from luoshi.kernel.assess.models import Round
from luoshi.kernel.assess.queries import rounds_visible
from luoshi.kernel.definitions.queries import Def, definition, definitions_of
from luoshi.kernel.documents.tree import Document
from luoshi.kernel.indicators.engine import evaluate
from luoshi.kernel.indicators.models import Figure
from luoshi.kernel.indicators.queries import figures_kept
from luoshi.kernel.reports.bounds import Bound, bounds_from
from luoshi.kernel.reports.compose import Issuing, compose
from luoshi.kernel.reports.material import material_of
from luoshi.kernel.reports.models import Issue
from luoshi.kernel.reports.plain import document_from


@dataclass(frozen=True)
class ReportCard:
    """A report as the list shows it; ``issues`` newest first."""

    report: Def
    title: str
    issues: Sequence[Issue]


@dataclass(frozen=True)
class ReportView:
    """A report of one period ready to be rendered. ``issue`` is None while it is a draft."""

    report: Def
    period: Period
    document: Document
    bounds: tuple[Bound, ...]
    issue: Issue | None
    position: int


@dataclass(frozen=True)
class FigureChange:
    """One frozen figure that the present records would print differently: 发布值 and 现值."""

    key: str
    title: str
    published: str
    present: str


def reports_visible(actor: Actor) -> list[ReportCard]:
    """Return the installed reports with their issues, newest first."""
    if not can(actor, "report.view"):
        return []
    issues: dict[str, list[Issue]] = {}
    for issue in issues_visible(actor):
        issues.setdefault(issue.report_ref, []).append(issue)
    return [
        ReportCard(report, report.title, tuple(issues.get(report.ref, ())))
        for report in definitions_of("report")
    ]


def issues_visible(actor: Actor) -> QuerySet[Issue]:
    """Return the frozen reports the actor may see, newest period first."""
    if not can(actor, "report.view"):
        return Issue.objects.none()
    issues = Issue.objects.select_related("definition__pack_version", "superseded_by")
    return issues.order_by("-period_end", "report_ref", "-id")


def issue_visible(actor: Actor, issue_id: int) -> Issue:
    """Return one frozen report. Raises: NotFound when it does not exist or may not be seen."""
    found = issues_visible(actor).filter(pk=issue_id).first()
    if found is None:
        raise NotFound("没有这份通报，或您无权查看。")
    return found


def drafts_visible(actor: Actor) -> bool:
    """Say whether an actor reads what is not issued yet.

    A draft states figures and scores of every unit before they are published: it is for those who see every
    unit, and for those who freeze it.
    """
    return can_everywhere(actor, "report.view") or can(actor, "report.freeze")


def require_figure(actor: Actor, indicator_ref: str, period: Period, unit_id: int | None) -> None:
    """Refuse a figure whose rows the actor may not see, unless it was published.

    ``unit_id``: None for the figure over all units.
    Raises: NotAllowed.
    """
    if drafts_visible(actor) or unit_id in units_in_sight(actor, date.max):
        return
    kept = figures_kept(indicator_ref, period, unit_id)
    if any(owner == Issue.ledger_type for owner, _ in kept):
        return
    rounds = [number for owner, number in kept if owner == Round.ledger_type]
    if not rounds_visible(actor).filter(pk__in=rounds, state=Round.State.PUBLISHED).exists():
        raise NotAllowed("该数字涉及您查看范围以外的单位，且尚未发布；发布或定稿后可以查看。")


def report_view(actor: Actor, report_ref: str, period: Period, now: datetime) -> ReportView:
    """Return a report of a period: the issue in force when there is one, else a draft of present records.

    Raises: NotFound (no such report, or not to be seen), NotAllowed (a draft, for who sees only issues),
    MissingInput (its scheme refuses incomplete inputs).
    """
    if not can(actor, "report.view"):
        raise NotFound("没有这份通报，或您无权查看。")
    issue = issue_in_force(report_ref, period)
    if issue is not None:
        return issue_view(issue)
    title = definition("report", report_ref).title
    if not drafts_visible(actor):
        raise NotAllowed(f"{period.title}的“{title}”尚未定稿，定稿后可以查看。")
    return draft_view(report_ref, period, now)


def issue_in_force(report_ref: str, period: Period) -> Issue | None:
    """Return the frozen issue of a report and period, the last correction when there are any."""
    issues = Issue.objects.select_related("definition__pack_version")
    return issues.filter(report_ref=report_ref, period_code=period.code).order_by("-id").first()


def issue_view(issue: Issue) -> ReportView:
    """Return a frozen report exactly as it was issued."""
    report = definition("report", issue.report_ref, issue.definition.pack_version.version)
    bounds = bounds_from(issue.bounds)
    return ReportView(
        report, parse_period(issue.period_code), document_from(issue.document), bounds, issue, issue.position
    )


def draft_view(report_ref: str, period: Period, now: datetime) -> ReportView:
    """Return a draft composed from the present records. Raises: NotFound, MissingInput."""
    material = material_of(report_ref, period, now=now)
    if material.empty:
        raise MissingInput(f"{period.title}没有填报数据，无法生成通报。请先导入本期数据，或换一个期间。")
    composed = compose(material, Issuing(on=timezone.localdate(now), created=now))
    return ReportView(material.report, period, composed.document, composed.bounds, None, material.position)


def issue_compared(actor: Actor, issue: Issue, now: datetime) -> tuple[FigureChange, ...]:
    """Return the frozen indicator figures that the present records would print differently.

    Raises: NotAllowed (present figures are not issued yet).
    """
    require_right(actor, "present.compare")
    frozen = Figure.objects.filter(owner_type=Issue.ledger_type, owner_id=issue.pk).order_by("id")
    refs = sorted({figure.indicator_ref for figure in frozen})
    period = parse_period(issue.period_code)
    versions = {issue.report_ref.partition(".")[0]: issue.definition.pack_version.version}
    present = {
        **evaluate(refs, period, by_unit=False, now=now, versions=versions),
        **evaluate(refs, period, by_unit=True, now=now, versions=versions),
    }
    changes = []
    for figure in frozen:
        found = present.get((figure.indicator_ref, figure.unit_id))
        text = found.text if found is not None else "—"
        if found is None or found.fingerprint != figure.fingerprint or text != figure.text:
            title = found.title if found is not None else figure.key
            changes.append(FigureChange(figure.key, title, figure.text, text))
    return tuple(changes)
