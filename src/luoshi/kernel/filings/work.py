"""What is waiting for somebody: to be filled, signed, reviewed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.lights import DEFAULT_RULES, Light, LightRules, Owed, light
from luoshi.core.periods import Period, parse_period
from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.calendars.queries import work_calendar_or_plain
from luoshi.kernel.filings.flows import Duty, Flow, Step, flows_of
from luoshi.kernel.filings.models import Answer, Decision, Draft, Filing, Obligation, Review, State
from luoshi.kernel.filings.policy import duty_reach, unit_of_one
from luoshi.kernel.filings.sight import obligations_visible
from luoshi.kernel.org.models import Unit

LAST = datetime.max.replace(tzinfo=UTC)
MOST = 500
DEFAULT_CALENDAR = "cn"


@dataclass(frozen=True, slots=True)
class OpenWork:
    """One step that waits for the actor. ``filing_id`` and ``version`` are None and 0 before the first one.

    ``since``: from when it waited: opening day aside, the submission, signature or return before this step.
    ``stage``: "opened", "claimed", "drafted", "returned", "withdrawn", "submitted" or "signed".
    ``owed_by``: the due time, or the later mend-by time of a return; None: never due.
    """

    obligation_id: int
    filing_id: int | None
    version: int
    step: Step
    stage: str
    form_ref: str
    form_title: str
    unit: Unit
    period: Period
    owed_by: datetime | None
    since: datetime | None
    light: Light


def my_open_work(actor: Actor, now: datetime, rules: LightRules = DEFAULT_RULES) -> list[OpenWork]:
    """Return every step that waits for the actor, the first due first, what is never due last.

    What must be done by another person is left out: to review what one filled or signed, to sign what one
    filled. At most 500 for each step. The number of queries depends on the duties that forms name, not on
    rows.
    """
    found = _waiting(actor, list(Step), now, rules)
    return sorted(
        found, key=lambda work: (work.owed_by or LAST, work.form_ref, work.unit.sort, work.obligation_id)
    )


def review_queue(actor: Actor, now: datetime, rules: LightRules = DEFAULT_RULES) -> list[OpenWork]:
    """Return the versions that wait for the actor's review, the longest waiting first."""
    found = _waiting(actor, [Step.REVIEW], now, rules)
    return sorted(found, key=lambda work: (work.since or LAST, work.obligation_id))


@dataclass(frozen=True, slots=True)
class _Asking:
    """Who asks for open work, when, and what every line needs. ``alone``: the unit has no other person."""

    actor: Actor
    now: datetime
    rules: LightRules
    calendar: WorkCalendar
    flows: Mapping[int, Flow]
    alone: bool


def _waiting(actor: Actor, steps: Iterable[Step], now: datetime, rules: LightRules) -> list[OpenWork]:
    seen = obligations_visible(actor).exclude(answer=Answer.EXCUSED)
    under_way = Filing.objects.filter(state__in=[State.SUBMITTED, State.SIGNED]).order_by()
    open_yet = seen.filter(Q(answer=Answer.NONE) | Q(pk__in=under_way.values("obligation_id"))).order_by()
    flows = flows_of(set(open_yet.values_list("definition_id", flat=True).distinct()))
    asking = _Asking(
        actor,
        now,
        rules,
        work_calendar_or_plain(DEFAULT_CALENDAR),
        flows,
        alone=unit_of_one(actor.unit_id, local_day(now)),
    )
    found: list[OpenWork] = []
    for step in steps:
        mine = _mine(asking, step)
        if mine is not None:
            found += _works(asking, step, seen.filter(mine))
    return found


def _mine(asking: _Asking, step: Step) -> Q | None:
    """Return the condition on obligations that wait for the actor to take ``step``; None for none of them."""
    forms: dict[tuple[Duty, str], list[int]] = {}
    for row_id, flow in asking.flows.items():
        if duty := flow.duty(step):
            forms.setdefault((duty, flow.review_state), []).append(row_id)
    found: Q | None = None
    for (duty, review_state), row_ids in forms.items():
        reach = duty_reach(asking.actor, duty, step, local_day(asking.now))
        if reach is not None:
            here = reach & Q(definition_id__in=row_ids) & _waits(step, review_state)
            found = here if found is None else found | here
    return found


def _waits(step: Step, review_state: str) -> Q:
    """Return the condition on obligations that wait for a step, whoever is to take it."""
    if step is Step.FILL:
        return Q(answer=Answer.NONE)
    newest = Filing.objects.filter(obligation_id=OuterRef("pk"), version=OuterRef("current_version"))
    state = State.SUBMITTED if step is Step.SIGN else review_state
    return Q(Exists(newest.filter(state=state)), answer__in=[Answer.FILED, Answer.NIL])


def _works(asking: _Asking, step: Step, owed: QuerySet[Obligation]) -> list[OpenWork]:
    obligations = list(owed.order_by(Coalesce("mend_by", "due_at").asc(nulls_last=True), "id")[:MOST])
    ids = [each.pk for each in obligations]
    versions = Filing.objects.filter(obligation_id__in=ids).order_by("version")
    newest = {each.obligation_id: each for each in versions.defer("values", "explained", "note")}
    returns = Review.objects.filter(obligation_id__in=ids, decision=Decision.RETURN).order_by("round")
    returned = {review.filing_id: review.at for review in returns}
    drafted = set(
        Draft.objects.filter(obligation_id__in=ids).order_by().values_list("obligation_id", flat=True)
    )
    return [
        _work(asking, step, each, newest.get(each.pk), returned, each.pk in drafted)
        for each in obligations
        if not _apart(asking, step, asking.flows[each.definition_id], newest.get(each.pk))
    ]


def _apart(asking: _Asking, step: Step, flow: Flow, filing: Filing | None) -> bool:
    """Say whether the step is for another person, since the actor took the one before."""
    if filing is None or step is Step.FILL:
        return False
    own = asking.actor.account_id == filing.submitted_by_account
    if step is Step.SIGN:
        return own and flow.apart and not asking.alone
    return own or asking.actor.account_id == filing.signed_by_account


def _work(
    asking: _Asking,
    step: Step,
    obligation: Obligation,
    filing: Filing | None,
    returned: Mapping[int, datetime],
    drafted: bool,
) -> OpenWork:
    open_return = returned.get(filing.pk) if filing else None
    stage, since = _stage(obligation, filing, open_return, drafted)
    owed_by = obligation.mend_by or obligation.due_at
    given = filing.submitted_at if filing and obligation.answer != Answer.NONE else None
    shown = light(
        Owed(obligation.answer, owed_by, given, open_return),
        now=asking.now,
        calendar=asking.calendar,
        rules=asking.rules,
    )
    return OpenWork(
        obligation_id=obligation.pk,
        filing_id=filing.pk if filing else None,
        version=filing.version if filing else 0,
        step=step,
        stage=stage,
        form_ref=obligation.form_ref,
        form_title=asking.flows[obligation.definition_id].title,
        unit=obligation.unit,
        period=parse_period(obligation.period_code),
        owed_by=owed_by,
        since=since,
        light=shown,
    )


def _stage(
    obligation: Obligation, filing: Filing | None, open_return: datetime | None, drafted: bool
) -> tuple[str, datetime | None]:
    if filing is not None and obligation.answer == Answer.NONE:
        return filing.state, open_return or filing.ended_at
    if filing is not None:
        return filing.state, filing.signed_at or filing.submitted_at
    if drafted:
        return "drafted", obligation.claimed_at
    return ("claimed", obligation.claimed_at) if obligation.claimed_at else ("opened", None)
