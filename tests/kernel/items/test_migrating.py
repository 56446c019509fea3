"""A new pack version and open items: refused when it strands them, taken along when it says how."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from luoshi.core.actor import SYSTEM_ACTOR
from luoshi.core.errors import SamePerson, WrongState
from luoshi.kernel.definitions.queries import pack_in_force
from luoshi.kernel.items.facts import facts_check
from luoshi.kernel.items.types import type_by_id
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.loader.actions import pack_install
from luoshi.kernel.loader.folder import SHIPPED
from tests.harness.times import NOW
from tests.kernel.items.helpers import actor, closed, desk, doing, go, lead, taken_in, world
from tests.kernel.loader.faulty import without_imports

pytestmark = pytest.mark.django_db


def upgrade(tmp_path: Path, *, remove_wait: bool = True, migrate: str = "") -> None:
    """Install version 2 of the pack, in which nobody waits for the firm any more."""
    folder = Path(shutil.copytree(SHIPPED / "zhengqi", tmp_path / "zhengqi"))
    lines = (folder / "pack.yaml").read_text(encoding="utf-8").replace("version: 1", "version: 2").split("\n")
    gone = ("{key: wait,", "{do: ask,", "{do: answer,", "pause: [{state: wait,")
    kept = [line for line in lines if not (remove_wait and any(part in line for part in gone))]
    (folder / "pack.yaml").write_text("\n".join(kept) + migrate, encoding="utf-8")
    pack_install(actor=SYSTEM_ACTOR, path=folder, now=NOW)


MAP = "\nmigrate:\n  case: {states: {wait: doing}}\n"


def test_an_upgrade_that_strands_an_item_in_a_removed_state_is_refused(tmp_path):
    world()
    item = go(doing(), "ask", lead(), note="请补合同")
    with pytest.raises(WrongState, match=f"{item.number}（wait）.*migrate"):
        upgrade(tmp_path)
    assert pack_in_force("zhengqi").version == 1


def test_items_keep_their_version_when_nothing_strands_them(tmp_path):
    world()
    item = doing()
    upgrade(tmp_path)
    assert pack_in_force("zhengqi").version == 2
    assert type_by_id(item.definition_id).pack_version == 1
    assert go(item, "ask", lead(), note="请补合同").state == "wait"
    assert type_by_id(taken_in().definition_id).pack_version == 2


def test_a_map_takes_open_items_along_and_leaves_ended_ones(tmp_path):
    world()
    waiting, open_one, done = go(doing(), "ask", lead(), note="请补合同"), doing(), closed()
    upgrade(tmp_path, migrate=MAP)
    for item in (waiting, open_one, done):
        item.refresh_from_db()
    assert [type_by_id(each.definition_id).pack_version for each in (waiting, open_one, done)] == [2, 2, 1]
    assert (waiting.state, open_one.state) == ("doing", "doing")
    assert "item.migrated" in [event.kind for event in events_of("item", waiting.pk)]
    assert (
        go(
            waiting, "report", lead(), values={"result": "已补齐材料，续贷手续全部办理完毕，企业已确认。"}
        ).stage
        == "verifying"
    )
    assert desk().has("desk") and verify_ledger().ok and facts_check().faults == ()


@pytest.mark.parametrize("state", ["closed", "void", "check"])
def test_an_upgrade_ends_nothing_and_passes_nothing_on_that_nobody_did(tmp_path, state):
    world()
    item = go(doing(), "ask", lead(), note="请补合同")
    with pytest.raises(WrongState, match=f"未经办理、核查.*{item.number}"):
        upgrade(tmp_path, migrate=MAP.replace("wait: doing", f"wait: {state}"))
    item.refresh_from_db()
    assert pack_in_force("zhengqi").version == 1 and item.state == "wait"


def test_who_reported_under_another_name_of_the_move_still_cannot_close(tmp_path):
    world()
    item = doing()
    both = actor(11, "ZX", "desk", "desk")
    go(item, "report", lead(), values={"result": "已补齐材料，续贷手续全部办理完毕，企业已确认。"})
    folder = Path(shutil.copytree(SHIPPED / "zhengqi", tmp_path / "zhengqi"))
    text = without_imports((folder / "pack.yaml").read_text(encoding="utf-8")).replace(
        "version: 1", "version: 2"
    )
    renamed = text.replace("do: report,", "do: handin,").replace("move: report,", "move: handin,")
    (folder / "pack.yaml").write_text(renamed + "\nmigrate:\n  case: {states: {}}\n", encoding="utf-8")
    pack_install(actor=SYSTEM_ACTOR, path=folder, now=NOW)
    with pytest.raises(SamePerson, match="不能再由本人“办结”"):
        go(item, "confirm", both, values={"solved": "yes"})
    assert go(item, "confirm", desk(), values={"solved": "yes"}).stage == "done"
