"""Honest rates: whatever happens to the units of a district over a year, no rate and no past period bends.

Random sequences of setting up, moving, merging, splitting, renaming and closing units, with filings, returns
and excuses in between, and a scheduler that runs only now and then.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luoshi.core.actor import SYSTEM, SYSTEM_ACTOR, Actor, Grant
from luoshi.core.errors import Refusal
from luoshi.kernel.calendars.actions import calendar_install
from luoshi.kernel.filings.actions import (
    filing_accept,
    filing_return,
    filing_sign,
    filing_submit,
    filing_submit_nil,
    filing_withdraw,
    obligation_excuse_direct,
)
from luoshi.kernel.filings.entries import Typed
from luoshi.kernel.filings.facts import facts_check
from luoshi.kernel.filings.models import Obligation
from luoshi.kernel.filings.statistics import By, Counts, counts
from luoshi.kernel.filings.ticks import windows_open
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.loader.actions import pack_install
from luoshi.kernel.org.actions import unit_close, unit_create, unit_move, unit_rename
from luoshi.kernel.org.models import Unit
from tests.harness.times import NOW
from tests.kernel.filings.loop import PACK, WRONG
from tests.kernel.org.helpers import district, grow

REVIEWER = Actor(11, unit_code="P1", post_code="r", roles=frozenset({Grant("reviewer")}))
OFFICE = Actor(12, unit_code="D", post_code="o", roles=frozenset({Grant("office")}))
RATES = ("on_time_rate", "late_rate", "missing_rate", "nil_rate", "first_pass_rate")
FROZEN = ("pk", "form_ref", "unit_id", "unit_code", "unit_kind", "unit_branch", "unit_parent",
          "period_code", "opened_on", "due_at", "lock_at", "parents")  # fmt: skip

ORG = ["create", "create_earlier", "move", "merge", "split", "rename", "close"]
WORK = ["submit", "nil", "withdraw", "sign", "return", "accept", "excuse"]
STEPS = st.lists(
    st.tuples(st.sampled_from(ORG + 2 * WORK), st.integers(0, 30), st.integers(0, 999), st.booleans()),
    min_size=5,
    max_size=30,
)


class Year:
    """A district on its way through a year: takes one step after the other and remembers what must stay."""

    def __init__(self) -> None:
        self.now = NOW
        self.numbers = count(10)
        self.opened: dict[str, list[tuple]] = {}

    def step(self, what: str, days: int, pick: int, runs: bool) -> None:
        self.now += timedelta(days=days, minutes=1)
        if runs:
            windows_open(self.now)
        self.remember()
        before = self.answers()
        try:
            with transaction.atomic():
                getattr(self, what)(pick)
        except Refusal:
            assert self.answers() == before
        if what in ORG:
            assert self.answers() == before, f"{what} changed an answer"
        self.remember()

    def answers(self) -> dict[int, tuple[str, int]]:
        rows = Obligation.objects.order_by("pk")
        return {
            pk: (answer, version)
            for pk, answer, version in rows.values_list("pk", "answer", "current_version")
        }

    def remember(self) -> None:
        """A period that is open keeps its units, their parents and its dates, to the byte."""
        rows: dict[str, list[tuple]] = {}
        for row in Obligation.objects.order_by("period_code", "pk").values_list(*FROZEN):
            rows.setdefault(row[FROZEN.index("period_code")], []).append(row)
        for code, known in self.opened.items():
            assert rows[code] == known, code
        self.opened = rows

    def unit(self, pick: int) -> Unit:
        units = list(Unit.objects.filter(kind="street", closed_on=None).order_by("pk"))
        if not units:
            raise Refusal("none left")
        return units[pick % len(units)]

    def owed(self, pick: int, *states: str) -> Obligation:
        rows = Obligation.objects.filter(current_version=0) if not states else Obligation.objects.filter(
            filings__state__in=states, answer__in=["filed", "nil"]).distinct()  # fmt: skip
        found = list(rows.order_by("pk"))
        if not found:
            raise Refusal("none")
        return found[pick % len(found)]

    def person(self, account: int, role: str, unit: Unit) -> Actor:
        while unit.successor is not None and unit.closed_on <= self.now.date():
            unit = unit.successor
        grants = frozenset({Grant(role, unit.pk)})
        return Actor(account, unit_id=unit.pk, unit_code=unit.code, post_code=role, roles=grants)

    def create(self, pick: int, earlier: int = 0) -> Unit:
        code = f"N{next(self.numbers)}"
        parent = ("A", "B", "D")[pick % 3]
        on = self.now.date() - timedelta(days=earlier)
        return unit_create(
            by=SYSTEM, code=code, title=f"新{code}", kind="street", parent_code=parent, on=on, now=self.now
        )

    def create_earlier(self, pick: int) -> None:
        self.create(pick, earlier=pick % 60)

    def move(self, pick: int) -> None:
        parent = ("A", "B", "D")[pick // 7 % 3]
        unit_move(by=SYSTEM, code=self.unit(pick).code, parent_code=parent, on=self.now.date(), now=self.now)

    def merge(self, pick: int) -> None:
        into = self.unit(pick // 7).code
        unit_close(
            by=SYSTEM, code=self.unit(pick).code, on=self.now.date(), now=self.now, successor_code=into
        )

    def split(self, pick: int) -> None:
        old, heir = self.unit(pick), self.create(pick)
        self.create(pick + 1)
        unit_close(by=SYSTEM, code=old.code, on=self.now.date(), now=self.now, successor_code=heir.code)

    def rename(self, pick: int) -> None:
        unit = self.unit(pick)
        unit_rename(by=SYSTEM, code=unit.code, title=f"{unit.title[:20]}改", now=self.now)

    def close(self, pick: int) -> None:
        unit_close(by=SYSTEM, code=self.unit(pick).code, on=self.now.date(), now=self.now)

    def _answer(self, pick: int, send, typed: Typed) -> None:
        rows = list(Obligation.objects.filter(answer="none").order_by("pk"))
        if not rows:
            raise Refusal("none")
        owed = rows[pick % len(rows)]
        rev = owed.draft.rev if hasattr(owed, "draft") else 0
        send(
            actor=self.person(1, "clerk", owed.unit),
            obligation_id=owed.pk,
            rev=rev,
            typed=typed,
            now=self.now,
        )

    def submit(self, pick: int) -> None:
        values = {"cases": str(pick), "overdue": "0"}
        self._answer(pick, filing_submit, Typed(values, explained={"cases": "变动"}, late_reason="迟"))

    def nil(self, pick: int) -> None:
        self._answer(pick, filing_submit_nil, Typed(note="无事项", late_reason="迟"))

    def withdraw(self, pick: int) -> None:
        owed = self.owed(pick, "submitted")
        actor = self.person(1, "clerk", owed.unit)
        filing_withdraw(actor=actor, filing_id=self.newest(owed), now=self.now)

    def sign(self, pick: int) -> None:
        owed = self.owed(pick, "submitted")
        filing_sign(actor=self.person(2, "head", owed.unit), filing_id=self.newest(owed), now=self.now)

    def accept(self, pick: int) -> None:
        filing_accept(actor=REVIEWER, filing_id=self.newest(self.owed(pick, "signed")), now=self.now)

    def newest(self, owed: Obligation) -> int:
        return owed.filings.get(version=owed.current_version).pk

    def excuse(self, pick: int) -> None:
        owed = self.owed(pick)
        obligation_excuse_direct(actor=OFFICE, obligation_id=owed.pk, reason="撤销", now=self.now)


def _return(year: Year, pick: int) -> None:
    number = year.newest(year.owed(pick, "signed"))
    filing_return(actor=REVIEWER, filing_id=number, items=[WRONG], talk_note="已谈", now=year.now)


setattr(Year, "return", _return)


@pytest.fixture
def planted(db):
    district(["S1", "S2", "S3"])
    grow("P1", "B", kind="dept")
    calendar_install(by=SYSTEM, code="cn", now=NOW)
    pack_install(actor=SYSTEM_ACTOR, path=PACK, bindings={"office": "P1"}, now=NOW)


def lived(steps) -> None:
    year = Year()
    for what, days, pick, runs in steps:
        year.step(what, days, pick, runs)
    windows_open(year.now)
    year.remember()
    check(year)
    assert facts_check().ok
    verdict = verify_ledger()
    assert verdict.ok, verdict.faults[:3]


def check(year: Year) -> None:
    rows = list(Obligation.objects.order_by("pk").values_list("form_ref", "unit_id", "period_code"))
    assert len(rows) == len(set(rows))
    answers = Counter(answer for answer, _ in year.answers().values())
    for at in (NOW, year.now, datetime(2023, 1, 1, tzinfo=UTC)):
        whole = counts(OFFICE, by=By.ALL, at=at)[()]
        assert (whole.opened, whole.filed, whole.nil, whole.excused, whole.waiting) == (
            len(rows),
            *(answers[each] for each in ("filed", "nil", "excused", "none")),
        )
        for by in By:
            parts = counts(OFFICE, by=by, at=at)
            assert sum(parts.values(), Counts()) == whole
            for key, part in parts.items():
                assert part.due == part.on_time + part.late + part.missing <= part.opened - part.excused, key
                assert part.passed <= part.reviewed
                for name in RATES:
                    rate = getattr(part, name)
                    assert rate is None or 0 <= rate <= 100, (by, key, name)
    # At the end of time everything with a due time that was not excused has fallen due.
    assert whole.due == whole.opened - whole.excused


QUIET = list(HealthCheck)


@settings(max_examples=15, deadline=None, suppress_health_check=QUIET)
@given(STEPS)
def test_no_rate_and_no_past_period_bends(planted, steps):
    with transaction.atomic():
        lived(steps)
        transaction.set_rollback(True)


@pytest.mark.deep
@settings(max_examples=400, deadline=None, suppress_health_check=QUIET)
@given(STEPS)
def test_no_rate_and_no_past_period_bends_at_length(planted, steps):
    with transaction.atomic():
        lived(steps)
        transaction.set_rollback(True)


def test_a_year_in_which_everything_happens(planted):
    """One long fixed year, so that each kind of step is known to do something."""
    steps = [
        (what, 7, pick, True) for pick in range(4) for what in [*WORK[:2], "sign", "accept", *ORG, *WORK]
    ]
    lived(steps)
    kinds = Counter(Obligation.objects.order_by().values_list("answer", flat=True))
    assert len(Obligation.objects.order_by().values("period_code").distinct()) >= 12
    assert {"none", "filed", "nil", "excused"} == set(kinds)
    assert Unit.objects.filter(successor__isnull=False).exists()
