"""Sources registered by upper apps: one for an element, misspelt codes refused at the start."""

from __future__ import annotations

import pytest

from luoshi.kernel.elements import sources
from luoshi.kernel.elements.actions import Held, hold
from luoshi.kernel.elements.queries import Known, known
from luoshi.kernel.elements.sources import SourceValue, register_source
from luoshi.kernel.org.models import Unit
from tests.kernel.org.helpers import district

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    monkeypatch.setattr(sources, "_sources", {})


def test_what_is_computed_comes_before_what_was_filed(django_assert_num_queries):
    district()
    unit = Unit.objects.get(code="S1").pk
    hold(values=[Held(code, unit, "2020-12", "10", ("filing", 1)) for code in ("E01", "E02")])
    register_source("E02", "办结件数", lambda unit_id, period: SourceValue("7", f"{period.title}事项 7 条"))
    register_source("E03", "没有记录", lambda unit_id, period: None)
    with django_assert_num_queries(1):
        found = known(["E01", "E02", "E03", "E04"], unit, "2020-12")
    assert found == {
        "E01": Known("10", False, "", ("filing", 1)),
        "E02": Known("7", True, "2020年12月事项 7 条", None),
    }


def test_a_second_source_and_a_misspelt_code_are_refused():
    register_source("E01", "在办件数", lambda unit_id, period: None)
    with pytest.raises(ValueError, match="E01 has a source already: 在办件数"):
        register_source("E01", "另一处", lambda unit_id, period: None)
    with pytest.raises(ValueError, match="no element code"):
        register_source("e-01", "在办件数", lambda unit_id, period: None)
