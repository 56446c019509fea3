"""Request keys: the same key takes effect once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from luoshi.core.actor import By
from luoshi.core.errors import Invalid, LedgerFault, WrongState
from luoshi.kernel.ledger.actions import once
from luoshi.kernel.ledger.models import Event, Request
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from tests.harness.times import NOW
from tests.kernel.ledger.makers import CLERK, codes, folder_opened, tamper
from tests.kernel.ledger.sample.models import Folder

pytestmark = pytest.mark.django_db


def opened() -> dict[str, object]:
    folder, _ = folder_opened()
    return {"id": folder.pk, "rate": Decimal("1.50")}


def test_the_same_key_again_returns_the_first_result_and_does_nothing() -> None:
    first = once(by=CLERK, key="k1", now=NOW, make=opened)
    again = once(by=CLERK, key="k1", now=NOW, make=lambda: pytest.fail("done twice"))
    assert first == again == {"id": Folder.objects.get().pk, "rate": "1.5"}
    assert Event.objects.count() == 1


def test_events_inside_carry_the_key_and_later_ones_do_not() -> None:
    first = once(by=CLERK, key="k1", now=NOW, make=opened)
    second = opened()
    assert events_of("sample_folder", first["id"])[0].req == "k1"
    assert events_of("sample_folder", int(str(second["id"])))[0].req is None


def test_keys_belong_to_an_account() -> None:
    once(by=CLERK, key="k1", now=NOW, make=opened)
    once(by=By(8, "desk", "u01"), key="k1", now=NOW, make=opened)
    assert Folder.objects.count() == 2


def test_a_refused_request_keeps_nothing_and_may_be_sent_again() -> None:
    def refuse() -> dict[str, object]:
        opened()
        raise WrongState("不可以。")

    with pytest.raises(WrongState):
        once(by=CLERK, key="k1", now=NOW, make=refuse)
    assert not Folder.objects.exists() and not Request.objects.exists()
    once(by=CLERK, key="k1", now=NOW, make=opened)
    assert Folder.objects.count() == 1


@pytest.mark.parametrize("key", ["", " ", "键", "a" * 65, "a b", "a\n"])
def test_a_malformed_key_is_refused(key: str) -> None:
    with pytest.raises(Invalid, match="刷新"):
        once(by=CLERK, key=key, now=NOW, make=opened)


def test_one_request_is_one_action() -> None:
    with pytest.raises(RuntimeError, match="one request"):
        once(by=CLERK, key="k1", now=NOW, make=lambda: once(by=CLERK, key="k2", now=NOW, make=opened))


def test_a_stored_result_of_another_shape_is_a_ledger_fault() -> None:
    once(by=CLERK, key="k1", now=NOW, make=opened)
    tamper("UPDATE ledger_request SET result = %s", [b"[]"])
    with pytest.raises(LedgerFault):
        once(by=CLERK, key="k1", now=NOW, make=opened)


def test_a_deleted_request_key_is_noticed() -> None:
    once(by=CLERK, key="k1", now=NOW, make=opened)
    assert verify_ledger().ok
    tamper("DELETE FROM ledger_request")
    assert codes(verify_ledger()) == {"request"}
