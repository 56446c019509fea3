"""A round is previewed on its page, the unit appeals, another member of the office decides."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from luoshi.core.periods import parse_period
from luoshi.kernel.access.models import Account
from luoshi.kernel.assess.actions import round_compute, round_preview
from luoshi.kernel.assess.appeal_queries import appeals_found
from luoshi.kernel.assess.appeals import appeal_file
from luoshi.kernel.assess.queries import rounds_visible
from tests.kernel.access.helpers import actor_with
from tests.previewing import preview_installed
from tests.web.conftest import PANJIN, PERIOD, soup, text_of

WHY = "按时反馈率取值与本单位台账不符，请核对。"


@pytest.fixture
def trial(district, browse, tmp_path: Path):
    """A trial under the scheme with a preview."""
    preview_installed(district, tmp_path)
    office = district.actor("ducha")
    return round_compute(actor=office, scheme_ref=PANJIN, period=parse_period(PERIOD), now=district.now)


@pytest.fixture
def previewed(district, trial):
    return round_preview(actor=district.actor("ducha"), round_id=trial.pk, now=district.now)


@pytest.fixture
def decider(trial) -> Client:
    """Another member of the office."""
    actor = actor_with("office", "SQDC", None)
    Account.objects.update(must_change_password=False)
    client = Client()
    client.force_login(Account.objects.get(pk=actor.account_id))
    return client


def test_the_page_previews_instead_of_publishing(trial, browse, district):
    page = browse("ducha").get(reverse("round_detail", args=[trial.pk]))
    assert "5 个工作日内可提出申诉" in text_of(page) and "发布本轮" not in text_of(page)
    refused = browse("ducha").post(reverse("round_preview", args=[trial.pk]), {"key": "a"})
    assert "请先勾选确认" in text_of(refused)
    answer = browse("ducha").post(
        reverse("round_preview", args=[trial.pk]), {"key": "b", "sure": "on"}, follow=True
    )
    assert "预告中 申诉截止 2023-06-19" in text_of(answer)
    assert rounds_visible(district.actor("ducha")).get(pk=trial.pk).state == "preview"
    early = browse("ducha").post(reverse("round_publish", args=[trial.pk]), {"key": "c", "sure": "on"})
    assert "申诉期至 2023-06-19 止" in text_of(early)


def test_the_unit_sees_its_sheet_appeals_and_reads_the_decision(previewed, browse, decider):
    clerk = browse("dawa")
    page = clerk.get(reverse("round_detail", args=[previewed.pk]))
    assert "大洼区" in text_of(page) and "双台子区" not in text_of(page) and "提出申诉" in text_of(page)
    form = clerk.get(reverse("appeal_new", args=[previewed.pk]))
    assert "按时反馈率" in text_of(form)
    short = clerk.post(
        reverse("appeal_new", args=[previewed.pk]), {"key": "a", "item": "feedback", "reason": "不服气"}
    )
    assert "应为 10 至 2000 字" in text_of(short) and "不服气" in text_of(short)
    made = clerk.post(
        reverse("appeal_new", args=[previewed.pk]), {"key": "b", "item": "feedback", "reason": WHY}
    )
    address = made.headers["Location"]
    assert "待复核" in text_of(clerk.get(address)) and "送达复核意见" not in text_of(clerk.get(address))
    assert "送达复核意见" not in text_of(browse("ducha").get(address))
    assert "待复核" in text_of(decider.get("/"))
    empty = decider.post(address, {"key": "c", "reason": "核对过了"})
    assert "请选择复核结论" in text_of(empty) and "核对过了" in text_of(empty)
    decider.post(address, {"key": "d", "outcome": "rejected", "reason": "经核对工单系统，取值无误。"})
    assert "经核对工单系统，取值无误。" in text_of(clerk.get(address))
    assert "不予采纳" in text_of(clerk.get(reverse("round_detail", args=[previewed.pk])))


def test_who_scored_cannot_decide_and_a_stranger_finds_nothing(previewed, browse, district):
    appeal = appeal_file(
        actor=district.actor("dawa"), round_id=previewed.pk, key="", reason=WHY, now=district.now
    )
    address = reverse("appeal_detail", args=[appeal.pk])
    answer = browse("ducha").post(
        address, {"key": "a", "outcome": "rejected", "reason": "经核对，取值无误，维持。"}
    )
    assert "复核须由其他人办理" in text_of(answer)
    assert browse("tongji").get(address).status_code == 404
    assert browse("tongji").get(reverse("round_detail", args=[previewed.pk])).status_code == 404
    taken = browse("dawa").post(address, {"key": "b", "withdraw": "1"}, follow=True)
    assert "申诉已撤回" in text_of(taken)


def test_the_list_filters_exports_and_does_not_grow(previewed, browse, district):
    clerk = district.actor("dawa")

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert browse("ducha").get(reverse("appeal_list")).status_code == 200
        return len(caught)

    appeal_file(actor=clerk, round_id=previewed.pk, key="feedback", reason=WHY, now=district.now)
    one = queries()
    for key in ("done", "satisfied", "callback"):
        appeal_file(actor=clerk, round_id=previewed.pk, key=key, reason=WHY, now=district.now)
    assert queries() == one
    assert len(appeals_found(clerk, district.now, text="回访")) == 1
    assert "没有符合条件的申诉" in text_of(browse("ducha").get(reverse("appeal_list"), {"state": "upheld"}))
    sheet = load_workbook(BytesIO(browse("ducha").get(reverse("appeal_export")).content)).active
    assert sheet.max_row >= 5


def test_the_history_shows_places_and_their_movement(previewed, browse):
    page = soup(browse("dawa").get(reverse("round_history", args=[PANJIN])))
    assert [cell.get_text() for cell in page.select("thead th")][2:] == ["2023年1—4月"]
    assert len(page.select("tbody tr")) == previewed.sheets.count()
    assert "没有这个单位" in text_of(
        browse("dawa").get(reverse("round_history", args=[PANJIN]), {"q": "无此"})
    )
