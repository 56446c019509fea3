"""Held values: the newest one for each element, unit and period, and where it came from."""

from __future__ import annotations

import pytest

from luoshi.kernel.elements.actions import Held, hold, release
from luoshi.kernel.elements.models import HeldValue
from luoshi.kernel.elements.queries import HeldView, held
from luoshi.kernel.org.models import Unit
from tests.kernel.org.helpers import district

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    district()
    return Unit.objects.get(code="S1").pk


def value(text, unit, *, element="E01", period="2020-12", source=1):
    return Held(element, unit, period, text, ("filing", source))


def test_a_newer_value_takes_the_place_of_the_older(unit):
    assert hold(values=[value("10", unit), value("5", unit, element="E02")]) == 2
    assert hold(values=[value("12", unit, source=2)]) == 1
    assert held("E01", unit, "2020-12") == HeldView("12", "filing", 2)
    assert held("E02", unit, "2020-12") == HeldView("5", "filing", 1)
    assert HeldValue.objects.count() == 2


def test_the_last_of_two_values_in_one_go_is_kept(unit):
    assert hold(values=[value("10", unit), value("11", unit)]) == 1
    assert held("E01", unit, "2020-12").value == "11"


def test_nothing_held_is_none(unit):
    hold(values=[value("10", unit)])
    assert held("E01", unit, "2021-01") is None
    assert held("E09", unit, "2020-12") is None


def test_release_drops_only_what_is_named(unit):
    hold(values=[value("10", unit), value("5", unit, element="E02"), value("7", unit, period="2021-01")])
    assert release(elements=["E01"], unit_id=unit, period_code="2020-12") == 1
    assert held("E01", unit, "2020-12") is None
    assert held("E01", unit, "2021-01").value == "7"
    assert held("E02", unit, "2020-12").value == "5"
    assert release(elements=[], unit_id=unit, period_code="2020-12") == 0


def test_a_value_that_confirms_leaves_the_first_source(unit):
    hold(values=[value("10", unit)])
    assert hold(values=[value("10", unit, source=2), value("5", unit, element="E02", source=2)]) == 2
    assert held("E01", unit, "2020-12") == HeldView("10", "filing", 1)
    assert held("E02", unit, "2020-12") == HeldView("5", "filing", 2)


def test_release_by_source_leaves_what_came_from_elsewhere(unit):
    hold(values=[value("10", unit), value("5", unit, element="E02", source=2)])
    given = {"elements": ["E01", "E02"], "unit_id": unit, "period_code": "2020-12"}
    assert release(**given, sources=("filing", [2, 3])) == 1
    assert held("E01", unit, "2020-12").value == "10"
    assert held("E02", unit, "2020-12") is None
