"""Reminders: each step of each obligation once; after an outage the newest missed step only.

What was sent is known from the notices themselves, so the scan may run as often as it likes. A few queries
for each rule, however many obligations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from luoshi.core.actor import SYSTEM
from luoshi.core.beijing import LOCAL
from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.calendars.queries import work_calendar_or_plain
from luoshi.kernel.definitions.queries import definitions_of, first_installed
from luoshi.kernel.filings.flows import Flow, flows_of
from luoshi.kernel.filings.models import Answer, Filing, Obligation, State
from luoshi.kernel.filings.reminder_words import reminder_text
from luoshi.kernel.filings.reminders import ReminderRule, ReminderStep, rule_of, step_moment
from luoshi.kernel.filings.told import Told
from luoshi.kernel.notify.actions import Draft, Target, notices_send
from luoshi.kernel.notify.models import Notice, Reason

TOPIC, SUBJECT = "filing.reminder", "obligation"
CALENDAR = "cn"
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Matter:
    """One obligation with the anchors that count for it now.

    ``answered``: spans in which a version answered it, for versions that were returned or withdrawn.
    """

    obligation: Obligation
    anchors: Mapping[str, datetime | date]
    answered: Sequence[tuple[datetime, datetime]] = ()

    def steps(self, rule: ReminderRule) -> tuple[ReminderStep, ...]:
        """Return the steps of a rule that hang on these anchors."""
        return rule.of(*self.anchors)

    def key(self, step: ReminderStep) -> str:
        """Return the key under which a step is sent once; another due day or version makes another one."""
        anchor = self.anchors[step.offset.anchor]
        local = anchor.astimezone(LOCAL) if isinstance(anchor, datetime) else anchor
        return f"{TOPIC}:{self.obligation.pk}:{step.code}:{local:%Y%m%dT%H%M%S}"

    def answered_at(self, moment: datetime) -> bool:
        """Say whether a version answered the obligation at a moment."""
        return any(since <= moment < until for since, until in self.answered)


@dataclass(frozen=True, slots=True)
class Scan:
    """One rule at one moment; ``since``: when it was first installed, before which nothing counts."""

    rule: ReminderRule
    since: datetime
    calendar: WorkCalendar
    now: datetime


def reminders_send(now: datetime) -> int:
    """Send every step that is due; return how many notices were made, those for skipped steps included.

    A step whose moment lay before its rule was first installed is never sent. Of several missed steps of an
    obligation the newest is sent and the older ones are recorded as skipped.
    """
    since = first_installed("notice")
    made = 0
    for rule in map(rule_of, definitions_of("notice")):
        scan = Scan(rule, since[rule.ref], work_calendar_or_plain(CALENDAR), now)
        made += _scanned(scan)
    return made


def _scanned(scan: Scan) -> int:
    matters = [*_open(scan), *_waiting(scan)]
    if not matters:
        return 0
    sent = _sent({matter.obligation.pk for matter in matters})
    due = [
        (matter, step, moment, reason)
        for matter in matters
        for step, moment, reason in _due(scan, matter, sent[matter.obligation.pk])
    ]
    if not due:
        return 0
    told = Told.of([matter.obligation for matter, *_ in due], _flows(matter for matter, *_ in due))
    drafts = [
        Draft(
            key=matter.key(step),
            topic=TOPIC,
            text=reminder_text(matter.obligation, told.form_title(matter.obligation), step, matter.anchors,
                               calendar=scan.calendar, now=scan.now),
            target=Target(SUBJECT, matter.obligation.pk, matter.obligation.unit_id),
            to=told.to(matter.obligation, step.tell),
            level=step.level,
            step=step.code,
            step_at=moment,
            unsent=reason,
        )
        for matter, step, moment, reason in due
    ]  # fmt: skip
    parts = (drafts[start : start + AT_ONCE] for start in range(0, len(drafts), AT_ONCE))
    return sum(len(notices_send(by=SYSTEM, drafts=part, now=scan.now)) for part in parts)


def _due(
    scan: Scan, matter: Matter, sent: set[str]
) -> Iterator[tuple[ReminderStep, datetime, Reason | None]]:
    """Yield the steps not sent yet whose moment has come, oldest first, all but the newest with a reason.

    A step older than one that was sent is passed over: what came later has said more.
    """
    moments = sorted(
        (
            (step_moment(scan.rule, step, matter.anchors[step.offset.anchor], scan.calendar), step)
            for step in matter.steps(scan.rule)
        ),
        key=lambda each: each[0],
    )
    come = [(moment, step) for moment, step in moments if scan.since < moment <= scan.now]
    last_sent = max((place for place, (_, step) in enumerate(come) if matter.key(step) in sent), default=-1)
    missed = come[last_sent + 1 :]
    for place, (moment, step) in enumerate(missed):
        if place == len(missed) - 1:
            yield step, moment, None
        else:
            yield step, moment, Reason.ANSWERED if matter.answered_at(moment) else Reason.OLDER


def _sent(ids: set[int]) -> dict[int, set[str]]:
    """Return the keys of the notices about some obligations, by obligation."""
    found: dict[int, set[str]] = defaultdict(set)
    listed = sorted(ids)
    for start in range(0, len(listed), AT_ONCE):
        rows = Notice.objects.filter(
            subject_kind=SUBJECT, subject_id__in=listed[start : start + AT_ONCE], topic=TOPIC
        )
        for number, key in rows.order_by().values_list("subject_id", "key"):
            found[number].add(key)
    return found


def _open(scan: Scan) -> list[Matter]:
    """Return the unanswered obligations of the form for which a step may still come."""
    owed = _unsettled(scan.rule, Obligation.objects.filter(form_ref=scan.rule.form_ref, answer=Answer.NONE))
    versions: dict[int, list[Filing]] = defaultdict(list)
    ended = Filing.objects.filter(obligation__in=owed.order_by().values("pk"), ended_at__isnull=False)
    for filing in ended.order_by("version").only(
        "obligation_id", "version", "state", "submitted_at", "ended_at"
    ):
        versions[filing.obligation_id].append(filing)
    return [_matter(each, versions[each.pk]) for each in owed.select_related("unit").order_by("id")]


def _unsettled(rule: ReminderRule, owed: QuerySet[Obligation]) -> QuerySet[Obligation]:
    """Leave out those that were told the last step there is and never came back since."""
    last = max(rule.of("due"), key=lambda step: step.offset.amount, default=None)
    if last is None:
        return owed
    told = Notice.objects.filter(subject_kind=SUBJECT, subject_id=OuterRef("pk"), topic=TOPIC, step=last.code)
    return owed.exclude(Q(Exists(told)), mend_by__isnull=True, current_version=0)


def _matter(obligation: Obligation, versions: Sequence[Filing]) -> Matter:
    anchors: dict[str, datetime | date] = {"open": obligation.opened_on}
    owed_by = obligation.mend_by or obligation.due_at
    if owed_by is not None:
        anchors["due"] = owed_by
    if versions and versions[-1].state == State.RETURNED and versions[-1].ended_at:
        anchors["returned"] = versions[-1].ended_at
    spans = [(each.submitted_at, each.ended_at) for each in versions if each.ended_at]
    return Matter(obligation, anchors, spans)


def _waiting(scan: Scan) -> list[Matter]:
    """Return the obligations whose newest version waits to be signed or reviewed."""
    if not scan.rule.of("sign", "review"):
        return []
    rows = Filing.objects.filter(
        obligation__form_ref=scan.rule.form_ref,
        obligation__answer__in=[Answer.FILED, Answer.NIL],
        obligation__current_version=F("version"),
        state__in=[State.SUBMITTED, State.SIGNED],
    )
    filings = list(
        rows.select_related("obligation__unit").defer("values", "explained", "note").order_by("id")
    )
    flows = flows_of({filing.obligation.definition_id for filing in filings}) if filings else {}
    found = []
    for filing in filings:
        flow = flows[filing.obligation.definition_id]
        if filing.state == flow.final_state:
            continue
        anchor = "review" if filing.state == flow.review_state else "sign"
        since = filing.signed_at or filing.submitted_at
        found.append(Matter(filing.obligation, {anchor: since}))
    return found


def _flows(matters: Iterable[Matter]) -> dict[int, Flow]:
    return flows_of({matter.obligation.definition_id for matter in matters})
