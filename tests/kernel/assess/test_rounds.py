"""Rounds: computed as trials, published once, explained to the filed value, equal to the printed tables."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from luoshi.core.actor import Actor
from luoshi.core.errors import Frozen, MissingInput, NotAllowed, NotFound, WrongState
from luoshi.core.periods import parse_period
from luoshi.kernel.assess.actions import round_compute, round_publish
from luoshi.kernel.assess.inputs import score_period, sheets_hash
from luoshi.kernel.assess.models import Line, Round, Sheet
from luoshi.kernel.assess.queries import (
    line_explained,
    round_compared,
    rounds_visible,
    schemes_visible,
    sheets_visible,
)
from luoshi.kernel.filings.actions import filing_correct
from luoshi.kernel.filings.models import Obligation
from luoshi.kernel.indicators.models import Figure
from luoshi.kernel.ledger.queries import events_of
from tests.district import District

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[2] / "data"
PANJIN, PERIOD = "bulletins.panjin", parse_period("2023-01..2023-04")


def published_rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def the_round(scheme_ref: str, period_code: str) -> Round:
    return Round.objects.get(scheme_ref=scheme_ref, period_code=period_code, state="published")


def obligation(unit_title: str) -> Obligation:
    return Obligation.objects.get(form_ref=PANJIN, unit__title=unit_title, period_code=PERIOD.code)


def snapshot() -> list[list[tuple[object, ...]]]:
    return [list(model.objects.order_by("pk").values_list()) for model in (Round, Sheet, Line, Figure)]


def test_published_totals_and_ranks_of_nantong_are_met_but_for_the_truncated_one(district: District):
    sheets = {sheet.unit.title: sheet for sheet in the_round("bulletins.nantong", "2017-08").sheets.all()}
    rows = published_rows("t01_nantong_2017-08_streets.csv")
    misfits = {
        row["unit"]: sheets[row["unit"]].total
        for row in rows
        if row["published_total"]
        and Decimal(sheets[row["unit"]].total or 0) != Decimal(row["published_total"])
    }
    assert misfits == {"金沙街道": "92.94"}
    assert [sheets[row["unit"]].rank for row in rows] == [int(row["published_rank"]) for row in rows]


def test_published_scores_of_panjin_are_met(district: District):
    sheets = {sheet.unit.title: sheet for sheet in the_round(PANJIN, PERIOD.code).sheets.all()}
    rows = published_rows("t05_panjin_2023-01_04.csv")
    assert {row["unit"]: Decimal(sheets[row["unit"]].total or 0) for row in rows} == {
        row["unit"]: Decimal(row["published_score"]) for row in rows
    }


def test_published_item_scores_of_lianyungang_are_met(district: District):
    rows = published_rows("t03_lianyungang_rate_to_score.csv")
    assert len(rows) == 14
    for row in rows:
        line = Line.objects.get(
            sheet__round__scheme_ref="bulletins.lianyungang",
            sheet__round__period_code=row["month"],
            sheet__unit__title=row["unit"],
            title=row["metric"],
        )
        assert abs(Decimal(line.points or 0) - Decimal(row["published_item_score"])) <= Decimal("0.005"), row


def test_scheme_that_needs_every_item_is_refused_naming_unit_and_item(district: District):
    with pytest.raises(MissingInput, match="市碱业公司缺及时签收率"):
        round_compute(
            actor=district.actor("ducha"),
            scheme_ref="bulletins.lianyungang_total",
            period=parse_period("2021-07"),
            now=district.now,
        )
    assert not Round.objects.filter(scheme_ref="bulletins.lianyungang_total").exists()


def test_published_round_cannot_be_published_again(district: District):
    before = snapshot()
    with pytest.raises(Frozen, match="已发布"):
        round_publish(
            actor=district.actor("ducha"), round_id=the_round(PANJIN, PERIOD.code).pk, now=district.now
        )
    assert snapshot() == before


def test_only_the_office_computes_and_publishes(district: District):
    before = snapshot()
    for username in ("tongji", "dawa", "guanli", "shenji"):
        actor = district.actor(username)
        with pytest.raises(NotAllowed):
            round_compute(actor=actor, scheme_ref=PANJIN, period=PERIOD, now=district.now)
        with pytest.raises(NotAllowed):
            round_publish(actor=actor, round_id=the_round(PANJIN, PERIOD.code).pk, now=district.now)
    assert snapshot() == before


def test_unknown_round_is_not_found(district: District):
    with pytest.raises(NotFound):
        round_publish(actor=district.actor("ducha"), round_id=10**9, now=district.now)


def correct(district: District, unit_title: str, **changes: str) -> None:
    found = obligation(unit_title)
    values = {**found.filings.get(version=found.current_version).values, **changes}
    filing_correct(
        actor=district.actor("tongji"),
        obligation_id=found.pk,
        values=values,
        reason="核对原始工单后更正",
        now=district.now,
    )


def test_correction_changes_the_present_but_never_the_published_round(district: District):
    published = the_round(PANJIN, PERIOD.code)
    office = district.actor("ducha")
    before = snapshot()
    assert round_compared(office, published.pk, district.now).same
    correct(district, "双台子区", satisfied_rate="99.01")
    compared = round_compared(office, published.pk, district.now)
    assert compared.changed == (("双台子区", Decimal("97.4"), Decimal("98.9")),)
    assert snapshot() == before

    trial = round_compute(actor=office, scheme_ref=PANJIN, period=PERIOD, now=district.now)
    assert trial.supersedes == published
    correction = round_publish(actor=office, round_id=trial.pk, now=district.now)
    assert [event.kind for event in events_of("round", correction.pk)] == [
        "round.computed",
        "round.published",
    ]
    assert round_compared(office, correction.pk, district.now).same


def test_trial_is_not_published_once_the_records_have_moved_on(district: District):
    office = district.actor("ducha")
    trial = round_compute(actor=office, scheme_ref=PANJIN, period=PERIOD, now=district.now)
    correct(district, "双台子区", satisfied_rate="99.01")
    with pytest.raises(WrongState, match="重新试算"):
        round_publish(actor=office, round_id=trial.pk, now=district.now)
    trial.refresh_from_db()
    assert trial.state == Round.State.DRAFT


def test_computing_again_replaces_the_trial_and_says_what_was_removed(district: District):
    office = district.actor("ducha")
    first = round_compute(actor=office, scheme_ref=PANJIN, period=PERIOD, now=district.now)
    rows = first.sheets.count()
    second = round_compute(actor=office, scheme_ref=PANJIN, period=PERIOD, now=district.now)
    assert (second.pk, second.sheets.count()) == (first.pk, rows)
    removed = [entry for entry in events_of("round", first.pk)[-1].after if entry[2] is None]
    assert len([entry for entry in removed if entry[0] == "sheet"]) == rows


def test_scoring_a_published_round_again_gives_the_same_bytes(district: District):
    for published in Round.objects.filter(state="published").order_by("pk"):
        again = score_period(published.scheme_ref, parse_period(published.period_code))
        assert sheets_hash(again.sheets) == published.sheets_hash


def test_every_point_is_explained_down_to_the_filing_and_its_event(district: District):
    line = Line.objects.get(
        sheet__round=the_round(PANJIN, PERIOD.code), sheet__unit__title="大洼区", key="satisfied"
    )
    explained = line_explained(district.actor("ducha"), line.pk, district.now)
    assert explained.line.input_text == "99.00%" and explained.line.steps
    assert explained.rows is not None
    (row,) = explained.rows.rows
    assert row.values["satisfied_rate"] == "99" and row.event_id


def test_split_that_cannot_be_known_is_said_beside_the_point(district: District):
    line = Line.objects.get(
        sheet__round=the_round(PANJIN, PERIOD.code), sheet__unit__title="大洼区", key="callback"
    )
    assert "无法判定" in line_explained(district.actor("ducha"), line.pk, district.now).line.note


def test_trials_are_seen_only_by_those_who_compute(district: District):
    office = district.actor("ducha")
    trial = round_compute(actor=office, scheme_ref=PANJIN, period=PERIOD, now=district.now)
    assert rounds_visible(office).filter(pk=trial.pk).exists()
    clerk: Actor = district.actor("dawa")
    assert not rounds_visible(clerk).filter(pk=trial.pk).exists()
    line = Line.objects.filter(sheet__round=trial).first()
    assert line is not None
    with pytest.raises(NotFound):
        line_explained(clerk, line.pk, district.now)


@pytest.mark.parametrize(("scheme_ref", "period"), [("bulletins.nantong", "2017-08"), (PANJIN, PERIOD.code)])
def test_sheets_cost_the_same_queries_whatever_the_number_of_units(
    district: District, django_assert_num_queries, scheme_ref: str, period: str
):
    office, scored = district.actor("ducha"), the_round(scheme_ref, period)
    with django_assert_num_queries(3):
        for sheet in sheets_visible(office, scored.pk):
            assert sheet.unit.title and list(sheet.lines.all())


def test_list_of_schemes_counts_rounds_in_bounded_queries(district: District, django_assert_num_queries):
    office = district.actor("ducha")
    with django_assert_num_queries(2):
        cards = {card.scheme.ref: card.rounds for card in schemes_visible(office)}
    assert cards["bulletins.lianyungang"] == 4 and cards["bulletins.lianyungang_total"] == 0
