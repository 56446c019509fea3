"""The pack's list becomes records of the district, which are then changed like any other draft."""

from __future__ import annotations

import pytest

from luoshi.core.actor import SYSTEM_ACTOR
from luoshi.core.errors import Duplicate, NotAllowed, NotFound
from luoshi.domains.duties.actions import list_publish
from luoshi.domains.duties.adopting import list_adopt
from luoshi.domains.duties.held import held_on
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.loader.actions import pack_install
from tests.domains.duties.helpers import (
    TODAY,
    clerk,
    drafter,
    kinds_of,
    publisher,
    put,
    snapshot,
    world,
)
from tests.harness.times import NOW
from tests.kernel.org.helpers import grow

pytestmark = pytest.mark.django_db
ASK = {"template_ref": "lists.common", "code": "gx", "year": 2021, "now": NOW}


@pytest.fixture(autouse=True)
def units():
    world()
    grow("JD", "D", kind="group")
    grow("JD01", "JD", kind="street")
    pack_install(actor=SYSTEM_ACTOR, path="lists", bindings={"office": "O"}, now=NOW)


def test_adopting_copies_every_item_and_binds_its_slots():
    made = list_adopt(actor=drafter(), **ASK)
    items = {item.code: item for item in made.items.select_related("review_unit").order_by("sort")}
    assert len(items) == 16 and made.template == "lists.common"
    assert (items["A03"].form_ref, items["A03"].holders) == ("lists.quarter", ["head"])
    assert (items["A09"].element, items["A09"].due) == ("QD09", "event + 30 day")
    assert items["A01"].review_unit.code == "O"
    assert kinds_of(made) == ["list.adopted"] and verify_ledger().ok


def test_adopted_list_is_changed_and_published_like_any_other():
    made = list_adopt(actor=drafter(), **ASK)
    put(made, "A09", frequency="每次发生", due="发生后20日", answer="QD09")
    list_publish(actor=publisher(), list_id=made.pk, effective_from=TODAY, now=NOW)
    from luoshi.kernel.org.models import Unit

    held = held_on(Unit.objects.get(code="JD01").pk, TODAY)
    assert held is not None and len(held.items) == 16
    assert next(item.due for item in held.items if item.code == "A09") == "event + 20 day"


def test_refusals_change_nothing():
    list_adopt(actor=drafter(), **ASK)
    before = snapshot()
    with pytest.raises(Duplicate, match="修订原有清单"):
        list_adopt(actor=drafter(), **ASK)
    with pytest.raises(NotFound, match="lists.common"):
        list_adopt(actor=drafter(), **(ASK | {"template_ref": "lists.comon", "code": "b"}))
    with pytest.raises(NotAllowed):
        list_adopt(actor=clerk(), **(ASK | {"code": "b"}))
    assert snapshot() == before
