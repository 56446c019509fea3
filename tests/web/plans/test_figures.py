"""A figure with a target tells how far a measure is; without a figure it stays unknown."""

from __future__ import annotations

from decimal import Decimal

from django.urls import reverse

from luoshi.domains.plans.models import Plan
from luoshi.domains.plans.tree import Asked, tree_of
from luoshi.kernel.ledger.verify import verify_ledger
from tests.district import LATER
from tests.web.conftest import text_of

DONE = "bulletins.panjin_done"


def known(plans):
    tree = tree_of(Plan.objects.get(pk=plans.plan.pk), Asked(every=True), LATER)
    return {row.leaf.code: row.leaf.known for row in tree.rows if row.leaf}


def test_a_measure_bound_to_a_figure_shows_its_share_of_the_target(plans):
    client, node = plans.client("planner"), plans.node("1.1.1")
    address = reverse("measure_bind", args=[plans.plan.pk, node.pk])
    assert "目标值应大于 0" in text_of(client.post(address, {"indicator": DONE, "target": ""}))
    assert "对应指标已保存" in text_of(
        client.post(address, {"indicator": DONE, "target": "200"}, follow=True)
    )
    found = known(plans)
    assert found["1.2.1"] is None and found["1.1.1"] is not None and Decimal(0) < found["1.1.1"] <= 50
    client.post(address, {"indicator": "", "target": ""})
    assert known(plans)["1.1.1"] is None and verify_ledger().ok


def test_units_do_not_bind_figures(plans):
    address = reverse("measure_bind", args=[plans.plan.pk, plans.node("1.1.1").pk])
    assert plans.client("lead1").post(address, {"indicator": DONE, "target": "1"}).status_code == 403
