from __future__ import annotations

import pytest

from luoshi.core import errors
from luoshi.core.errors import ExpressionInvalid, Fault, Invalid, LedgerFault, PackInvalid, Refusal, nearest


def all_refusals() -> list[type[Refusal]]:
    return [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Refusal)]


def test_every_refusal_has_its_own_ascii_code() -> None:
    codes = [kind.code for kind in all_refusals()]
    assert len(codes) == len(set(codes)) == 14
    assert all(code.isascii() and code.replace("_", "").islower() for code in codes)


def test_fields_are_copied_from_the_caller() -> None:
    given = {"note": "请填写。"}
    refusal = Invalid("有误。", fields=given)
    given["note"] = "改了"
    assert (str(refusal), refusal.message, refusal.fields) == ("有误。", "有误。", {"note": "请填写。"})


def test_expression_refusal_says_where() -> None:
    refusal = ExpressionInvalid("写法不对。", 7)
    assert (refusal.offset, refusal.fields) == (7, {})


def test_pack_refusal_lists_every_fault() -> None:
    faults = [
        Fault("a.yaml", 1, 2, "pack", "缺少 id"),
        Fault("b.yaml", 3, 4, "items", "未知键", "是否想写 x"),
    ]
    refusal = PackInvalid(faults)
    assert refusal.faults == faults
    assert refusal.message.splitlines()[1:] == [
        "a.yaml:1:2: pack: 缺少 id",
        "b.yaml:3:4: items: 未知键（是否想写 x）",
    ]


def test_a_ledger_fault_is_not_a_refusal() -> None:
    assert not issubclass(LedgerFault, Refusal)


@pytest.mark.parametrize(
    ("name", "names", "found"),
    [("solvd", ["solved", "rating"], "solved"), ("xyz", ["solved"], None), ("a", [], None)],
)
def test_nearest_gives_a_close_name_or_none(name: str, names: list[str], found: str | None) -> None:
    assert nearest(name, names) == found
