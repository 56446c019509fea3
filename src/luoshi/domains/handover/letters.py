"""The notice (离任交接通知书) and the record (离任交接书) of a handover, as every medium draws them."""

from __future__ import annotations

from luoshi.core.beijing import local_day
from luoshi.core.errors import WrongState
from luoshi.core.gbt9704 import date_text
from luoshi.domains.handover.models import Answer, Handover, HandoverLine, Side, State
from luoshi.domains.handover.queries import lines_of
from luoshi.kernel.documents.tree import (
    Block,
    Cell,
    Column,
    Document,
    Head,
    Heading,
    Paragraph,
    Sign,
    Table,
    Text,
)

NUMERALS = "一二三四五六七八九十"
LINE_WIDTHS = (("序号", 12), ("事项", 52), ("现状和期限", 32), ("移交人说明", 34), ("接收人核对", 26))
SIGN_WIDTHS = (("签字方", 28), ("姓名", 36), ("签字日期", 44), ("岗位", 48))


def notice_letter(handover: Handover) -> Document:
    """Return the notice that a post is to be handed over; what is decided later does not stand in it."""
    witness = f"{handover.witness_post.unit.title}{handover.witness_post.title}"
    parts = (
        f"{handover.giver.name}同志自{date_text(handover.leaves_on)}起不再担任{handover.post_title}"
        f"（{handover.get_ground_display()}）。接收人以任职文件为准，监交由{witness}担任。",
        f"请于{date_text(handover.due_on)}前完成交接：移交人在平台核对由记录生成的清单，补列物品、经费、遗留问题和风险；"
        "接收人逐项核对；双方签字后由监交人签字。",
    )
    return Document(
        style="letter",
        head=Head(org=handover.organ_title, number=str(handover)),
        title_lines=("离任交接通知书",),
        addressee=handover.unit_title,
        blocks=tuple(_words(part) for part in parts),
        sign=Sign(org=handover.organ_title, date=local_day(handover.noticed_at)),
        meta={"created": handover.noticed_at.isoformat(), "author": handover.organ_title},
    )


def handover_record(handover: Handover) -> Document:
    """Return the record of a handover with its lists. Raises: WrongState before everything was checked."""
    if handover.state not in (State.CHECKED, State.SIGNED):
        raise WrongState("清单逐项核对完，才有离任交接书。")
    groups = lines_of(handover)
    count = sum(len(lines) for _, _, lines in groups)
    disputed = sum(line.answer == Answer.DISPUTED for _, _, lines in groups for line in lines)
    assert handover.taker is not None
    opening = (
        f"{handover.giver.name}（移交人）与{handover.taker.name}（接收人）就{handover.unit_title}"
        f"{handover.post_title}的职责和事项办理交接，共{count}项"
        f"{f'，其中{disputed}项接收人有异议，意见附后' if disputed else '，接收人逐项核对无异议'}。"
        "签字后，未办结事项由接收人继续办理。"
    )
    blocks: list[Block] = [_words(opening)]
    for place, (_, heading, lines) in enumerate(groups):
        blocks += [Heading(1, f"{NUMERALS[place % 10]}、{heading}（{len(lines)}项）"), _lines(lines)]
    place = len(groups)
    supplements = list(handover.supplements.order_by("number"))
    if supplements:
        blocks.append(Heading(1, f"{NUMERALS[place % 10]}、补充交接"))
        blocks += [
            _words(
                f"{row.number}. {row.get_side_display()}于{date_text(local_day(row.at))}提出：{row.text}"
                f"（{'另一方已确认' if row.confirmed_at else '另一方尚未确认'}）"
            )
            for row in supplements
        ]
        place += 1
    blocks += [Heading(1, f"{NUMERALS[place % 10]}、签字"), _signs(handover)]
    return Document(
        head=Head(org=handover.organ_title, number=str(handover)),
        title_lines=(f"{handover.unit_title}{handover.post_title}", "离任交接书"),
        blocks=tuple(blocks),
        meta={
            "created": (handover.signed_at or handover.noticed_at).isoformat(),
            "author": handover.organ_title,
        },
    )


def _lines(lines: list[HandoverLine]) -> Table:
    rows = []
    for number, line in enumerate(lines, start=1):
        due = f"期限{line.due_on:%Y-%m-%d}" if line.due_on else ""
        said = line.get_answer_display() + (f"：{line.taker_note}" if line.taker_note else "")
        cells = (
            str(number),
            f"{line.number} {line.title}".strip(),
            "；".join(part for part in (line.sort, line.state, due) if part) or "—",
            line.giver_note or "—",
            said,
        )
        rows.append(tuple(Cell(text) for text in cells))
    return Table(tuple(Column(title, width) for title, width in LINE_WIDTHS), tuple(rows))


def _signs(handover: Handover) -> Table:
    signed = {row.side: row for row in handover.signs.select_related("person").order_by("id")}
    names = {Side.GIVER: handover.giver.name, Side.TAKER: handover.taker.name if handover.taker else ""}
    posts = {
        Side.GIVER: f"{handover.unit_title}{handover.post_title}",
        Side.TAKER: f"{handover.to_post.unit.title}{handover.to_post.title}",
        Side.WITNESS: f"{handover.witness_post.unit.title}{handover.witness_post.title}",
    }
    rows = []
    for side in Side:
        sign = signed.get(side)
        name = sign.person.name if sign else names.get(side, "")
        day = date_text(local_day(sign.at)) if sign else "（未签字）"
        rows.append(tuple(map(Cell, (side.label, name, day, posts[side]))))
    return Table(tuple(Column(title, width, "center") for title, width in SIGN_WIDTHS), tuple(rows))


def _words(text: str) -> Paragraph:
    return Paragraph((Text(text),))
