"""The single acts of the year: who takes which action with what, at the moment it is handed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.periods import Period
from luoshi.demo.district import words
from luoshi.demo.district.habits import Outcome, Plan, explained_of, mistaken, random_of, values_of
from luoshi.demo.district.people import CLERK, HEAD, Staff
from luoshi.demo.district.proofs import matters_of, proof_of
from luoshi.kernel.filings.actions import (
    draft_save,
    filing_accept,
    filing_evidence_add,
    filing_return,
    filing_sign,
    filing_submit,
    filing_submit_nil,
    filing_withdraw,
    filings_accept_batch,
    obligation_claim,
    obligation_excuse_ask,
    obligation_excuse_decide,
)
from luoshi.kernel.filings.entries import Typed
from luoshi.kernel.filings.forms import form_by_id
from luoshi.kernel.filings.models import Obligation
from luoshi.kernel.filings.offers import offers_of
from luoshi.kernel.filings.reviewing import ReturnItem

MONTHLY, QUARTERLY = "zeren.monthly", "zeren.quarterly"


@dataclass
class Job:
    """One obligation on its way. ``rev`` follows the draft, ``returned`` counts what came back."""

    obligation_id: int
    form_ref: str
    unit: str
    period: Period
    plan: Plan
    due_at: datetime
    rev: int = 0
    version: int = 0
    filing_id: int = 0
    returned: int = 0
    withdrawn: bool = False

    @property
    def mistake(self) -> tuple[str, str, str] | None:
        """Return field, code and text of what the next return will be about; None when none follows."""
        if self.returned >= self.plan.returns:
            return None
        pool = words.RETURNED if self.form_ref == MONTHLY else words.RETURNED_QUARTERLY
        return random_of("mistake", self.form_ref, self.unit, self.period.code, self.returned).choice(pool)


def typed_knowing(obligation_id: int, typed: Typed) -> Typed:
    """Return what was typed on a page that put in what another form holds; what is equal is confirmed."""
    obligation = Obligation.objects.get(pk=obligation_id)
    offers = offers_of(form_by_id(obligation.definition_id), [obligation])[obligation.pk]
    shown = {key: offer.value for key, offer in offers.items()}
    same = frozenset(key for key, text in shown.items() if typed.values.get(key) == text)
    return replace(typed, shown=shown, same=same)


class Acts:
    """Takes the actions as the staff of the unit, or as the reviewer, who works through what was signed."""

    def __init__(self, staff: Staff, reviewer_post: str) -> None:
        self.staff = staff
        self.reviewer_post = reviewer_post
        self._to_review: list[Job] = []

    def drafted(self, job: Job, now: datetime) -> None:
        """Claim an obligation and keep half of what will be filed."""
        clerk = self._clerk(job, now)
        obligation_claim(actor=clerk, obligation_id=job.obligation_id, now=now)
        values = values_of(job.unit, job.period)
        half = Typed(values={key: values[key] for key in list(values)[: len(values) // 2]})
        draft_save(actor=clerk, obligation_id=job.obligation_id, rev=job.rev, typed=half, now=now)
        job.rev += 1

    def submitted(self, job: Job, now: datetime) -> None:
        """Submit the values, or what is mistaken in them as long as the reviewer will return it."""
        clerk = self._clerk(job, now)
        late = self._said(job, words.LATE_REASONS) if now > job.due_at else ""
        if job.plan.outcome is Outcome.NIL:
            typed = Typed(note=self._said(job, words.NIL_NOTES), late_reason=late)
            submit = filing_submit_nil
        else:
            values = values_of(job.unit, job.period)
            if job.form_ref == QUARTERLY:
                values["matters"] = matters_of(job.unit, job.period, int(values["stuck"]))
            if job.mistake:
                values = mistaken(values, job.mistake[0], job.returned)
            typed = typed_knowing(
                job.obligation_id,
                Typed(values=values, explained=explained_of(job.unit, job.period), late_reason=late),
            )
            submit = filing_submit
            self._evidenced(job, clerk, values, now)
        filing = submit(actor=clerk, obligation_id=job.obligation_id, rev=job.rev, typed=typed, now=now)
        job.rev, job.version, job.filing_id = job.rev + 1, filing.version, filing.pk

    def _evidenced(self, job: Job, clerk: Actor, values: Mapping[str, str], now: datetime) -> None:
        """Hand in what proves a quarter, with the first version of it."""
        if job.form_ref != QUARTERLY or job.version:
            return
        proof = proof_of(job.unit, job.period, int(values["done"]))
        if proof is not None:
            filing_evidence_add(
                actor=clerk, obligation_id=job.obligation_id, field="proof", proof=proof, now=now
            )

    def withdrawn(self, job: Job, now: datetime) -> None:
        """Take the version back that was just submitted."""
        filing_withdraw(actor=self._clerk(job, now), filing_id=job.filing_id, now=now)
        job.withdrawn = True

    def signed(self, job: Job, now: datetime) -> None:
        """Sign as the head; from then on it waits for the reviewer."""
        head = self.staff.actor(job.unit, HEAD, local_day(now))
        filing_sign(actor=head, filing_id=job.filing_id, now=now)
        self._to_review.append(job)

    def reviewed(self, now: datetime) -> list[Job]:
        """Work through everything that waits; return what was sent back."""
        waiting, self._to_review = self._to_review, []
        back = [job for job in waiting if job.mistake]
        good = [job for job in waiting if not job.mistake]
        for job in back:
            self._sent_back(job, now)
        reviewer = self._reviewer(now)
        for job in good:
            if job.returned:
                filing_accept(actor=reviewer, filing_id=job.filing_id, comment=words.ACCEPT_COMMENT, now=now)
        at_once = [job.filing_id for job in good if not job.returned]
        if at_once:
            filings_accept_batch(actor=reviewer, filing_ids=at_once, now=now)
        return back

    def excuse_asked(self, job: Job, now: datetime) -> None:
        """Ask that the unit need not answer this time."""
        obligation_excuse_ask(
            actor=self._clerk(job, now),
            obligation_id=job.obligation_id,
            reason=self._said(job, words.EXCUSE_REASONS),
            now=now,
        )

    def excuse_decided(self, job: Job, now: datetime, *, approve: bool) -> None:
        """Grant what was asked, or say why not."""
        obligation_excuse_decide(
            actor=self._reviewer(now),
            obligation_id=job.obligation_id,
            approve=approve,
            reply="" if approve else words.REFUSED_REPLY,
            now=now,
        )

    def _sent_back(self, job: Job, now: datetime) -> None:
        assert job.mistake is not None
        field, code, text = job.mistake
        filing_return(
            actor=self._reviewer(now),
            filing_id=job.filing_id,
            items=[ReturnItem(field, code, text)],
            talk_note=words.TALK_NOTE if job.returned else "",
            now=now,
        )
        job.returned += 1

    def _said(self, job: Job, pool: tuple[str, ...]) -> str:
        return random_of("said", job.form_ref, job.unit, job.period.code).choice(pool)

    def _clerk(self, job: Job, now: datetime) -> Actor:
        return self.staff.actor(job.unit, CLERK, local_day(now))

    def _reviewer(self, now: datetime) -> Actor:
        return self.staff.at(self.reviewer_post, local_day(now))
