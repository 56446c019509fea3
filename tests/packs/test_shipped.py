"""Every shipped pack: passes its own check, can be read by those who use it, and is fit to be shown."""

from __future__ import annotations

import pytest

from luoshi.kernel.definitions.fields import field_of
from luoshi.kernel.filings.windows import window_of
from luoshi.kernel.indicators.measure import measure_of
from luoshi.kernel.loader.check import CheckedPack, pack_check
from luoshi.kernel.loader.folder import SHIPPED, shipped_ids
from luoshi.kernel.org.selectors import selector


@pytest.fixture(scope="module", params=shipped_ids())
def checked(request) -> CheckedPack:
    return pack_check(SHIPPED / request.param)


def bodies(checked: CheckedPack, kind: str) -> dict:
    return {entry.key: entry.body for entry in checked.entries if entry.kind == kind}


def test_there_is_something_to_ship():
    assert "bulletins" in shipped_ids()


def test_every_form_is_read_by_filings(checked: CheckedPack):
    vocabs = {key: body["options"] for key, body in bodies(checked, "vocab").items()}
    for body in bodies(checked, "form").values():
        assert all(field_of(field, vocabs).key for field in body["fields"])
        window_of(body["window"])
        selector(body["to"])


def test_every_indicator_is_read_by_the_compiler(checked: CheckedPack):
    for body in bodies(checked, "indicator").values():
        assert measure_of(body).title == body["title"]


def test_every_form_and_scheme_says_where_it_comes_from(checked: CheckedPack):
    assert all(body["source"] for body in bodies(checked, "form").values())
    assert all(body["basis"] for body in bodies(checked, "scheme").values())


def test_every_report_has_headings_a_table_a_chart_and_its_source(checked: CheckedPack):
    for body in bodies(checked, "report").values():
        kinds = [next(iter(sorted(line))) for line in body["lines"]]
        assert kinds.count("h1") >= 3 and kinds.count("table") >= 1 and kinds.count("chart") == 1
        assert any("数据来源" in note for note in body["notes"])


def test_every_form_with_an_import_is_tried_on_real_rows(checked: CheckedPack):
    tried = {test["import"] for test in bodies(checked, "test").values() if test["import"]}
    assert tried == {key for key, body in bodies(checked, "import").items() if "form" in body}
    assert len(checked.trials) == len(bodies(checked, "test"))
