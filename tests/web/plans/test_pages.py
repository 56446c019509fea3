"""Pages of plans: who sees what, the tree branch by branch, one round through import and export."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from luoshi.domains.plans.importing import plan_import
from luoshi.domains.plans.models import PlanBaseline, PlanNode, PlanSaid
from luoshi.domains.plans.tree import Asked, tree_of
from luoshi.kernel.files.sheets import read_table
from luoshi.kernel.ledger.verify import verify_ledger
from tests.district import LATER
from tests.domains.plans.world import table
from tests.web.conftest import HTMX, soup, text_of
from tests.web.plans.conftest import ROWS

PEOPLE = ("planner", "lead1", "other", "ducha", "guanli", "shenji")
PLAN_PAGES = {
    "plan_tree": (200, 200, 200, 200, 403, 200),
    "plan_paper": (200, 200, 200, 200, 403, 200),
    "plan_export": (200, 200, 200, 200, 403, 200),
    "plan_changes": (200, 200, 200, 200, 404, 200),
    "plan_changes_export": (200, 200, 200, 200, 404, 200),
    "plan_import": (200, 403, 403, 403, 404, 403),
    "plan_hand_out": (200, 403, 403, 403, 404, 403),
    "plan_close": (200, 403, 403, 403, 404, 403),
    "plan_coverage": (200, 403, 403, 403, 404, 403),
    "plan_coverage_export": (200, 403, 403, 403, 404, 403),
    "measure_edit": (200, 403, 403, 403, 404, 403),
}


def codes_of(plans, name, *args):
    return tuple(plans.client(who).get(reverse(name, args=args)).status_code for who in PEOPLE)


def test_everybody_gets_the_answer_of_the_table(plans):
    for name, codes in PLAN_PAGES.items():
        assert codes_of(plans, name, plans.plan.pk) == codes, name
    node = plans.node("1.1.1")
    assert codes_of(plans, "plan_node_end", plans.plan.pk, node.pk) == (200, 403, 403, 403, 404, 403)
    assert codes_of(plans, "measure_said", node.item_id) == (200, 200, 404, 200, 404, 200)


def test_a_draft_is_not_there_for_others(draft):
    assert draft.client("planner").get(reverse("plan_tree", args=[draft.plan.pk])).status_code == 200
    for who in ("lead1", "ducha", "shenji"):
        assert draft.client(who).get(reverse("plan_tree", args=[draft.plan.pk])).status_code == 404
        assert "年度重点任务" not in text_of(draft.client(who).get(reverse("plan_list")))


def test_branches_open_by_plain_links_and_as_parts(plans):
    client, address = plans.client("lead1"), reverse("plan_tree", args=[plans.plan.pk])
    first = client.get(address)
    shown = text_of(first)
    assert "制定年度发文计划并报备" in shown and "梳理网格事项清单" not in shown and "未知" in shown
    link = next(each for each in soup(first).select("a.branch") if "基层治理" in each.get_text())
    opened = client.get(address + link["href"])
    assert "网格事项办理" in text_of(opened)
    part = client.get(f"{address}?open=2&open=2.1", headers=HTMX)
    assert "梳理网格事项清单" in text_of(part) and not soup(part).select_one("html")
    page = client.get(f"{address}?open=2&open=2.1")
    assert soup(page).select_one("#plan-tree").decode() == soup(part).select_one("#plan-tree").decode()


def test_filters_find_measures_with_the_way_to_them(plans):
    client, address = plans.client("lead1"), reverse("plan_tree", args=[plans.plan.pk])
    quarter = text_of(client.get(f"{address}?quarter=4"))
    assert "建立调研课题台账" in quarter and "制定年度发文计划并报备" not in quarter and "作风建设" in quarter
    assert "没有符合条件" in text_of(client.get(f"{address}?state=done"))
    unit = plans.node("2.1.1").lead_id
    found = text_of(client.get(f"{address}?unit={unit}"))
    assert "梳理网格事项清单" in found and "调研课题" not in found


def test_queries_do_not_grow_with_measures(plans, django_assert_max_num_queries):
    more = [("", "基层治理", "网格事项", f"事项{n}", "PJ03", "PJ01", "年底前", "", "", "") for n in range(30)]
    client, address = plans.client("lead1"), reverse("plan_tree", args=[plans.plan.pk])
    client.get(address)
    with django_assert_max_num_queries(36) as few:
        client.get(f"{address}?all=1")
    plan_import(actor=plans.planner, plan_id=plans.plan.pk, table=table([*ROWS, *more]), now=LATER)
    with django_assert_max_num_queries(len(few)):
        client.get(f"{address}?all=1")
    with django_assert_max_num_queries(36):
        client.get(reverse("plan_own"))
    assert PlanNode.objects.filter(plan=plans.plan, level=3).count() == 34


def test_the_export_taken_in_again_changes_nothing(plans):
    client = plans.client("planner")
    answer = client.get(reverse("plan_export", args=[plans.plan.pk]))
    read = read_table("分解.xlsx", answer.content)
    assert "B2:B4" in read.merged and "C2:C3" in read.merged
    before = PlanNode.objects.order_by("id").values_list("code", "title", "lead_id", "due_on")
    kept = list(before)
    upload = SimpleUploadedFile("分解.xlsx", answer.content)
    address = reverse("plan_import", args=[plans.plan.pk])
    preview = client.post(address, {"table": upload})
    assert "不变 4 项" in text_of(preview)
    token = soup(preview).select_one("[name=token]")["value"]
    assert "一致" in text_of(client.post(address, {"token": token}))
    assert list(before.all()) == kept


def test_a_sheet_with_faults_shows_cells_and_cannot_be_taken(draft):
    client, address = draft.client("planner"), reverse("plan_import", args=[draft.plan.pk])
    text = "方面,要求,举措,牵头单位,完成时限\n,要求一,举措一,PJ01,6月底前\n方面一,要求一,举措二,PJ99X,尽快\n"
    preview = client.post(address, {"table": SimpleUploadedFile("分解.csv", text.encode())})
    shown = text_of(preview)
    assert "A2" in shown and "D3" in shown and "E3" in shown and "合并单元格" in shown
    assert not soup(preview).select_one("[name=token]")


def test_measures_are_handed_out_from_the_page(draft):
    client, address = draft.client("planner"), reverse("plan_hand_out", args=[draft.plan.pk])
    assert "请先勾选" in text_of(client.post(address, {}))
    done = client.post(address, {"node": [draft.node("1.1").pk]}, follow=True)
    assert "已下达" in text_of(done) and draft.node("1.1.1").item is not None
    assert draft.node("1.2.1").item is None and verify_ledger().ok


def test_a_measure_is_changed_with_a_reason_and_what_was_typed_stays(plans):
    client = plans.client("planner")
    address = reverse("measure_edit", args=[plans.plan.pk]) + f"?node={plans.node('1.1.1').pk}"
    form = soup(client.get(address))
    given = {each["name"]: each.get("value", each.get_text()) for each in form.select("form .field [name]")}
    given |= {"code": "1.1.1", "due": "9月底前"}
    refused = client.post(address, given)
    assert "请写明理由" in text_of(refused) and "9月底前" in refused.content.decode()
    client.post(address, given | {"reason": "上级调整"})
    assert plans.node("1.1.1").due_on.month == 9


def test_the_unit_says_how_far_it_is_and_others_cannot(plans):
    address = reverse("measure_said", args=[plans.node("1.1.1").item_id])
    given = {"percent": "40", "text": "已征求意见"}
    assert plans.client("other").post(address, given).status_code == 404
    assert plans.client("verify").post(address, given).status_code == 403
    assert PlanSaid.objects.count() == 0
    done = plans.client("lead1").post(address, given, follow=True)
    assert "自报 40%" in text_of(done)
    tree = tree_of(plans.plan, Asked(every=True), LATER)
    assert tree.total.said_percent == 40 and tree.total.percent is None and tree.total.unknown == 100
    assert "40%" in text_of(plans.client("other").get(reverse("plan_tree", args=[plans.plan.pk])))
    assert "已征求意见" not in text_of(plans.client("other").get(reverse("plan_tree", args=[plans.plan.pk])))


def test_the_own_tasks_are_those_led_and_helped(plans):
    shown = text_of(plans.client("lead1").get(reverse("plan_own")))
    assert "牵头和配合的举措 3 项" in shown and "每季度通报" not in shown
    assert "还没有任务" in text_of(plans.client("other").get(reverse("plan_own")))


def test_baselines_and_what_is_lacking(plans):
    client = plans.client("planner")
    assert "没有变化" in text_of(client.get(reverse("plan_changes", args=[plans.plan.pk])))
    client.post(reverse("plan_baseline", args=[plans.plan.pk]), {"label": "年中"})
    assert PlanBaseline.objects.count() == 2
    shown = text_of(client.get(reverse("plan_coverage", args=[plans.plan.pk])))
    assert "没有责任领导的举措 2 项" in shown and "没有任务的单位" in shown


@pytest.mark.parametrize("name", ["plan_list", "plan_own"])
def test_a_list_is_the_same_as_a_part(plans, name):
    client = plans.client("lead1")
    page, part = client.get(reverse(name)), client.get(reverse(name), headers=HTMX)
    id_ = "#plans" if name == "plan_list" else "#plan-own"
    assert soup(page).select_one(id_).decode() == soup(part).select_one(id_).decode()
