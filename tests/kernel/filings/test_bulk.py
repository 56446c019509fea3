"""The sheet of several units: out with what is known, back row by row, refused with its reason."""

from __future__ import annotations

import io
import os

import openpyxl
import pytest

from luoshi.core.errors import Incomplete, Invalid, NotAllowed
from luoshi.core.periods import parse_period
from luoshi.kernel.filings.actions import draft_preview, filing_accept, filing_sign, filings_take
from luoshi.kernel.filings.bulk import fillable
from luoshi.kernel.filings.bulk_file import faults_file
from luoshi.kernel.filings.facts import facts_check
from luoshi.kernel.filings.models import Filing, Obligation
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from tests.kernel.filings.loop import (
    FORM,
    IN_TIME,
    PAST_DUE,
    later,
    loop_world,
    opened,
    owed,
    player,
    snapshot,
    submit,
)
from tests.kernel.filings.shared import MONTHLY, fills, shared_world
from tests.kernel.filings.sheets import cells, downloaded, filled, kept, looked_at, put, told

pytestmark = pytest.mark.django_db

ROW = {"件数": 10, "超期": 1}


@pytest.fixture
def cast():
    found = loop_world()
    opened()
    return found


@pytest.fixture
def desk(cast):
    return player("desk", "D", ("desk", None))


def kinds(found) -> dict[str, str]:
    return {row.unit_text: row.kind for row in found.rows}


def test_the_sheet_has_a_stamp_hidden_ids_help_and_only_the_own_rows(cast, desk):
    page = openpyxl.load_workbook(io.BytesIO(downloaded(desk))).active
    assert "表单 loop.monthly 第1版 期间 2020-12 校验" in page["A1"].value
    assert [cell.value for cell in page[2]] == [
        "记录编号",
        "单位",
        "件数",
        "件数变动说明",
        "超期",
        "备注",
        "填报说明",
        "迟报理由",
    ]
    assert page.column_dimensions["A"].hidden and page.protection.sheet
    assert page["A4"].protection.locked and not page["C4"].protection.locked
    assert page["C3"].value == "必填；整数，单位：件"
    assert [page.cell(row, 2).value for row in range(4, 7)] == ["单位S1", "单位S2", "单位S3"]
    own = openpyxl.load_workbook(io.BytesIO(downloaded(cast.clerk))).active
    assert (own.max_row, own["B4"].value) == (4, "单位S1")
    with pytest.raises(NotAllowed):
        fillable(cast.reviewer, FORM, parse_period("2020-12"), IN_TIME)


def test_rows_are_new_blank_or_faulty_and_nothing_is_saved(desk):
    before = snapshot()
    content = filled(downloaded(desk), put({"单位S1": ROW, "单位S2": {"件数": 1, "超期": 2}}))
    found = looked_at(desk, content)
    assert kinds(found) == {"单位S1": "new", "单位S2": "fault", "单位S3": "blank"}
    assert (found.clean, found.broken, found.blank, found.same) == (1, 1, 1, 0)
    assert told(found) == [("C5", "超期不得大于件数")]
    assert snapshot() == before


def test_taking_files_the_rows_and_the_same_sheet_again_changes_nothing(desk):
    content = filled(downloaded(desk), put({"单位S1": ROW | {"填报说明": "汇总"}, "单位S3": ROW}))
    batch = filings_take(actor=desk, draft_token=kept(desk, content).token, only_clean=False, now=IN_TIME)
    assert (batch.rows_taken, batch.rows_left) == (2, 0)
    filing = Filing.objects.get(obligation=owed())
    assert filing.values == {"cases": "10", "overdue": "1", "remark": None}
    assert (filing.note, filing.sources) == ("汇总", {"cases": "import", "overdue": "import"})
    assert (filing.source_batch_id, filing.source_row) == (batch.pk, 4)
    assert events_of("obligation", owed().pk)[-1].kind == "filing.taken"
    assert verify_ledger().ok and facts_check().ok
    assert kinds(looked_at(desk, content)) == {"单位S1": "same", "单位S2": "blank", "单位S3": "same"}
    with pytest.raises(Invalid, match="没有可以导入的行"):
        filings_take(actor=desk, draft_token=kept(desk, content).token, only_clean=True, now=IN_TIME)


def test_a_row_that_changes_what_stands_is_a_correction_with_its_reason(cast, desk):
    filing = submit(cast.clerk)
    content = filled(downloaded(desk), put({"单位S1": {"件数": 12}}))
    found = looked_at(desk, content)
    (fault,) = found.faults
    assert fault.address == "C4" and fault.rule == "该单位已报，件数不能改动"
    assert "还在审签、审核中" in fault.remedy
    filing_sign(actor=cast.head, filing_id=filing.pk, now=IN_TIME)
    filing_accept(actor=cast.reviewer, filing_id=filing.pk, now=IN_TIME)
    found = looked_at(desk, content)
    (row,) = [row for row in found.rows if row.kind == "changed"]
    assert (row.was, found.changed, found.clean) == ({"cases": "10"}, 1, 1)
    draft = kept(desk, content)
    before = snapshot()
    with pytest.raises(Incomplete, match="更正理由"):
        filings_take(actor=desk, draft_token=draft.token, only_clean=True, now=IN_TIME)
    assert snapshot() == before
    batch = filings_take(
        actor=desk, draft_token=draft.token, only_clean=True, reason="与台账核对", now=IN_TIME
    )
    second = Filing.objects.get(obligation=owed(), version=2)
    assert (second.values["cases"], second.note, second.sources["cases"]) == ("12", "与台账核对", "import")
    assert (second.source_batch_id, second.source_row) == (batch.pk, 4)
    event = events_of("obligation", owed().pk)[-1]
    assert (event.kind, event.data["fields"]) == ("filing.corrected", ["cases"]) and verify_ledger().ok


def test_what_is_known_stands_in_the_sheet_and_counts_as_confirmed_or_changed():
    cast = shared_world()
    desk = player("desk", "D", ("desk", None))
    fills(cast.clerk, "monthly", MONTHLY)
    content = downloaded(desk, "shared.roll")
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    assert cells(page)["单位S1", "台账在办数"].value == 12
    kept_as_is = looked_at(desk, content, "shared.roll")
    assert kinds(kept_as_is) == {"单位S1": "new", "单位S2": "blank", "单位S3": "blank"}
    draft = kept(desk, content, "shared.roll")
    filings_take(actor=desk, draft_token=draft.token, only_clean=True, now=IN_TIME)
    assert Filing.objects.get(obligation__form_ref="shared.roll").sources == {"open": "held"}
    changed = filled(
        downloaded(desk, "shared.quarterly", "2020-Q4"), put({"单位S1": {"季末在办件数": 9, "办结件数": 1}})
    )
    seen = looked_at(desk, changed, "shared.quarterly", "2020-Q4")
    assert seen.rows[0].was == {"cases": "12"}
    draft = kept(desk, changed, "shared.quarterly", "2020-Q4")
    filings_take(actor=desk, draft_token=draft.token, only_clean=True, now=IN_TIME)
    quarter = Filing.objects.get(obligation__form_ref="shared.quarterly")
    assert quarter.sources == {"cases": "changed", "done": "import"}
    assert quarter.offered["cases"]["value"] == "12"


def test_a_jump_and_lateness_ask_for_words_in_their_own_cells(cast, desk):
    done = submit(cast.clerk)
    filing_sign(actor=cast.head, filing_id=done.pk, now=IN_TIME)
    filing_accept(actor=cast.reviewer, filing_id=done.pk, now=IN_TIME)
    opened(parse_period("2021-01"), now=later(days=14))
    january = filled(
        downloaded(desk, period="2021-01", now=later(days=14)), put({"单位S1": {"件数": 30, "超期": 1}})
    )
    found = looked_at(desk, january, period="2021-01", now=later(days=14))
    assert told(found) == [("D4", "上期为 10，变动超过 50%")]
    late = filled(downloaded(desk), put({"单位S2": ROW}))
    (fault,) = looked_at(desk, late, now=PAST_DUE).faults
    assert fault.address == "H5" and "请说明迟报理由" in fault.rule
    good = filled(downloaded(desk), put({"单位S2": ROW | {"迟报理由": "停电"}}))
    draft = kept(desk, good, now=PAST_DUE)
    filings_take(actor=desk, draft_token=draft.token, only_clean=True, now=PAST_DUE)
    assert Filing.objects.get(obligation=owed("S2")).late_reason == "停电"


def test_ids_that_were_touched_repeated_or_are_not_ones_own_are_faults(cast, desk):
    def change(page):
        page["A4"].value = "x"
        page["A5"].value, page["C5"].value = page["A6"].value, 3
        page["B6"].value = "单位S3"

    found = looked_at(desk, filled(downloaded(desk), change))
    rules = dict(told(found))
    assert rules["A4"] == "记录编号不在您可填报的范围，或不属于本期本表"
    assert "单位与记录编号不符，该编号属于“单位S3”" in rules["B5"]
    own = downloaded(desk)
    foreign = looked_at(cast.clerk, filled(own, put({"单位S2": ROW})))
    assert [fault.address for fault in foreign.faults] == ["A5", "A6"]

    def twice(page):
        for column in range(1, 4):
            page.cell(7, column).value = page.cell(4, column).value
        page["C4"].value = page["C7"].value = 3
        page["E4"].value = page["E7"].value = 0

    rules = dict(told(looked_at(desk, filled(own, twice))))
    assert rules["A4"] == rules["A7"] == "同一记录编号出现 2 次（第 4、7 行）"
    forged = filled(own, lambda page: page.__setitem__("A4", page["A4"].value[:-1] + "z"))
    assert dict(told(looked_at(desk, forged)))["A4"] == "记录编号被改动过"


def test_a_formula_and_a_locked_period_are_faults(desk):
    content = filled(downloaded(desk), put({"单位S1": {"件数": "=1+1", "超期": 0}}))
    assert ("C4", "单元格是公式，结果可能未更新") in told(looked_at(desk, content))
    Obligation.objects.update(lock_mode="hard", lock_at=IN_TIME)
    (fault,) = looked_at(desk, filled(downloaded(desk), put({"单位S1": ROW})), now=later(minutes=1)).faults
    assert fault.address == "B4" and "该期间已锁定" in fault.rule


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda page: page.__setitem__("A1", "说明"), "不是从本页下载的填报表"),
        (lambda page: retitle(page, "2020-12", "2020-11"), "这是期间 2020-11 的填报表，不能用于2020年12月"),
        (lambda page: retitle(page, "loop.monthly", "zeren.monthly"), "不能用于“履责月报”"),
        (lambda page: retitle(page, "第1版", "第7版"), "按第 7 版表单制作"),
        (
            lambda page: page.__setitem__("A1", page["A1"].value.replace("校验 ", "校验 0000")[:-1]),
            "标识被改动过",
        ),
    ],
)
def test_a_sheet_of_something_else_is_refused_at_the_upload(desk, change, says):
    before = snapshot()
    with pytest.raises(Invalid, match=says):
        kept(desk, filled(downloaded(desk), change))
    assert snapshot() == before


def retitle(page, old, new):
    page["A1"].value = page["A1"].value.replace(old, new)


def test_what_is_no_xlsx_or_too_large_is_refused(desk):
    content = downloaded(desk)
    with pytest.raises(Invalid, match="只接收从本页下载的 .xlsx"):
        kept(desk, b"a,b", name="表.csv")
    with pytest.raises(Invalid, match="内容却不是 Excel 工作簿"):
        kept(desk, b"%PDF-1.4", name="表.xlsx")
    with pytest.raises(Invalid, match=r"大小为60.0 MB，超过上限30.0 MB"):
        kept(desk, content + os.urandom(1) * (60 * 1024 * 1024 - len(content)))
    without = filled(content, lambda page: page.delete_cols(1))
    with pytest.raises(Invalid, match="不是从本页下载"):
        kept(desk, without)


def test_eighty_five_rows_with_three_faults(cast, desk):
    """82 are taken, 3 shown with their cells, nothing else changes; the 3 come back mended."""
    from tests.kernel.org.helpers import grow

    for number in range(4, 86):
        grow(f"S{number}", "A", kind="street")
    opened()
    assert Obligation.objects.count() == 85
    rows = {f"单位S{number}": {"件数": number, "超期": 0} for number in range(1, 86)}
    rows["单位S7"]["件数"] = "七件"
    rows["单位S40"]["超期"] = 41
    rows["单位S85"]["件数"] = -1
    content = filled(downloaded(desk), put(rows))
    draft = kept(desk, content)
    found = draft_preview(actor=desk, draft_token=draft.token, now=IN_TIME)
    where = {fault.address: (fault.rule, by_unit(found, fault.row)) for fault in found.faults}
    assert {unit for _, unit in where.values()} == {"单位S7", "单位S40", "单位S85"}
    assert all(address[0] == "C" for address in where) and (found.clean, found.broken) == (82, 3)
    marked = faults_file(found)
    batch = filings_take(actor=desk, draft_token=draft.token, only_clean=True, now=IN_TIME)
    assert (batch.rows_taken, batch.rows_left) == (82, 3)
    assert Filing.objects.count() == 82
    waiting = Obligation.objects.filter(answer="none").order_by("unit_code")
    assert list(waiting.values_list("unit_code", flat=True)) == ["S40", "S7", "S85"]
    assert verify_ledger().ok and facts_check().ok
    page = openpyxl.load_workbook(io.BytesIO(marked)).active
    assert page.max_row == 6 and cells(page)["单位S40", "件数"].comment.text.startswith("超期不得大于件数")
    assert "应为数字" in cells(page)["单位S7", "问题"].value
    mended = filled(marked, put({"单位S7": {"件数": 7}, "单位S40": {"超期": 0}, "单位S85": {"件数": 85}}))
    again = kept(desk, mended)
    batch = filings_take(actor=desk, draft_token=again.token, only_clean=False, now=IN_TIME)
    assert batch.rows_taken == 3 and Filing.objects.count() == 85


def by_unit(found, number):
    return next(row.unit_text for row in found.rows if row.number == number)


def test_seeing_a_unit_is_not_filing_for_it(cast):
    """A desk over S2 whose post also reviews everywhere gets S2's row alone."""
    both = player("both", "D", ("desk", "S2"), ("reviewer", None))
    assert [each.unit_code for each in fillable(both, FORM, parse_period("2020-12"), IN_TIME)] == ["S2"]
