"""The sample: built by actions, so that its ledger verifies; passwords generated; built once and kept."""

from __future__ import annotations

import pytest

from luoshi.demo.build import _password
from luoshi.demo.cast import CAST
from luoshi.kernel.access.actions import signin_check
from luoshi.kernel.filings.models import Filing, Obligation
from luoshi.kernel.ledger.queries import position
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.reports.models import Issue
from tests.district import District

pytestmark = pytest.mark.django_db


def test_ledger_of_the_sample_verifies(district: District):
    verdict = verify_ledger()
    assert verdict.ok and verdict.events == position() > 200


def test_every_filing_of_the_sample_came_from_an_import_by_the_desk(district: District):
    assert Filing.objects.exists()
    assert not Filing.objects.filter(source_batch__isnull=True).exists()
    assert set(Filing.objects.values_list("submitted_by_post", flat=True).distinct().order_by()) == {
        "sq-desk"
    }


def test_everybody_of_the_cast_can_sign_in_without_changing_the_password_first(district: District):
    for credential in district.credentials:
        account = signin_check(
            username=credential.username, password=credential.password, now=district.now, source="127.0.0.1"
        )
        assert not account.must_change_password
    assert len(district.credentials) == len(CAST)


def test_passwords_are_never_the_same():
    assert len({_password() for _ in range(200)}) == 200


def test_three_bulletins_are_frozen_and_one_is_left_to_try(district: District):
    frozen = set(Issue.objects.values_list("report_ref", flat=True).order_by())
    assert frozen == {"bulletins.nantong", "bulletins.panjin", "bulletins.changzhou"}


def test_one_period_waits_for_a_file(district: District):
    waiting = Obligation.objects.filter(period_code="2023-05..2023-06")
    assert waiting.count() == 6 and not waiting.exclude(answer="none").exists()
