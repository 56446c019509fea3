"""The shipped list: sixteen items, every one answered in a way that exists, and small forms."""

from __future__ import annotations

import pytest

from luoshi.kernel.filings.windows import window_of
from luoshi.kernel.loader.check import pack_check
from luoshi.kernel.loader.folder import SHIPPED


@pytest.fixture(scope="module")
def pack():
    return pack_check(SHIPPED / "lists")


def bodies(pack, kind: str) -> dict:
    return {entry.key: entry.body for entry in pack.entries if entry.kind == kind}


def test_common_list_has_sixteen_items_and_the_negative_one_eight(pack):
    lists = bodies(pack, "list")
    assert [item["code"] for item in lists["common"]["items"]] == [f"A{n:02}" for n in range(1, 17)]
    assert len(lists["negative"]["items"]) == 8


def test_items_seven_to_thirteen_are_answered_by_records(pack):
    items = bodies(pack, "list")["common"]["items"]
    assert {item["answer"].partition(":")[0] for item in items[6:13]} == {"element"}


def test_forms_are_small_and_have_a_window_and_admission(pack):
    for key, body in bodies(pack, "form").items():
        assert 2 <= len(body["fields"]) <= 5, key
        assert window_of(body["window"]) is not None
        assert all(body["admission"][part] for part in ("owner", "basis", "until", "minutes"))


def test_every_form_answers_some_item(pack):
    items = bodies(pack, "list")["common"]["items"]
    named = {item["answer"].partition(":")[2] for item in items if item["answer"].startswith("form:")}
    assert named == set(bodies(pack, "form"))
