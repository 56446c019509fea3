"""Evidence of items: who hands it in, what a move that needs it is taken with, and who reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from luoshi.core.errors import Duplicate, Incomplete, Invalid, NotAllowed, NotFound, WrongState
from luoshi.kernel.evidence.actions import Proof
from luoshi.kernel.evidence.models import Evidence, Revision
from luoshi.kernel.evidence.queries import revision_visible
from luoshi.kernel.items.evidencing import item_evidence_add, item_evidence_drop, item_evidence_revise
from luoshi.kernel.items.models import Item, ItemEvidence, MoveEvidence
from luoshi.kernel.items.proofs import moves_proved, proof_faults, proofs_of
from luoshi.kernel.items.schema import evidence_rule
from luoshi.kernel.items.types import type_def
from luoshi.kernel.ledger.verify import verify_ledger
from tests.harness.times import NOW
from tests.kernel.files.samples import pdf, png
from tests.kernel.items.helpers import RESULT, desk, doing, go, lead, office, snapshot, world
from tests.kernel.loader.faulty import pack_copy, without_imports

pytestmark = pytest.mark.django_db
NEEDS = 'to: check, by: lead, need: [result, "evidence:1"]'


@pytest.fixture(autouse=True)
def planted(tmp_path, settings):
    settings.LUOSHI_VAR = tmp_path / "var"
    return world(pack_needing(tmp_path, NEEDS))


def pack_needing(folder: Path, needs: str, more: str = "") -> Path:
    """Return a copy of the pack whose 报结 needs evidence."""
    copy = pack_copy(folder, "zhengqi")
    path = copy / "pack.yaml"
    text = without_imports(path.read_text("utf-8")).replace("to: check, by: lead, need: [result]", needs)
    path.write_text(text.replace("    public: [", f"{more}    public: ["), "utf-8")
    return copy


def paper(content: bytes = b"", name: str = "续贷合同.pdf", kind: str = "document") -> Proof:
    return Proof(kind, "", NOW.date() - timedelta(days=2), name, content or pdf())


def add(item: Item, by=None, **given) -> Revision:
    return item_evidence_add(actor=by or lead(), item_id=item.pk, proof=paper(**given), now=NOW)


def report(item: Item) -> Item:
    return go(item, "report", lead(), values={"result": RESULT})


def all_rows():
    models = (Evidence, Revision, ItemEvidence, MoveEvidence)
    return (*snapshot(), *(list(model.objects.order_by("id").values()) for model in models))


def test_a_move_that_needs_evidence_is_taken_with_what_stands_then():
    item = doing()
    with pytest.raises(Incomplete, match="佐证至少 1 份，现有 0 份") as refused:
        report(item)
    assert set(refused.value.fields) == {"evidence:1"}
    first = add(item)
    step = report(item).steps
    assert [each.revision_id for each in moves_proved(item)[step]] == [first.pk]
    go(item, "rework", desk(), note="合同缺页")
    item_evidence_revise(
        actor=lead(), item_id=item.pk, evidence_id=first.evidence_id, proof=paper(pdf(b"2")), now=NOW
    )
    assert [each.revision_id for each in moves_proved(item)[step]] == [first.pk]
    (proof,) = proofs_of(item)
    assert [each.number for each in proof.revisions] == [2, 1] and proof.used
    assert verify_ledger().ok


def test_pictures_alone_do_not_suffice_unless_the_pack_says_so(tmp_path):
    item = doing()
    add(item, content=png(), name="现场.png", kind="photo")
    with pytest.raises(Incomplete, match="照片、截图不能作为唯一佐证，请另附文件或表格"):
        report(item)
    add(item)
    assert report(item).state == "check"


def test_a_pack_may_take_pictures_alone_and_fewer_kinds(tmp_path, db):
    item = doing()
    photo = add(item, content=png(), name="现场.png", kind="photo")
    kind = type_def("zhengqi.case")
    alone = replace(kind, evidence=evidence_rule({"kinds": ["photo"], "pictures_suffice": True}))
    assert proof_faults(alone, ["evidence:1"], [photo]) == {}
    assert "照片" in proof_faults(kind, ["evidence:1"], [photo])["evidence:1"]
    assert "至少 2 份" in proof_faults(alone, ["evidence:2"], [photo])["evidence:2"]


def test_only_who_handles_the_item_in_its_state_hands_in_and_only_its_unit_replaces():
    item = doing()
    mine = add(item)
    before = all_rows()
    with pytest.raises(NotFound):
        add(item, by=lead("P2", 31))
    with pytest.raises(NotAllowed):
        add(item, by=office())
    by_desk = {"actor": desk(), "item_id": item.pk, "evidence_id": mine.evidence_id, "now": NOW}
    with pytest.raises(NotAllowed, match="由单位P1提交，只能由该单位更换或移除"):
        item_evidence_drop(**by_desk)
    with pytest.raises(NotAllowed, match="只能由该单位"):
        item_evidence_revise(proof=paper(pdf(b"3")), **by_desk)
    with pytest.raises(Duplicate, match="内容相同"):
        add(item, by=desk())
    assert all_rows() == before
    report(item)
    with pytest.raises(NotAllowed, match="提交佐证"):
        add(item, content=pdf(b"4"))


def test_evidence_of_one_item_is_not_reached_through_another():
    item, other = doing(), doing()
    mine = add(item)
    for act in (item_evidence_drop, item_evidence_revise):
        given = {"proof": paper(pdf(b"5"))} if act is item_evidence_revise else {}
        with pytest.raises(NotFound, match="本件没有这份佐证"):
            act(actor=lead(), item_id=other.pk, evidence_id=mine.evidence_id, now=NOW, **given)
    assert revision_visible(lead(), mine.pk, NOW.date()) and revision_visible(office(), mine.pk, NOW.date())
    with pytest.raises(NotFound):
        revision_visible(lead("P2", 31), mine.pk, NOW.date())


def test_what_a_move_was_taken_with_is_not_dropped_and_what_was_dropped_is_not_read():
    item = doing()
    wrong = add(item, content=pdf(b"6"))
    item_evidence_drop(actor=lead(), item_id=item.pk, evidence_id=wrong.evidence_id, now=NOW)
    with pytest.raises(NotFound):
        revision_visible(lead(), wrong.pk, NOW.date())
    with pytest.raises(Incomplete):
        report(item)
    used = add(item)
    report(item)
    go(item, "rework", desk(), note="合同缺页")
    with pytest.raises(WrongState, match="已随办理提交，不能移除"):
        item_evidence_drop(actor=lead(), item_id=item.pk, evidence_id=used.evidence_id, now=NOW)
    assert verify_ledger().ok


def test_after_a_reopening_former_evidence_no_longer_counts():
    item = doing()
    add(item)
    report(item)
    go(item, "confirm", desk(), values={"solved": "yes"})
    with pytest.raises(WrongState, match="不再收佐证"):
        add(item, by=desk(), content=pdf(b"7"))
    go(item, "reopen", desk(), note="企业反映未解决")
    with pytest.raises(Incomplete, match="现有 0 份"):
        report(item)
    add(item, content=pdf(b"8"))
    assert report(item).state == "check"
    assert [proof.counts for proof in proofs_of(Item.objects.get(pk=item.pk))] == [False, True]


def test_a_kind_that_the_pack_does_not_take_is_named_beside_its_input():
    item = doing()
    with pytest.raises(Invalid, match="请选择佐证类别") as refused:
        add(item, kind="film")
    assert set(refused.value.fields) == {"kind"}
