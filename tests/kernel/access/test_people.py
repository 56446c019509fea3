"""People from a spreadsheet: every fault at its cell, nothing saved before it is taken."""

from __future__ import annotations

from datetime import date

import pytest

from luoshi.core.actor import SYSTEM
from luoshi.core.errors import Incomplete, Invalid, NotAllowed, NotFound, Stale, WrongState
from luoshi.kernel.access.actions import (
    MOST_ISSUED,
    account_prepare,
    account_stop,
    passwords_issue,
    signin_check,
)
from luoshi.kernel.access.models import Account
from luoshi.kernel.access.people import people_preview
from luoshi.kernel.access.queries import actor_of
from luoshi.kernel.access.taking import people_take
from luoshi.kernel.files.sheets import read_table
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.org.actions import appoint, unit_close
from luoshi.kernel.org.models import Appointment, Person, Post
from tests.harness.times import NOW
from tests.kernel.access.helpers import account, actor_with, hold
from tests.kernel.org.helpers import district, person

pytestmark = pytest.mark.django_db
ON = date(2021, 1, 4)
HEAD = "单位编码,姓名,岗位,是否负责人,角色,管理范围,账号"
CLEAN = (
    "S1,林晓岚,填报员,否,填报员,,linxl",
    "S1,周明川,主要负责人,是,负责人,,zhoumc",
    "D,何安然,审核岗,,审核岗、统计岗,全区,hear",
    "S2,许知远,联络员,,,,",
)


@pytest.fixture(autouse=True)
def units():
    district(("S1", "S2"))


def snapshot():
    return [list(model.objects.order_by("id").values()) for model in (Person, Post, Appointment, Account)]


def looked(*lines: str, head: str = HEAD, on: date = ON):
    return people_preview(read_table("人员.csv", "\n".join([head, *lines]).encode()), on=on)


def faults(*lines: str, **given) -> dict[str, tuple[str, str]]:
    return {fault.address: (fault.rule, fault.remedy) for fault in looked(*lines, **given).faults}


def take(*lines: str, **given):
    return people_take(by=SYSTEM, preview=looked(*lines), now=NOW, **given)


def test_what_is_taken_is_there_with_role_and_account():
    assert [row.number for row in take(*CLEAN)] == [2, 3, 4, 5]
    clerk = actor_of(Account.objects.get(username="linxl"), None, ON)
    assert (clerk.person_name, clerk.unit_code, clerk.post_title) == ("林晓岚", "S1", "填报员")
    assert {(grant.role, grant.scope_unit_id) for grant in clerk.roles} == {("clerk", clerk.unit_id)}
    reviewer = actor_of(Account.objects.get(username="hear"), None, ON)
    assert {(grant.role, grant.scope_unit_id) for grant in reviewer.roles} == {
        ("reviewer", None),
        ("desk", None),
    }
    assert Post.objects.get(unit__code="S1", is_head=True).title == "主要负责人"
    assert not Account.objects.filter(person__name="许知远").exists()
    kinds = [event.kind for event in events_of("account", Account.objects.get(username="linxl").pk)]
    assert kinds == ["account.created"] and verify_ledger().ok


def test_nobody_signs_in_before_a_password_is_issued():
    take(CLEAN[0])
    linxl = Account.objects.get(username="linxl")
    with pytest.raises(Invalid):
        signin_check(username="linxl", password="", now=NOW, source="t")
    ((issued, password),) = passwords_issue(by=SYSTEM, account_ids=[linxl.pk], now=NOW)
    assert signin_check(username="linxl", password=password, now=NOW, source="t") == issued
    assert issued.must_change_password
    assert [event.kind for event in events_of("account", linxl.pk)][-1] == "account.password_reset"


def test_the_same_table_again_has_nothing_new():
    take(*CLEAN)
    again = looked(*CLEAN)
    assert (again.count("same"), again.faults) == (4, ())
    before = snapshot()
    with pytest.raises(Incomplete, match="没有可以导入"):
        people_take(by=SYSTEM, preview=again, now=NOW)
    assert snapshot() == before


def test_one_person_on_two_posts_has_one_account():
    take("S1,林晓岚,填报员,,填报员,,linxl", "S2,林晓岚,填报员,,填报员,,linxl")
    assert (Person.objects.filter(name="林晓岚").count(), Account.objects.count()) == (1, 1)


def test_two_of_one_name_in_two_units_are_two_persons():
    take("S1,林晓岚,填报员,,填报员,,linxl", "S2,林晓岚,填报员,,填报员,,linxl2")
    assert Person.objects.filter(name="林晓岚").count() == 2


def test_a_new_post_goes_to_somebody_already_of_the_unit():
    take(CLEAN[0])
    take("S1,林晓岚,统计员,,,,")
    assert Person.objects.filter(name="林晓岚").count() == 1


@pytest.mark.parametrize(
    ("line", "address", "rule", "remedy"),
    [
        ("S3,林晓岚,填报员,,,,", "A2", "没有编码为“S3”的单位", "请先导入该单位"),
        (",林晓岚,填报员,,,,", "A2", "单位编码不能为空", "请填写"),
        ("S1,,填报员,,,,", "B2", "姓名不能为空", "请填写姓名"),
        ("S1,林晓岚,,,,,", "C2", "岗位不能为空", "请填写岗位"),
        ("S1,林晓岚,填报员,对,,,", "D2", "应为“是”或“否”", "留空为否"),
        ("S1,林晓岚,填报员,,填报,,linxl", "E2", "没有角色“填报”", "是否想写“填报员”？"),
        ("S1,林晓岚,管理员,,系统管理员、填报员,全区,linxl", "E2", "须单设岗位", "分列两个岗位"),
        ("S1,林晓岚,管理员,,系统管理员,,linxl", "F2", "范围为全区", "全区"),
        ("S1,林晓岚,填报员,,填报员,S9,linxl", "F2", "没有编码为“S9”的单位", "请填单位编码"),
        ("S1,林晓岚,填报员,,填报员,,林", "G2", "账号由2至40个小写字母", "请改正账号"),
        ("S1,林晓岚,填报员,,填报员,,", "G2", "给了角色就要有账号", "请填写账号"),
    ],
)
def test_each_fault_names_its_cell_rule_and_remedy(line, address, rule, remedy):
    found = faults(line)
    assert list(found) == [address]
    assert rule in found[address][0] and remedy in found[address][1]


def test_faults_between_rows_name_the_earlier_row():
    found = faults(
        "S1,林晓岚,主要负责人,是,负责人,,linxl",
        "S1,周明川,主要负责人,是,负责人,,zhoumc",
        "S2,何安然,填报员,,填报员,,linxl",
        "S1,林晓岚,主要负责人,,,,linxl",
    )
    assert {address: rule for address, (rule, _) in found.items()} == {
        "D3": "第2行“林晓岚”已是该单位负责人",
        "G4": "第2行“林晓岚”已用这个账号",
        "B5": "与第2行重复",
    }


def test_what_is_there_already_is_told():
    holder, _ = account("linxl", "林晓岚")
    hold(holder, "S1-head", "S1")
    take("S2,周明川,主要负责人,是,负责人,,zhoumc")
    assert "岗位已是“主要负责人”" in faults("S2,何安然,主任,是,,,")["D2"][0]
    assert faults("S2,何安然,主要负责人,是,,,")["B2"][0] == "负责人岗位已有人任职"
    assert "不是负责人岗位" in faults("S1,何安然,S1-head,是,,,")["D2"][0]
    assert faults("S2,何安然,填报员,,填报员,,linxl")["G2"][0] == "账号已由“林晓岚”使用"
    assert faults("S1,林晓岚,填报员,,填报员,,linxl9")["G2"][0] == "该人员的账号是“linxl”"


def test_a_unit_of_another_day_takes_nobody():
    assert "才设立" in faults(CLEAN[0], on=date(1990, 1, 1))["A2"][0]
    unit_close(by=SYSTEM, code="S2", on=date(2021, 1, 2), now=NOW)
    assert "已于2021-01-02撤销" in faults("S2,许知远,联络员,,,,")["A2"][0]


def test_a_missing_column_is_named_with_the_nearest_one():
    (fault,) = looked("S1,林晓岚,填报员", head="单位编号,姓名,岗位").faults
    assert (fault.rule, fault.remedy) == ("缺少“单位编码”列", "请把“单位编号”改为“单位编码”")


def test_with_faults_nothing_or_only_the_clean_rows_are_taken():
    lines = (CLEAN[0], "S9,许知远,联络员,,,,")
    before = snapshot()
    with pytest.raises(Incomplete, match="还有1处错误"):
        take(*lines)
    assert snapshot() == before
    assert [row.name for row in take(*lines, only_clean=True)] == ["林晓岚"]


def test_what_changed_after_the_preview_is_refused():
    preview = looked(CLEAN[0])
    account("linxl", "别人")
    with pytest.raises(Stale, match="重新预览"):
        people_take(by=SYSTEM, preview=preview, now=NOW)


def test_only_the_system_administrator_takes_people():
    clerk = actor_with("clerk", "S1", "S1")
    before = snapshot()
    with pytest.raises(NotAllowed):
        people_take(by=clerk, preview=looked(CLEAN[0]), now=NOW)
    with pytest.raises(NotAllowed):
        account_prepare(by=clerk, username="x1", person_id=None, now=NOW)
    with pytest.raises(NotAllowed):
        passwords_issue(by=clerk, account_ids=[1], now=NOW)
    assert snapshot() == before
    assert people_take(by=actor_with("sysadmin", "D", None), preview=looked(CLEAN[0]), now=NOW)


def test_passwords_are_issued_once_and_to_all_or_none():
    first = account_prepare(by=SYSTEM, username="a1", person_id=person("甲").pk, now=NOW)
    held, _ = account("b1", "乙")
    stopped = account_prepare(by=SYSTEM, username="c1", person_id=person("丙").pk, now=NOW)
    account_stop(by=SYSTEM, account_id=stopped.pk, now=NOW)
    for ids, refusal, text in (
        ([], Incomplete, "请选择"),
        (range(1, MOST_ISSUED + 2), Incomplete, "人多时分几次"),
        ([first.pk, 999], NotFound, "已不存在"),
        ([first.pk, held.pk], WrongState, "已有口令"),
        ([first.pk, stopped.pk], WrongState, "已停用"),
    ):
        with pytest.raises(refusal, match=text):
            passwords_issue(by=SYSTEM, account_ids=ids, now=NOW)
    first.refresh_from_db()
    assert not first.has_usable_password()
    passwords_issue(by=SYSTEM, account_ids=[first.pk], now=NOW)
    with pytest.raises(WrongState, match="已有口令"):
        passwords_issue(by=SYSTEM, account_ids=[first.pk], now=NOW)


def test_an_administrator_takes_no_post_or_role_for_themselves_out_of_a_table():
    me = actor_with("sysadmin", "D", None)
    mine = Account.objects.get(pk=me.account_id)
    hold(mine, "D-second", "D")
    for line in (
        f"S1,{mine.person.name},督查专员,,督查专员,全区,{mine.username}",
        "D,许知远,D-second,,督查专员,全区,xuzy",
    ):
        before = snapshot()
        with pytest.raises(NotAllowed, match="不能给自己"):
            people_take(by=me, preview=looked(line), now=NOW)
        assert snapshot() == before
    with pytest.raises(NotAllowed, match="不能给自己任职"):
        appoint(by=me, person_id=mine.person_id, post_code="D-second", from_on=ON, now=NOW)
    assert len(people_take(by=me, preview=looked(*CLEAN), now=NOW)) == 4
