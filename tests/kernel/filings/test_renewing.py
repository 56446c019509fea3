"""Only a form that is registered and in force opens; it stops at once, and runs longer by two persons."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction

from luoshi.core.actor import SYSTEM
from luoshi.core.errors import Duplicate, Incomplete, Invalid, NotAllowed, NotFound, SamePerson, WrongState
from luoshi.core.periods import parse_period
from luoshi.kernel.calendars.actions import calendar_install
from luoshi.kernel.filings.actions import form_renew_ask, form_renew_decide, form_stop
from luoshi.kernel.filings.forms import form_def
from luoshi.kernel.filings.models import FormStanding, Obligation
from luoshi.kernel.filings.standing import FormState, standings_of
from luoshi.kernel.filings.ticks import windows_open
from luoshi.kernel.ledger.models import Event
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from tests.harness.times import NOW
from tests.kernel.filings.helpers import (
    ADMISSION,
    AUDITOR,
    DESK,
    FORM,
    OFFICE,
    WINDOW,
    _actor,
    form_body,
    opened,
    pack_install,
    world,
)

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
SECOND = _actor(4, "office", post_code="office2", unit_code="D")
# The form belongs to unit D; these propose forms, one for D, one for somebody else.
OWNER = _actor(5, "reviewer", post_code="review", unit_code="D")
STRANGER = _actor(6, "reviewer", post_code="review", unit_code="P1")
CLERK = _actor(10, "clerk", post_code="clerk", unit_code="S1")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T09:00:00+08:00")


ASKED = at("2027-06-01")


def state(day: date = TODAY) -> FormState:
    form = form_def(FORM)
    return standings_of([form])[FORM].state_on(day)


def with_admission(**given) -> None:
    """The monthly form with its window and another admission, in force."""
    world()
    calendar_install(by=SYSTEM, code="cn", now=NOW)
    pack_install(2, form_body(window=WINDOW, admission=ADMISSION | given))


def ask(actor=OWNER, until: date = date(2029, 1, 1), now: datetime = ASKED, **given) -> FormStanding:
    texts = {"basis": "续期通知", "reason": "仍需掌握情况"} | given
    return form_renew_ask(actor=actor, form_ref=FORM, until=until, now=now, **texts)


def everything():
    return [list(table.objects.order_by("pk").values()) for table in (FormStanding, Obligation, Event)]


def test_an_unregistered_form_does_not_open():
    world()
    pack_install(2, form_body(admission={"owner": "unit:@owner"}))
    with pytest.raises(Incomplete, match="缺少：发文依据、有效期、预计用时。未登记的表单不得下发"):
        opened()
    pack_install(3, form_body(admission=ADMISSION | {"owner": "unit:@nobody"}))
    with pytest.raises(Incomplete, match="缺少：责任单位。"):
        opened()
    assert not Obligation.objects.exists()


def test_a_form_that_ran_out_does_not_open_by_hand():
    world()
    pack_install(2, form_body(admission=ADMISSION | {"until": "2021-01-14"}))
    with pytest.raises(WrongState, match="准入已于 2021-01-14 到期"):
        opened()
    pack_install(3, form_body(admission=ADMISSION | {"until": "2021-01-15"}))
    assert opened() == 4


def test_windows_open_by_the_scheduled_day_however_late():
    with_admission(until="2021-02-25")
    # January opens on 01-25, February on 02-22 (inside), March on 03-25 (outside). Nobody ran until April.
    assert windows_open(at("2021-04-03")) == 8
    codes = set(Obligation.objects.order_by().values_list("period_code", flat=True))
    assert codes == {"2021-01", "2021-02"}


def test_windows_of_an_unregistered_form_stay_shut():
    with_admission(basis="")
    assert windows_open(at("2021-04-03")) == 0


def test_a_stopped_form_opens_no_more_and_what_is_open_stays_owed():
    with_admission()
    assert windows_open(at("2021-01-26")) == 4
    before = list(Obligation.objects.order_by("pk").values())
    row = form_stop(actor=OFFICE, form_ref=FORM, reason="与季报重复", now=at("2021-02-01"))
    assert windows_open(at("2021-04-03")) == 0
    with pytest.raises(WrongState, match="已于 2021-02-01 停用"):
        opened(parse_period("2021-02"), now=at("2021-04-03"))
    assert list(Obligation.objects.order_by("pk").values()) == before
    (event,) = events_of("form_standing", row.pk)
    assert (event.kind, event.data) == ("form.stopped", {"form": FORM})
    assert state() is FormState.ACTIVE and state(date(2021, 2, 1)) is FormState.STOPPED
    assert verify_ledger().ok


def test_the_owner_withdraws_its_own_form_and_nobody_elses():
    world()
    for actor in (STRANGER, CLERK, DESK_OF_OTHERS, AUDITOR):
        with pytest.raises(NotAllowed, match="只能由其责任单位"):
            form_stop(actor=actor, form_ref=FORM, reason="不要了", now=NOW)
    assert not FormStanding.objects.exists()
    assert form_stop(actor=OWNER, form_ref=FORM, reason="不要了", now=NOW).seq == 1


DESK_OF_OTHERS = _actor(8, "desk", post_code="other", unit_code="P1")


def test_refused_stops_change_nothing():
    world()
    form_stop(actor=OFFICE, form_ref=FORM, reason="重复", now=NOW)
    before = everything()
    with pytest.raises(WrongState, match="已经停用"):
        form_stop(actor=OFFICE, form_ref=FORM, reason="重复", now=NOW)
    with pytest.raises(NotFound):
        form_stop(actor=OFFICE, form_ref="t.weekly", reason="重复", now=NOW)
    assert everything() == before


@pytest.mark.parametrize(("reason", "error"), [(" ", Incomplete), ("长" * 501, Invalid), ("a\x00b", Invalid)])
def test_a_stop_needs_a_reason_that_can_be_kept(reason, error):
    world()
    with pytest.raises(error) as refused:
        form_stop(actor=OFFICE, form_ref=FORM, reason=reason, now=NOW)
    assert set(refused.value.fields) == {"reason"}


def test_a_renewal_is_asked_by_the_owner_and_granted_by_another():
    with_admission()
    row = ask()
    assert state(date(2028, 1, 1)) is FormState.EXPIRED
    form_renew_decide(actor=OFFICE, standing_id=row.pk, approve=True, now=at("2027-06-02"))
    assert state(date(2028, 1, 1)) is FormState.ACTIVE
    assert state(date(2029, 1, 1)) is FormState.ENDING and state(date(2029, 1, 2)) is FormState.EXPIRED
    assert [event.kind for event in events_of("form_standing", row.pk)] == [
        "form.renewal_asked",
        "form.renewed",
    ]
    assert verify_ledger().ok


def test_who_asked_does_not_decide_even_in_another_post():
    with_admission()
    row = ask(actor=OFFICE)
    again = _actor(OFFICE.account_id, "office", post_code="elsewhere", unit_code="P1")
    before = everything()
    for actor in (OFFICE, again):
        with pytest.raises(SamePerson, match="不能批准本人提出的续期"):
            form_renew_decide(actor=actor, standing_id=row.pk, approve=True, now=at("2027-06-02"))
    for actor in (OWNER, DESK, CLERK, AUDITOR):
        with pytest.raises(NotAllowed, match="决定报表准入"):
            form_renew_decide(actor=actor, standing_id=row.pk, approve=True, now=at("2027-06-02"))
    assert everything() == before
    form_renew_decide(actor=SECOND, standing_id=row.pk, approve=True, now=at("2027-06-02"))


def test_a_refused_renewal_needs_an_answer_and_may_be_asked_again():
    with_admission()
    row = ask()
    with pytest.raises(Incomplete, match="不同意续期的理由"):
        form_renew_decide(actor=OFFICE, standing_id=row.pk, approve=False, reply=" ", now=NOW)
    form_renew_decide(
        actor=OFFICE, standing_id=row.pk, approve=False, reply="可由月报替代", now=at("2027-06-02")
    )
    assert state(date(2028, 1, 1)) is FormState.EXPIRED
    with pytest.raises(WrongState, match="已经答复"):
        form_renew_decide(actor=OFFICE, standing_id=row.pk, approve=True, now=at("2027-06-02"))
    assert events_of("form_standing", row.pk)[-1].kind == "form.renewal_refused"
    assert ask(now=at("2027-06-03")).seq == 2


def test_refused_requests_change_nothing():
    with_admission()
    ask()
    before = everything()
    with pytest.raises(Duplicate, match="已有一份续期申请"):
        ask(actor=OFFICE)
    assert everything() == before
    with transaction.atomic(), pytest.raises(IntegrityError):
        copy = FormStanding.objects.get()
        copy.pk, copy.seq, copy._state.adding = None, 2, True
        copy.save()


@pytest.mark.parametrize(
    ("given", "error", "name"),
    [
        ({"until": date(2027, 6, 1)}, Invalid, "until"),
        ({"until": date(2027, 12, 31)}, Invalid, "until"),
        ({"until": date(2030, 6, 2)}, Invalid, "until"),
        ({"basis": " "}, Incomplete, "basis"),
        ({"basis": "长" * 101}, Invalid, "basis"),
        ({"reason": ""}, Incomplete, "reason"),
    ],
)
def test_a_renewal_names_a_later_day_a_basis_and_a_reason(given, error, name):
    with_admission()
    with pytest.raises(error) as refused:
        ask(**given)
    assert set(refused.value.fields) == {name}
    assert not FormStanding.objects.exists()


def test_only_owner_and_office_ask_and_only_for_a_registered_form():
    with_admission(minutes=0)
    for actor in (STRANGER, CLERK, AUDITOR):
        with pytest.raises(NotAllowed, match="申请续期"):
            ask(actor=actor)
    with pytest.raises(WrongState, match="缺少：预计用时"):
        ask(actor=OFFICE)


def test_a_renewal_whose_day_has_passed_is_not_granted():
    with_admission()
    row = ask(until=date(2028, 1, 10))
    with pytest.raises(WrongState, match="2028-01-10 已经过去"):
        form_renew_decide(actor=OFFICE, standing_id=row.pk, approve=True, now=at("2028-01-11"))


def test_a_stopped_form_in_use_again_does_not_make_up_for_the_time_between():
    with_admission()
    form_stop(actor=OFFICE, form_ref=FORM, reason="暂缓", now=at("2021-02-01"))
    row = ask(until=date(2023, 12, 31), now=at("2021-03-26"))
    form_renew_decide(actor=OFFICE, standing_id=row.pk, approve=True, now=at("2021-04-20"))
    # February and March would have opened while it was stopped; April opens on 2021-04-25, a worked Sunday.
    windows_open(at("2021-04-25"))
    codes = set(Obligation.objects.order_by().values_list("period_code", flat=True))
    assert codes == {"2021-01", "2021-04"}
    # A renewal never shortens what the pack grants.
    assert state(date(2027, 12, 31)) is FormState.ENDING


def test_the_newest_decision_rules():
    with_admission()
    form_stop(actor=OFFICE, form_ref=FORM, reason="暂缓", now=at("2021-02-01"))
    row = ask(until=date(2023, 12, 31), now=at("2021-03-01"))
    form_renew_decide(actor=SECOND, standing_id=row.pk, approve=True, now=at("2021-03-02"))
    form_stop(actor=OFFICE, form_ref=FORM, reason="仍无必要", now=at("2021-03-03"))
    days = [date(2021, 1, 31), date(2021, 2, 1), date(2021, 3, 1), date(2021, 3, 2), date(2021, 3, 3)]
    assert [state(day).value for day in days] == ["active", "stopped", "stopped", "active", "stopped"]
