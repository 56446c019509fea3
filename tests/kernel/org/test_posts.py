"""Persons, posts and appointments: who holds what on which day."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from luoshi.core.actor import SYSTEM, Actor
from luoshi.core.errors import Duplicate, Invalid, NotAllowed, NotFound, WrongState
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.org.actions import appoint, appointment_end, person_create, post_create, unit_close
from luoshi.kernel.org.models import Appointment, Person, Post
from luoshi.kernel.org.queries import holders_of, posts_of
from tests.harness.times import NOW
from tests.kernel.org.helpers import DAY, district, person

pytestmark = pytest.mark.django_db
LATER = date(2020, 7, 1)


@pytest.fixture(autouse=True)
def tree():
    return district()


def post(code="s1.head", unit="S1", title="主任", **given):
    return post_create(by=SYSTEM, code=code, unit_code=unit, title=title, now=NOW, **given)


def hold(who, post_code="s1.head", from_on=DAY, **given):
    return appoint(by=SYSTEM, person_id=who.pk, post_code=post_code, from_on=from_on, now=NOW, **given)


def end(appointment, to_on):
    return appointment_end(by=SYSTEM, appointment_id=appointment.pk, to_on=to_on, now=NOW)


def names(post_code, on):
    return [(holder.person_name, holder.acting) for holder in holders_of(post_code, on)]


def test_name_of_a_person_enters_the_ledger_only_as_a_commitment():
    who = person_create(by=SYSTEM, name=" 林晓岚 ", now=NOW)
    event = events_of("person", who.pk)[0]
    assert who.name == "林晓岚" and "林晓岚" not in event.body and event.kind == "person.created"
    with pytest.raises(Invalid, match="请填写姓名"):
        person_create(by=SYSTEM, name="", now=NOW)


def test_appointment_holds_from_its_first_day_up_to_but_without_its_last():
    post()
    appointment = hold(person(), to_on=LATER)
    assert names("s1.head", date(2019, 12, 31)) == []
    assert names("s1.head", DAY) == names("s1.head", date(2020, 6, 30)) == [("林晓岚", False)]
    assert names("s1.head", LATER) == []
    event = events_of("post", appointment.post_id)[-1]
    assert event.kind == "post.appointed" and event.data["acting"] is False
    assert ("appointment", appointment.pk) in {(kind, number) for kind, number, _ in event.after}


def test_acting_holder_stands_beside_the_head_and_is_marked():
    post(is_head=True)
    hold(person("周明远"))
    with pytest.raises(WrongState, match="如需代理，请登记为代理"):
        hold(person("何雨桐"), from_on=LATER)
    hold(person("何雨桐"), from_on=LATER, acting=True)
    assert names("s1.head", LATER) == [("周明远", False), ("何雨桐", True)]


def test_next_head_follows_when_the_first_has_gone():
    post(is_head=True)
    end(hold(person("周明远")), LATER)
    hold(person("何雨桐"), from_on=LATER)
    assert names("s1.head", LATER) == [("何雨桐", False)]


def test_post_that_is_not_a_head_may_have_several_holders():
    post("s1.desk", title="统计岗")
    hold(person("周明远"), "s1.desk")
    hold(person("何雨桐"), "s1.desk")
    assert len(names("s1.desk", DAY)) == 2


def test_one_person_holds_a_post_once_at_a_time():
    post()
    who = person()
    first = hold(who, to_on=LATER)
    with pytest.raises(WrongState, match="已任“主任”，请先结束原任职"):
        hold(who, from_on=date(2020, 6, 30), acting=True)
    hold(who, from_on=LATER)
    with pytest.raises(WrongState, match="已任“主任”"):
        hold(who, from_on=DAY, to_on=date(2020, 3, 1))
    assert first.to_on == LATER and Appointment.objects.count() == 2


def test_post_may_be_held_up_to_the_day_the_next_holding_begins():
    post(is_head=True)
    who = person()
    hold(who, from_on=LATER)
    hold(who, to_on=LATER)
    assert names("s1.head", DAY) == names("s1.head", LATER) == [("林晓岚", False)]


def test_ending_an_appointment_is_recorded_on_the_post():
    post()
    appointment = hold(person())
    end(appointment, LATER)
    assert events_of("post", appointment.post_id)[-1].kind == "post.appointment_ended"
    end(appointment, date(2020, 6, 1))
    assert names("s1.head", date(2020, 6, 15)) == [], "an end may be brought forward"
    with pytest.raises(WrongState, match="已于2020-06-01结束"):
        end(appointment, LATER)
    with pytest.raises(Invalid, match="任职自2020-01-01起"):
        end(appointment, DAY)


def test_unit_has_one_post_of_its_head():
    post(is_head=True)
    with pytest.raises(Duplicate, match="已设负责人岗位"):
        post("s1.head2", is_head=True)
    with pytest.raises(Duplicate, match="岗位编码“s1.head”已经使用"):
        post(unit="S2")
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(code="x", unit=Post.objects.get().unit, title="副", is_head=True, sort=1)


def test_posts_of_a_unit_show_vacant_ones_too():
    post(is_head=True)
    post("s1.desk", title="统计岗")
    hold(person())
    views = posts_of(Post.objects.get(code="s1.head").unit_id, DAY)
    assert [(view.code, len(view.holders)) for view in views] == [("s1.head", 1), ("s1.desk", 0)]


def test_refused_appointments_change_nothing():
    post()
    who = person()
    for given, error, match in (
        ({"post_code": "none"}, NotFound, "没有编码为“none”的岗位"),
        ({"from_on": date(2019, 1, 1)}, WrongState, "2020-01-01设立，任职不得早于"),
        ({"to_on": DAY}, Invalid, "应晚于起始日期"),
    ):
        with pytest.raises(error, match=match):
            hold(who, **given)
    with pytest.raises(NotFound, match="没有该人员"):
        hold(Person(pk=0))
    with pytest.raises(NotAllowed, match="只有系统管理员"):
        appoint(by=Actor(account_id=1), person_id=who.pk, post_code="s1.head", from_on=DAY, now=NOW)
    with pytest.raises(NotFound, match="没有这项任职"):
        end(Appointment(pk=0), LATER)
    assert not Appointment.objects.exists() and Post.objects.get().ver == 1


def test_closed_unit_takes_no_posts_and_no_later_holders():
    post()
    unit_close(by=SYSTEM, code="S1", on=LATER, now=NOW)
    with pytest.raises(WrongState, match="2020-07-01撤销"):
        post("s1.desk")
    with pytest.raises(WrongState, match="任职不得晚于该日"):
        hold(person())
    hold(person(), to_on=LATER)
