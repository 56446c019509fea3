"""The letter of a slip (信函格式), as every medium draws it."""

from __future__ import annotations

from collections.abc import Sequence

from luoshi.core.beijing import local_day
from luoshi.core.gbt9704 import date_text
from luoshi.domains.slips.models import Slip
from luoshi.domains.slips.queries import LineView
from luoshi.kernel.documents.tree import Block, Cell, Column, Document, Head, Paragraph, Sign, Table, Text

ITEM_WIDTHS = (("序号", 12), ("督查事项", 64), ("编号", 30), ("办结时限", 30), ("逾期", 20))
WIDTHS = (("序号", 12), ("报送事项", 50), ("期间", 30), ("截止日期", 34), ("逾期", 30))


def letter_of(slip: Slip, lines: Sequence[LineView]) -> Document:
    """Return the letter of a slip; the words follow from its rows alone, so that it never changes."""
    return Document(
        style="letter",
        head=Head(org=slip.organ_title, number=str(slip)),
        title_lines=_title(slip, lines),
        addressee=slip.unit_title,
        blocks=_cancelling(slip) if slip.cancels else _pressing(slip, lines),
        sign=Sign(org=slip.organ_title, date=local_day(slip.issued_at)),
        meta={"created": slip.issued_at.isoformat(), "author": slip.organ_title},
    )


def _title(slip: Slip, lines: Sequence[LineView]) -> tuple[str, ...]:
    if slip.cancels:
        return (f"关于撤销{slip.cancels}的函",)
    if lines and lines[0].item_id is not None:
        return (f"关于{lines[0].form_title}的", f"{slip.level_title}函")
    titles = list(dict.fromkeys(line.form_title for line in lines))
    more = "等" if len(titles) > 1 else ""
    return (f"关于{titles[0]}{more}逾期未报的", f"{slip.level_title}函")


def _pressing(slip: Slip, lines: Sequence[LineView]) -> tuple[Block, ...]:
    if lines and lines[0].item_id is not None:
        return _about_items(slip, lines)
    day = local_day(slip.issued_at)
    assert slip.reply_by is not None
    until = date_text(local_day(slip.reply_by))
    former = f"此前已发{slip.former}，所列事项至今未办结。" if slip.former else ""
    asked = (
        f"请抓紧补报，并于{until}前（含当日）在平台回复办理情况、未按期报送的原因，回复须经主要负责人签批。"
    )
    rows = tuple(
        tuple(
            map(
                Cell,
                (
                    str(number),
                    line.form_title,
                    line.period.title if line.period else "",
                    date_text(local_day(line.owed_by)),
                    f"{line.overdue_days}个工作日{'，退回未补正' if line.returned else ''}",
                ),
            )
        )
        for number, line in enumerate(lines, start=1)
    )
    columns = tuple(Column(title, width, "center") for title, width in WIDTHS)
    opening = f"截至{date_text(day)}，你单位有{len(lines)}项应报事项逾期未报，具体如下。{former}"
    blocks: list[Block] = [_words(opening), Table(columns, rows), _words(asked)]
    blocks += [_words(part) for part in slip.text.split("\n") if part.strip()]
    return tuple(blocks)


def _about_items(slip: Slip, lines: Sequence[LineView]) -> tuple[Block, ...]:
    """Say which matter is pressed for, by when it was due, and what is asked now."""
    assert slip.reply_by is not None
    until = date_text(local_day(slip.reply_by))
    late = lines[0].overdue_days
    standing = f"已逾期{late}个工作日" if late else "尚未办结"
    former = f"此前已发{slip.former}，仍未按要求办结。" if slip.former else ""
    day = date_text(local_day(slip.issued_at))
    rows = tuple(
        tuple(
            map(
                Cell,
                (
                    str(number),
                    line.form_title,
                    line.number,
                    date_text(local_day(line.owed_by)),
                    f"{line.overdue_days}个工作日" if line.overdue_days else "未逾期",
                ),
            )
        )
        for number, line in enumerate(lines, start=1)
    )
    columns = tuple(Column(title, width, "center") for title, width in ITEM_WIDTHS)
    asked = (
        f"请抓紧办理，并于{until}前（含当日）在平台回复办理情况、原因和办结打算，回复须经主要负责人签批。"
        "对本单有异议的，可在回复中说明理由。"
    )
    opening = f"截至{day}，你单位主办的下列督查事项{standing}。{former}"
    blocks: list[Block] = [_words(opening), Table(columns, rows), _words(asked)]
    blocks += [_words(part) for part in slip.text.split("\n") if part.strip()]
    return tuple(blocks)


def _cancelling(slip: Slip) -> tuple[Block, ...]:
    assert slip.cancels is not None
    day = date_text(local_day(slip.cancels.issued_at))
    return (_words(f"{day}发出的{slip.cancels}自本函发出之日起撤销，不再回复。撤销理由：{slip.text}"),)


def _words(text: str) -> Paragraph:
    return Paragraph((Text(text),))
