"""Clocks in the browser: why this date, asking for more time, deciding on it."""

from __future__ import annotations

from django.urls import reverse

from luoshi.kernel.items.clock_models import ItemClock
from luoshi.kernel.items.models import Item
from luoshi.kernel.ledger.verify import verify_ledger
from tests.web.conftest import HTMX, soup, text_of
from tests.web.items.makers import item_taken_in


def move(client, item, key, **given):
    step = Item.objects.get(pk=item.pk).steps
    return client.post(reverse("item_move", args=[item.pk, key]), {"step": step, **given}, follow=True)


def accepted(district, browse):
    item = item_taken_in(district)
    move(browse("tongji"), item, "send", **{"duty.lead": "PJ01"})
    move(browse("dawa"), item, "accept")
    return item, ItemClock.objects.get(item=item, key="total")


def test_the_page_says_why_this_date(district, browse):
    item, clock = accepted(district, browse)
    page = browse("dawa").get(reverse("item_detail", args=[item.pk]))
    shown = text_of(page)
    assert "为什么是这一天" in shown and "15 个工作日" in shown and "次日起算" in shown
    assert soup(page).select_one(f"a[href='{reverse('item_extend', args=[item.pk, clock.pk])}']")
    other = browse("tongji").get(reverse("item_detail", args=[item.pk]))
    assert "申请延期" not in text_of(other)


def test_more_time_is_asked_for_in_the_drawer_and_without_scripts(district, browse):
    item, clock = accepted(district, browse)
    clerk, address = browse("dawa"), reverse("item_extend", args=[item.pk, clock.pk])
    part = clerk.get(address, headers=HTMX)
    assert soup(part).select_one("form.panel [name=number]") and not soup(part).select_one("html")
    assert "1 至 10 个工作日" in text_of(clerk.post(address, {"number": "11", "reason": "需市里批复"}))
    assert "请写明延期理由" in text_of(clerk.post(address, {"number": "5", "reason": ""}))
    done = clerk.post(address, {"number": "5", "reason": "需市里批复"}, follow=True)
    assert "批准前原期限不变" in text_of(done) and "待批准" in text_of(done)
    extension = clock.extensions.get()
    decide = reverse("item_extension", args=[item.pk, extension.pk])
    assert clerk.get(decide).status_code == 403
    assert browse("tongji").get(address).status_code == 403
    assert verify_ledger().ok
