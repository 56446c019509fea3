"""Designs and proposals, limited to who may see them; what a form would mean for those who fill it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.errors import NotFound
from luoshi.core.periods import Period, PeriodKind, periods_between
from luoshi.domains.admission.audience import Audience, audience_on
from luoshi.domains.admission.compose import BY_HAND, Composed, Options, composed, place_of
from luoshi.domains.admission.design import Design, design_of
from luoshi.domains.admission.models import FormProposal, ProposalDraft, ProposalState
from luoshi.kernel.access.policy import can, can_everywhere, require_right
from luoshi.kernel.calendars.queries import work_calendar_or_plain
from luoshi.kernel.definitions.queries import Def, definition, definitions_in
from luoshi.kernel.filings.admission import Cost, Near, cost_of, forms_in_use, near_duplicates
from luoshi.kernel.filings.forms import Form, form_drawn, vocab_options
from luoshi.kernel.filings.windows import Dates, dates_of, window_of
from luoshi.kernel.loader.actions import LOCAL
from luoshi.kernel.loader.local import LocalForm, local_form_faults

VIEW, PROPOSE, ADMIT = "form.view", "form.propose", "form.admit"
PLACEHOLDER = "x000"
"""Stands for the key that a new form gets when it is admitted."""
SHOWN_PERIODS = 3


@dataclass(frozen=True, slots=True)
class KnownElement:
    """A data element that a form in use asks for already."""

    code: str
    title: str
    unit: str
    form_title: str


@dataclass(frozen=True, slots=True)
class Opening:
    """A period of a form with the days it is open."""

    period: Period
    dates: Dates


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a design comes to, as far as it can be read.

    ``units``: names of those addressed; ``next``: the coming windows; ``open_now``: periods that could be
    opened today. ``faults``: place in the design → what is wrong. ``form``: for the preview.
    """

    units: tuple[str, ...]
    next: tuple[Opening, ...]
    open_now: tuple[Opening, ...]
    near: tuple[Near, ...]
    cost: Cost | None
    form: Form
    faults: Mapping[str, str]
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """The form in force that a draft or proposal changes. ``options``: vocab key → its options."""

    found: Def
    options: Options


def drafts_visible(actor: Actor) -> QuerySet[ProposalDraft]:
    """Return the designs of the actor's own unit, newest first. Raises: NotAllowed."""
    require_right(actor, PROPOSE)
    rows = ProposalDraft.objects.select_related("unit").order_by("-saved_at", "-id")
    return rows.filter(unit_id=actor.unit_id) if actor.unit_id else rows.none()


def draft_visible(actor: Actor, draft_id: int) -> ProposalDraft:
    """Return one design of the own unit. Raises: NotAllowed, NotFound."""
    found = drafts_visible(actor).filter(pk=draft_id).first()
    if found is None:
        raise NotFound("没有这份设计稿，它可能已提交审批或已删除。请在“表单设计”查看。")
    return found


def proposals_visible(actor: Actor) -> QuerySet[FormProposal]:
    """Return the proposals of the own unit, all of them for who admits or audits; newest first.

    Raises: NotAllowed.
    """
    require_right(actor, VIEW)
    rows = FormProposal.objects.select_related("unit").order_by("-asked_at", "-id")
    everything = can_everywhere(actor, ADMIT) or actor.has("auditor")
    return rows if everything else rows.filter(unit_id=actor.unit_id or 0)


def proposal_visible(actor: Actor, proposal_id: int) -> FormProposal:
    """Return one proposal. Raises: NotAllowed, NotFound."""
    found = proposals_visible(actor).filter(pk=proposal_id).first()
    if found is None:
        raise NotFound("没有这份准入申请，或者它不在您的查看范围内。")
    return found


def may_decide(actor: Actor, proposal: FormProposal) -> bool:
    """Say whether the actor could admit or refuse a proposal; the action judges again."""
    other = actor.account_id not in proposal.authors
    return other and proposal.state == ProposalState.ASKED and can(actor, ADMIT)


def standing_of(form_key: str) -> Standing | None:
    """Return the form in force under a key of the pack ``local``; None for a new form or one taken out."""
    try:
        return form_standing(f"{LOCAL}.{form_key}") if form_key else None
    except NotFound:
        return None


def form_standing(ref: str) -> Standing:
    """Return a form in force of any pack with its lists of options. Raises: NotFound."""
    found = definition("form", ref)
    vocab = definitions_in(found.pack_version_id, "vocab")
    ordered = {
        each.key: {code: vocab_options(each.body)[code] for code in each.body["order"]} for each in vocab
    }
    return Standing(found, ordered)


def composed_of(design: Design, form_key: str) -> Composed:
    """Return the form a design makes, under its key or a placeholder."""
    standing = standing_of(form_key)
    return composed(design, key=form_key or PLACEHOLDER, options=standing.options if standing else {})


def local_form_of(made: Composed, *, key: str, owner: str, stands: str) -> LocalForm:
    """Return a composed form as the pack takes it."""
    return LocalForm(key=key, body=made.body, owner=owner, vocab=made.vocab, stands=stands)


def faults_of(
    design: Design, made: Composed, audience: Audience, *, form_key: str, owner: str
) -> dict[str, str]:
    """Return everything that is wrong with a design, by its place: what was typed, then the pack's check."""
    faults = dict(made.faults)
    picked = audience.fault(design)
    if picked:
        faults.setdefault("audience", picked)
    standing = standing_of(form_key)
    if standing is not None:
        faults |= _turned(design, standing.found.body)
    form = local_form_of(made, key=form_key or PLACEHOLDER, owner=owner, stands="")
    for path, text in local_form_faults(form).items():
        place = place_of(path)
        # One that was told in the words of the page is not told again in those of a pack.
        if not any(known == place or known.startswith(f"{place}.") for known in faults):
            faults[place] = text
    return faults


def _turned(design: Design, body: Mapping[str, Any]) -> dict[str, str]:
    """A field keeps its column for ever: a number never turns into words, nor back."""
    words = {row["key"]: row["type"].partition(":")[0] in ("text", "date", "vocab") for row in body["fields"]}
    return {
        f"fields.{number}.kind": "现行表中此项的种类不同，数字与文字不能互改。请删去此项，另加一项。"
        for number, row in enumerate(design.fields)
        if row.key in words and words[row.key] != (row.kind in ("text", "date", "choice"))
    }


def outlook_of(design: Design, *, form_key: str, owner: str, on: date) -> Outlook:
    """Return what a design comes to on a day. A bounded number of queries, whatever is typed."""
    made = composed_of(design, form_key)
    audience = audience_on(on)
    faults = faults_of(design, made, audience, form_key=form_key, owner=owner)
    sound = "audience" not in faults
    body = dict(made.body) if sound else {**made.body, "to": ""}
    ref = f"{LOCAL}.{form_key}" if form_key else ""
    coming, open_now = openings_of(body, on)
    if coming and local_day(coming[0].dates.due_at) < coming[0].dates.open_on:
        faults.setdefault("due_days", "截止日早于开放日，请调整。")
    return Outlook(
        units=tuple(audience.addressed(body["to"])) if sound else (),
        next=tuple(coming),
        open_now=tuple(open_now),
        near=tuple(near_duplicates(body, on=on, ref=ref)),
        cost=cost_of(body, on=on, ref=ref) if sound else None,
        form=form_drawn(body | _readable(made), made.vocab),
        faults=faults,
        body=body,
    )


def _readable(made: Composed) -> dict[str, Any]:
    """Return the parts of a body that a preview needs read, where they can be."""
    period = made.body["period"]
    rules = [rule for rule in made.body["rules"] if rule["say"] != "—"]
    return {"period": period if period in set(PeriodKind) else PeriodKind.MONTH.value, "rules": rules}


def openings_of(body: Mapping[str, Any], on: date) -> tuple[list[Opening], list[Opening]]:
    """Return the next windows that open after a day, and the windows that are open on it. One query."""
    window = window_of(body["window"])
    if window is None or body["period"] in BY_HAND or body["period"] not in set(PeriodKind):
        return [], []
    calendar = work_calendar_or_plain(window.calendar)
    kind = PeriodKind(body["period"])
    years = range(on.year - 2, on.year + 4)
    periods = periods_between(kind, date(years[0], 1, 1), date(years[-1], 12, 31))
    laid = [Opening(period, dates_of(window, period, calendar)) for period in periods]
    coming = [each for each in laid if each.dates.open_on > on]
    open_now = [each for each in laid if each.dates.open_on <= on <= local_day(each.dates.due_at)]
    return coming[:SHOWN_PERIODS], open_now


def elements_known(on: date) -> list[KnownElement]:
    """Return every data element that forms in use ask for, by code. The queries of ``forms_registered``."""
    found: dict[str, KnownElement] = {}
    for each in forms_in_use(on):
        for row in each.form.body["fields"]:
            if row.get("element"):
                known = KnownElement(row["element"], row["title"], row.get("unit") or "", each.form.title)
                found.setdefault(known.code, known)
    return [found[code] for code in sorted(found)]


def design_kept(row: ProposalDraft | FormProposal) -> Design:
    """Return the design of a draft or proposal."""
    return design_of(row.design)
