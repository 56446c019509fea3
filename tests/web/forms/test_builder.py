"""Designing in the page: nothing typed is lost, every fault stands at its input, it works without script."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from luoshi.domains.admission.actions import proposal_admit, proposal_begin
from luoshi.domains.admission.design import Design, FieldDesign, design_of
from luoshi.domains.admission.models import FormProposal, ProposalDraft
from luoshi.kernel.filings.models import Obligation
from tests.domains.admission.world import asked, patrol, saved
from tests.harness.times import NOW
from tests.web.conftest import HTMX, soup, text_of

pytestmark = pytest.mark.django_db


def sent(page: BeautifulSoup, **change: object) -> dict[str, list[str]]:
    """Return what a browser would send of the form of a page, with changes; ``do`` is the button."""
    data: dict[str, list[str]] = {}
    for each in page.select("#builder [name], [form=builder][name]"):
        name = each["name"]
        ticks = each.get("type") in ("checkbox", "radio")
        if each.name == "button" or (ticks and not each.has_attr("checked")):
            continue
        if each.name == "select":
            values = [option["value"] for option in each.select("option[selected]")]
            if not values and not each.has_attr("multiple"):
                values = [each.select_one("option")["value"]]
        else:
            values = [each.text.lstrip("\n") if each.name == "textarea" else each.get("value", "")]
        data.setdefault(name, []).extend(values)
    return data | {key: value if isinstance(value, list) else [value] for key, value in change.items()}


def begun(client) -> str:
    return client.post(reverse("design_new"))["Location"]


def design_at(path: str) -> Design:
    return design_of(ProposalDraft.objects.get(pk=int(path.strip("/").rpartition("/")[2])).design)


def test_a_form_is_built_and_issued_to_fourteen_streets_by_pages_alone(sit):
    desk = sit("desk")
    path = begun(desk)
    page = soup(desk.get(path))
    for _ in range(4):
        page = soup(desk.post(path, sent(page, do="add")))
    page = soup(desk.post(path, sent(page, do="rule")))
    rows = {
        "f1.title": "巡检处数", "f1.unit": "处", "f1.least": "0",
        "f2.title": "发现损坏", "f3.title": "已修复", "f4.title": "主要类别", "f4.kind": "choice",
        "f5.title": "需协调事项", "f5.kind": "text", "f5.required": "",
        "rule.0.left": "f3", "rule.0.relation": "le", "rule.0.right": "f2",
    }  # fmt: skip
    head = {"title": "设施巡检月报", "basis": "巡检方案", "minutes": "10", "until": "2022-12-31"}
    page = soup(desk.post(path, sent(page, do="preview", kinds="street", **rows, **head)))
    assert "每行写一个选项" in page.select_one("#card-f4").text
    assert "14 个单位" in page.select_one("#beside").text
    assert "2021年1月：1月25日开放，2月" in page.select_one("#beside").text
    answer = desk.post(path, sent(page, do="ask", **{"f4.options": "道路\n路灯"}))
    proposal = FormProposal.objects.get()
    assert answer["Location"] == reverse("proposal_detail", args=[proposal.pk])
    office = sit("office")
    shown = soup(office.get(answer["Location"]))
    assert "单选：道路、路灯" in shown.text and "x000" not in shown.text
    assert "共 168 次" in shown.text and "已修复不得大于发现损坏" in shown.text
    done = office.post(reverse("proposal_admit", args=[proposal.pk]), {"period": "2020-12"}, follow=True)
    assert "已准入，并开放 2020年12月。" in text_of(done)
    assert Obligation.objects.filter(form_ref="local.x001").count() == 14
    clerk = sit("clerk")
    owed = Obligation.objects.get(form_ref="local.x001", unit__code="S1")
    page = soup(clerk.get(reverse("filing_fill", args=[owed.pk])))
    assert [label.text.strip() for label in page.select(".entry > label")][:2] == [
        "巡检处数（处）*",
        "发现损坏*",
    ]


def test_whatever_is_typed_comes_back(sit, cast):
    wild = patrol(title='<i>"月报"</i>', basis="", minutes="很久", until="2021-02-30")
    draft = saved(cast.desk, wild)
    desk = sit("desk")
    path = reverse("design_page", args=[draft.pk])
    page = soup(desk.get(path))
    assert page.select_one("#id_title")["value"] == '<i>"月报"</i>'
    page = soup(desk.post(path, sent(page, do="ask")))
    assert design_at(path) == wild
    for name in ("basis", "minutes", "until"):
        assert page.find(id=f"id_{name}-error") is not None, name
    assert page.select_one("#id_minutes")["value"] == "很久"
    assert "还有 3 处需要改正" in page.select_one(".notice.error").text


def test_every_button_works_without_script_and_keeps_what_was_typed(sit, cast):
    path = reverse("design_page", args=[saved(cast.desk).pk])
    desk = sit("desk")
    page = soup(desk.get(path))
    page = soup(desk.post(path, sent(page, do="up:f2", **{"f5.help": "没有的不填"})))
    assert [row["value"] for row in page.select("[name=row]")] == ["f2", "f1", "f3", "f4", "f5"]
    page = soup(desk.post(path, sent(page, do="drop:f3")))
    page = soup(desk.post(path, sent(page, do="undo:0")))
    kept = design_at(path)
    assert [row.key for row in kept.fields] == ["f2", "f1", "f4", "f5"] and kept.rules == ()
    assert kept.fields[3].help == "没有的不填"


def test_what_a_kind_does_not_show_is_kept_while_it_is_hidden(sit, cast):
    path = reverse("design_page", args=[saved(cast.desk).pk])
    desk = sit("desk")
    page = soup(desk.post(path, sent(soup(desk.get(path)), do="save", **{"f4.kind": "text"})))
    assert page.find(id="id_f4.options") is None
    desk.post(path, sent(page, do="save", **{"f4.kind": "choice"}))
    assert design_at(path) == patrol()


def test_typing_is_saved_by_itself_and_the_preview_follows(sit, cast):
    path = reverse("design_page", args=[saved(cast.desk).pk])
    desk = sit("desk")
    page = soup(desk.get(path))
    part = soup(desk.post(path, sent(page, **{"f1.title": "到场处数"}), headers=HTMX))
    assert part.find(id="beside") is not None and part.find(id="builder") is None
    assert "到场处数" in part.select_one(".preview").text
    assert design_at(path).fields[0].title == "到场处数"
    assert part.select_one("[name=rev]")["value"] == "2"


def test_an_old_page_does_not_overwrite_a_colleague(sit, cast):
    path = reverse("design_page", args=[saved(cast.desk).pk])
    desk, colleague = sit("desk"), sit("colleague")
    mine, theirs = soup(desk.get(path)), soup(colleague.get(path))
    colleague.post(path, sent(theirs, do="save", title="同事改的"))
    part = soup(desk.post(path, sent(mine, title="我改的"), headers=HTMX))
    assert "另存" in part.select_one(".draft-state").text and design_at(path)["title"] == "同事改的"
    page = soup(desk.post(path, sent(mine, do="save", title="我改的")))
    assert "另存" in page.select_one(".notice.error").text
    assert page.select_one("#id_title")["value"] == "我改的"
    desk.post(path, sent(page, do="save"))
    assert design_at(path)["title"] == "我改的"


def test_a_button_overtakes_the_draft_its_own_page_is_saving(sit, cast):
    path = reverse("design_page", args=[saved(cast.desk).pk])
    desk = sit("desk")
    first = soup(desk.get(path))
    desk.post(path, sent(first, do="save", title="甲"))
    page = soup(desk.post(path, sent(first, do="add", title="乙")))
    assert page.select_one("#id_title")["value"] == "乙" and len(design_at(path).fields) == 6


def test_rows_names_and_keys_made_up_by_hand_come_to_nothing(sit, cast):
    path = reverse("design_page", args=[saved(cast.desk).pk])
    desk = sit("desk")
    data = sent(soup(desk.get(path)), do="save", row=["f1", "f1", "evil", "f99", "f2"], rule=["x"] * 50)
    data |= {"f1.key": ["hacked"], "authors": ["1"], "units": ["S1' or unit.code != '"]}
    assert desk.post(path, data).status_code == 200
    kept = design_at(path)
    assert [row.key for row in kept.fields] == ["f1", "f2"] and len(kept.rules) <= 20
    page = soup(desk.post(path, sent(soup(desk.get(path)), do="ask")))
    assert (
        FormProposal.objects.count() == 0
        and "单位树中已没有" not in page.select_one("#beside script, title").text
    )


def test_doubles_are_named_at_the_field_and_can_be_cited(sit, cast):
    first = replace(patrol().fields[0], element="SS01")
    proposal = asked(cast.desk, replace(patrol(), fields=(first, *patrol().fields[1:])))
    proposal_admit(actor=cast.office, proposal_id=proposal.pk, now=NOW)
    path = reverse("design_page", args=[saved(cast.colleague, patrol(title="又一张")).pk])
    desk = sit("colleague")
    page = soup(desk.get(path))
    assert "引用数据元 SS01" in page.select_one("#card-f1").text
    assert page.select_one("#elements option")["value"] == "SS01"
    page = soup(desk.post(path, sent(page, do="cite:f1:SS01")))
    assert "填报时自动带出" in page.select_one("#card-f1").text
    assert design_at(path).fields[0].element == "SS01"


def test_a_design_is_thrown_away_only_when_sure(sit, cast):
    draft = saved(cast.desk)
    desk = sit("desk")
    desk.post(reverse("design_drop", args=[draft.pk]))
    assert ProposalDraft.objects.exists()
    desk.post(reverse("design_drop", args=[draft.pk]), {"sure": "yes"})
    assert not ProposalDraft.objects.exists()


def test_nobody_else_opens_the_page(sit, cast):
    path = reverse("design_page", args=[saved(cast.desk).pk])
    assert [sit(name).get(path).status_code for name in ("stranger", "clerk", "auditor")] == [404, 403, 403]


def test_the_page_asks_a_bounded_number_of_queries(sit, cast, django_assert_max_num_queries):
    fields = tuple(FieldDesign(f"f{number}", f"第{number}项") for number in range(1, 41))
    draft = saved(cast.desk, replace(patrol(), fields=fields, rules=(), last=40))
    desk = sit("desk")
    with django_assert_max_num_queries(80):
        desk.get(reverse("design_page", args=[draft.pk]))


def test_the_lists_show_find_and_export(sit, cast):
    asked(cast.desk)
    asked(cast.stranger, patrol(title="另一张月报"))
    saved(cast.desk, patrol(title="还在写"))
    office = sit("office")
    assert "另一张月报" in text_of(office.get(reverse("proposal_list")))
    assert "另一张月报" not in text_of(office.get(reverse("proposal_list") + "?q=设施"))
    assert "没有准入申请" in text_of(office.get(reverse("proposal_list") + "?state=refused"))
    mine = text_of(sit("desk").get(reverse("proposal_list")))
    assert "还在写" in mine and "另一张月报" not in mine
    assert office.get(reverse("proposal_export"))["Content-Type"].endswith("sheet")
    whole = soup(office.get(reverse("proposal_list") + "?q=设施")).find(id="proposals")
    part = soup(office.get(reverse("proposal_list") + "?q=设施", headers=HTMX)).find(id="proposals")
    assert str(whole) == str(part)


def test_a_change_shows_what_differs_and_the_pack_is_handed_out(sit, cast):
    proposal_admit(actor=cast.office, proposal_id=asked(cast.desk).pk, now=NOW)
    desk = sit("desk")
    path = desk.post(reverse("design_new"), {"change": "x001"})["Location"]
    answer = desk.post(path, sent(soup(desk.get(path)), do="ask", minutes="5"))
    shown = text_of(sit("office").get(answer["Location"]))
    assert "与现行版本的不同 1 处" in shown and "预计用时 10 5" in shown
    pack = desk.get(reverse("local_pack"))
    assert (
        "街道公共设施巡检月报" in pack.content.decode()
        and 'filename="local-1.yaml"' in pack["Content-Disposition"]
    )
    like = desk.post(reverse("design_new"), {"like": "local.x001"})["Location"]
    assert design_at(like).fields == patrol().fields


def test_refused_the_unit_reads_why_and_asks_anew(sit, cast):
    proposal = asked(cast.desk)
    office = sit("office")
    address = reverse("proposal_refuse", args=[proposal.pk])
    assert "请写明不予准入的理由" in text_of(office.post(address))
    office.post(address, {"reply": "与月报重复"})
    desk = sit("desk")
    page = text_of(desk.get(reverse("proposal_detail", args=[proposal.pk])))
    assert "与月报重复" in page and "修改后重报" in page
    again = desk.post(reverse("design_new"), {"again": proposal.pk})["Location"]
    assert design_at(again) == patrol()


def test_an_author_is_told_that_another_must_decide(sit, cast):
    writer = replace(cast.office, unit_id=cast.desk.unit_id)
    draft = proposal_begin(actor=writer, now=NOW)
    ProposalDraft.objects.filter(pk=draft.pk).update(design=patrol().as_json())
    desk = sit("desk")
    path = reverse("design_page", args=[draft.pk])
    there = desk.post(path, sent(soup(desk.get(path)), do="ask"))["Location"]
    page = sit("office").get(there)
    assert "须由其他督查专员审批" in text_of(page) and soup(page).find(id="decide") is None
    number = there.strip("/").rpartition("/")[2]
    answer = sit("office").post(reverse("proposal_admit", args=[number]))
    assert "起草人不能审批" in text_of(answer)
