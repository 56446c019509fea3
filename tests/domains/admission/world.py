"""A district in which the desk of department P1 designs forms and two of the office may admit them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from luoshi.core.actor import SYSTEM, Actor
from luoshi.domains.admission.actions import proposal_ask, proposal_begin, proposal_save
from luoshi.domains.admission.design import Design, FieldDesign, RuleDesign, blank_design
from luoshi.domains.admission.models import FormProposal, ProposalDraft
from luoshi.kernel.calendars.actions import calendar_install
from tests.harness.times import NOW
from tests.kernel.filings.loop import player
from tests.kernel.org.helpers import district, grow

STREETS = tuple(f"S{number}" for number in range(1, 15))


@dataclass(frozen=True)
class Cast:
    """``desk`` and ``colleague`` are of P1, ``stranger`` of P2; ``office`` and ``other_office`` decide."""

    desk: Actor
    colleague: Actor
    stranger: Actor
    clerk: Actor
    office: Actor
    other_office: Actor
    auditor: Actor


def world() -> Cast:
    """Plant the district and its people."""
    district(STREETS)
    grow("P1", "B", kind="dept")
    grow("P2", "B", kind="dept")
    calendar_install(by=SYSTEM, code="cn", now=NOW)
    return Cast(
        desk=player("desk", "P1", ("desk", "B"), ("reviewer", None)),
        colleague=player("colleague", "P1", ("desk", "B")),
        stranger=player("stranger", "P2", ("desk", "B")),
        clerk=player("clerk", "S1", ("clerk", "S1")),
        office=player("office", "D", ("office", None)),
        other_office=player("office2", "D", ("office", None)),
        auditor=player("auditor", "D", ("auditor", None)),
    )


FIELDS = (
    FieldDesign("f1", "巡检处数", "int", unit="处", least="0", help="本月实际到场巡检的设施"),
    FieldDesign("f2", "发现损坏", "int", unit="处", least="0", jump="50"),
    FieldDesign("f3", "已修复", "int", unit="处", least="0"),
    FieldDesign("f4", "主要类别", "choice", options="道路\n路灯\n井盖"),
    FieldDesign("f5", "需区级协调事项", "text", required=""),
)
RULES = (RuleDesign("f2", "le", "f1"), RuleDesign("f3", "le", "f2"))


def patrol(**texts: Any) -> Design:
    """Return the five-field monthly form for the streets."""
    blank = blank_design()
    written = {
        "title": "街道公共设施巡检月报",
        "basis": "公共设施巡检工作方案",
        "minutes": "10",
        "until": "2022-12-31",
        "note": "原纸质台账停用",
    }
    return replace(
        blank,
        texts={**blank.texts, **written, **texts},
        picks={"kinds": ("street",)},
        fields=FIELDS,
        rules=RULES,
        last=5,
    )


def saved(actor: Actor, design: Design | None = None) -> ProposalDraft:
    draft = proposal_begin(actor=actor, now=NOW)
    return proposal_save(actor=actor, draft_id=draft.pk, rev=0, design=design or patrol(), now=NOW)


def asked(actor: Actor, design: Design | None = None) -> FormProposal:
    design = design or patrol()
    draft = saved(actor, design)
    return proposal_ask(actor=actor, draft_id=draft.pk, rev=draft.rev, design=design, now=NOW)
