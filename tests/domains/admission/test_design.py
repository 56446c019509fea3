"""What is typed becomes a form, and comes back from one, without loss; each fault stands at its place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from luoshi.domains.admission.adopt import adopted
from luoshi.domains.admission.compose import composed
from luoshi.domains.admission.design import (
    MOST_FIELDS,
    Design,
    FieldDesign,
    RuleDesign,
    blank_design,
    changed,
    design_of,
)
from tests.domains.admission.world import FIELDS, patrol


def test_a_design_is_kept_just_as_typed():
    assert design_of(patrol().as_json()) == patrol()


def test_a_form_comes_back_as_the_design_it_was_made_from():
    design = replace(patrol(note="", lock_mode="hard", open_unit="day"), picks={"units": ("S1", "S2")})
    made = composed(design, key="x001", options={})
    made.body["admission"]["owner"] = "unit:@u_p1"
    assert made.faults == {}
    back = adopted(made.body, made.vocab)
    assert (back.design, back.left_out) == (design, ())


def test_what_a_page_cannot_show_is_named():
    made = composed(patrol(), key="x001", options={})
    rules = [*made.body["rules"], {"must": "f1 * 2 <= f2", "say": "两倍"}]
    fields = [*made.body["fields"], {"key": "f9", "title": "佐证", "type": "unheard:3"}]
    body = {**made.body, "rules": rules, "fields": fields, "to": "unit.code != 'S1'"}
    back = adopted(body, made.vocab)
    assert back.left_out == ("佐证", "两倍") and back.design.picks == {}


def test_keys_of_another_form_are_given_anew_and_rules_follow():
    fields = [
        {"key": "found", "title": "发现", "type": "int"},
        {"key": "f1", "title": "处数", "type": "int"},
    ]
    made = composed(patrol(), key="x001", options={})
    body = {**made.body, "fields": fields, "rules": [{"must": "found >= f1", "say": "不对"}]}
    back = adopted(body, {}).design
    assert [each.key for each in back.fields] == ["f2", "f1"]
    assert back.rules == (RuleDesign("f2", "ge", "f1"),) and back.last == 2


@pytest.mark.parametrize(
    ("what", "keys"),
    [
        ("up:f2", ["f2", "f1", "f3", "f4", "f5"]),
        ("down:f5", ["f1", "f2", "f3", "f4", "f5"]),
        ("up:f1", ["f1", "f2", "f3", "f4", "f5"]),
        ("drop:f2", ["f1", "f3", "f4", "f5"]),
        ("add", ["f1", "f2", "f3", "f4", "f5", "f6"]),
        ("up:nothing", ["f1", "f2", "f3", "f4", "f5"]),
        ("nonsense", ["f1", "f2", "f3", "f4", "f5"]),
    ],
)
def test_buttons_move_add_and_drop(what, keys):
    assert [each.key for each in changed(patrol(), what).fields] == keys


def test_rules_go_with_the_field_they_name_and_by_their_own_button():
    assert changed(patrol(), "drop:f3").rules == patrol().rules[:1]
    assert changed(patrol(), "undo:0").rules == patrol().rules[1:]
    assert len(changed(patrol(), "rule").rules) == 3
    assert changed(patrol(), "cite:f1:LZ01").fields[0].element == "LZ01"


def test_a_key_is_never_given_twice():
    design = changed(changed(patrol(), "drop:f5"), "add")
    assert [each.key for each in design.fields] == ["f1", "f2", "f3", "f4", "f6"]


def test_a_form_has_no_more_fields_than_a_pack_allows():
    design = patrol()
    for _ in range(MOST_FIELDS + 5):
        design = changed(design, "add")
    assert len(design.fields) == MOST_FIELDS


def test_relations_are_written_as_rules_with_their_words():
    rules = (RuleDesign("f1", "eq_sum", "f2", "f3"), RuleDesign("f1", "ge", "f2"))
    made = composed(replace(patrol(), rules=rules), key="x001", options={})
    assert made.body["rules"] == [
        {"must": "f1 == f2 + f3", "say": "巡检处数应等于发现损坏与已修复之和"},
        {"must": "f1 >= f2", "say": "巡检处数不得小于发现损坏"},
    ]


def test_choices_keep_their_codes_when_the_list_changes():
    before = {"x001_f4": {"o1": "道路", "o2": "路灯", "o3": "井盖"}}
    fields = (replace(FIELDS[3], options="井盖\n护栏\n道路"),)
    made = composed(replace(patrol(), fields=fields, rules=()), key="x001", options=before)
    assert made.vocab == {"x001_f4": {"o3": "井盖", "o4": "护栏", "o1": "道路"}}


def test_numbers_choices_and_dates_can_be_counted_as_far_as_there_are_columns():
    fields = tuple(FieldDesign(f"f{number}", f"数{number}") for number in range(1, 31))
    made = composed(replace(patrol(), fields=fields, rules=()), key="x001", options={})
    assert sum(bool(row.get("fact")) for row in made.body["fields"]) == 24


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("title", {"title": " "}),
        ("title", {"title": "长" * 101}),
        ("basis", {"basis": ""}),
        ("until", {"until": ""}),
        ("minutes", {"minutes": "十"}),
        ("minutes", {"minutes": "0"}),
        ("returns", {"returns": "10"}),
        ("open_days", {"open_days": "-1"}),
        ("lock_days", {"lock_days": "x"}),
        ("period", {"period": "week"}),
        ("review", {"review": "unit:@x"}),
        ("source", {"source": "看不见\x07"}),
    ],
)
def test_what_is_typed_wrongly_is_told_at_its_place(place, change):
    assert list(composed(patrol(**change), key="x001", options={}).faults) == [place]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("title", FieldDesign("f1", "")),
        ("kind", FieldDesign("f1", "甲", "secret")),
        ("digits", FieldDesign("f1", "甲", "decimal", digits="0")),
        ("least", FieldDesign("f1", "甲", least="一")),
        ("most", FieldDesign("f1", "甲", most="1,000")),
        ("jump", FieldDesign("f1", "甲", jump="-1")),
        ("options", FieldDesign("f1", "甲", "choice", options="只有一个")),
        ("options", FieldDesign("f1", "甲", "choice", options="同\n同\n异")),
        ("element", FieldDesign("f1", "甲", element="lz01'")),
        ("help", FieldDesign("f1", "甲", help="\x00")),
    ],
)
def test_a_faulty_field_is_told_at_its_part(name, row):
    made = composed(replace(patrol(), fields=(row,), rules=()), key="x001", options={})
    assert list(made.faults) == [f"fields.0.{name}"]


@pytest.mark.parametrize(
    "rule",
    [
        RuleDesign(),
        RuleDesign("f1", "le", "f4"),
        RuleDesign("f1", "eats", "f2"),
        RuleDesign("f1", "le", "f1"),
        RuleDesign("f1", "le_sum", "f2", ""),
        RuleDesign("f1 or 1 == 1", "le", "f2"),
    ],
)
def test_a_rule_relates_two_different_numbers(rule):
    made = composed(replace(patrol(), rules=(rule,)), key="x001", options={})
    assert list(made.faults) == ["rules.0"]


def test_a_form_without_fields_is_none():
    assert "fields" in composed(replace(patrol(), fields=(), rules=()), key="x001", options={}).faults
    assert blank_design().fields[0].key == "f1" and Design().fields == ()
