"""Two builds from one seed say the same, though their passwords and salts differ."""

from __future__ import annotations

import hashlib
import json

import pytest
from django.db import transaction

from luoshi.demo import build as building
from luoshi.demo.cast import SAMPLE_START
from luoshi.demo.district.places import SMALL
from luoshi.kernel.filings.models import Filing
from luoshi.kernel.ledger.queries import position
from luoshi.kernel.org.models import Person

pytestmark = pytest.mark.django_db


def built() -> tuple[str, str, int]:
    """Build the district, note what was said by whom and when, the names and the events; take it back."""
    with transaction.atomic():
        building.build(now=SAMPLE_START, tell=lambda line: None, scale=SMALL)
        rows = Filing.objects.order_by(
            "obligation__form_ref", "obligation__period_code", "obligation__unit_code", "version"
        ).values_list(
            "obligation__unit_code", "version", "state", "values", "note", "submitted_at", "submitted_by_post"
        )
        said = hashlib.sha256(json.dumps(list(rows), default=str).encode()).hexdigest()
        names = ",".join(Person.objects.order_by("id").values_list("name", flat=True))
        result = said, names, position()
        transaction.set_rollback(True)
    return result


def test_same_seed_says_the_same(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(building, "_published", lambda steps, tell: None)
    first = built()
    assert first == built() and first[2] > 300
    monkeypatch.setattr("luoshi.demo.district.habits.SEED", 7)
    assert first[0] != built()[0]
