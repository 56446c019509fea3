"""What a text in a spreadsheet means, and what is said when it means nothing."""

from __future__ import annotations

from datetime import date

import pytest

from luoshi.core.actor import SYSTEM
from luoshi.kernel.org import names
from luoshi.kernel.org.actions import alias_add, unit_close
from luoshi.kernel.org.models import Unit
from luoshi.kernel.org.queries import UnitIndex
from tests.harness.times import NOW
from tests.kernel.org.helpers import DAY, district, grow

pytestmark = pytest.mark.django_db
LATER = date(2020, 7, 1)


@pytest.fixture
def index():
    district(streets=())
    grow("S1", "A", title="兴隆街道", short="兴隆")
    grow("S2", "A", title="振兴街道（本级）", short="振兴")
    grow("S3", "B", title="振兴街道", short="振兴")
    grow("OLD", "B", title="辽河街道")
    alias_add(by=SYSTEM, unit_code="S1", text="兴隆办事处", now=NOW)
    unit_close(by=SYSTEM, code="OLD", on=LATER, successor_code="S3", now=NOW)
    return UnitIndex(LATER)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("S1", "S1"),
        ("s1", "S1"),
        (" 兴隆街道 ", "S1"),
        ("兴隆 街道", "S1"),
        ("兴隆办事处", "S1"),
        ("兴隆", "S1"),
        ("振兴街道(本级)", "S2"),
        ("振兴街道", "S3"),
        ("Ｓ３", "S3"),
    ],
)
def test_width_case_and_spaces_do_not_hide_a_unit(index, text, code):
    assert index.find(text).code == code


@pytest.mark.parametrize(
    ("text", "rule", "remedy"),
    [
        ("兴隆街首", "没有单位“兴隆街首”", "是否想写“兴隆街道”？"),
        ("火星", "没有单位“火星”", "请核对名称，或在单位页面添加别名"),
        ("  ", "单位不能为空", "请填写单位名称或编码"),
        ("振兴", "“振兴”对应2个单位（S2、S3）", "请改填单位编码"),
        ("辽河街道", "单位“辽河街道”已于2020-07-01撤销", "请改填承接单位“振兴街道”"),
    ],
)
def test_text_without_one_unit_names_rule_and_remedy(index, text, rule, remedy):
    found = index.look(text)
    assert (found.unit, found.rule, found.remedy) == (None, rule, remedy)
    assert index.find(text) is None


def test_closed_unit_is_found_on_the_days_it_existed(index):
    assert UnitIndex(DAY).find("辽河街道").code == "OLD"


def test_index_can_be_narrowed_to_the_units_that_are_meant(index):
    ids = set(Unit.objects.filter(code__in=["S3", "B"]).order_by("id").values_list("id", flat=True))
    narrow = UnitIndex(LATER, unit_ids=ids)
    assert narrow.find("振兴").code == "S3" and narrow.find("S1") is None


def test_index_asks_twice_and_then_never_again(index, django_assert_num_queries):
    with django_assert_num_queries(2):
        made = UnitIndex(LATER)
        for text in ("S1", "兴隆", "没有", "振兴", "辽河街道"):
            made.look(text)


def test_table_of_unknown_units_is_not_compared_without_end(index, monkeypatch):
    compared = []
    monkeypatch.setattr(names, "nearest", lambda text, known: compared.append(text))
    remedies = {index.look(f"火星街道{number}").remedy for number in range(500)}
    assert len(compared) == 100 and remedies == {"请核对名称，或在单位页面添加别名"}


def test_page_filled_into_a_cell_is_cut_in_the_message(index):
    assert index.look("长" * 5000).rule == f"没有单位“{'长' * 40}…”"
