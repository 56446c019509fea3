"""Requests and reports: one matter one document, no request inside a report, every step by its holder."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.core.errors import Invalid, NotAllowed, NotFound, SamePerson, WrongState
from luoshi.domains.requests.following import report_continue
from luoshi.domains.requests.letters import answer_letter, has_letter
from luoshi.domains.requests.queries import chain_of, kinds_counted, paper_rows, papers_found
from luoshi.kernel.documents.docx import render_docx
from luoshi.kernel.items.given import Given
from luoshi.kernel.items.models import Item, ItemDuty
from luoshi.kernel.ledger.verify import verify_ledger
from tests.domains.requests.world import (
    BODY,
    answered,
    clerk,
    desk,
    drafted,
    go,
    head,
    leader,
    registered,
    sent,
    world,
)
from tests.harness.times import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def planted():
    world()


def test_a_request_goes_from_draft_to_done():
    item = go(answered(), "confirm", clerk())
    assert item.state == "closed"
    assert verify_ledger().ok


def test_whoever_drafts_leads():
    item = drafted()
    assert [row.unit_code for row in ItemDuty.objects.filter(item=item, role="lead")] == ["P1"]


def test_no_unit_drafts_in_the_name_of_another():
    with pytest.raises(NotAllowed, match="其他单位"):
        from luoshi.kernel.items.actions import item_create

        given = Given(
            title="代拟",
            values={"kind": "request", "upto": "district", "matter": "people", "matters": "1"}
            | {"pressing": "plain", "body": BODY, "agreed": "alone"},
            duties={"lead": ["P2"]},
        )
        item_create(actor=clerk(), type_ref="qingshi.paper", given=given, now=NOW)
    assert not Item.objects.exists()


def test_a_request_has_one_matter():
    with pytest.raises(Invalid, match="一文一事"):
        drafted(matters="2")
    assert drafted(kind="special", matters="2").state == "draft"


@pytest.mark.parametrize("words", ["妥否，请批示。", "请 予 批复", "特此请示"])
def test_no_request_hides_in_a_report(words: str):
    with pytest.raises(Invalid, match="不得夹带请示事项") as refused:
        drafted(kind="regular", body=BODY + words)
    assert "body" in refused.value.fields
    assert drafted(body=BODY + words).state == "draft"


def test_the_rule_holds_when_the_draft_is_changed_and_sent():
    from luoshi.kernel.items.editing import item_edit

    item = drafted(kind="regular")
    with pytest.raises(Invalid, match="不得夹带请示事项"):
        item_edit(
            actor=clerk(), item_id=item.pk, given=Given(values={"body": BODY + "妥否，请批示"}), now=NOW
        )
    studied = {"studied": "meeting", "studied_on": "2021-01-14", "body": BODY + "请予审批"}
    with pytest.raises(Invalid, match="不得夹带请示事项"):
        go(item, "submit", clerk(), values=studied)


def test_an_emergency_says_what_was_done_and_may_be_studied_later():
    with pytest.raises(Invalid, match="先处置后报告"):
        drafted(kind="urgent")
    item = drafted(kind="urgent", acted="已疏散人员并关闭阀门，正在抢修。")
    go(item, "phone", clerk(), note="已向值班室电话报告。")
    go(item, "submit", clerk(), values={"studied": "urgent", "studied_on": "2021-01-15"})
    plain = drafted()
    with pytest.raises(Invalid, match="只有突发报告"):
        go(plain, "submit", clerk(), values={"studied": "urgent", "studied_on": "2021-01-15"})


def test_reports_on_an_emergency_form_a_chain():
    first = sent(kind="urgent", acted="已疏散人员并关闭阀门，正在抢修。")
    draft = Given(title="续报", values={"kind": "request"} | _like(first))
    with pytest.raises(WrongState, match="还没有报出"):
        unsent = drafted(kind="urgent", acted="已疏散人员并关闭阀门，正在抢修。")
        report_continue(actor=clerk(), item_id=unsent.pk, given=draft, now=NOW)
    second = report_continue(actor=clerk(), item_id=first.pk, given=draft, now=NOW)
    assert second.values["kind"] == "urgent"
    assert (
        [each.id for each in chain_of(second)]
        == [each.id for each in chain_of(first)]
        == [first.pk, second.pk]
    )
    with pytest.raises(NotFound):
        report_continue(actor=clerk("P2", 21), item_id=first.pk, given=draft, now=NOW)
    assert verify_ledger().ok


def _like(item: Item) -> dict[str, str]:
    keys = ("upto", "matter", "matters", "pressing", "body", "agreed", "acted")
    return {key: item.values[key] for key in keys}


def test_who_drafts_does_not_sign_and_who_proposes_does_not_decide():
    item = drafted()
    both = head(account=11)
    go(item, "submit", both, values={"studied": "meeting", "studied_on": "2021-01-14"})
    with pytest.raises(SamePerson):
        go(item, "sign", both)
    with pytest.raises(NotAllowed):
        go(item, "sign", clerk(account=13))
    go(item, "sign", head())
    for other in (clerk(), head(), leader()):
        with pytest.raises((NotAllowed, NotFound)):
            go(item, "register", other)


def test_a_report_is_read_and_a_request_is_answered():
    item = registered(kind="special")
    go(item, "propose", desk(), values={"propose": "呈请阅知。"})
    with pytest.raises(Invalid, match="只有请示需要批办"):
        go(item, "approve", leader(), values={"decide": "同意。"})
    go(item, "read", leader(), values={"decide": "已阅。"})
    assert go(item, "archive", desk()).state == "closed"


def test_a_unit_sees_only_its_own():
    item = registered()
    assert not papers_found(clerk("P2", 21), NOW).exists()
    assert papers_found(clerk(), NOW).exists()
    with pytest.raises(NotFound):
        go(item, "confirm", clerk("P2", 21))


def test_the_listing_counts_by_kind():
    answered()
    answered(later=NOW + timedelta(days=30))
    registered(kind="regular")
    go(registered(kind="regular"), "return", desk(), note="缺少附表", basis="报送要求")
    later = NOW + timedelta(days=31)
    counts = {each.kind: each for each in kinds_counted(papers_found(desk(), later), later)}
    assert (counts["request"].count, counts["request"].on_time, counts["request"].late) == (2, 1, 1)
    assert (counts["regular"].count, counts["regular"].returned, counts["regular"].late) == (2, 1, 1)
    late = papers_found(desk(), later, state="late")
    assert late.count() == 2
    ids = list(papers_found(desk(), later).values_list("item_id", flat=True))
    with CaptureQueriesContext(connection) as few:
        paper_rows(ids[:1], later)
    with CaptureQueriesContext(connection) as many:
        rows = paper_rows(ids, later)
    assert len(few) == len(many)
    assert {row.timing for row in rows} == {"on_time", "late", "overdue"}


def test_the_letter_states_the_answer():
    item = registered()
    assert not has_letter(item)
    with pytest.raises(WrongState, match="才有复函"):
        answer_letter(item)
    letter = answer_letter(answered())
    assert letter.title_lines == ("关于增设便民服务点的复函",) and letter.addressee == "单位P1"
    assert letter.sign is not None and letter.sign.org == "单位ZX"
    assert render_docx(letter)[:2] == b"PK"
