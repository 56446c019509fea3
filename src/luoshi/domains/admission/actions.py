"""Every change of designs and proposals. What is admitted goes into the pack ``local`` in the same step."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, Invalid, NotAllowed, NotFound, SamePerson, Stale, WrongState
from luoshi.core.periods import Period
from luoshi.domains.admission.adopt import adopted
from luoshi.domains.admission.audience import audience_on
from luoshi.domains.admission.design import LONGEST, Design, blank_design, design_of
from luoshi.domains.admission.models import FormProposal, ProposalDraft, ProposalState
from luoshi.domains.admission.queries import (
    ADMIT,
    PROPOSE,
    composed_of,
    draft_visible,
    drafts_visible,
    faults_of,
    form_standing,
    local_form_of,
    proposal_visible,
    proposals_visible,
    standing_of,
)
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.definitions.queries import definitions_ever
from luoshi.kernel.filings.actions import obligations_open
from luoshi.kernel.ledger.actions import record
from luoshi.kernel.loader.actions import LOCAL
from luoshi.kernel.loader.local import local_form_put, local_key_next

LONGEST_WORDS = 500
LONGEST_PAGE = 32
_KEY = re.compile(r"f([1-9]\d{0,3})", re.ASCII)


@transaction.atomic
def proposal_begin(
    *, actor: Actor, like: str = "", change: str = "", again: int = 0, now: datetime
) -> ProposalDraft:
    """Begin a design of the actor's own unit: blank, after the pattern of a form in force (``like``, any
    pack), to change a form of the pack local (``change``, its key), or from an earlier proposal (``again``).

    Raises: NotAllowed, NotFound, WrongState (a form of another unit is changed by that unit).
    Ledger: none. Nothing has been asked yet.
    """
    require_right(actor, PROPOSE)
    if actor.unit_id is None:
        raise NotAllowed("您目前没有任职单位，不能申请报表准入。")
    form_key, form_hash = "", ""
    if change:
        design, form_hash = _changing(actor, change)
        form_key = change
    elif again:
        earlier = proposal_visible(actor, again)
        require(earlier.unit_id == actor.unit_id, "这份申请由其他单位提出，不能代为重报。")
        design, form_key = design_of(earlier.design), earlier.form_key
        standing = standing_of(form_key)
        form_key, form_hash = (form_key, standing.found.body_hash) if standing else ("", "")
    elif like:
        pattern = form_standing(like)
        design = adopted(pattern.found.body, pattern.options).design
    else:
        design = blank_design()
    return ProposalDraft.objects.create(
        unit_id=actor.unit_id,
        form_key=form_key,
        form_hash=form_hash,
        design=design.as_json(),
        rev=0,
        authors=[actor.account_id],
        saved_at=now,
        saved_by_account=actor.account_id,
        saved_by_name=actor.person_name,
    )


def _changing(actor: Actor, key: str) -> tuple[Design, str]:
    """Return a form of the pack local as a design, and the hash it has now."""
    standing = form_standing(f"{LOCAL}.{key}")
    proposal = FormProposal.objects.filter(form_key=key, state=ProposalState.ADMITTED).order_by("-id").first()
    require(
        proposal is not None and proposal.unit_id == actor.unit_id,
        "这张表由其他单位负责，请由该单位提出修改，或以它为样本另报新表。",
    )
    design = adopted(standing.found.body, standing.options).design
    versions = definitions_ever("form", standing.found.ref)
    ever = {row["key"] for each in versions for row in each.body["fields"]}
    last = max((int(found[1]) for each in ever if (found := _KEY.fullmatch(each))), default=0)
    return replace(design, last=last), standing.found.body_hash


@transaction.atomic
def proposal_save(
    *, actor: Actor, draft_id: int, rev: int, design: Design, page: str = "", now: datetime
) -> ProposalDraft:
    """Keep a design as typed; nothing is judged but its size.

    ``page``: names the open page, which may save over what it saved itself a moment before.
    Raises: NotAllowed, NotFound, Invalid (a text too long), Stale (somebody saved since ``rev``).
    Ledger: none.
    """
    draft = _draft_locked(actor, draft_id)
    if draft.rev != rev and not (page and page == draft.page):
        raise Stale(
            f"{draft.saved_by_name}已另存了这份设计稿。您填写的内容都还在本页，核对后再点一次，即以本页内容为准。"
        )
    _sizes(design)
    draft.design = design.keyed().as_json()
    draft.rev += 1
    draft.page = page[:LONGEST_PAGE] or draft.page
    draft.authors = sorted({*draft.authors, actor.account_id})
    draft.saved_at, draft.saved_by_account, draft.saved_by_name = now, actor.account_id, actor.person_name
    draft.save()
    return draft


@transaction.atomic
def proposal_drop(*, actor: Actor, draft_id: int) -> None:
    """Throw a design away that was not asked for. Raises: NotAllowed, NotFound. Ledger: none."""
    _draft_locked(actor, draft_id).delete()


@transaction.atomic
def proposal_ask(
    *, actor: Actor, draft_id: int, rev: int, design: Design, page: str = "", now: datetime
) -> FormProposal:
    """Ask that a form be admitted, as it is designed now; the draft is done with.

    Raises: NotAllowed, NotFound, Stale, Invalid with every fault by its place in the design.
    Ledger: ``proposal.asked``.
    """
    draft = proposal_save(actor=actor, draft_id=draft_id, rev=rev, design=design, page=page, now=now)
    design = design_of(draft.design)
    made = composed_of(design, draft.form_key)
    faults = faults_of(
        design,
        made,
        audience_on(local_day(now)),
        form_key=draft.form_key,
        owner=draft.unit.code,
    )
    if len(design["note"].strip()) > LONGEST_WORDS:
        faults["note"] = f"不得超过 {LONGEST_WORDS} 字。"
    if faults:
        raise Invalid(f"还有 {len(faults)} 处需要改正，已标在各项下面。", fields=faults)
    proposal = FormProposal.objects.create(
        title=design["title"].strip(),
        unit=draft.unit,
        form_key=draft.form_key,
        form_hash=draft.form_hash,
        design=draft.design,
        note=design["note"].strip(),
        authors=draft.authors,
        state=ProposalState.ASKED,
        asked_at=now,
        asked_by_account=actor.account_id,
        asked_by_post=actor.post_code,
    )
    draft.delete()
    data = {"unit": proposal.unit.code, "form": proposal.form_key}
    record(proposal, "proposal.asked", by=actor.by, at=now, data=data)
    return proposal


@transaction.atomic
def proposal_withdraw(*, actor: Actor, proposal_id: int, now: datetime) -> FormProposal:
    """Take a proposal of the own unit back while nobody has decided.

    Raises: NotAllowed, NotFound, WrongState.
    Ledger: ``proposal.withdrawn``.
    """
    require_right(actor, PROPOSE)
    proposal = _proposal_locked(actor, proposal_id)
    require(proposal.unit_id == actor.unit_id, "只有提出申请的单位可以撤回。")
    _require_asked(proposal)
    proposal.state = ProposalState.WITHDRAWN
    proposal.save()
    record(proposal, "proposal.withdrawn", by=actor.by, at=now, data={"unit": proposal.unit.code})
    return proposal


@transaction.atomic
def proposal_admit(
    *, actor: Actor, proposal_id: int, period: Period | None = None, reply: str = "", now: datetime
) -> FormProposal:
    """Admit a form: it goes into the pack ``local``, and with a ``period`` it is opened for it at once.

    Raises: NotAllowed, NotFound, WrongState (decided already, too early to open), SamePerson (an author),
    Stale (the form was changed since it was asked), Invalid (it no longer passes the check).
    Ledger: ``pack.installed``, ``proposal.admitted``, and ``obligation.opened`` for each unit.
    """
    require_right(actor, ADMIT)
    proposal = _proposal_locked(actor, proposal_id)
    _require_asked(proposal)
    _require_other(actor, proposal)
    reply = _words(reply, needed=False)
    design = design_of(proposal.design)
    key = proposal.form_key or local_key_next()
    fault = audience_on(local_day(now)).fault(design)
    require(not fault, f"填报范围：{fault}请退回申请单位修改。", Invalid)
    made = composed_of(design, key)
    version = local_form_put(
        actor=actor,
        form=local_form_of(made, key=key, owner=proposal.unit.code, stands=proposal.form_hash),
        reason=reply or design["basis"],
        now=now,
    )
    proposal.form_key, proposal.pack_version = key, version.version
    _decided(proposal, ProposalState.ADMITTED, actor, reply, now)
    data = {"form": f"{LOCAL}.{key}", "pack_version": version.version, "unit": proposal.unit.code}
    record(proposal, "proposal.admitted", by=actor.by, at=now, data=data)
    if period is not None:
        obligations_open(actor=actor, form_ref=f"{LOCAL}.{key}", period=period, now=now)
    return proposal


@transaction.atomic
def proposal_refuse(*, actor: Actor, proposal_id: int, reply: str, now: datetime) -> FormProposal:
    """Refuse a proposal, saying why; the unit may ask again with another one.

    Raises: NotAllowed, NotFound, WrongState, SamePerson, Incomplete (no reason).
    Ledger: ``proposal.refused``.
    """
    require_right(actor, ADMIT)
    proposal = _proposal_locked(actor, proposal_id)
    _require_asked(proposal)
    _require_other(actor, proposal)
    _decided(proposal, ProposalState.REFUSED, actor, _words(reply, needed=True), now)
    record(proposal, "proposal.refused", by=actor.by, at=now, data={"unit": proposal.unit.code})
    return proposal


def _decided(proposal: FormProposal, state: ProposalState, actor: Actor, reply: str, now: datetime) -> None:
    proposal.state, proposal.reply, proposal.decided_at = state, reply, now
    proposal.decided_by_account, proposal.decided_by_post = actor.account_id, actor.post_code
    proposal.save()


def _require_asked(proposal: FormProposal) -> None:
    title = ProposalState(proposal.state).label
    require(proposal.state == ProposalState.ASKED, f"这份申请{title}，不能再办理。", WrongState)


def _require_other(actor: Actor, proposal: FormProposal) -> None:
    require(
        actor.account_id not in proposal.authors,
        "表单的起草人不能审批自己的申请，请由其他督查专员审批。",
        SamePerson,
    )


def _words(text: str, *, needed: bool) -> str:
    words = text.strip()
    if needed and not words:
        raise Incomplete("请写明不予准入的理由。", fields={"reply": "请写明不予准入的理由。"})
    if len(words) > LONGEST_WORDS:
        raise Invalid("审批意见太长。", fields={"reply": f"不得超过 {LONGEST_WORDS} 字。"})
    return words


def _draft_locked(actor: Actor, draft_id: int) -> ProposalDraft:
    draft_visible(actor, draft_id)
    found = drafts_visible(actor).select_for_update(of=("self",)).filter(pk=draft_id).first()
    if found is None:
        raise NotFound("这份设计稿刚刚已提交审批或已删除。")
    return found


def _proposal_locked(actor: Actor, proposal_id: int) -> FormProposal:
    proposal_visible(actor, proposal_id)
    return proposals_visible(actor).select_for_update(of=("self",)).get(pk=proposal_id)


def _sizes(design: Design) -> None:
    """Refuse texts longer than anything a form can hold."""
    faults = {
        name: f"不得超过 {LONGEST} 字，请删减。" for name, text in design.texts.items() if len(text) > LONGEST
    }
    for number, row in enumerate(design.fields):
        for name in ("title", "unit", "options", "help", "least", "most", "jump", "element", "digits"):
            if len(getattr(row, name)) > LONGEST:
                faults[f"fields.{number}.{name}"] = f"不得超过 {LONGEST} 字，请删减。"
    if faults:
        raise Invalid("有的内容太长，未能保存。", fields=faults)
