"""Documents filed for review: judged by the check-list, reviewed in four aspects, corrected, cleaned up."""

from __future__ import annotations

from typing import Any

import pytest

from luoshi.core.actor import SYSTEM, SYSTEM_ACTOR
from luoshi.core.errors import Invalid, SamePerson
from luoshi.kernel.calendars.actions import calendar_install
from luoshi.kernel.items.actions import item_create
from luoshi.kernel.items.given import Given
from luoshi.kernel.items.models import Item
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.loader.actions import pack_install
from luoshi.kernel.org.actions import post_create
from tests.domains.requests.world import clerk, go, head
from tests.harness.times import NOW
from tests.kernel.items.helpers import actor
from tests.kernel.org.helpers import district, grow

pytestmark = pytest.mark.django_db
VIEWS = {"politics": "fit", "legal": "fit", "reason": "fit", "form": "fit", "opinion": "审查未发现问题。"}
TEXTS = {
    "body": "规定适用范围、职责分工、办理程序、期限和监督方式。",
    "explain": "依据上位规定制定，已公开征求意见，并经合法性审查。",
}


@pytest.fixture(autouse=True)
def planted():
    district(())
    calendar_install(by=SYSTEM, code="cn", now=NOW)
    for code in ("P1", "ZX", "LD", "DC"):
        grow(code, "A")
    post_create(by=SYSTEM, code="desk", title="备案岗", unit_code="ZX", now=NOW)
    post_create(by=SYSTEM, code="reviewer", title="审查岗", unit_code="LD", now=NOW)
    bindings = {"desk": "desk", "reviewer": "reviewer", "supervisor": "DC"}
    pack_install(actor=SYSTEM_ACTOR, path="beian", bindings=bindings, now=NOW)


def desk(account: int = 7):
    return actor(account, "ZX", "desk", "office")


def reviewer(account: int = 8):
    return actor(account, "LD", "reviewer", "reviewer")


def issued(**values: Any) -> Item:
    given = {
        "paper_no": "示例规〔2021〕1号",
        "issued_on": "2021-01-15",
        "file_by": "2021-02-14",
        "binding": "yes",
        "reusable": "yes",
        "excluded": "none",
        "needs": "yes",
        "length": "3200",
    } | values
    given = Given(title="便民服务点管理办法", values=given)
    return item_create(actor=clerk(), type_ref="beian.paper", given=given, now=NOW)


def reviewing() -> Item:
    item = issued()
    go(item, "send", head(), values=TEXTS)
    return go(item, "accept", desk())


@pytest.mark.parametrize(
    "values,says",
    [
        ({"binding": "no"}, "不需备案"),
        ({"excluded": "speech"}, "不需备案"),
        ({"needs": "no"}, "需要备案"),
        ({"file_by": "2021-01-01"}, "最迟报备日期"),
    ],
)
def test_the_check_list_decides(values: dict[str, str], says: str):
    with pytest.raises(Invalid, match=says):
        issued(**values)


def test_what_needs_no_filing_is_set_aside_and_nothing_else():
    with pytest.raises(Invalid):
        go(issued(), "waive", desk(), note="内部文件")
    item = issued(needs="no", excluded="internal")
    assert go(item, "waive", desk(), note="内部文件").stage == "void"


def test_one_wrong_aspect_asks_for_correction_and_then_it_is_filed():
    item = reviewing()
    with pytest.raises(Invalid, match="不能予以备案"):
        go(item, "conclude", reviewer(), values=VIEWS | {"form": "wrong", "result": "accept"})
    with pytest.raises(Invalid, match="至少有一个方面"):
        go(item, "correct", reviewer(), values=VIEWS | {"result": "correct"})
    go(item, "correct", reviewer(), values=VIEWS | {"form": "wrong", "result": "correct"})
    assert item.clocks.get(key="correct").due_at is not None
    go(item, "mend", head(), values={"mended": "已补正施行日期和解释单位。"})
    go(item, "conclude", reviewer(), values=VIEWS | {"result": "accept"})
    with pytest.raises(SamePerson):
        go(item, "file", desk(account=8))
    assert go(item, "file", desk()).state == "filed"
    assert (
        go(item, "clean", clerk(), values={"cleaned": "keep", "valid_until": "2026-01-15"}).state == "filed"
    )
    assert go(item, "repeal", clerk(), note="已由新办法替代", basis="新办法").state == "repealed"
    assert verify_ledger().ok
