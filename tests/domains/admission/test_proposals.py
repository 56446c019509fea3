"""Asked by one, admitted by another: who may, in which state, and what stands in pack and ledger after it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from luoshi.core.errors import (
    Incomplete,
    Invalid,
    NotAllowed,
    NotFound,
    SamePerson,
    Stale,
    WrongState,
)
from luoshi.core.periods import parse_period
from luoshi.domains.admission.actions import (
    proposal_admit,
    proposal_ask,
    proposal_begin,
    proposal_drop,
    proposal_refuse,
    proposal_save,
    proposal_withdraw,
)
from luoshi.domains.admission.design import FieldDesign, design_of
from luoshi.domains.admission.models import FormProposal, ProposalDraft
from luoshi.domains.admission.queries import (
    drafts_visible,
    elements_known,
    outlook_of,
    proposal_visible,
    proposals_visible,
)
from luoshi.kernel.definitions.models import Definition, PackVersion
from luoshi.kernel.definitions.queries import definition
from luoshi.kernel.filings.models import Obligation
from luoshi.kernel.ledger.models import Event
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from tests.domains.admission.world import Cast, asked, patrol, saved, world
from tests.harness.times import NOW

pytestmark = pytest.mark.django_db
DECEMBER = parse_period("2020-12")


@pytest.fixture
def cast() -> Cast:
    return world()


def snapshot() -> tuple[Any, ...]:
    tables = (ProposalDraft, FormProposal, PackVersion, Definition, Obligation, Event)
    return tuple(list(table.objects.order_by("pk").values()) for table in tables)


def admit(cast: Cast, proposal: FormProposal, **given: Any) -> FormProposal:
    return proposal_admit(actor=cast.office, proposal_id=proposal.pk, now=NOW, **given)


def test_from_the_design_to_fourteen_streets_in_one_flow(cast):
    proposal = asked(cast.desk)
    assert not ProposalDraft.objects.exists() and not PackVersion.objects.exists()
    done = admit(cast, proposal, period=DECEMBER)
    assert (done.state, done.form_key, done.pack_version) == ("admitted", "x001", 1)
    found = definition("form", "local.x001")
    assert found.title == "街道公共设施巡检月报" and len(found.body["fields"]) == 5
    assert found.body["to"] == "unit.kind == 'street'"
    assert Obligation.objects.filter(form_ref="local.x001", period_code="2020-12").count() == 14
    kinds = [event.kind for event in events_of("form_proposal", proposal.pk)]
    assert kinds == ["proposal.asked", "proposal.admitted"]
    assert verify_ledger().ok


def test_no_author_admits_what_they_wrote(cast):
    draft = saved(cast.desk)
    writer = replace(cast.office, unit_id=cast.desk.unit_id)
    draft = proposal_save(actor=writer, draft_id=draft.pk, rev=draft.rev, design=patrol(), now=NOW)
    proposal = proposal_ask(actor=cast.desk, draft_id=draft.pk, rev=draft.rev, design=patrol(), now=NOW)
    before = snapshot()
    with pytest.raises(SamePerson, match="起草人不能审批"):
        admit(cast, proposal)
    with pytest.raises(SamePerson):
        proposal_refuse(actor=cast.office, proposal_id=proposal.pk, reply="不必", now=NOW)
    assert snapshot() == before
    proposal_admit(actor=cast.other_office, proposal_id=proposal.pk, now=NOW)


def test_a_clerk_neither_proposes_nor_admits(cast):
    proposal = asked(cast.desk)
    before = snapshot()
    for act in (
        lambda: proposal_begin(actor=cast.clerk, now=NOW),
        lambda: drafts_visible(cast.clerk),
        lambda: proposals_visible(cast.clerk),
        lambda: proposal_admit(actor=cast.clerk, proposal_id=proposal.pk, now=NOW),
        lambda: proposal_admit(actor=cast.desk, proposal_id=proposal.pk, now=NOW),
        lambda: proposal_refuse(actor=cast.auditor, proposal_id=proposal.pk, reply="不", now=NOW),
        lambda: proposal_withdraw(actor=cast.clerk, proposal_id=proposal.pk, now=NOW),
        lambda: proposal_withdraw(actor=cast.office, proposal_id=proposal.pk, now=NOW),
        lambda: proposal_begin(actor=cast.auditor, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert snapshot() == before


def test_another_unit_sees_neither_design_nor_proposal(cast):
    draft, proposal = saved(cast.desk), asked(cast.desk)
    before = snapshot()
    with pytest.raises(NotFound):
        proposal_save(actor=cast.stranger, draft_id=draft.pk, rev=1, design=patrol(), now=NOW)
    with pytest.raises(NotFound):
        proposal_drop(actor=cast.stranger, draft_id=draft.pk)
    with pytest.raises(NotFound):
        proposal_visible(cast.stranger, proposal.pk)
    with pytest.raises(NotFound):
        proposal_withdraw(actor=cast.stranger, proposal_id=proposal.pk, now=NOW)
    assert snapshot() == before
    assert proposal_visible(cast.colleague, proposal.pk) == proposal_visible(cast.auditor, proposal.pk)


def test_who_saved_later_is_told_and_nothing_is_lost(cast):
    draft = saved(cast.desk)
    proposal_save(
        actor=cast.colleague, draft_id=draft.pk, rev=draft.rev, design=patrol(basis="另一依据"), now=NOW
    )
    before = snapshot()
    with pytest.raises(Stale, match="人员colleague已另存"):
        proposal_save(actor=cast.desk, draft_id=draft.pk, rev=draft.rev, design=patrol(), now=NOW)
    with pytest.raises(Stale):
        proposal_ask(actor=cast.desk, draft_id=draft.pk, rev=draft.rev, design=patrol(), now=NOW)
    assert snapshot() == before


def test_a_design_is_kept_however_wrong_and_asked_only_when_sound(cast):
    wrong = replace(patrol(title="", until="2021-02-30"), picks={"groups": ("NOWHERE",)})
    draft = saved(cast.desk, wrong)
    assert design_of(draft.design) == wrong
    before = snapshot()
    with pytest.raises(Invalid, match="3 处需要改正") as refused:
        proposal_ask(actor=cast.desk, draft_id=draft.pk, rev=draft.rev, design=wrong, now=NOW)
    assert set(refused.value.fields) == {"title", "until", "audience"}
    assert snapshot() == before
    with pytest.raises(Invalid, match="太长"):
        huge = patrol(source="长" * 2001)
        proposal_save(actor=cast.desk, draft_id=draft.pk, rev=draft.rev, design=huge, now=NOW)


def test_no_unit_can_be_written_into_the_audience_by_hand(cast):
    evil = replace(patrol(), picks={"units": ("S1' or unit.code != '",)})
    with pytest.raises(Invalid) as refused:
        asked(cast.desk, evil)
    assert "单位树中已没有" in refused.value.fields["audience"]


def test_markup_in_texts_stays_text(cast):
    title = '<b>表</b>"}, evil: {x'
    admit(cast, asked(cast.desk, patrol(title=title)))
    assert definition("form", "local.x001").title == title


def test_withdrawn_or_refused_it_is_over_and_can_be_asked_anew(cast):
    proposal = asked(cast.desk)
    proposal_withdraw(actor=cast.colleague, proposal_id=proposal.pk, now=NOW)
    before = snapshot()
    for act in (
        lambda: admit(cast, proposal),
        lambda: proposal_withdraw(actor=cast.desk, proposal_id=proposal.pk, now=NOW),
        lambda: proposal_refuse(actor=cast.office, proposal_id=proposal.pk, reply="不", now=NOW),
    ):
        with pytest.raises(WrongState, match="已撤回"):
            act()
    assert snapshot() == before
    again = proposal_begin(actor=cast.desk, again=proposal.pk, now=NOW)
    assert design_of(again.design) == patrol()
    second = asked(cast.desk)
    with pytest.raises(Incomplete, match="理由"):
        proposal_refuse(actor=cast.office, proposal_id=second.pk, reply=" ", now=NOW)
    refused = proposal_refuse(actor=cast.office, proposal_id=second.pk, reply="与月报重复", now=NOW)
    assert (refused.state, refused.reply) == ("refused", "与月报重复")
    assert [e.kind for e in events_of("form_proposal", second.pk)] == ["proposal.asked", "proposal.refused"]
    with pytest.raises(NotAllowed, match="其他单位提出"):
        proposal_begin(actor=cast.office, again=second.pk, now=NOW)
    assert verify_ledger().ok


def test_a_form_in_force_is_changed_by_a_new_proposal_of_its_unit(cast):
    admit(cast, asked(cast.desk), period=DECEMBER)
    with pytest.raises(NotAllowed, match="其他单位负责"):
        proposal_begin(actor=cast.stranger, change="x001", now=NOW)
    draft = proposal_begin(actor=cast.desk, change="x001", now=NOW)
    kept = design_of(draft.design)
    assert (draft.form_key, kept.fields, kept.rules) == ("x001", patrol().fields, patrol().rules)
    shorter = replace(kept, fields=kept.fields[:4])
    proposal = proposal_ask(actor=cast.desk, draft_id=draft.pk, rev=0, design=shorter, now=NOW)
    done = admit(cast, proposal)
    assert (done.form_key, done.pack_version) == ("x001", 2)
    assert len(definition("form", "local.x001").body["fields"]) == 4
    running = Obligation.objects.filter(form_ref="local.x001").order_by("id").first()
    assert running.definition_id == definition("form", "local.x001", 1).id, "open periods keep their form"
    next_one = proposal_begin(actor=cast.desk, change="x001", now=NOW)
    assert design_of(next_one.design).last == 5, "the key of a dropped field is not given again"


def test_of_two_changes_of_one_form_the_second_is_told(cast):
    admit(cast, asked(cast.desk))
    drafts = [proposal_begin(actor=cast.desk, change="x001", now=NOW) for _ in range(2)]
    first, second = (
        proposal_ask(actor=cast.desk, draft_id=draft.pk, rev=0, design=patrol(basis=f"依据{n}"), now=NOW)
        for n, draft in enumerate(drafts)
    )
    admit(cast, first)
    before = snapshot()
    with pytest.raises(Stale, match="已被他人改动"):
        admit(cast, second)
    assert snapshot() == before


def test_a_number_does_not_turn_into_words(cast):
    admit(cast, asked(cast.desk))
    draft = proposal_begin(actor=cast.desk, change="x001", now=NOW)
    fields = (replace(patrol().fields[0], kind="text"), *patrol().fields[1:])
    with pytest.raises(Invalid) as refused:
        proposal_ask(
            actor=cast.desk,
            draft_id=draft.pk,
            rev=0,
            design=replace(patrol(), fields=fields, rules=()),
            now=NOW,
        )
    assert list(refused.value.fields) == ["fields.0.kind"]


def test_two_new_forms_get_two_keys_and_both_stay(cast):
    first, second = asked(cast.desk), asked(cast.stranger, patrol(title="另一张月报"))
    assert [admit(cast, each).form_key for each in (first, second)] == ["x001", "x002"]
    assert definition("form", "local.x001").title != definition("form", "local.x002").title


def test_opened_too_early_nothing_is_admitted(cast):
    proposal = asked(cast.desk)
    before = snapshot()
    with pytest.raises(WrongState, match="未到日期"):
        admit(cast, proposal, period=parse_period("2021-03"))
    assert snapshot() == before


def test_any_form_serves_as_a_pattern(cast):
    admit(cast, asked(cast.desk))
    draft = proposal_begin(actor=cast.stranger, like="local.x001", now=NOW)
    assert (draft.form_key, draft.form_hash, draft.unit.code) == ("", "", "P2")
    assert design_of(draft.design).fields == patrol().fields
    with pytest.raises(NotFound):
        proposal_begin(actor=cast.stranger, like="local.x009", now=NOW)


def test_the_outlook_says_who_when_and_at_what_cost(cast):
    found = outlook_of(patrol(), form_key="", owner="P1", on=NOW.date())
    assert len(found.units) == 14 and found.faults == {}
    assert [each.period.code for each in found.next] == ["2021-01", "2021-02", "2021-03"]
    assert [each.period.code for each in found.open_now] == ["2020-12"]
    assert (found.cost.filings, str(found.cost.hours)) == (168, "28.0")
    assert [each.title for each in found.form.fields][:2] == ["巡检处数", "发现损坏"]
    early = patrol(due_from="end-", due_days="9")
    assert "due_days" in outlook_of(early, form_key="", owner="P1", on=NOW.date()).faults


def test_the_outlook_stands_whatever_is_typed(cast):
    wild = replace(
        patrol(period="week", open_from="x", minutes="", lock_mode="?", review="?"),
        picks={"groups": ("?",)},
        fields=(FieldDesign("f1", "", "?"), FieldDesign("f2", "率", "decimal", digits="99", least="z")),
    )
    found = outlook_of(wild, form_key="", owner="P1", on=NOW.date())
    assert found.units == () and found.cost is None and "audience" in found.faults


def test_elements_asked_already_are_offered_and_doubles_are_named(cast):
    first = replace(patrol().fields[0], element="SS01")
    admit(cast, asked(cast.desk, replace(patrol(), fields=(first, *patrol().fields[1:]))))
    (known,) = elements_known(NOW.date())
    assert (known.code, known.title, known.form_title) == ("SS01", "巡检处数", "街道公共设施巡检月报")
    near = outlook_of(patrol(title="又一张"), form_key="", owner="P1", on=NOW.date()).near
    assert "巡检处数" in {each.title for each in near}


def test_the_outlook_asks_a_bounded_number_of_queries(cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(45):
        outlook_of(patrol(), form_key="", owner="P1", on=NOW.date())
