"""Installing: who may, which slots, which versions; refusals change nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from luoshi.core.actor import SYSTEM_ACTOR, Actor, Grant
from luoshi.core.errors import Duplicate, Incomplete, Invalid, NotAllowed, NotFound, PackInvalid
from luoshi.kernel.definitions.models import Definition, PackVersion, SlotBinding
from luoshi.kernel.definitions.queries import definition, definitions_in, slot_target
from luoshi.kernel.ledger.models import Event
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.loader.actions import pack_install, pack_retire
from luoshi.kernel.loader.check import pack_check
from luoshi.kernel.loader.diff import changes
from luoshi.kernel.loader.queries import pack_detail, packs_visible
from tests.harness.times import NOW
from tests.kernel.loader.faulty import pack_copy
from tests.packs.setup import bulletins_installed, sample_units

pytestmark = pytest.mark.django_db
BOUND = {"desk": "desk", "organ": "SAMPLE"}
ADMIN = Actor(account_id=7, post_code="admin", unit_code="U", roles=frozenset({Grant("sysadmin")}))
CLERK = Actor(account_id=8, roles=frozenset({Grant("clerk")}))


def counts() -> tuple[int, int, int, int]:
    return tuple(model.objects.count() for model in (PackVersion, Definition, SlotBinding, Event))


def edited(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    folder = pack_copy(tmp_path)
    text = (folder / "pack.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "pack.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_shipped_pack_is_installed_by_its_id():
    root = bulletins_installed()
    assert (root.pack, root.version, root.title) == ("bulletins", 1, "热线与街道通报样例")
    found = definition("scheme", "bulletins.panjin")
    assert found.body["criteria"][0]["weight"] == "0.2"
    assert slot_target("bulletins", "organ") == ("unit", "SAMPLE")
    assert [event.kind for event in events_of("pack_version", root.pk)] == ["pack.installed"]
    assert verify_ledger().ok


def test_only_the_system_administrator_installs_and_retires():
    sample_units()
    before = counts()
    with pytest.raises(NotAllowed):
        pack_install(actor=CLERK, path="bulletins", bindings=BOUND, now=NOW)
    assert counts() == before
    pack_install(actor=ADMIN, path="bulletins", bindings=BOUND, now=NOW)
    with pytest.raises(NotAllowed):
        pack_retire(actor=CLERK, pack="bulletins", now=NOW)


@pytest.mark.parametrize(
    ("bindings", "error", "says"),
    [
        ({"desk": "desk"}, Incomplete, "--bind organ=代码"),
        ({**BOUND, "dsk": "desk"}, Invalid, "没有槽位“dsk”"),
        ({**BOUND, "desk": "nobody"}, Invalid, "槽位 desk：没有编码为“nobody”的岗位"),
        ({**BOUND, "organ": "NOWHERE"}, Invalid, "槽位 organ：没有编码为“NOWHERE”的单位"),
    ],
)
def test_every_slot_needs_a_real_target(bindings, error, says):
    sample_units()
    before = counts()
    with pytest.raises(error, match=says):
        pack_install(actor=ADMIN, path="bulletins", bindings=bindings, now=NOW)
    assert counts() == before


def test_installing_again_only_binds_anew():
    root = bulletins_installed()
    before = counts()
    assert pack_install(actor=ADMIN, path="bulletins", now=NOW) == root
    assert counts() == before
    pack_install(actor=ADMIN, path="bulletins", bindings={"organ": "PJ"}, now=NOW)
    assert slot_target("bulletins", "organ") == ("unit", "PJ")
    assert [event.kind for event in events_of("pack_version", root.pk)] == ["pack.installed", "pack.bound"]


def test_comments_and_spelling_are_no_change_of_content(tmp_path: Path):
    root = bulletins_installed()
    folder = edited(tmp_path, ("slots:\n", "# 槽位\nslots:\n"), ("weight: 0.40", "weight: 0.4"))
    assert pack_install(actor=ADMIN, path=folder, now=NOW) == root


def test_new_content_needs_a_new_version_and_a_new_version_new_content(tmp_path: Path):
    bulletins_installed()
    before = counts()
    with pytest.raises(Duplicate, match="请提高 version"):
        pack_install(actor=ADMIN, path=edited(tmp_path / "a", ("title: 统计岗", "title: 统计员")), now=NOW)
    with pytest.raises(Duplicate, match="不能只换版本号"):
        pack_install(actor=ADMIN, path=edited(tmp_path / "b", ("version: 1,", "version: 2,")), now=NOW)
    fixture = pack_copy(tmp_path / "c")
    (fixture / "fixtures" / "notes.csv").write_text("说明\n", encoding="utf-8")
    with pytest.raises(Duplicate, match="请提高 version"):
        pack_install(actor=ADMIN, path=fixture, now=NOW)
    assert counts() == before


def test_a_new_version_supersedes_and_old_records_keep_theirs(tmp_path: Path):
    bulletins_installed()
    folder = edited(tmp_path, ("version: 1,", "version: 2,"), ("title: 热线办理四率情况", "title: 热线四率"))
    pack_install(actor=ADMIN, path=folder, now=NOW)
    assert definition("form", "bulletins.panjin").title == "热线四率"
    assert definition("form", "bulletins.panjin", 1).title == "热线办理四率情况"
    pack_retire(actor=ADMIN, pack="bulletins", now=NOW)
    assert definition("form", "bulletins.panjin").title == "热线办理四率情况"


def test_a_broken_pack_is_not_installed(tmp_path: Path):
    sample_units()
    before = counts()
    with pytest.raises(PackInvalid):
        pack_install(
            actor=ADMIN, path=edited(tmp_path, ("minutes: 10", "minutes: x")), bindings=BOUND, now=NOW
        )
    assert counts() == before


def test_required_packs_come_first(tmp_path: Path):
    bulletins_installed()
    folder = pack_copy(tmp_path)
    folder = folder.rename(folder.parent / "other")
    text = (folder / "pack.yaml").read_text(encoding="utf-8")
    text = text.replace("id: bulletins", "id: other").replace("requires: []", "requires: [bulletins]")
    (folder / "pack.yaml").write_text(text, encoding="utf-8")
    pack_install(actor=ADMIN, path=folder, bindings=BOUND, now=NOW)
    pack_retire(actor=ADMIN, pack="bulletins", now=NOW)
    (folder / "pack.yaml").write_text(
        text.replace("version: 1", "version: 2").replace("街道通报样例", "样例"), encoding="utf-8"
    )
    with pytest.raises(Incomplete, match="需要先安装：bulletins"):
        pack_install(actor=ADMIN, path=folder, now=NOW)


def test_unknown_packs_name_the_nearest():
    with pytest.raises(NotFound, match="是否想写 bulletins"):
        pack_install(actor=ADMIN, path="buletins", now=NOW)
    with pytest.raises(NotFound):
        pack_retire(actor=ADMIN, pack="nothing", now=NOW)


def test_pages_see_sections_slots_and_test_results():
    bulletins_installed()
    assert [row.pack for row in packs_visible(CLERK)] == ["bulletins"]
    detail = pack_detail(CLERK, "bulletins")
    assert [section.kind for section in detail.sections] == [
        "role",
        "form",
        "import",
        "indicator",
        "scheme",
        "report",
    ]
    assert [(slot.slot, slot.target) for slot in detail.slots] == [("desk", "desk"), ("organ", "SAMPLE")]
    assert len(detail.tests) == 6 and detail.tests[0].body["result"]["compared"] == 41
    with pytest.raises(NotFound, match="是否指 bulletins"):
        pack_detail(CLERK, "buletins")
    with pytest.raises(NotAllowed):
        packs_visible(Actor(account_id=9))


def test_a_difference_is_told_key_by_key(tmp_path: Path):
    root = bulletins_installed()
    folder = edited(
        tmp_path,
        ("{panjin_kb}条", "{panjin_kb}条知识"),
        ("title: 按时反馈率, type", "title: 及时反馈率, type"),
        (
            "rank: {tie: share_low, better: up}\n\n  changzhou",
            "rank: {tie: dense, better: up}\n\n  changzhou",
        ),
    )
    told = [str(change) for change in changes(definitions_in(root.pk), pack_check(folder).entries)]
    assert "~ 表单 panjin.fields[feedback_rate].title：按时反馈率 → 及时反馈率" in told
    assert "~ 考核方案 panjin.rank.tie：share_low → dense" in told
    assert any(each.startswith("~ 通报 panjin.lines[2].p：") for each in told) and len(told) == 3


def test_commands_check_install_compare_list_and_retire(capsys, tmp_path: Path):
    call_command("pack", "check")
    assert "bulletins 第 1 版“热线与街道通报样例”通过检查。" in capsys.readouterr().out
    sample_units()
    call_command("pack", "diff", "bulletins")
    call_command("pack", "install", "bulletins", "--bind", "desk=desk", "--bind", "organ=SAMPLE")
    call_command("pack", "diff", "bulletins")
    call_command("pack", "list")
    call_command("pack", "retire", "bulletins")
    call_command("pack", "list")
    told = capsys.readouterr().out
    for words in ("还没有安装", "第 1 版已安装", "内容相同", "在用", "第 1 版已停用", "已停用"):
        assert words in told


def test_commands_refuse_in_words_and_with_exit_code(capsys, tmp_path: Path):
    folder = edited(tmp_path, ("minutes: 10", "minutes: x"))
    with pytest.raises(CommandError, match="1 个业务包没有通过检查"):
        call_command("pack", "check", str(folder))
    assert "pack.yaml:22:90: forms.nantong.admission.minutes: “x”应为整数" in capsys.readouterr().err
    with pytest.raises(CommandError, match="槽位=代码"):
        call_command("pack", "install", "bulletins", "--bind", "desk")
    bulletins_installed()
    with pytest.raises(CommandError, match="version 提高到 2"):
        call_command("pack", "diff", str(edited(tmp_path / "b", ("title: 统计岗", "title: 统计员"))))


def test_the_system_may_install():
    sample_units()
    assert pack_install(actor=SYSTEM_ACTOR, path="bulletins", bindings=BOUND, now=NOW).version == 1
