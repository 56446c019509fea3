"""Evidence of filings: at hand while filling, filed with a version, kept by it; who may not, and what not."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from luoshi.core.errors import Duplicate, Frozen, Incomplete, Invalid, NotAllowed, NotFound, WrongState
from luoshi.kernel.evidence.models import Evidence, Revision
from luoshi.kernel.evidence.queries import revision_content, revision_visible
from luoshi.kernel.filings.actions import (
    filing_accept,
    filing_correct,
    filing_evidence_add,
    filing_evidence_remove,
    filing_evidence_replace,
    filing_sign,
)
from luoshi.kernel.filings.at_hand import HINT_DATES, at_hand, entered_at_once
from luoshi.kernel.filings.models import EntryEvidence, FilingEvidence, Obligation
from luoshi.kernel.filings.queries import filing_diff, filing_versions, version_before
from luoshi.kernel.ledger.models import Event
from luoshi.kernel.ledger.verify import verify_ledger
from tests.kernel.files.samples import jpeg, pdf, png
from tests.kernel.filings.loop import IN_TIME, Cast, later, owed, returned, submit_nil
from tests.kernel.filings.proving import GIVEN, ROWS, added, proof, proven, proven_world, snapshot

pytestmark = pytest.mark.django_db
TODAY = IN_TIME.date()


@pytest.fixture
def cast(db) -> Cast:
    return proven_world()


def kinds(root: str) -> list[str]:
    return list(Event.objects.filter(obj_type=root).order_by("id").values_list("kind", flat=True))


def replace(cast: Cast, revision: Revision, **given) -> Revision:
    return filing_evidence_replace(
        actor=cast.clerk,
        obligation_id=owed().pk,
        evidence_id=revision.evidence_id,
        proof=proof(**({"content": pdf("二")} | given)),
        now=later(minutes=5),
    )


def remove(cast: Cast, revision: Revision) -> None:
    filing_evidence_remove(
        actor=cast.clerk, obligation_id=owed().pk, evidence_id=revision.evidence_id, now=later(minutes=6)
    )


def test_after_a_hard_lock_what_is_at_hand_stays_as_it_is(cast):
    revision = added(cast.clerk)
    Obligation.objects.update(lock_mode="hard", lock_at=IN_TIME)
    before = snapshot()
    with pytest.raises(Frozen):
        remove(cast, revision)
    with pytest.raises(Frozen):
        replace(cast, revision)
    with pytest.raises(Frozen):
        added(cast.clerk, proof(content=pdf("三")), now=later(minutes=7))
    assert snapshot() == before


def test_a_file_at_hand_says_what_it_is_about_and_who_recorded_it_when(cast):
    revision = added(cast.clerk)
    assert (revision.title, revision.kind, revision.occurred_on) == ("整改通知", "document", date(2021, 1, 4))
    assert (revision.recorded_at, revision.recorded_by_account) == (IN_TIME, cast.clerk.account_id)
    assert revision_content(revision) == pdf()
    assert at_hand([owed()])[owed().pk] == [("proof", revision)]
    assert kinds("evidence") == ["evidence.added"] and verify_ledger().ok


def test_names_stay_out_of_the_ledger(cast):
    added(cast.clerk, proof(title="张三的处理意见", file_name="张三.pdf"))
    assert not [event for event in Event.objects.all().order_by("id") if "张三" in event.body.decode()]


def test_a_title_left_blank_is_the_name_of_the_file(cast):
    assert added(cast.clerk, proof(title=" ", file_name="C:\\卷宗\\一号.pdf")).title == "一号"


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"occurred_on": None}, "occurred_on", "请填写佐证所反映事项的发生日期"),
        ({"occurred_on": date(2021, 1, 16)}, "occurred_on", "不得晚于今天"),
        ({"occurred_on": date(201, 1, 4)}, "occurred_on", "核对年份"),
        ({"title": "长" * 101}, "title", "1 至 100 字"),
        ({"title": "甲\u202e乙"}, "title", "不可见的控制字符"),
        ({"kind": "screenshot"}, "kind", "“办结材料”只收：文件、表格、照片"),
        ({"kind": "video"}, "kind", "只收"),
        ({"content": b"MZ"}, "file", "内容却不是完整的 PDF"),
        ({"content": b"<html>", "file_name": "../../etc/passwd"}, "file", "此类只收"),
    ],
)
def test_what_cannot_be_kept_is_named_beside_its_input_and_changes_nothing(cast, given, field, said):
    before = snapshot()
    with pytest.raises((Invalid, Incomplete)) as refusal:
        added(cast.clerk, proof(**given))
    assert said in refusal.value.fields[f"proof.{field}"] and snapshot() == before


def test_no_more_files_than_the_form_takes_and_none_twice(cast):
    added(cast.clerk)
    before = snapshot()
    with pytest.raises(Duplicate, match="与已有的佐证“整改通知”内容相同"):
        added(cast.clerk, proof(title="又一份"))
    assert snapshot() == before
    added(cast.clerk, proof(pdf("二")))
    with pytest.raises(Invalid, match="最多 2 份"):
        added(cast.clerk, proof(pdf("三")))


def test_a_field_that_takes_no_files_is_refused(cast):
    for field in ("cases", "list", "other"):
        with pytest.raises(Invalid, match="没有可上传佐证的字段"):
            added(cast.clerk, field=field)


def test_only_who_fills_hands_in_replaces_and_removes(cast):
    revision = added(cast.clerk)
    before = snapshot()
    here = {"obligation_id": owed().pk, "now": later(minutes=1)}
    for who, refusal in ((cast.other, NotFound), (cast.reviewer, NotAllowed), (cast.head, NotAllowed)):
        with pytest.raises(refusal):
            filing_evidence_add(actor=who, field="proof", proof=proof(pdf("二")), **here)
        with pytest.raises(refusal):
            filing_evidence_replace(
                actor=who, evidence_id=revision.evidence_id, proof=proof(pdf("二")), **here
            )
        with pytest.raises(refusal):
            filing_evidence_remove(actor=who, evidence_id=revision.evidence_id, **here)
    assert snapshot() == before


def test_evidence_of_another_obligation_cannot_be_touched_through_ones_own(cast):
    theirs = added(cast.other, code="S2")
    before = snapshot()
    with pytest.raises(NotFound):
        remove(cast, theirs)
    with pytest.raises(NotFound):
        replace(cast, theirs)
    assert snapshot() == before


def test_a_replaced_file_is_a_new_revision_and_the_former_stays(cast):
    first = added(cast.clerk)
    second = replace(cast, first)
    assert (second.number, second.evidence_id) == (2, first.evidence_id)
    assert at_hand([owed()])[owed().pk] == [("proof", second)]
    assert revision_content(Revision.objects.get(pk=first.pk)) == pdf()
    assert kinds("evidence") == ["evidence.added", "evidence.revised"] and verify_ledger().ok


def test_what_proved_nothing_is_dropped_when_removed(cast):
    revision = added(cast.clerk)
    remove(cast, revision)
    assert Evidence.objects.get().dropped_at == later(minutes=6) and not EntryEvidence.objects.exists()
    assert kinds("evidence") == ["evidence.added", "evidence.dropped"] and verify_ledger().ok


def test_a_version_is_filed_with_what_is_at_hand(cast):
    file, photo = (
        added(cast.clerk),
        added(cast.clerk, proof(jpeg(), kind="photo", file_name="现场.jpg"), field="more"),
    )
    filing = proven(cast.clerk)
    links = list(filing.evidence.order_by("id").values_list("field", "revision_id"))
    assert links == [("proof", file.pk), ("more", photo.pk)]
    assert filing.values["proof"] is None and filing.occurred_on == date(2021, 1, 3)
    shown = filing_versions(owed())[0]
    assert [(title, view.title) for title, view in shown.evidence] == [
        ("办结材料", "整改通知"),
        ("其他佐证", "整改通知"),
    ]
    assert shown.evidence[0][1].gap == 11 and verify_ledger().ok


def test_required_evidence_must_be_there(cast):
    before = snapshot()
    with pytest.raises(Incomplete) as refusal:
        proven(cast.clerk)
    assert refusal.value.fields == {"proof": "此项必填，请上传办结材料（文件、表格、照片）。"}
    assert snapshot() == before


def test_pictures_alone_are_no_proof(cast):
    added(cast.clerk, proof(jpeg(), kind="photo", file_name="现场.jpg"))
    before = snapshot()
    with pytest.raises(Incomplete) as refusal:
        proven(cast.clerk)
    assert refusal.value.fields == {"proof": "照片、截图不能作为唯一佐证，请另附文件或表格。"}
    assert snapshot() == before
    added(cast.clerk, proof())
    assert proven(cast.clerk).evidence.count() == 2


def test_the_day_it_happened_is_asked_where_the_form_says_so(cast):
    added(cast.clerk)
    for typed, said in (("", "请填写事项发生日期"), ("1月3日", "应为日期"), ("2021-01-16", "不得晚于今天")):
        with pytest.raises((Incomplete, Invalid)) as refusal:
            proven(cast.clerk, occurred=typed)
        assert said in refusal.value.fields["occurred"]


def test_a_nil_return_needs_and_takes_no_evidence(cast):
    added(cast.clerk)
    assert submit_nil(cast.clerk).evidence.count() == 0


def test_after_submission_nothing_is_added_or_removed(cast):
    revision = added(cast.clerk)
    proven(cast.clerk)
    before = snapshot()
    with pytest.raises(WrongState):
        added(cast.clerk, proof(pdf("二")))
    with pytest.raises(WrongState):
        remove(cast, revision)
    assert snapshot() == before


def signed_and_returned(cast: Cast) -> tuple[Revision, Revision]:
    """File two files, have them returned; return both."""
    kept, gone = added(cast.clerk), added(cast.clerk, proof(pdf("二"), title="回复"))
    filing = filing_sign(actor=cast.head, filing_id=proven(cast.clerk).pk, now=IN_TIME)
    returned(cast, filing)
    return kept, gone


def test_the_next_version_starts_with_the_same_evidence_and_the_former_keeps_its_own(cast):
    kept, gone = signed_and_returned(cast)
    remove(cast, gone)
    new = replace(cast, kept, content=pdf("三"))
    second = proven(cast.clerk, now=later(minutes=9))
    first = version_before(second)
    assert set(first.evidence.values_list("revision_id", flat=True)) == {kept.pk, gone.pk}
    assert set(second.evidence.values_list("revision_id", flat=True)) == {new.pk}
    assert not Evidence.objects.exclude(dropped_at=None).exists()
    change = next(each for each in filing_diff(second, first) if each.key == "proof")
    assert change.changed and (change.before, change.now) == ("2 份", "1 份")
    assert [(part.sign, part.revision_id) for part in change.parts] == [
        ("removed", kept.pk),
        ("removed", gone.pk),
        ("added", new.pk),
    ]
    assert verify_ledger().ok


def test_a_correction_keeps_the_evidence_of_what_it_corrects(cast):
    revision = added(cast.clerk)
    filing = filing_sign(actor=cast.head, filing_id=proven(cast.clerk).pk, now=IN_TIME)
    filing_accept(actor=cast.reviewer, filing_id=filing.pk, now=IN_TIME)
    corrected = filing_correct(
        actor=cast.clerk,
        obligation_id=owed().pk,
        values={"cases": "11"},
        reason="漏计一件",
        now=later(days=1),
    )
    assert list(corrected.evidence.values_list("revision_id", flat=True)) == [revision.pk]
    assert corrected.values["list"] == filing.values["list"] and verify_ledger().ok


def test_before_it_is_filed_only_who_fills_reads_it_then_whoever_sees_the_obligation(cast):
    revision = added(cast.clerk)
    people = (cast.clerk, cast.colleague, cast.reviewer, cast.auditor, cast.other, cast.head)

    def readers() -> list[str]:
        found = []
        for who in people:
            try:
                revision_visible(who, revision.pk, TODAY)
            except NotFound:
                continue
            found.append(who.post_code)
        return found

    assert readers() == ["clerk", "colleague"]
    proven(cast.clerk)
    assert readers() == ["clerk", "colleague", "reviewer", "auditor", "head"]


def test_a_revision_that_does_not_exist_is_not_found(cast):
    with pytest.raises(NotFound):
        revision_visible(cast.clerk, 999, TODAY)


def test_links_to_evidence_stand_in_the_ledger(cast):
    added(cast.clerk)
    other = added(cast.clerk, proof(pdf("二"), title="另一份"))
    filing = proven(cast.clerk)
    link = filing.evidence.order_by("id").first()
    FilingEvidence.objects.filter(pk=link.pk).update(field="more")
    assert not verify_ledger().ok
    FilingEvidence.objects.filter(pk=link.pk).update(field="proof")
    Revision.objects.filter(pk=other.pk).update(occurred_on=date(2020, 1, 1))
    assert not verify_ledger().ok


def test_faulty_cells_of_a_table_are_named_one_by_one(cast):
    added(cast.clerk)
    rows = '[{"what":"甲","count":"一"},{"what":"","count":"2","done_on":"5月"}]'
    with pytest.raises(Invalid) as refusal:
        proven(cast.clerk, values=GIVEN | {"list": rows})
    fields = refusal.value.fields
    assert "第 2 行“完成日期”应为日期" in fields["list"] and "等" not in fields["list"]
    assert fields["list.1.count"].startswith("应为数字") and fields["list.2.done_on"].startswith("应为日期")


def test_rows_are_compared_row_by_row(cast):
    added(cast.clerk)
    filing = filing_sign(actor=cast.head, filing_id=proven(cast.clerk).pk, now=IN_TIME)
    returned(cast, filing)
    more = json.dumps([*ROWS, {"what": "井盖破损", "count": "1"}])
    second = proven(cast.clerk, values=GIVEN | {"list": more}, now=later(minutes=1))
    change = next(each for each in filing_diff(second, filing) if each.key == "list")
    assert change.heads == ("问题", "完成日期", "处数", "程度")
    assert [(part.sign, part.cells) for part in change.parts] == [
        ("", ("路灯不亮", "2021-01-05", "2", "较重")),
        ("added", ("井盖破损", "", "1", "")),
    ]
    assert change.now == "2 行，处数合计 3处"


@pytest.mark.parametrize(("apart", "days"), [(timedelta(minutes=5), HINT_DATES), (timedelta(minutes=30), 0)])
def test_many_days_recorded_within_an_hour_are_a_hint_to_the_reviewer(cast, apart, days):
    """Four files and the filing itself are about five days."""
    asked = [("proof", pdf(str(n)), "document", f"{n}.pdf") for n in range(2)]
    asked += [("more", png(2, 2, bytes([n])), "photo", f"{n}.png") for n in range(2)]
    for n, (field, content, kind, name) in enumerate(asked):
        given = proof(content, kind=kind, file_name=name, occurred_on=date(2020, 12, n + 1))
        added(cast.clerk, given, field=field, now=IN_TIME + n * apart)
    filing = proven(cast.clerk, now=IN_TIME + 3 * apart)
    assert entered_at_once(owed(), filing) == days
