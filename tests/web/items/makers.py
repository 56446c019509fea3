"""The pack of firms' cases put into the sample, with the desk as its intake post."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from luoshi.core.actor import SYSTEM_ACTOR
from luoshi.kernel.items.actions import item_create
from luoshi.kernel.items.given import Given
from luoshi.kernel.items.models import Item
from luoshi.kernel.loader.actions import pack_install
from tests.district import LATER, District

CASE = "zhengqi.case"
BINDINGS = {"desk": "sq-desk", "supervisor": "SQDC"}
DETAIL = "流动资金贷款下月到期，续贷手续卡在评估环节。"


def item_taken_in(
    district: District, title: str = "续贷手续受阻", *, pack: str | Path = "zhengqi", **values: Any
) -> Item:
    """Install the pack and take one case in at the desk."""
    pack_install(actor=SYSTEM_ACTOR, path=pack, bindings=BINDINGS, now=LATER)
    given = {"kind": "finance", "channel": "phone", "firm": "海宁纺织厂", "detail": DETAIL} | values
    desk = district.actor("tongji")
    return item_create(actor=desk, type_ref=CASE, given=Given(title=title, values=given), now=LATER)
