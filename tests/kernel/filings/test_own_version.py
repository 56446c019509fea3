"""A table is judged by the version of the form that each obligation was opened under, as corrections are."""

from __future__ import annotations

import pytest

from luoshi.core.periods import parse_period
from luoshi.kernel.filings.actions import filing_correct
from luoshi.kernel.filings.importing import preview
from luoshi.kernel.filings.models import Filing
from luoshi.kernel.ledger.verify import verify_ledger
from tests.harness.times import NOW
from tests.kernel.filings.helpers import (
    DATED,
    DECEMBER,
    DESK,
    FIELDS,
    FORM,
    HEAD,
    TEMPLATE,
    csv,
    form_body,
    opened,
    pack_install,
    take,
    world,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_versions():
    """December was opened under version 1; version 2 allows 5 at most and asks for the rate."""
    world()
    opened(parse_period("2020-12"))
    strict = [each | {"max": 5} if each["key"] == "cases" else each for each in FIELDS]
    strict = [each | {"blank": False} if each["key"] == "rate" else each for each in strict]
    pack_install(version=2, form=form_body(fields=strict, rules=[]))


def found(rows, template=TEMPLATE, period=DECEMBER, head=HEAD):
    return preview(
        actor=DESK,
        form_ref=FORM,
        import_ref=template,
        period=period,
        name="表.csv",
        content=csv(rows, head),
        now=NOW,
    )


def test_the_old_period_takes_what_its_own_version_allows(two_versions):
    take([("S1", 10, 1, None, None)])
    filing = Filing.objects.get()
    assert filing.values["cases"] == "10"
    corrected = filing_correct(
        actor=DESK, obligation_id=filing.obligation_id, values={"cases": "9"}, reason="核对", now=NOW
    )
    assert corrected.values["cases"] == "9" and verify_ledger().ok


def test_and_refuses_what_only_the_new_version_allows(two_versions):
    (fault,) = found([("S1", 1, 2, None, None)]).faults
    assert fault.rule == "超期不得大于件数"


def test_one_table_over_both_versions_is_judged_row_by_row(two_versions):
    opened(parse_period("2021-01"))
    head = ("单位", "月份", *HEAD[1:])
    rows = [
        ("S1", "2020-12", 10, 1, None, None),
        ("S1", "2021-01", 10, 1, 5, None),
        ("S2", "2021-01", 5, 6, 5, None),
        ("S3", "2021-01", 5, 1, None, None),
    ]
    seen = found(rows, template=DATED, period=None, head=head)
    assert [(each.address, each.rule) for each in seen.faults] == [
        ("C3", "不得大于 5"),
        ("E5", "此项必填"),
    ]
    take(rows, template=DATED, period=None, head=head, only_clean=True)
    assert {
        (each.obligation.unit_code, each.obligation.period_code): each.values["cases"]
        for each in Filing.objects.select_related("obligation")
    } == {("S1", "2020-12"): "10", ("S2", "2021-01"): "5"}
