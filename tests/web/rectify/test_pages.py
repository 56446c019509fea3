"""Rectification in the browser: lists, rates, likes, notices, tables; and what must not be seen."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest

from luoshi.core.actor import SYSTEM_ACTOR
from luoshi.core.errors import Incomplete, WrongState
from luoshi.domains.rectify.publishing import lines_of, table_publish, versions_of
from luoshi.kernel.items.actions import item_create, item_move
from luoshi.kernel.items.given import Given
from luoshi.kernel.items.joining import parents_set
from luoshi.kernel.items.models import Item
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.loader.actions import pack_install
from tests.district import LATER
from tests.web.conftest import soup, text_of

BINDINGS = {"desk": "sq-desk", "supervisor": "SQDC"}
LONG = "对照标准逐条核对，已经落实到位并留有记录。"
SECRET, PHONE = "某举报人", "13800000000"
DUE = (LATER.date() + timedelta(days=60)).isoformat()


def installed(pack: str) -> None:
    pack_install(actor=SYSTEM_ACTOR, path=pack, bindings=BINDINGS, now=LATER)


def go(actor: Any, item: Item, move: str, now=LATER, **given: Any) -> Item:
    return item_move(actor=actor, item_id=item.pk, move=move, given=Given(**given), now=now).item


@pytest.fixture
def problem(district) -> Item:
    installed("zhenggai")
    values = {
        "kind": "limit",
        "area": "order",
        "source": "tour",
        "text": "部分制度没有按规定公开并执行。",
        "found_on": "2023-01-10",
        "due_on": DUE,
    }
    given = Given(title="制度执行不到位", values=values, duties={"lead": ["PJ01"], "verify": ["PJ02"]})
    return item_create(actor=district.actor("tongji"), type_ref="zhenggai.problem", given=given, now=LATER)


@pytest.fixture
def batch(district) -> Item:
    installed("huanbao")
    desk = district.actor("tongji")
    values = {"level": "central", "order": "1", "received_on": "2023-06-01", "phones": "2", "letters": "0"}
    given = Given(title="第一批", values=values | {"limit": "10"}, duties={"lead": ["PJ01"]})
    return item_create(actor=desk, type_ref="huanbao.batch", given=given, now=LATER)


def reported(district, batch: Item, title: str = "夜间施工噪声扰民", **values: Any) -> Item:
    desk = district.actor("tongji")
    fields = {
        "channel": "phone",
        "pollution": ["noise", "air"],
        "region": "松涧街道",
        "place": "和平路十二号",
    }
    fields |= {"text": "夜间连续施工，噪声影响休息。", "name": SECRET, "phone": PHONE} | values
    item = item_create(
        actor=desk, type_ref="huanbao.case", given=Given(title=title, values=fields), now=LATER
    )
    parents_set(actor=desk, item_id=item.pk, parent_ids=[batch.pk], now=LATER)
    return item


def settled(district, item: Item, result: str = "done") -> Item:
    desk = district.actor("tongji")
    go(desk, item, "send", duties={"lead": ["PJ01"]}, values={"due_on": DUE})
    values = {"truth": "true_all", "findings": LONG, "handling": LONG, "result": result}
    go(district.actor("dawa"), item, "reply", values=values)
    return go(desk, item, "confirm" if result == "done" else "part")


def test_the_lists_show_filter_and_export_what_the_reader_sees(problem, browse):
    desk, clerk = browse("tongji"), browse("dawa")
    for view in ("problem", "task", "duty"):
        assert desk.get("/rectify/", {"view": view}).status_code == 200
    assert problem.number in text_of(desk.get("/rectify/", {"kind": "limit", "q": "制度"}))
    assert "没有符合条件" in text_of(desk.get("/rectify/", {"kind": "long"}))
    assert problem.number in text_of(clerk.get("/rectify/"))
    book = openpyxl.load_workbook(io.BytesIO(desk.get("/rectify/export/").content)).active
    assert problem.number in [cell.value for cell in book["A"]]
    for page in ("statistics", "rechecks", "notices"):
        assert desk.get(f"/rectify/{page}/").status_code == 200
        assert desk.get(f"/rectify/{page}/export/").status_code == 200


def test_rates_stand_with_their_bases_and_never_without(problem, browse):
    page = text_of(browse("tongji").get("/rectify/statistics/", {"by": "kind"}))
    count = Item.objects.filter(type_ref="zhenggai.problem").count()
    assert f"0.00% 0/{count}" in page and "—" in page


def test_the_owner_lists_measures_and_nobody_else_does(problem, browse):
    address = f"/rectify/at/{problem.pk}/measures/"
    clerk = browse("dawa")
    given = {"title": "修订制度", "standard": LONG, "due_on": DUE}
    assert "已登记" in text_of(clerk.post(address, given, follow=True))
    refused = clerk.post(address, given | {"verify": "PJ01", "title": "另一条"})
    assert "由另一单位核查" in text_of(refused) and "另一条" in refused.content.decode()
    assert browse("shenji").get(address).status_code == 404
    assert Item.objects.filter(type_ref="zhenggai.measure").count() == 1


def test_likes_are_asked_by_the_desk_on_the_page(problem, browse):
    address = f"/rectify/at/{problem.pk}/siblings/"
    desk, clerk = browse("tongji"), browse("dawa")
    units = [each["value"] for each in soup(desk.get(address)).select("[name=units]")]
    assert "PJ03" in units and "PJ01" not in units
    given = {"scope": "对照本问题逐处排查同类情况", "due_on": DUE, "units": units[:2]}
    assert clerk.post(address, given).status_code == 403
    assert "已向 2 个单位布置排查" in text_of(desk.post(address, given, follow=True))
    assert "已布置 2 个单位" in text_of(clerk.get(address)).replace("  ", " ")
    done = desk.post(f"{address}withdraw/", {"note": "布置有误"}, follow=True)
    assert "已撤回 2 个单位" in text_of(done)


def test_who_reported_is_on_no_page_list_export_or_table(district, batch, browse):
    item = settled(district, reported(district, batch))
    table = table_publish(actor=district.actor("tongji"), batch_id=batch.pk, note="", now=LATER)
    pages = [
        f"/items/at/{item.pk}/",
        "/items/huanbao.case/",
        "/items/huanbao.case/?q=13800000000",
        "/items/huanbao.case/export/",
        f"/rectify/batches/{batch.pk}/",
        f"/rectify/tables/{table.pk}/",
        f"/rectify/tables/{table.pk}/export/",
        f"/rectify/tables/{table.pk}/docx/",
    ]
    for name in ("dawa", "tongji", "ducha"):
        client = browse(name)
        for page in pages:
            content = client.get(page).content
            assert SECRET.encode() not in content
            assert (
                PHONE.encode()
                not in content.replace(b"?q=13800000000", b"").replace(b'value="13800000000"', b"")
                or "q=138" in page
            )
    assert SECRET not in str(versions_of(batch)[0].rows)
    assert "没有符合条件" in text_of(browse("tongji").get("/items/huanbao.case/", {"q": SECRET}))


def test_a_later_version_marks_what_changed_and_keeps_the_earlier(district, batch):
    desk = district.actor("tongji")
    with pytest.raises(WrongState, match="暂无可公开"):
        table_publish(actor=desk, batch_id=batch.pk, note="", now=LATER)
    first = settled(district, reported(district, batch), "part")
    one = table_publish(actor=desk, batch_id=batch.pk, note="", now=LATER)
    with pytest.raises(WrongState, match="没有不同"):
        table_publish(actor=desk, batch_id=batch.pk, note="再发", now=LATER)
    values = {"truth": "true_all", "findings": LONG, "handling": LONG, "result": "done"}
    go(district.actor("dawa"), first, "reply", values=values)
    go(desk, first, "confirm")
    settled(district, reported(district, batch, "河道油污", place="柳溪桥下", text="桥下水面有大片油污。"))
    with pytest.raises(Incomplete, match="再次公开的原因"):
        table_publish(actor=desk, batch_id=batch.pk, note="", now=LATER)
    two = table_publish(actor=desk, batch_id=batch.pk, note="补充办结情况", now=LATER)
    assert sorted(line.was for line in lines_of(two)) == ["changed", "new"]
    assert [line.was for line in lines_of(one)] == [""] and verify_ledger().ok


def test_likes_are_merged_by_a_person_and_both_counts_are_shown(district, batch, browse):
    kept, other = reported(district, batch), reported(district, batch, "和平路夜间施工噪声")
    desk = browse("tongji")
    assert "疑似重复" in text_of(desk.get(f"/items/at/{other.pk}/"))
    address = f"/rectify/at/{other.pk}/merge/"
    assert browse("shenji").post(address, {"into": kept.pk, "note": "同一工地"}).status_code == 403
    assert desk.post(address, {"into": kept.pk, "note": ""}).status_code == 409
    desk.post(address, {"into": kept.pk, "note": "同一工地同一时段"})
    assert Item.objects.get(pk=other.pk).merged_into_id == kept.pk
    page = text_of(desk.get(f"/rectify/batches/{batch.pk}/"))
    assert "本批收到 2 件，并件 1 件，实际 1 件" in page.replace("  ", " ")


def test_several_kinds_of_pollution_are_kept_shown_and_found(district, batch, browse):
    item = reported(district, batch)
    assert item.values["pollution"] == ",air,noise,"
    page = text_of(browse("tongji").get("/items/huanbao.case/", {"q": "pollution:噪声"}))
    assert item.number in page and "大气、噪声" in page
    assert item.number not in text_of(browse("tongji").get("/items/huanbao.case/", {"q": "pollution:水"}))


def test_an_objection_is_registered_by_the_desk_on_the_page(problem, browse):
    Item.objects.filter(pk=problem.pk).update(state="public", stage="verifying", entered_at=LATER)
    page = f"/rectify/at/{problem.pk}/notice/"
    given = {"channel": "phone", "received_on": LATER.date().isoformat(), "text": "现场仍有同样的情况"}
    refused = browse("dawa").post(page, given)
    assert refused.status_code in (200, 403) and "公示意见已登记" not in text_of(refused)
    done = browse("tongji").post(page, given, follow=True)
    assert "公示意见已登记" in text_of(done) and "待答复" in text_of(done)
