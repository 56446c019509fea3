"""Histories of another system become items with clocks: the figures of two real logs, and what is refused."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from luoshi.core.actor import SYSTEM, SYSTEM_ACTOR
from luoshi.core.errors import Invalid, NotAllowed, NotFound
from luoshi.core.timing import Verdict
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.items.clock_models import ItemClock
from luoshi.kernel.items.clock_rows import clock_of
from luoshi.kernel.items.facts import facts_check
from luoshi.kernel.items.history_models import ItemIntake, ItemOrigin
from luoshi.kernel.items.history_taking import (
    histories_import,
    histories_take,
    history_drop,
    history_keep,
    history_preview,
)
from luoshi.kernel.items.ladder import ladder_send
from luoshi.kernel.items.models import Item, ItemMove
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.loader.actions import pack_install
from luoshi.kernel.notify.models import Notice
from luoshi.kernel.org.actions import post_create
from tests.harness.times import NOW
from tests.kernel.items.helpers import desk, lead, world

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent
DATA = HERE.parents[1] / "data"
BOUND = {"desk": "desk", "office": "closing"}


def log(name: str) -> bytes:
    return gzip.decompress((DATA / name).read_bytes())


def picked(content: bytes, wanted, key: str) -> bytes:
    """Return the table with the rows for which ``wanted`` is true of their ``key``."""
    rows = csv.DictReader(io.StringIO(content.decode()))
    out = io.StringIO()
    writer = csv.DictWriter(out, rows.fieldnames, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for row in rows if wanted(row[key]))
    return out.getvalue().encode()


def changed(content: bytes, old: str, new: str) -> bytes:
    assert old.encode() in content
    return content.replace(old.encode(), new.encode())


@pytest.fixture
def planted():
    world()
    post_create(by=SYSTEM, code="closing", title="办结岗", unit_code="DC", now=NOW)
    for pack in ("receipt", "la311"):
        pack_install(actor=SYSTEM_ACTOR, path=HERE / "packs" / pack, bindings=BOUND, now=NOW)


@pytest.fixture
def receipt(planted) -> bytes:
    return log("receipt.csv.gz")


def taken(content: bytes, ref: str = "receipt.log", only_clean: bool = True, name: str = "log.csv"):
    return histories_import(
        actor=SYSTEM_ACTOR, import_ref=ref, name=name, content=content, only_clean=only_clean, now=NOW
    )


def verdicts(**wanted: str) -> Counter[Verdict]:
    """Count the verdicts of the clocks of permits whose channel is as wanted."""
    calendar = work_calendar("cn")
    rows = ItemClock.objects.select_related("item").order_by("id")
    return Counter(
        clock_of(row, calendar).verdict(NOW)
        for row in rows
        if all(row.item.values.get(key) == text for key, text in wanted.items())
    )


def test_the_permit_log_gives_its_published_rates(receipt):
    intake, found = taken(receipt, only_clean=False)
    assert (found.rows, intake.items_taken, intake.items_left) == (8577, 1434, 0)
    assert Item.objects.filter(stage="done").count() == 1329
    assert ItemMove.objects.count() == 8577 + 1434 + 1329
    ended = verdicts()
    late_open = 105
    assert (ended[Verdict.MET], ended[Verdict.MISSED]) == (952, 377 + late_open)
    closed = ItemClock.objects.filter(stopped_at__isnull=False).count()
    assert closed == 1329 and f"{100 * 952 / closed:.2f}" == "71.63"
    stopped = Counter(
        ItemClock.objects.filter(stopped_at__isnull=False).values_list("item__values__channel", flat=True)
    )
    assert (verdicts(channel="internet")[Verdict.MET], stopped["internet"]) == (835, 1148)
    assert (verdicts(channel="desk")[Verdict.MET], stopped["desk"]) == (68, 107)
    assert verify_ledger().ok and facts_check().faults == ()
    again, second = taken(receipt, only_clean=False, name="again.csv")
    assert (again.items_taken, again.items_same, second.refused) == (0, 1434, 0)
    assert Item.objects.count() == 1434 and ItemIntake.objects.count() == 2


@pytest.mark.deep
def test_forty_thousand_requests_are_taken_but_for_those_closed_before_they_open(planted):
    intake, found = taken(log("la311_40k.csv.gz"), "la311.table", name="la311.csv")
    assert (found.rows, intake.items_taken, intake.items_left) == (39_999, 39_951, 48)
    assert all("早于“登记”的时间" in fault.rule and fault.row for fault in found.faults)
    assert len({fault.row for fault in found.faults}) == 48
    assert Item.objects.exclude(stage="done").count() == 73
    assert verify_ledger().ok and facts_check().faults == ()


def test_requests_that_close_before_they_open_are_refused_by_row_and_rule(planted):
    content = log("la311_40k.csv.gz")
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    wrong = {row["sr"] for row in rows if row["closed"] and row["closed"] < row["created"]}
    right = [row["sr"] for row in rows[:60] if row["sr"] not in wrong]
    assert len(wrong) == 48
    intake, found = taken(picked(content, {*wrong, *right}.__contains__, "sr"), "la311.table")
    assert (intake.items_taken, intake.items_left) == (len(right), 48)
    assert [fault.column for fault in found.faults] == ["closed"] * 48
    assert all(
        fault.rule.startswith("“办结”的时间") and "早于“登记”的时间" in fault.rule for fault in found.faults
    )
    with pytest.raises(Invalid, match="有 48 件存在问题"):
        taken(picked(content, wrong.__contains__, "sr"), "la311.table", only_clean=False)
    assert Item.objects.count() == len(right)


FEW = {"case-10011", "case-10862", "case-4677", "case-10017", "case-10025"}


@pytest.fixture
def few(receipt) -> bytes:
    return picked(receipt, FEW.__contains__, "case:concept:name")


def test_an_item_keeps_what_the_other_system_said(few):
    taken(few)
    origin = ItemOrigin.objects.select_related("item").get(number="case-4677")
    item = origin.item
    first, second = item.moves.order_by("number")[:2]
    assert item.created_at == first.at < NOW and item.created_by_account == SYSTEM_ACTOR.account_id
    assert (first.move, first.origin_row is not None, "晚于第一步" in first.note) == ("create", True, True)
    assert (second.origin_what, second.origin_by) == ("Confirmation of receipt", "Resource15")
    assert (second.by_unit, second.by_post) == ("", "")
    (event,) = events_of("item", item.pk)
    assert event.kind == "item.taken_in" and event.at == NOW
    assert event.data["origin"] == "case-4677" and len(event.data["rows"]) == 6
    assert event.data["file"] == origin.intake.file_sha and len(origin.intake.file_sha) == 64
    assert origin.intake.file_name == "log.csv"
    clock = ItemClock.objects.get(item=item)
    assert clock.fixed_at == clock.due_at and clock.outside


def test_ladders_say_nothing_of_what_happened_elsewhere(few):
    taken(few)
    assert ItemClock.objects.filter(stopped_at=None).exists()
    assert ladder_send(NOW + timedelta(days=400)) == 0 and not Notice.objects.exists()


def test_the_same_file_again_changes_nothing_and_a_changed_row_is_refused_with_both_values(few):
    taken(few)
    before = list(Item.objects.order_by("id").values()), ItemMove.objects.count()
    intake, found = taken(few, only_clean=False)
    assert (intake.items_taken, intake.items_same, found.faults) == (0, len(FEW), [])
    for old, new, told in (
        ("Internet,case-4677", "Desk,case-4677", ("已导入的为“Internet”", "本表为“Desk”")),
        (
            "2010-12-10 14:12:49",
            "2010-12-11 14:12:49",
            ("第 7 步", "2010-12-10 21:12:49", "2010-12-11 21:12:49"),
        ),
    ):
        intake, found = taken(changed(few, old, new))
        assert (intake.items_taken, intake.items_same, intake.items_left) == (0, len(FEW) - 1, 1)
        assert len(found.faults) == 1 and all(part in found.faults[0].rule for part in told)
    short = b"\n".join(few.split(b"\n")[:-2]) + b"\n"
    assert "步" in taken(short)[1].faults[0].rule
    assert (list(Item.objects.order_by("id").values()), ItemMove.objects.count()) == before
    assert verify_ledger().ok


@pytest.mark.parametrize(
    ("old", "new", "column", "rule"),
    [
        ("Confirmation of receipt", "Confirmation of the receipt", "concept:name", "没有这个环节"),
        ("2010-12-10 14:12:49.726000+01:00", "yesterday", "time:timestamp", "应为日期和时间"),
        ("2010-12-10 14:12:49.726000+01:00", "2031-12-10 14:12:49", "time:timestamp", "在今天以后"),
        ("Internet,case-4677", "Fax,case-4677", "case:channel", "应为：Internet"),
        ("case-4677,2011-02-28 01:06:40+01:00", "case-4677,", "case:deadline", "请填写法定期限"),
    ],
)
def test_what_cannot_be_is_refused_with_row_and_column(few, old, new, column, rule):
    text = few.decode()
    assert old in text
    lines = [line.replace(old, new) if "case-4677" in line else line for line in text.split("\n")]
    intake, found = taken("\n".join(lines).encode())
    assert (intake.items_taken, intake.items_left) == (len(FEW) - 1, 1)
    fault = found.faults[0]
    assert rule in " ".join(each.rule for each in found.faults) and fault.row > 1
    assert column in {each.column for each in found.faults} or column == "case:deadline"
    assert not ItemOrigin.objects.filter(number="case-4677").exists()


def test_a_step_that_the_lifecycle_cannot_follow_is_refused_with_row_activity_and_state(few, tmp_path):
    pack = "is: T02 Check confirmation of receipt, do: [confirm, confirm_late]"
    text = (HERE / "packs" / "receipt" / "pack.yaml").read_text(encoding="utf-8")
    assert pack in text
    late = text.replace(pack, "is: T02 Check confirmation of receipt, do: confirm_late")
    (tmp_path / "receipt").mkdir()
    (tmp_path / "receipt" / "pack.yaml").write_text(
        late.replace("version: 1", "version: 2"), encoding="utf-8"
    )
    pack_install(actor=SYSTEM_ACTOR, path=tmp_path / "receipt", bindings=BOUND, now=NOW)
    intake, found = taken(few)
    assert intake.items_left and "此时为“审查中”，不能“办结后收件确认”" in found.faults[0].rule
    assert "T02 Check" in found.faults[0].rule and found.faults[0].column == "time:timestamp"


def test_who_does_not_register_such_items_takes_none_in(few):
    with pytest.raises(NotAllowed, match="导入许可件"):
        history_keep(actor=lead(), import_ref="receipt.log", name="a.csv", content=few, now=NOW)
    with pytest.raises(NotFound, match="表单|没有"):
        history_keep(actor=desk(), import_ref="zhengqi.case", name="a.csv", content=few, now=NOW)


def test_a_kept_upload_is_looked_at_taken_once_or_dropped(few):
    draft = history_keep(actor=desk(), import_ref="receipt.log", name="a.csv", content=few, now=NOW)
    found = history_preview(actor=desk(), draft_token=draft.token, now=NOW)
    assert (found.fresh, len(found.samples), Item.objects.count()) == (len(FEW), len(FEW), 0)
    with pytest.raises(NotFound):
        history_preview(actor=desk(8), draft_token=draft.token, now=NOW)
    first = histories_take(actor=desk(), draft_token=draft.token, only_clean=False, now=NOW)
    assert histories_take(actor=desk(), draft_token=draft.token, only_clean=False, now=NOW) == first
    assert Item.objects.count() == len(FEW) and ItemIntake.objects.count() == 1
    other = history_keep(actor=desk(), import_ref="receipt.log", name="a.csv", content=few, now=NOW)
    history_drop(actor=desk(), draft_token=other.token)
    with pytest.raises(NotFound, match="已放弃"):
        histories_take(actor=desk(), draft_token=other.token, only_clean=False, now=NOW)
    assert verify_ledger().ok


def test_a_missing_column_is_named_and_nothing_is_taken(few):
    with pytest.raises(Invalid, match="缺少“org:resource”列"):
        taken(changed(few, "org:resource", "org:person"))
    assert not Item.objects.exists()


def test_the_command_tells_what_came_in_and_what_stayed_out(few, tmp_path, capsys):
    path = tmp_path / "log.csv"
    path.write_bytes(changed(few, "Internet,case-4677", "Fax,case-4677"))
    with pytest.raises(CommandError, match="有 1 件存在问题"):
        call_command("import", "items", "receipt.permit", str(path))
    assert not Item.objects.exists()
    call_command("import", "items", "receipt.permit", str(path), "--clean")
    told = capsys.readouterr().out
    assert "case:channel Fax：应为：Internet" in told and "未接收 1 件" in told
    assert Item.objects.count() == len(FEW) - 1
    with pytest.raises(CommandError, match="没有"):
        call_command("import", "items", "zhengqi.csae", str(path))
    with pytest.raises(CommandError, match="无法读取"):
        call_command("import", "items", "receipt.permit", str(tmp_path / "none.csv"))
